"""Rank finished jobs: one board for each data set, and a row for each configuration or for each job.

The rows are the same wherever they are shown: the command, the console, the CSV.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol, overload

from engine.errors import UsageError
from engine.plan.jobs import Configuration, JobStatus, Value
from engine.plan.words import did_you_mean
from engine.results.collecting import uncollected
from engine.results.figures import Figure, figure, mean_over
from engine.results.metrics import METRICS
from engine.results.ordering import Places, Ranks, Singles, ordered, rearranged
from engine.results.pools import Pool, RowPool
from engine.results.rows import JobRow

GROUPINGS = ("config", "job")
# Rows that are fetched together where all of a board is gone through.
PAGE = 2000
COLUMNS = ("rank", "experiments", "n", "seed", *METRICS)


class Condition(Protocol):
    """What `filters.parse` gives: which jobs count at all, and which rows stay on the board."""

    def keeps_job(self, job: JobRow) -> bool:
        """Judged by what was asked for: its settings, seed, experiments, id."""

    def keeps_row(self, jobs: Sequence[JobRow]) -> bool:
        """Judged by what came out: the figures' means, and how many jobs there are."""


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """One configuration (or one job) on a board. `rank` is None where the figure ranked by is lacking.

    `jobs` are its finished jobs in the order of their seeds. `differs` holds the settings, and with rows a job the
    seed, in which the rows of this board are not all alike.
    """

    rank: int | None
    jobs: tuple[JobRow, ...]
    differs: Mapping[str, Value]

    @property
    def n(self) -> int:
        """How many jobs stand behind the row."""
        return len(self.jobs)

    @property
    def config(self) -> Configuration:
        """Every setting by name."""
        return self.jobs[0].config

    @property
    def experiments(self) -> tuple[str, ...]:
        """All that wanted one of its jobs, each once."""
        if len(self.jobs) == 1:
            return self.jobs[0].experiments
        return tuple(dict.fromkeys(name for job in self.jobs for name in job.experiments))

    @property
    def job_ids(self) -> tuple[str, ...]:
        """In the order of the seeds, as every figure's values."""
        return tuple(job.id for job in self.jobs)

    @property
    def parameters(self) -> int | None:
        """Of the model, trainable and not."""
        return self.jobs[0].parameters

    def figure(self, name: str) -> Figure:
        """A metric over the row's jobs. Raises KeyError for a name that is no metric."""
        return figure(self.jobs, name)


class Groups(Sequence[Sequence[JobRow]]):
    """The jobs of each row in the order shown, each row's fetched when it is looked at."""

    def __init__(self, pool: Pool, places: Sequence[Places]) -> None:
        self.pool = pool
        self.places = places

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, index: int) -> Sequence[JobRow]: ...

    @overload
    def __getitem__(self, index: slice) -> "Groups": ...

    def __getitem__(self, index: int | slice) -> "Sequence[JobRow] | Groups":
        if isinstance(index, slice):
            return Groups(self.pool, self.places[index])
        return _by_seed(self.pool.jobs(self.places[index]))

    def __iter__(self) -> Iterator[Sequence[JobRow]]:
        for start in range(0, len(self.places), PAGE):
            page = self.places[start : start + PAGE]
            jobs = iter(self.pool.jobs([place for places in page for place in places]))
            yield from (_by_seed([next(jobs) for _ in places]) for places in page)


def _by_seed(jobs: list[JobRow]) -> Sequence[JobRow]:
    return sorted(jobs, key=attrgetter("seed", "id")) if len(jobs) > 1 else jobs


class Rows(Sequence[LeaderboardRow]):
    """The rows of a board in the order shown, each made when it is looked at: of 100,000 a page shows fifty."""

    def __init__(self, groups: Groups, ranks: Sequence[int | None], fields: tuple[str, ...]) -> None:
        self._groups = groups
        self._ranks = ranks
        self._fields = fields

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def groups(self) -> Sequence[Sequence[JobRow]]:
        """The jobs of each row, in the order shown."""
        return self._groups

    @property
    def ranks(self) -> Sequence[int | None]:
        """The rank of each row."""
        return self._ranks

    @property
    def pool(self) -> Pool:
        """Where the rows' jobs stand, as columns."""
        return self._groups.pool

    @property
    def places(self) -> Sequence[Places]:
        """The places of each row's jobs in the pool, in the order of their seeds."""
        places = self._groups.places
        if isinstance(places, Singles):
            return places
        seeds = self.pool.seeds
        return [sorted(each, key=seeds.__getitem__) for each in places]

    def configs(self) -> Sequence[Configuration]:
        """The configuration of each row, in the order shown, without its jobs."""
        keys = self.pool.configurations
        return self.pool.configs([keys[each[0]] for each in self._groups.places])

    @property
    def repeated(self) -> bool:
        """Whether any row stands for several jobs."""
        places = self._groups.places
        return not isinstance(places, Singles) and any(len(each) > 1 for each in places)

    @overload
    def __getitem__(self, index: int) -> LeaderboardRow: ...

    @overload
    def __getitem__(self, index: slice) -> "Rows": ...

    def __getitem__(self, index: int | slice) -> "LeaderboardRow | Rows":
        if isinstance(index, slice):
            return Rows(self._groups[index], self._ranks[index], self._fields)
        return self._row(self._ranks[index], self._groups[index])

    def __iter__(self) -> Iterator[LeaderboardRow]:
        return map(self._row, self._ranks, self._groups)

    def _row(self, rank: int | None, jobs: Sequence[JobRow]) -> LeaderboardRow:
        config = jobs[0].config
        differs = {name: config[name] for name in self._fields if name in config}
        if "seed" in self._fields:
            differs["seed"] = jobs[0].seed
        return LeaderboardRow(rank, tuple(jobs), differs)


