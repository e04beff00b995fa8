"""`engine refine`: more repeats where the rank is uncertain, until one configuration leads or the budget is spent."""

import json
import time
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from engine.cli.asking import patiently
from engine.cli.ending import ENVIRONMENT, INTERRUPTED, OK, exit_code
from engine.cli.leaderboard import show
from engine.cli.signals import Interrupts
from engine.cli.store_option import StoreOption, open_store
from engine.cli.streams import data, words
from engine.cli.watch import Ways, earlier_rows, follow
from engine.errors import UsageError
from engine.plan.jobs import JobStatus
from engine.plan.words import did_you_mean
from engine.results.documents import leaderboard_document
from engine.results.durations import counted
from engine.results.leaderboard import one_of, rank
from engine.results.metrics import METRICS
from engine.results.planning import AT_ONCE, Plan, plan
from engine.results.rows import JobRow
from engine.results.ties import compared
from engine.session import Session

LOST_TERMINAL = 129


@dataclass
class Spending:
    """What is to be refined, and how much of the budget is left."""

    session: Session
    experiment: str
    rank_by: str
    budget: int
    at_once: int
    spent: int = 0

    def rows(self) -> list[JobRow]:
        """The experiment's jobs. Raises UsageError where there is no such experiment."""
        rows = patiently(self.session.snapshot).jobs
        found = [row for row in rows if self.experiment in row.experiments and row.status is not JobStatus.WITHDRAWN]
        if not found:
            meant = did_you_mean(self.experiment, {name for row in rows for name in row.experiments})
            hint = f"did you mean {meant}?" if meant else "`engine status` lists what there is"
            raise UsageError(
                f"no experiment is called {self.experiment}", where=str(self.session.paths.root), hint=hint
            )
        return found

    def plan(self) -> Plan:
        """What to do next."""
        return plan(self.rows(), self.rank_by, self.session.hits, self.budget - self.spent, self.at_once)


def refine(
    experiment: Annotated[str, typer.Argument(metavar="EXPERIMENT", help="As the queue file names it.")],
    budget: Annotated[int, typer.Option("--budget", min=1, help="Trainings to add at most.")],
    rank_by: Annotated[str, typer.Option("--rank-by", metavar="METRIC", help="The figure to lead by.")] = (
        "test_accuracy"
    ),
    at_once: Annotated[int, typer.Option("--at-once", min=1, help="Trainings between two looks at the board.")] = (
        AT_ONCE
    ),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be added first, and add nothing.")] = False,
    allow_code: Annotated[bool, typer.Option("--allow-code", help="Let module:function models run.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for whatever happens.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, only what was decided.")] = False,
    store: StoreOption = None,
) -> None:
    """Repeat the configurations that cannot be told from the leader, a few at a time, until one leads.

    The tests are those of the leaderboard's marks. They are made again after every few trainings, so the last p is
    smaller than a single look would give. Ctrl-C ends it after the running epoch, twice now; what was trained stays,
    also when the queue file is run again.
    """
    spending = Spending(open_store(store), experiment, one_of(rank_by, METRICS, "--rank-by"), budget, at_once)
    ways = Ways(as_json=as_json, quiet=quiet)
    first = spending.plan()
    if dry_run or not first.additions:
        _tell(spending, first, ways)
        _last(spending, first, ways, OK)
        return
    raise typer.Exit(_spend(spending, first, ways, allow_code=allow_code))


def _spend(spending: Spending, chosen: Plan, ways: Ways, *, allow_code: bool) -> int:
    """Train what is planned, plan again, to the end. Returns the exit code."""
    session, code = spending.session, OK
    with Interrupts() as interrupts:
        while chosen.additions:
            _tell(spending, chosen, ways)
            earlier = patiently(lambda: earlier_rows(session))
            submission = session.refine(spending.experiment, chosen.additions, allow_code=allow_code)
            followed = follow(session, submission, earlier, interrupts, ways)
            if followed.lost:
                return LOST_TERMINAL
            if followed.interrupted:
                words("interrupted; engine refine goes on from what is done")
                return INTERRUPTED
            spending.spent += len(chosen.additions)
            code = max(code, exit_code(followed))
            if code == ENVIRONMENT or not all(row.status.is_finished() for row in followed.rows):
                words("what was added cannot run here: engine status says what it waits for")
                return ENVIRONMENT
            chosen = spending.plan()
        _tell(spending, chosen, ways)
    _last(spending, chosen, ways, code)
    return code


def _tell(spending: Spending, chosen: Plan, ways: Ways) -> None:
    """What is planned, and why."""
    if ways.as_json:
        _line("plan", **_document(spending, chosen))
        return
    words(chosen.why)
    if chosen.additions:
        seeds = ", ".join(f"{each.like[:8]} with seed {each.seed}" for each in chosen.additions)
        repeats = counted(len(chosen.additions), "repeat")
        words(f"adding {repeats}, {spending.spent} of {spending.budget} spent: {seeds}")


def _document(spending: Spending, chosen: Plan) -> dict[str, Any]:
    return {
        "experiment": spending.experiment,
        "rank_by": spending.rank_by,
        "budget": spending.budget,
        "spent": spending.spent,
        "decided": chosen.decided,
        "why": chosen.why,
        "leader": list(chosen.leader.job_ids),
        "tied": [list(row.job_ids) for row in chosen.tied],
        "adds": [{"like": each.like, "seed": each.seed} for each in chosen.additions],
    }


def _last(spending: Spending, chosen: Plan, ways: Ways, code: int) -> None:
    """The board of the experiment, as it stands now."""
    boards = [compared(board, spending.session.hits) for board in rank(spending.rows(), rank_by=spending.rank_by)]
    if ways.as_json:
        _line("leaderboard", exit=code, decided=chosen.decided, **leaderboard_document(boards, spending.rank_by))
    else:
        show(boards)


def _line(event: str, **told: Any) -> None:
    data(json.dumps({"t": time.time(), "event": event, **told}, ensure_ascii=False, allow_nan=False))
