"""`engine missed`: test samples that many jobs get wrong, hardest first: label noise and true hard cases."""

from collections.abc import Sequence
from typing import Annotated

import typer

from engine.cli.pictures import StyleOption, gallery_of, style_of
from engine.cli.store_option import JsonOption, StoreOption, open_store
from engine.cli.streams import data, document, warn, words
from engine.errors import UsageError
from engine.plan.jobs import JobStatus
from engine.results.durations import counted
from engine.results.errortext import headline, missed_caption
from engine.results.insight import missed_sets_document
from engine.results.missed import Missed
from engine.results.testsets import TestSet, TestSets
from engine.session import Session
from engine.text import brief, visible

Found = list[tuple[TestSet, list[Missed]]]


def missed(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[JOB|EXPERIMENT]...", show_default=False, help="All that is done, unless named."),
    ] = None,
    least: Annotated[
        int, typer.Option("--at-least", min=1, metavar="K", help="Only samples that K jobs or more miss.")
    ] = 1,
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="At most N of them; 0 shows all.")] = 12,
    style: StyleOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Show the test samples that most jobs miss, over all repeats and models, with what they were taken for.

    Each with its place in the test set. Where nearly all jobs agree on another class, the label may be wrong. Every
    data set is told apart.
    """
    drawn = style_of(style)
    session = open_store(store)
    rows = session.find(names) if names else session.rows()
    if names and not any(row.status is JobStatus.DONE for row in rows):
        raise UsageError(f"no job of {', '.join(map(brief, names))} is done", hint="engine status shows how it goes")
    sets = session.test_sets(rows)
    found = hardest(sets, least, limit)
    if as_json:
        document(missed_sets_document(found))
        return
    for number, (tested, samples) in enumerate(found):
        if number:
            data("")
        data(f"{visible(sets.title(tested))}: {headline(tested.tally, least)}\n")
        show(session, tested, samples, drawn)
    if not found:
        words("no job among these is done")


def hardest(sets: TestSets, least: int, limit: int) -> Found:
    """The hardest samples of each test set. Raises UsageError where more jobs are asked for than there are."""
    warn_lost(sets)
    most = max((len(each.jobs) for each in sets), default=0)
    if most and least > most:
        raise UsageError(
            f"--at-least {least}: only {counted(most, 'job')} can be counted", hint=f"allowed: 1 to {most}"
        )
    found = []
    for each in sets:
        places = each.tally.hardest(least)
        found.append((each, each.tally.missed(places[:limit] if limit else places)))
    return found


def warn_lost(sets: TestSets) -> None:
    """Say which jobs are not counted."""
    if sets.lost:
        lost = ", ".join(row.id[:8] for row in sets.lost[:4]) + (" ..." if len(sets.lost) > 4 else "")
        warn(f"{counted(len(sets.lost), 'job')} left out, whose predictions cannot be read: {lost}")


def show(session: Session, tested: TestSet, samples: Sequence[Missed], style: str) -> None:
    """Print samples as pictures, each with who misses it and what it was taken for."""
    if samples:
        witnesses = [tested.jobs[each.witness].id for each in samples]
        pictures = session.pictures(witnesses, [each.index for each in samples])
        data(gallery_of(pictures, {each.index: missed_caption(each) for each in samples}, style))
