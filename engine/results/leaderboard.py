"""Rank finished jobs: one board for each state of a data set, and a row for each configuration or for each job.

The rows are the same wherever they are shown: the command, the console, the CSV.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias, cast

from engine.errors import UsageError
from engine.plan.jobs import Configuration, JobStatus
from engine.plan.words import did_you_mean
from engine.results.boardrows import Groups, LeaderboardRow, Rows
from engine.results.collecting import uncollected
from engine.results.figures import mean_over
from engine.results.metrics import METRICS
from engine.results.ordering import Places, Ranks, Singles, ordered, rearranged
from engine.results.pools import Pool, RowPool
from engine.results.rows import JobRow
from engine.results.spreads import SPREADS, spread_of
from engine.results.states import CODE, SHOWN
from engine.text import brief

__all__ = ["Board", "Condition", "LeaderboardRow", "differing", "one_of", "rank", "rank_pools", "varies"]

# The name or path of a data set, and its SHA-256 where it is a person's own.
DataState: TypeAlias = tuple[str, str]

GROUPINGS = ("config", "job")
CHOSEN_BY = {
    **dict.fromkeys(("test_accuracy", "test_loss", "misclassified"), "test"),
    **dict.fromkeys(("val_accuracy", "val_loss"), "validation"),
}
COLUMNS = ("rank", "experiments", "n", "seed", CODE, *METRICS, *SPREADS)
# From so many jobs on it pays to load NumPy and go through columns with it.
MANY = 10_000


class Condition(Protocol):
    """What `filters.parse` gives: which jobs count at all, and which rows stay on the board."""

    def keeps_job(self, job: JobRow) -> bool:
        """Judged by what was asked for: its settings, seed, experiments, id."""

    def keeps_row(self, jobs: Sequence[JobRow]) -> bool:
        """Judged by what came out: the figures' means, and how many jobs there are."""


@dataclass(frozen=True)
class Board:
    """All that was trained on one data set, best first unless sorted otherwise. `fields` are the keys of `differs`.

    `state` tells boards of one data set apart whose content was another; it is empty where there is one board alone.
    """

    dataset: str
    by: str
    rank_by: str
    fields: tuple[str, ...]
    rows: Rows
    state: str = ""

    @property
    def title(self) -> str:
        """The data set, and which state of it where there are several: `data/own.npz (1a2b3c4d)`."""
        return f"{self.dataset} ({self.state})" if self.state else self.dataset

    @property
    def chosen_by(self) -> str:
        """What the first was chosen by: "test" where that is a figure of the test, "validation", or the figure's name.

        Ranked by the test that it reports, a board flatters its first: the best of many is partly the luckiest.
        """
        return chosen_by(self.rank_by)


def chosen_by(rank_by: str) -> str:
    """What boards that are ranked by a metric choose their first by: see `Board.chosen_by`."""
    return CHOSEN_BY.get(rank_by, rank_by)


def rank(
    rows: Iterable[JobRow],
    by: str = "config",
    rank_by: str = "test_accuracy",
    sort: str | None = None,
    where: Condition | None = None,
) -> list[Board]:
    """A board for each data set, in the order of their names. Only jobs that are done are ranked.

    A data set whose content changed has a board for each state, and code that changed a row for each.

    `by` is "config" (repeats of a configuration are one row) or "job". `rank_by` is a metric; rows with the same figure
    share a rank, and rows that lack it stand last, unranked. `sort` is a column to order by instead, its better end
    first, reversed by a leading `-`; ranks stay. Equal rows stand in the order of the lowest id among their jobs, so
    that the board does not depend on the order of `rows`. Raises UsageError for a name that is none of these.
    """
    boards: dict[DataState, list[JobRow]] = defaultdict(list)
    for row in rows:
        if row.status is JobStatus.DONE and (where is None or where.keeps_job(row)):
            boards[row.dataset, row.data_state].append(row)
    return rank_pools({state: RowPool(jobs) for state, jobs in boards.items()}, by, rank_by, sort, where)


def rank_pools(
    pools: Mapping[DataState, Pool],
    by: str = "config",
    rank_by: str = "test_accuracy",
    sort: str | None = None,
    where: Condition | None = None,
) -> list[Board]:
    """The same for finished jobs as columns, a pool for each state of a data set.

    Of `where` only what it says of rows is heard.

    Raises UsageError as `rank`.
    """
    by = one_of(by, GROUPINGS, "--by")
    rank_by = one_of(rank_by, METRICS, "--rank-by")
    with uncollected():
        made = {state: _board(state[0], pools[state], by, rank_by, sort, where) for state in sorted(pools)}
    made = {state: board for state, board in made.items() if len(board.rows)}
    several = Counter(dataset for dataset, _ in made)
    return [
        replace(board, state=state[:SHOWN]) if several[dataset] > 1 else board
        for (dataset, state), board in made.items()
    ]


