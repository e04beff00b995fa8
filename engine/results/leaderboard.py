"""Rank finished jobs: one board for each data set, and a row for each configuration or for each job.

The rows are the same wherever they are shown: the command, the console, the CSV.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Protocol, overload

from engine.errors import UsageError
from engine.plan.jobs import Configuration, JobStatus, Value
from engine.plan.words import did_you_mean
from engine.results.figures import Figure, figure, mean_of
from engine.results.metrics import METRICS
from engine.results.rows import JobRow

GROUPINGS = ("config", "job")
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


class Rows(Sequence[LeaderboardRow]):
    """The rows of a board in the order shown, each made when it is looked at: of 100,000 a page shows fifty."""

    def __init__(
        self, groups: Sequence[Sequence[JobRow]], ranks: Sequence[int | None], fields: tuple[str, ...]
    ) -> None:
        self._groups = groups
        self._ranks = ranks
        self._fields = fields

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def groups(self) -> Sequence[Sequence[JobRow]]:
        """The jobs of each row, in the order shown."""
        return self._groups

    @overload
    def __getitem__(self, index: int) -> LeaderboardRow: ...

    @overload
    def __getitem__(self, index: slice) -> "Rows": ...

    def __getitem__(self, index: int | slice) -> "LeaderboardRow | Rows":
        if isinstance(index, slice):
            return Rows(self._groups[index], self._ranks[index], self._fields)
        jobs = self._groups[index]
        config = jobs[0].config
        differs = {name: config[name] for name in self._fields if name in config}
        if "seed" in self._fields:
            differs["seed"] = jobs[0].seed
        return LeaderboardRow(self._ranks[index], tuple(jobs), differs)

    def __iter__(self) -> Iterator[LeaderboardRow]:
        return (self[index] for index in range(len(self)))


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
    by = one_of(by, GROUPINGS, "--by")
    rank_by = one_of(rank_by, METRICS, "--rank-by")
    boards: dict[str, list[JobRow]] = {}
    for row in rows:
        if row.status is JobStatus.DONE and (where is None or where.keeps_job(row)):
            boards.setdefault(str(row.config.get("dataset", "")), []).append(row)
    made = []
    for dataset, jobs in sorted(boards.items()):
        board = _board(dataset, jobs, by, rank_by, sort, where)
        if len(board.rows):
            made.append(board)
    return made


def _board(dataset: str, jobs: list[JobRow], by: str, rank_by: str, sort: str | None, where: Condition | None) -> Board:
    groups: list[list[JobRow]]
    if by == "config":
        keyed = _by_configuration(jobs)
        if where is not None:
            keyed = {key: group for key, group in keyed.items() if where.keeps_row(group)}
        groups = list(keyed.values())
    else:
        jobs = [job for job in jobs if where is None or where.keeps_row((job,))]
        keyed = _by_configuration(jobs)
        groups = [[job] for job in jobs]
    fields = differing([group[0].config for group in keyed.values()])
    if by == "job" and len({job.seed for job in jobs}) > 1:
        fields = (*fields, "seed")
    groups.sort(key=lambda group: group[0].id)
    means = [mean_of(group, rank_by) for group in groups]
    order = _ordered(means, METRICS[rank_by].higher_is_better)
    groups = [groups[index] for index in order]
    ranks = _ranks([means[index] for index in order])
    if sort is not None and groups:
        order = _sorted_by(sort, groups, ranks)
        groups = [groups[index] for index in order]
        ranks = [ranks[index] for index in order]
    return Board(dataset, by, rank_by, fields, Rows(groups, ranks, fields))


def _by_configuration(jobs: list[JobRow]) -> dict[tuple[Any, ...], list[JobRow]]:
    """Jobs of equal configuration together, in the order of their seeds.

    The key is the configuration's values where it has the settings of the first one, which is quickest; where it has
    others (a job of another version) it is the items.
    """
    groups: dict[tuple[Any, ...], list[JobRow]] = {}
    names = tuple(jobs[0].config) if jobs else ()
    # Of one name alone itemgetter would give no tuple; no real configuration is so small.
    values = itemgetter(*names) if len(names) > 1 else None
    for job in jobs:
        config = job.config
        try:
            key = values(config) if values is not None and len(config) == len(names) else _items(config)
        except KeyError:
            key = _items(config)
        group = groups.get(key)
        if group is None:
            groups[key] = [job]
        else:
            group.append(job)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda job: (job.seed, job.id))
    return groups


def _items(config: Configuration) -> tuple[Any, ...]:
    return tuple(sorted(config.items()))


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


def _sorted_by(column: str, groups: Sequence[Sequence[JobRow]], ranks: Sequence[int | None]) -> list[int]:
    backwards = column.startswith("-")
    column = one_of(column.removeprefix("-"), (*COLUMNS, *groups[0][0].config), "--sort")
    values: Sequence[Any]
    descending = False
    if column in METRICS:
        values = [mean_of(group, column) for group in groups]
        descending = METRICS[column].higher_is_better
    elif column == "rank":
        values = ranks
    elif column == "n":
        values = [len(group) for group in groups]
        descending = True
    elif column == "seed":
        values = [group[0].seed for group in groups]
    elif column == "experiments":
        values = [group[0].experiments for group in groups]
    else:
        values = [group[0].config.get(column) for group in groups]
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
