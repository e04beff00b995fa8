"""Which rows of a board cannot be told from its first one, and by which test."""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeAlias

from engine.results.boardrows import LeaderboardRow, Rows
from engine.results.durations import counted
from engine.results.figures import FIELDS
from engine.results.leaderboard import Board
from engine.results.significance import LEVEL, MCNEMAR, PAIRED, WELCH, Tie, holm, mcnemar, paired_t, welch_t

if TYPE_CHECKING:
    from engine.results.predictions import Hits
    from engine.results.rows import JobRow

    Reader: TypeAlias = Callable[[str], Hits | None]

# A board of at most so many rows is compared whole; of a larger one so many from the top are.
WHOLE, TOP = 1000, 100
# What the predictions of the test digits say something about.
OF_DIGITS = ("test_accuracy", "misclassified")
# Of so many jobs one is expected to have kept its predictions.
LOOKED_AT = 8
FIRST = "the first"
UNRANKED = "no figure to compare"
BEYOND = f"not compared: below the first {TOP} of more than {WHOLE:,} rows"
NOT_COMPARED = Tie(BEYOND)
NO_DIGITS = "no test: one repeat, and digit by digit only the test accuracy is known"
NO_PREDICTIONS = "no test: one repeat, and no predictions on one test set"
ALIKE = "no test: two equal differences, which chance makes as easily as a reason"
NO_SPREAD = "no test: repeats without any spread, and fewer than three of one"


def compared(board: Board, hits: "Reader") -> Board:
    """The same board, whose rows know how they compare with the first; nothing is read before one is asked.

    `hits` gives what a job got right by its id, or None. It is asked only where one of two rows has a single repeat,
    and for one job at a time, so that memory does not grow with the board.

    The tests are two-sided, of the figure that the board is ranked by: over two common seeds or more a paired t,
    without them Welch's t; where either row has one repeat McNemar's exact test of the seed that both share, else of
    the lowest seed of each. Two equal differences are no test, nor is Welch's where neither row has any spread and one
    has two repeats. Holm corrects them over the board: over all its ranked rows but the first, less those for
    which there is no test. Of a board of more than 1,000 rows the first 100 in the order of their ranks are compared;
    the others count in the correction with p = 1, so that a row may stay tied that a look at all would tell apart,
    never the other way round.
    """
    return replace(board, rows=board.rows.with_ties(Comparisons(board, hits)))


class Comparisons:
    """The comparisons of one board, made when the first of them is asked for."""

    def __init__(self, board: Board, hits: "Reader") -> None:
        self._board = board
        self._hits = hits

    def of(self, first_job: str) -> Tie:
        """How the row whose lowest seed is this job's compares with the first row."""
        return self._made.get(first_job, NOT_COMPARED)

    def any(self) -> bool:
        """Whether any row cannot be told from the first."""
        return any(tie.tied for tie in self._made.values())

    def samples(self, job_ids: Sequence[str]) -> int | None:
        """How many test digits the predictions of these jobs are of; a few jobs are looked at."""
        return next((found.count for name in job_ids[:LOOKED_AT] if (found := self._hits(name)) is not None), None)

    @cached_property
    def _made(self) -> Mapping[str, Tie]:
        rows = self._board.rows
        near = nearest(rows)
        left = rows.ranked - sum(row.rank is not None for row in near)
        return compare(near, self._board.rank_by, self._hits, beyond=left)


def nearest(rows: Rows) -> Sequence[LeaderboardRow]:
    """The rows that are compared: all of a board, or of a large one those that rank best, best first."""
    count = len(rows)
    number = count if count <= WHOLE else TOP
    if rows.in_order:
        return list(rows[:number])
    ranks = rows.ranks
    best = heapq.nsmallest(number, range(count), key=lambda at: (ranks[at] is None, ranks[at] or 0, at))
    return [rows[at] for at in best]