@dataclass(frozen=True)
class Board:
    """All that was trained on one data set, best first unless sorted otherwise. `fields` are the keys of `differs`."""

    dataset: str
    by: str
    rank_by: str
    fields: tuple[str, ...]
    rows: Rows


def rank(
    rows: Iterable[JobRow],
    by: str = "config",
    rank_by: str = "test_accuracy",
    sort: str | None = None,
    where: Condition | None = None,
) -> list[Board]:
    """A board for each data set, in the order of their names. Only jobs that are done are ranked.

    `by` is "config" (repeats of a configuration are one row) or "job". `rank_by` is a metric; rows with the same figure
    share a rank, and rows that lack it stand last, unranked. `sort` is a column to order by instead, its better end
    first, reversed by a leading `-`; ranks stay. Equal rows stand in the order of the lowest id among their jobs, so
    that the board does not depend on the order of `rows`. Raises UsageError for a name that is none of these.
    """
    boards: dict[str, list[JobRow]] = {}
    for row in rows:
        if row.status is JobStatus.DONE and (where is None or where.keeps_job(row)):
            boards.setdefault(str(row.config.get("dataset", "")), []).append(row)
    return rank_pools({dataset: RowPool(jobs) for dataset, jobs in boards.items()}, by, rank_by, sort, where)


def rank_pools(
    pools: Mapping[str, Pool],
    by: str = "config",
    rank_by: str = "test_accuracy",
    sort: str | None = None,
    where: Condition | None = None,
) -> list[Board]:
    """The same for finished jobs as columns, a pool for each data set; of `where` only what it says of rows is heard.

    Raises UsageError as `rank`.
    """
    by = one_of(by, GROUPINGS, "--by")
    rank_by = one_of(rank_by, METRICS, "--rank-by")
    with uncollected():
        made = [_board(dataset, pool, by, rank_by, sort, where) for dataset, pool in sorted(pools.items())]
    return [board for board in made if len(board.rows)]


def _board(dataset: str, pool: Pool, by: str, rank_by: str, sort: str | None, where: Condition | None) -> Board:
    groups = _by_configuration(pool) if by == "config" else Singles(range(pool.count))
    keys = None
    if where is not None:
        groups = [group for group in groups if where.keeps_row(pool.jobs(group))]
        keys = dict.fromkeys(pool.configurations[group[0]] for group in groups)
    fields = pool.differing(keys, differing)
    several = pool.several_seeds() if where is None else len({pool.seeds[group[0]] for group in groups}) > 1
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
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        groups[key].append(place)
    return list(groups.values())


def _means(pool: Pool, groups: Sequence[Places], name: str) -> Sequence[float | None]:
    figures = pool.figure(name)
    if isinstance(groups, Singles):
        alone = groups.of(figures)
        if None not in alone and all(map(math.isfinite, alone)):  # type: ignore[arg-type]
            return alone
    return [mean_over([figures[place] for place in group]) for group in groups]


def differing(configs: Sequence[Configuration]) -> tuple[str, ...]:
    """The settings in which configurations are not all alike, in the order of the settings."""
    names = dict.fromkeys(configs[0]) if configs else {}
    if any(config.keys() != names.keys() for config in configs):
        names = dict.fromkeys(name for config in configs for name in config)
    return tuple(name for name in names if _varies(name, configs))


def _varies(name: str, configs: Sequence[Configuration]) -> bool:
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
    elif column == "rank":
        values = ranks
    elif column == "n":
        values = [len(group) for group in groups]
        descending = True
    elif column == "seed":
        values = [min(pool.seeds[place] for place in group) for group in groups]
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
    raise UsageError(f"{option} does not know {word[:60]!r}", hint=hint)
