"""`engine rm` and `engine prune`: what is deleted for good, named and measured before it is."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from engine.cli.asking import patiently, settle
from engine.cli.layout import Column, table
from engine.cli.sizes import size_of, size_words
from engine.cli.store_option import StoreOption, open_store
from engine.cli.streams import colours, data_lines, words
from engine.errors import UsageError
from engine.plan.jobs import JobStatus
from engine.results.durations import counted
from engine.results.labels import ID_SHOWN
from engine.results.rows import JobRow
from engine.session import Session
from engine.text import visible

UNCONFIRMED = 2
SHOWN = 40

Yes = Annotated[bool, typer.Option("--yes", help="Delete what is listed.")]


def rm(
    names: Annotated[list[str], typer.Argument(metavar="JOB|EXPERIMENT...", show_default=False)],
    yes: Yes = False,
    store: StoreOption = None,
) -> None:
    """Delete jobs: their folders, weights and digits, and their rows. Lists them with their sizes; --yes does it.

    A job that several experiments want goes from all of them.
    """
    session = open_store(store)
    rows = session.find(names)
    running = [row.id[:ID_SHOWN] for row in rows if row.status is JobStatus.RUNNING]
    if running:
        ids = ", ".join(running[:4])
        raise UsageError(f"{counted(len(running), 'job')} of it run: {ids}", hint="engine stop ends them first")
    delete(session, rows, old=False, yes=yes)


def prune(yes: Yes = False, store: StoreOption = None) -> None:
    """Delete what nobody will miss: failed and withdrawn jobs, and the folders that --again set aside in runs/old.

    Lists it with its size; --yes does it.
    """
    session = open_store(store)
    snapshot = session.snapshot()
    rows = [row for row in snapshot.jobs if row.status.is_failure() or row.status is JobStatus.WITHDRAWN]
    delete(session, rows, old=session.paths.old.is_dir(), yes=yes)


def delete(session: Session, rows: Sequence[JobRow], *, old: bool, yes: bool) -> None:
    """List jobs, and with `old` what was set aside, then have them deleted if the person said so."""
    sizes = [size_of(session.paths.job(row.id).folder) for row in rows]
    aside = size_of(session.paths.old) if old else 0
    if not rows and not old:
        words("there is nothing to delete")
        return
    data_lines(line + "\n" for line in listed(rows, sizes, aside, old=old))
    if not yes:
        words("nothing is deleted without --yes")
        raise typer.Exit(UNCONFIRMED)
    if not settle(session, session.remove([row.id for row in rows], old=old)):
        return
    # One that a worker took up between the list and the deed is not deleted.
    there = {row.id for row in patiently(session.rows)}
    gone = [size for row, size in zip(rows, sizes, strict=True) if row.id not in there]
    told = [counted(len(gone), "job")] if rows else []
    told += ["runs/old"] if old else []
    words(f"deleted {' and '.join(told)}: {size_words(sum(gone) + aside)}")
    if len(gone) < len(rows):
        words(f"{counted(len(rows) - len(gone), 'job')} began meanwhile: engine stop ends what runs")


def listed(rows: Sequence[JobRow], sizes: Sequence[int], aside: int, *, old: bool) -> list[str]:
    """A line a job, one for what was set aside, and one for all."""
    shown = rows[:SHOWN]
    names = [row.id[:ID_SHOWN] for row in shown]
    statuses = [f"{row.status.glyph} {str(row.status).replace('_', ' ')}" for row in shown]
    told = [size_words(size) for size in sizes[:SHOWN]]
    owners = [visible(", ".join(row.experiments)) for row in shown]
    if len(rows) > SHOWN:
        names, statuses = [*names, "..."], [*statuses, f"{len(rows) - SHOWN:,} more"]
        told, owners = [*told, size_words(sum(sizes[SHOWN:]))], [*owners, ""]
    if old:
        names, statuses = [*names, "old"], [*statuses, "set aside"]
        told, owners = [*told, size_words(aside)], [*owners, ""]
    columns = [
        Column("job", names),
        Column("", statuses),
        Column("size", told, numeric=True),
        Column("experiment", owners),
    ]
    return [*table(columns, painted=colours(sys.stdout)), f"{size_words(sum(sizes) + aside)} in all"]
