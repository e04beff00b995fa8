"""Where another repeat would tell something: at configurations that cannot be told from the leader, nowhere else."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import UsageError
from engine.results.boardrows import LeaderboardRow
from engine.results.cells import cell
from engine.results.columns import differs
from engine.results.durations import counted
from engine.results.leaderboard import Board, rank
from engine.results.rows import JobRow
from engine.results.significance import MCNEMAR
from engine.results.states import CODE, DATA, Latest
from engine.results.ties import BEYOND, UNRANKED, compared

if TYPE_CHECKING:
    from engine.results.ties import Reader

AT_ONCE = 4


@dataclass(frozen=True)
class Addition:
    """One more training: the configuration of the job `like`, with another seed."""

    like: str
    seed: int


@dataclass(frozen=True)
class Plan:
    """What to train next, and why. `decided` says that one configuration leads, or that there is but one.

    `tied` are the rows that cannot be told from the leader, or by one training alone; `additions` are empty where
    nothing more is to be done.
    """

    leader: LeaderboardRow
    tied: tuple[LeaderboardRow, ...]
    additions: tuple[Addition, ...]
    decided: bool
    why: str


def plan(rows: Sequence[JobRow], rank_by: str, hits: "Reader", budget: int, at_once: int = AT_ONCE) -> Plan:
    """What of `budget` trainings to do next for an experiment, of which `rows` are all jobs.

    The leader and those tied with it get one repeat more, at most `at_once` together: first who was tried least often,
    failures included, then who ranks best. Each takes the lowest seed from the experiment's first on that it has not
    had, so that seeds stay common. Rows without a verdict count as tied, and so do those that were compared by one
    training alone: digit by digit two trainings are told apart, not what other seeds would bring.

    Of a data set or code that changed since, only the jobs of one state count: see `results.states.Latest`. Another
    could not be trained again.

    Raises UsageError where nothing is done, jobs are still to come, there are several data sets, or `rank_by` is no
    metric.
    """
    _refuse_coming(rows)
    latest = Latest(rows)
    said = f"; {left_out}" if (left_out := latest.left_out(rows)) else ""
    rows = [row for row in rows if latest.has(row)]
    board = compared(_board(rows, rank_by), hits)
    leader, *others = board.rows
    tied = tuple(row for row in others if _is_open(row))
    if not tied:
        return Plan(leader, (), (), decided=True, why=_leads(leader, others) + said)
    behind = _behind(leader, others, tied) + said
    if budget <= 0:
        return Plan(leader, tied, (), decided=False, why=f"the budget is spent: {behind}")
    # A seed that was stopped or withdrawn is not spent: it goes on when it is asked for again.
    spent = {(id_of(row), row.seed) for row in rows if row.status.is_over()}
    tried = Counter(config for config, _ in spent)
    open_rows = sorted([leader, *tied], key=lambda row: (tried[id_of(row.jobs[0])], row.rank))
    first = min(row.seed for row in rows)
    additions = tuple(_next(row, first, spent) for row in open_rows[: min(at_once, budget)])
    return Plan(leader, tied, additions, decided=False, why=behind)


def id_of(row: JobRow) -> tuple[tuple[str, object], ...]:
    """What jobs of one configuration have in common, the states of their data and code too."""
    return (*sorted(row.config.items()), (DATA, row.data_state), (CODE, row.code_state))


def _refuse_coming(rows: Sequence[JobRow]) -> None:
    coming = [row for row in rows if not row.status.is_finished()]
    if coming:
        hint = "engine attach follows them; what waits for nothing goes on with engine run"
        verb = "runs or waits" if len(coming) == 1 else "run or wait"
        raise UsageError(f"{counted(len(coming), 'job')} of the experiment {verb}", hint=hint)


def _board(rows: Sequence[JobRow], rank_by: str) -> Board:
    boards = rank(rows, rank_by=rank_by)
    if not boards or boards[0].rows.ranks[0] is None:
        raise UsageError("none of its jobs is done", hint="train it first: engine run experiments.toml")
    if len(boards) > 1:
        sets = ", ".join(board.dataset for board in boards)
        raise UsageError("it has several data sets, which have no common leader", hint=f"they are {sets}")
    return boards[0]


def _is_open(row: LeaderboardRow) -> bool:
    tie = row.tie
    # What ranks far behind was compared with nothing: a repeat of it tells nothing of the leader.
    if tie is None or tie.method in (UNRANKED, BEYOND):
        return False
    return tie.tied is not False or tie.method == MCNEMAR


def _behind(leader: LeaderboardRow, others: Sequence[LeaderboardRow], tied: Sequence[LeaderboardRow]) -> str:
    """`1 configuration of 2 cannot be told from dropout=0.1`, and who was told from it by one training alone."""
    alone = sum(row.tie is not None and row.tie.tied is False for row in tied)
    untold = f"{counted(len(tied) - alone, 'configuration')} of {len(others)} cannot be told from {name(leader)}"
    if not alone:
        return untold
    by_one = f"{counted(alone, 'configuration')} of {len(others)} told from {name(leader)} by one training alone"
    return by_one if alone == len(tied) else f"{untold}, {alone} by one training alone"


def _next(row: LeaderboardRow, first: int, spent: set[tuple[tuple[tuple[str, object], ...], int]]) -> Addition:
    config = id_of(row.jobs[0])
    seed = first
    while (config, seed) in spent:
        seed += 1
    return Addition(row.job_ids[0], seed)


def _leads(leader: LeaderboardRow, others: Sequence[LeaderboardRow]) -> str:
    tested = [row.tie for row in others if row.tie is not None and row.tie.corrected is not None]
    if not tested:
        return f"{name(leader)} is the only configuration"
    tests = ", ".join(dict.fromkeys(tie.method for tie in tested))
    largest = max(tie.corrected for tie in tested if tie.corrected is not None)
    whom = "the other" if len(tested) == 1 else f"all {len(tested)} others"
    if any(row.tie is not None and row.tie.method == BEYOND for row in others):
        whom = f"the {len(tested)} next in rank"
    told = f"{name(leader)} leads: told from {whom}"
    return f"{told} ({tests}, corrected p at most {largest:.2g})"


def name(row: LeaderboardRow) -> str:
    """`dropout=0.25 activation=relu`, or the experiments where nothing tells it from the others."""
    return differs(row) or cell(row, "experiments")