def compare(rows: Sequence[LeaderboardRow], rank_by: str, hits: "Reader", *, beyond: int = 0) -> dict[str, Tie]:
    """How each row compares with the first of `rows`, by the id of its first job; `rows` stand best first.

    `beyond` more rows count in Holm's correction as not told apart. Raises KeyError where `rank_by` is no metric.
    """
    made: dict[str, Tie] = {}
    found: list[tuple[str, str, float]] = []
    if not rows:
        return made
    first = _First(rows[0], cache(hits))
    for row in rows:
        name = row.job_ids[0]
        if row.rank is None:
            made[name] = Tie(UNRANKED)
        elif row is first.row:
            made[name] = Tie(FIRST)
        else:
            method, p = _tested(first, row, rank_by, hits)
            made[name] = Tie(method)
            if p is not None:
                found.append((name, method, p))
    count = len(found) + beyond
    for (name, method, p), corrected in zip(found, holm([p for _, _, p in found], count), strict=True):
        made[name] = Tie(method, p, corrected, count)
    return made


@dataclass(frozen=True)
class _First:
    """The first row of a board, which every other is compared with: what is read of it is read once."""

    row: LeaderboardRow
    hits: "Reader"

    @cached_property
    def repeats(self) -> "dict[tuple[int, int], JobRow]":
        return _by_repeat(self.row)


def _tested(first: _First, row: LeaderboardRow, rank_by: str, hits: "Reader") -> tuple[str, float | None]:
    """The test of two rows that have their figure, and its p; None with the reason where there is none."""
    value = FIELDS[rank_by]
    if first.row.n > 1 and row.n > 1:
        theirs = _by_repeat(row)
        pairs = [(job, theirs[key]) for key, job in first.repeats.items() if key in theirs]
        if len(pairs) > 1:
            p = paired_t([value(a) for a, _ in pairs], [value(b) for _, b in pairs])
            return (ALIKE, None) if p is None else (PAIRED, p)
        p = welch_t([value(job) for job in first.row.jobs], [value(job) for job in row.jobs])
        return (NO_SPREAD, None) if p is None else (WELCH, p)
    if rank_by not in OF_DIGITS:
        return NO_DIGITS, None
    by_seed = {job.seed: job for job in reversed(row.jobs)}
    shared = next(((job, by_seed[job.seed]) for job in first.row.jobs if job.seed in by_seed), None)
    ours, theirs_alone = shared or (first.row.jobs[0], row.jobs[0])
    counts = _discordant(first.hits(ours.id), hits(theirs_alone.id))
    return (NO_PREDICTIONS, None) if counts is None else (MCNEMAR, mcnemar(*counts))


def _by_repeat(row: LeaderboardRow) -> "dict[tuple[int, int], JobRow]":
    """The row's jobs by what pairs them with another row's: the seed, and which it is of those that have it."""
    seen: Counter[int] = Counter()
    found = {}
    for job in row.jobs:
        found[job.seed, seen[job.seed]] = job
        seen[job.seed] += 1
    return found


def _discordant(ours: "Hits | None", theirs: "Hits | None") -> tuple[int, int] | None:
    if ours is None or theirs is None:
        return None
    from engine.results.predictions import discordant  # noqa: PLC0415 - NumPy: 0.1 s

    return discordant(ours, theirs)


def methods(rows: Sequence[LeaderboardRow]) -> str:
    """What was tested on a board, in words, to stand where the marks are shown; empty where nothing was."""
    tests = [tie for row in rows if (tie := row.tie) is not None and tie.p is not None]
    if not tests:
        return ""
    names = [name for name in (PAIRED, WELCH, MCNEMAR) if any(tie.method == name for tie in tests)]
    return f"{', '.join(names)}; Holm over {counted(tests[0].comparisons, 'comparison')}, {LEVEL:.0%} level"


def untested(rows: Sequence[LeaderboardRow]) -> list[str]:
    """Why rows have no verdict, a line a reason with how many rows it holds for."""
    reasons = Counter(tie.method for row in rows if (tie := row.tie) is not None and tie.p is None)
    return [f"without a verdict, {counted(count, 'row')}: {why}" for why, count in reasons.items() if why != FIRST]