def _board(dataset: str, pool: Pool, by: str, rank_by: str, sort: str | None, where: Condition | None) -> Board:
    groups = _by_configuration(pool) if by == "config" else Singles(range(pool.count))
    keys = None
    if where is not None:
        groups = [group for group in groups if where.keeps_row(pool.jobs(group))]
        keys = dict.fromkeys(pool.configurations[group[0]] for group in groups)
    fields = pool.differing(keys, differing)
    several = pool.several_seeds() if where is None else len({pool.seeds[group[0]] for group in groups}) > 1
    if pool.several_codes():
        fields = (*fields, CODE)
    if by == "job" and several:
        fields = (*fields, "seed")
    means = _means(pool, groups, rank_by)
    order = ordered(means, METRICS[rank_by].higher_is_better)
    groups = rearranged(groups, order)
    ranks: Sequence[int | None] = Ranks(means, order)
    if sort is not None and groups:
        ranks = list(ranks)
        places = _sorted_by(sort, pool, groups, ranks)
        groups = rearranged(groups, places)
        ranks = [ranks[index] for index in places]
    return Board(dataset, by, rank_by, fields, Rows(Groups(pool, groups), ranks, fields))


def _by_configuration(pool: Pool) -> Sequence[Places]:
    """The places of jobs of equal configuration together, in the order of their ids; groups as their lowest ids."""
    keys = pool.configurations
    if len(set(keys)) == pool.count:
        return Singles(range(pool.count))
    if pool.count > MANY and set(map(type, keys)) == {int}:
        from engine.results.grouping import Grouped  # noqa: PLC0415 - NumPy: 0.1 s

        return Grouped.of_equal(cast("Sequence[int]", keys))
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        groups[key].append(place)
    return list(groups.values())


def _means(pool: Pool, groups: Sequence[Places], name: str) -> Sequence[float | None]:
    figures = pool.figure(name)
    if pool.count > MANY and None not in figures and all(map(math.isfinite, cast("Sequence[float]", figures))):
        from engine.results.grouping import Grouped, settled_column  # noqa: PLC0415 - NumPy: 0.1 s

        if isinstance(groups, Singles):
            return groups.of(settled_column(cast("Sequence[float]", figures)))
        if isinstance(groups, Grouped):
            return groups.means(cast("Sequence[float]", figures))
    return [mean_over([figures[place] for place in group]) for group in groups]


def differing(configs: Sequence[Configuration]) -> tuple[str, ...]:
    """The settings in which configurations are not all alike, in the order of the settings."""
    names = dict.fromkeys(configs[0]) if configs else {}
    if any(config.keys() != names.keys() for config in configs):
        names = dict.fromkeys(name for config in configs for name in config)
    return tuple(name for name in names if varies(name, configs))


def varies(name: str, configs: Sequence[Configuration]) -> bool:
    """Whether configurations, at least one, are not all alike in a setting."""
    first = configs[0].get(name)
    return any(config.get(name) != first for config in configs)


def _sorted_by(column: str, pool: Pool, groups: Sequence[Places], ranks: Sequence[int | None]) -> Sequence[int]:
    backwards = column.startswith("-")
    keys = [pool.configurations[group[0]] for group in groups]
    column = one_of(column.removeprefix("-"), (*COLUMNS, *pool.configs(keys[:1])[0]), "--sort")
    values: Sequence[Any]
    descending = False
    if column in METRICS:
        values = _means(pool, groups, column)
        descending = METRICS[column].higher_is_better
    elif column in SPREADS:
        rows = Rows(Groups(pool, groups), ranks, ())
        values, descending = [spread_of(row, column) for row in rows], SPREADS[column]
    elif column == "rank":
        values = ranks
    elif column == "n":
        values = [len(group) for group in groups]
        descending = True
    elif column == "seed":
        values = [min(pool.seeds[place] for place in group) for group in groups]
    elif column == CODE:
        values = [pool.codes[group[0]] for group in groups]
    elif column == "experiments":
        values = [jobs[0].experiments for jobs in Groups(pool, groups)]
    else:
        values = [config.get(column) for config in pool.configs(keys)]
    return ordered(values, descending is not backwards)


def one_of(word: str, words: Iterable[str], option: str) -> str:
    """`word` as it is among `words`, hyphens read as underscores. Raises UsageError with the one probably meant."""
    known = list(words)
    plain = word.strip().lower().replace("-", "_")
    if plain in known:
        return plain
    meant = did_you_mean(word, known)
    hint = f"did you mean {meant}?" if meant else "allowed: " + ", ".join(known)
    raise UsageError(f"{option} does not know {brief(word)}", hint=hint)
