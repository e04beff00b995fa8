"""Following a submission: looks, shows, and passes on what Ctrl-C asks for."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.cli.asking import patiently
from engine.cli.displays import Display, JsonLines, Lines, Quiet
from engine.cli.follow import Follower
from engine.cli.hints import on_store
from engine.cli.signals import Interrupts
from engine.cli.streams import live, warn
from engine.errors import StoreBusy, StoreDamaged
from engine.plan.jobs import JobStatus
from engine.plan.queuefile import QueueFile
from engine.results.durations import counted
from engine.results.labels import Labels
from engine.results.rows import JobRow
from engine.session import Session, Submission

POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Ways:
    """How a run is told: JSON lines, nothing but its end, or (neither) as fits the terminal."""

    as_json: bool = False
    quiet: bool = False


@dataclass
class Followed:
    """How a run ended: its jobs as they stand, whether it was interrupted, whether its terminal is gone.

    `others` counts the jobs that go on after an interrupt, since another run handed them in.
    """

    rows: list[JobRow] = field(default_factory=list)
    interrupted: bool = False
    lost: bool = False
    others: int = 0


def watch(session: Session, queue: QueueFile, options: Mapping[str, Any], ways: Ways) -> Followed:
    """Submit `queue` and follow its jobs until nothing more happens to them, or somebody interrupts that."""
    with Interrupts() as interrupts:
        earlier = {} if options.get("again") else _earlier(session, interrupts)
        if earlier is None:
            return Followed(interrupted=interrupts.asked > 0, lost=interrupts.lost)
        return follow(session, session.submit(queue, **options), earlier, interrupts, ways)


def follow(
    session: Session, submission: Submission, earlier: Mapping[str, JobRow], interrupts: Interrupts, ways: Ways
) -> Followed:
    """Follow the jobs of a submission, told from the rows as they stood before it, to their end."""
    ids = _applied(session, submission, interrupts)
    if ids is None:
        return Followed(interrupted=interrupts.asked > 0, lost=interrupts.lost)
    if notice := session.notice:
        warn(notice)
    return _follow(session, submission, follower_of(session, ids, earlier), interrupts, ways)


def follower_of(session: Session, ids: Sequence[str], earlier: Mapping[str, JobRow]) -> Follower:
    """Who follows `ids`, to whom what stood there before is no news."""
    done = frozenset(row.id for row in earlier.values() if row.status is JobStatus.DONE)
    return Follower(session, ids, {row.id: row.epoch for row in earlier.values()}, done)


def _earlier(session: Session, interrupts: Interrupts) -> dict[str, JobRow] | None:
    """The jobs as they stood before; None where somebody interrupts the wait for a database that is busy."""
    waits = False
    while True:
        try:
            return earlier_rows(session)
        except StoreBusy:
            if not waits:
                warn("somebody keeps the store's database: waiting for it")
            waits = True
        if interrupts.lost or interrupts.asked:
            return None
        interrupts.wait(POLL_SECONDS)


def earlier_rows(session: Session) -> dict[str, JobRow]:
    """Every job as it stands; none where the database is damaged, which the runner mends as it starts."""
    try:
        return {row.id: row for row in session.rows()}
    except StoreDamaged:
        return {}


def _applied(session: Session, submission: Submission, interrupts: Interrupts) -> list[str] | None:
    """The submission's jobs once a runner has taken it in; None where that was interrupted."""
    follower = Follower(session, [])
    while (ids := taken_in(session, submission)) is None:
        if interrupts.lost:
            return None
        if interrupts.asked:
            session.stop_submission(submission, now=interrupts.asked > 1)
            return None
        follower.keep_running(session.runner)
        interrupts.wait(POLL_SECONDS)
    return ids


def taken_in(session: Session, submission: Submission) -> list[str] | None:
    """The submission's jobs; None while no runner has applied it, or nobody can see whether one has."""
    try:
        return session.submitted(submission)
    except (StoreBusy, StoreDamaged):
        return None


def _follow(
    session: Session, submission: Submission, follower: Follower, interrupts: Interrupts, ways: Ways
) -> Followed:
    display = display_for(follower, ways)
    passed_on, others = 0, 0
    all_rows: Sequence[JobRow] | None = None
    try:
        while True:
            over = look(session, follower, display)
            if interrupts.lost:
                return Followed(follower.rows, lost=True)
            if interrupts.asked > passed_on:
                passed_on, all_rows = interrupts.asked, follower.rows
                own = _own(session, submission)
                if own is None or moving(row for row in all_rows if row.id in own):
                    session.stop_submission(submission, now=passed_on > 1)
            elif over and all_rows is None:
                return Followed(follower.rows, interrupted=passed_on > 0, others=others)
            else:
                follower.keep_running(session.runner)
            # Others may ask for a job as long as it runs; what they do not ask for is followed to its end.
            if passed_on and (own := _own(session, submission)) is not None:
                if all_rows is not None:
                    others += len(moving(row for row in all_rows if row.id not in own))
                    ours = [row for row in all_rows if row.id in own]
                    where = on_store(session.paths) if others else ""
                    display.say(stopping_line(ours, now=passed_on > 1, others=others, store=where))
                follower.ids, all_rows = own, None
            interrupts.wait(POLL_SECONDS)
    finally:
        display.close()


def _own(session: Session, submission: Submission) -> list[str] | None:
    """What this run brought into the queue: the rest belongs to others as well, and goes on. None where nobody can see
    yet what that is."""
    try:
        return session.submitted_fresh(submission)
    except StoreBusy:
        return None


def moving(rows: Iterable[JobRow]) -> list[JobRow]:
    """Those that run or wait."""
    return [row for row in rows if not row.status.is_finished()]


def look(session: Session, follower: Follower, display: Display) -> bool:
    """Show what happened; True if nothing more will. A database that somebody keeps locked only delays the view."""
    try:
        for happening in follower.look():
            display.happened(happening)
        snapshot = session.snapshot()
    except StoreBusy:
        return False
    display.tick(snapshot, follower.rows)
    return follower.over(snapshot)


def display_for(follower: Follower, ways: Ways) -> Display:
    """What fits the flags, and the terminal that is there."""
    if ways.quiet:
        return Quiet()
    if ways.as_json:
        return JsonLines()
    labels, store = Labels(patiently(follower.peek)), on_store(follower.session.paths)
    if not live(sys.stderr):
        return Lines(labels, store)
    from engine.cli.progress import Bars  # noqa: PLC0415 - Rich: 0.15 s, which pipes and logs do not need

    return Bars(labels, store)


def stopping_line(rows: Sequence[JobRow], *, now: bool, others: int = 0, store: str = "") -> str:
    """What Ctrl-C does to the jobs of a run, in one line; `others` go on, since another run handed them in."""
    running = sum(row.status is JobStatus.RUNNING for row in rows)
    waiting = sum(row.status.waits() for row in rows)
    if others:
        were, go, them = ("was", "goes", "it") if others == 1 else ("were", "go", "them")
        on = f"{counted(others, 'job')} {were} handed in by another run and {go} on: engine stop{store} ends {them}"
        return f"{stopping_line(rows, now=now)}; {on}" if running or waiting else on
    if now:
        return f"stopping {counted(running, 'job')} now"
    told = f"stopping {counted(running, 'job')} after the running epoch"
    told += f", {counted(waiting, 'job')} withdrawn" if waiting else ""
    return f"{told}; Ctrl-C again stops now"
