"""Rank finished jobs: one board for each data set, and a row for each configuration or for each job.

The rows are the same wherever they are shown: the command, the console, the CSV.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Protocol, TypeAlias, overload

from engine.errors import UsageError
from engine.plan.jobs import Configuration, JobStatus, Value
from engine.plan.words import did_you_mean
from engine.results.figures import Figure, figure, mean_over
from engine.results.metrics import METRICS
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


Places: TypeAlias = Sequence[int]


class Groups(Sequence[Sequence[JobRow]]):
    """The jobs of each row in the order shown, each row's fetched when it is looked at."""

    def __init__(self, pool: Pool, places: Sequence[Places]) -> None:
        self._pool = pool
        self.places = places

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, index: int) -> Sequence[JobRow]: ...

    @overload
    def __getitem__(self, index: slice) -> "Groups": ...

    def __getitem__(self, index: int | slice) -> "Sequence[JobRow] | Groups":
        if isinstance(index, slice):
            return Groups(self._pool, self.places[index])
        return self._pool.jobs(self.places[index])

    def __iter__(self) -> Iterator[Sequence[JobRow]]:
        for start in range(0, len(self.places), PAGE):
            page = self.places[start : start + PAGE]
            jobs = iter(self._pool.jobs([place for places in page for place in places]))
            yield from ([next(jobs) for _ in places] for places in page)


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
    def repeated(self) -> bool:
        """Whether any row stands for several jobs."""
        return any(len(places) > 1 for places in self._groups.places)

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
    first, reversed by a leading `-`; ranks stay. Equal rows keep the order of their first job's id, so that the board
    does not depend on the order of `rows`. Raises UsageError for a name that is none of these.
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
    made = (_board(dataset, pool, by, rank_by, sort, where) for dataset, pool in sorted(pools.items()))
    return [board for board in made if len(board.rows)]


def _board(dataset: str, pool: Pool, by: str, rank_by: str, sort: str | None, where: Condition | None) -> Board:
    groups: Sequence[Places] = _by_configuration(pool) if by == "config" else [(n,) for n in range(len(pool.ids))]
    if where is not None:
        groups = [group for group in groups if where.keeps_row(pool.jobs(group))]
    fields = pool.differing(dict.fromkeys(pool.configurations[group[0]] for group in groups), differing)
    if by == "job" and len({pool.seeds[group[0]] for group in groups}) > 1:
        fields = (*fields, "seed")
    means = _means(pool, groups, rank_by)
    order = _ordered(means, METRICS[rank_by].higher_is_better)
    groups = [groups[index] for index in order]
    ranks = _ranks([means[index] for index in order])
    if sort is not None and groups:
        order = _sorted_by(sort, pool, groups, ranks)
        groups = [groups[index] for index in order]
        ranks = [ranks[index] for index in order]
    return Board(dataset, by, rank_by, fields, Rows(Groups(pool, groups), ranks, fields))


def _by_configuration(pool: Pool) -> list[Places]:
    """The places of jobs of equal configuration together, in the order of their seeds; groups as their first ids."""
    groups: dict[Hashable, list[int]] = {}
    for place, key in enumerate(pool.configurations):
        group = groups.get(key)
        if group is None:
            groups[key] = [place]
        else:
            group.append(place)
    if len(groups) < len(pool.ids):
        # Places stand in the order of the ids, which decides between equal seeds.
        for group in groups.values():
            group.sort(key=pool.seeds.__getitem__)
        return sorted(groups.values(), key=itemgetter(0))
    return list(groups.values())


def _means(pool: Pool, groups: Sequence[Places], name: str) -> list[float | None]:
    figures = pool.figure(name)
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


def _ordered(values: Sequence[Any], descending: bool) -> list[int]:
    """The places of `values` in their order, None last, equal ones as they stand."""
    present = [index for index, value in enumerate(values) if value is not None]
    absent = [index for index, value in enumerate(values) if value is None]
    # Python's reverse keeps equal elements in their order, so ties fall the same way in both directions.
    present.sort(key=values.__getitem__, reverse=descending)
    return present + absent


def _ranks(means: Sequence[float | None]) -> list[int | None]:
    ranks: list[int | None] = []
    last: float | None = None
    current = 0
    for place, mean in enumerate(means, start=1):
        if mean is None:
            ranks.append(None)
            continue
        if mean != last:
            current, last = place, mean
        ranks.append(current)
    return ranks


def _sorted_by(column: str, pool: Pool, groups: Sequence[Places], ranks: Sequence[int | None]) -> list[int]:
    backwards = column.startswith("-")
    keys = [pool.configurations[group[0]] for group in groups]
    column = one_of(column.removeprefix("-"), (*COLUMNS, *pool.config(keys[0])), "--sort")
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
        values = [pool.seeds[group[0]] for group in groups]
    elif column == "experiments":
        values = [job.experiments for job in pool.jobs([group[0] for group in groups])]
    else:
        values = [pool.config(key).get(column) for key in keys]
    return _ordered(values, descending is not backwards)


def one_of(word: str, words: Iterable[str], option: str) -> str:
    """`word` as it is among `words`, hyphens read as underscores. Raises UsageError with the one probably meant."""
    known = list(words)
    plain = word.strip().lower().replace("-", "_")
    if plain in known:
        return plain
    meant = did_you_mean(word, known)
    hint = f"did you mean {meant}?" if meant else "allowed: " + ", ".join(known)
    raise UsageError(f"{option} does not know {word[:60]!r}", hint=hint)
