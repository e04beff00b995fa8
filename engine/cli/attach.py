"""`engine attach`: follow all that runs without owning it."""

from dataclasses import dataclass, field
from typing import Annotated

import typer

from engine.cli.asking import patiently
from engine.cli.displays import Display
from engine.cli.ending import INTERRUPTED, conclude
from engine.cli.follow import Follower
from engine.cli.hints import on_store
from engine.cli.signals import Interrupts
from engine.cli.store_option import StoreOption, look_into
from engine.cli.streams import words
from engine.cli.watch import POLL_SECONDS, Followed, Ways, display_for, moving
from engine.errors import StoreBusy
from engine.plan.jobs import JobStatus
from engine.results.rows import JobRow
from engine.session import Session, Snapshot

LOST_TERMINAL = 129


def attach(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for whatever happens.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, only the leaderboard.")] = False,
    store: StoreOption = None,
) -> None:
    """Follow whatever runs and waits, whoever handed it in, until all of it has ended; then print its leaderboard.

    Ctrl-C leaves, with exit code 130, and training goes on: to end it, use engine stop.
    """
    session = look_into(store)
    ways = Ways(as_json=as_json, quiet=quiet)
    snapshot = patiently(session.snapshot)
    if not moving(snapshot.jobs) and not snapshot.pending:
        words("nothing runs or waits")
        return
    with Interrupts() as interrupts:
        followed = Onlooker(session).follow(interrupts, ways)
    if followed.interrupted:
        where = on_store(session.paths)
        words(f"left; training goes on: engine attach{where} follows it again, engine stop{where} ends it")
        raise typer.Exit(INTERRUPTED)
    if followed.lost:
        raise typer.Exit(LOST_TERMINAL)
    code = conclude(session, followed, ways)
    if any(row.status is JobStatus.QUEUED and not row.waits_for for row in followed.rows):
        words("nobody runs this queue: engine run goes on with it")
    raise typer.Exit(code)


@dataclass
class Onlooker:
    """Follows every job that it ever saw run or wait, those handed in meanwhile as well; starts and stops nothing."""

    session: Session
    seen: dict[str, JobRow] = field(default_factory=dict)

    def follow(self, interrupts: Interrupts, ways: Ways) -> Followed:
        """Show what happens until nothing more does, or somebody leaves."""
        patiently(self.notice)
        follower = Follower(self.session, list(self.seen))
        follower.know(self.seen.values())
        display = display_for(follower, ways)
        try:
            while True:
                ended = self.show(follower, display)
                if interrupts.lost or interrupts.asked:
                    return Followed(follower.rows, interrupted=interrupts.asked > 0, lost=interrupts.lost)
                # What ended between two looks is told as well.
                if ended and self.show(follower, display):
                    return Followed(follower.rows)
                interrupts.wait(POLL_SECONDS)
        finally:
            display.close()

    def show(self, follower: Follower, display: Display) -> bool:
        """Take in new jobs, and show what happened to any. Returns whether nothing more will."""
        try:
            self.notice()
            follower.ids = list(self.seen)
            for happening in follower.look():
                display.happened(happening)
            snapshot = self.session.snapshot()
        except StoreBusy:
            return False
        display.tick(snapshot, follower.rows)
        return over(snapshot)

    def notice(self) -> None:
        """Follow from now on what runs or waits."""
        for row in moving(self.session.rows()):
            self.seen.setdefault(row.id, row)


def over(snapshot: Snapshot) -> bool:
    """Whether nothing more happens without someone's asking: nobody trains, and nobody schedules."""
    trains = any(row.status is JobStatus.RUNNING for row in snapshot.jobs)
    return snapshot.runner is None and not snapshot.pending and not trains
