"""`engine run`: hand a queue file in, follow its jobs to the end, print what came of them."""

import errno
import sys
from typing import Annotated, Any

import typer

from engine.cli.ending import conclude
from engine.cli.foreground import run_here
from engine.cli.hints import on_store
from engine.cli.selection import asked, at_once, chosen, handed_in, queue_words
from engine.cli.streams import colours, data, data_lines, document, warn, words
from engine.cli.validate import cost_document, cost_line, cost_table
from engine.cli.watch import Ways, watch
from engine.errors import UsageError
from engine.plan import queuefile
from engine.plan.jobs import MANY
from engine.plan.queuefile import QueueFile
from engine.plan.sweep import count
from engine.record.paths import StorePaths
from engine.results.durations import counted
from engine.run import machine
from engine.session import Session
from engine.text import brief, visible

LOST_TERMINAL = 129


def run(
    file: Annotated[list[str] | None, typer.Argument(metavar="[FILE]", show_default=False)] = None,
    only: Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="Only these experiments.")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Hand it in and return; training goes on.")] = False,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Be the runner itself: for Slurm, containers, systemd.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Train what is done anew; old folders go to runs/old.")
    ] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Failed and out-of-memory jobs too.")] = False,
    device: Annotated[str | None, typer.Option("--device", metavar="auto|cpu|gpu", help="Where to train.")] = None,
    gpus: Annotated[str | None, typer.Option("--gpus", metavar="0,2", help="Numbers or UUIDs of GPUs to use.")] = None,
    slots: Annotated[int | None, typer.Option("--slots", min=1, max=64, help="Jobs at once on a device.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be trained, and train nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Also if it is more than 1,000 jobs.")] = False,
    allow_code: Annotated[
        bool, typer.Option("--allow-code", help="Let the file's module:function models and on_finish run.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for whatever happens.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, only the leaderboard.")] = False,
) -> None:
    """Train what a queue file asks for: what is new is trained, what stopped goes on, what is done stays.

    FILE is ./experiments.toml unless named. Follows to the end, then prints the leaderboard. Ctrl-C stops after the
    running epoch, twice stops now; closing the terminal stops nothing.
    """
    path, names = queue_words(file or [], only or [])
    device = device and device.strip().lower()
    if device not in (None, "auto", "cpu", "gpu"):
        raise UsageError(f"--device does not know {brief(device)}", hint="allowed: auto, cpu, gpu")
    if detach and foreground:
        raise UsageError("--detach and --foreground exclude each other", hint="choose one of them")
    queue = queuefile.read(path, names)
    for warning in () if quiet or as_json else queue.warnings:
        warn(str(warning))
    total = sum(count(experiment) for experiment in chosen(queue, names))
    if off := [each.name for each in queue.experiments if not each.enabled and each.name in names]:
        words(f"{visible(', '.join(off))} {'is' if len(off) == 1 else 'are'} off (enabled = false)")
    if dry_run:
        found = asked(queue, names, again=again, retry_failed=retry_failed)
        together = at_once(queue, slots, device, gpu_words(gpus))
        if as_json:
            document(cost_document(queue, found, together))
            return
        data_lines(line + "\n" for line in cost_table(queue, found, painted=colours(sys.stdout)))
        data(cost_line(found, together))
        return
    if total > MANY and not yes:
        raise UsageError(
            f"these are {counted(total, 'job')}", where=str(path), hint="--yes trains them, --dry-run looks at them"
        )
    options: dict[str, Any] = {
        "only": names,
        "again": again,
        "retry_failed": retry_failed,
        "device": device,
        "gpus": gpu_words(gpus),
        "slots": slots,
        "allow_code": allow_code,
    }
    if foreground:
        raise typer.Exit(run_here(Session(StorePaths.beside(path)), queue, options, Ways(as_json=as_json, quiet=quiet)))
    session = Session(StorePaths.beside(path))
    for line in machine.warnings(session.paths) if session.runner is None else ():
        warn(line)
    if detach:
        session.submit(queue, **options)
        where, jobs = on_store(session.paths), counted(handed_in(queue, names), "job")
        words(f"{jobs} handed in; engine status{where} shows them, engine stop{where} ends them")
        return
    raise typer.Exit(follow(session, queue, options, Ways(as_json=as_json, quiet=quiet)))


def gpu_words(text: str | None) -> list[int | str] | None:
    """The GPUs of `--gpus 0,2`. Raises UsageError."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        if not part.isdecimal() and not part.startswith(("GPU-", "MIG-")):
            raise UsageError(f"--gpus does not know {brief(part)}", hint="allowed: numbers or UUIDs, such as 0,2")
    return [int(part) if part.isdecimal() else part for part in parts]


def follow(session: Session, queue: QueueFile, options: dict[str, Any], ways: Ways) -> int:
    """Hand in, watch to the end, conclude. Returns the exit code."""
    try:
        followed = watch(session, queue, options, ways)
        return LOST_TERMINAL if followed.lost else conclude(session, followed, ways)
    except OSError as error:
        if error.errno == errno.EIO:  # the terminal is gone, and nobody is there to be told
            return LOST_TERMINAL
        raise
