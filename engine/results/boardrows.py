"""The rows of a board, made for those that are looked at: of 100,000 a page shows fifty."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Protocol, overload

from engine.plan.jobs import Configuration, Value
from engine.results.figures import Figure, figure, interval_of, known_samples
from engine.results.intervals import Interval
from engine.results.ordering import Places, Ranks, Singles
from engine.results.pools import Pool
from engine.results.rows import JobRow
from engine.results.significance import Tie
from engine.results.states import CODE, SHOWN

# Rows that are fetched together where all of a board is gone through.
PAGE = 2000


class Ties(Protocol):
    """How the rows of a board compare with its first one."""

    def of(self, first_job: str) -> Tie:
        """Of the row whose first job this is."""

    def any(self) -> bool:
        """Whether any row cannot be told from the first."""

    def samples(self, job_ids: Sequence[str]) -> int | None:
        """How many test digits the predictions of these jobs are of, as far as any can be read."""


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """One configuration (or one job) on a board. `rank` is None where the figure ranked by is lacking.

    `jobs` are its finished jobs in the order of their seeds. `differs` holds the settings in which the rows of this
    board are not all alike, the state of the code where it changed, and with rows a job the seed. `ties` is there where
    the board was compared, and `samples` tells how many test digits there are where the only job does not.
    """

    rank: int | None
    jobs: tuple[JobRow, ...]
    differs: Mapping[str, Value]
    samples: Callable[[], int | None] = field(default=lambda: None, compare=False, repr=False)
    ties: Ties | None = field(default=None, compare=False, repr=False)

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
        return wanted_by(self.jobs)

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

    def interval(self, name: str) -> Interval | None:
        """The 95% interval of that metric, None where nothing gives one. Raises KeyError as `figure`.

        Student's t over repeats. Of one repeat, for the test accuracy alone, Wilson over the test digits.
        """
        return interval_of(self.jobs, name, self.samples)

    @property
    def tie(self) -> Tie | None:
        """How the row compares with the first of its board; None where the board was not compared."""
        return self.ties.of(self.jobs[0].id) if self.ties is not None else None


def wanted_by(jobs: Sequence[JobRow]) -> tuple[str, ...]:
    """The experiments that want one of these jobs, each once."""
    if len(jobs) == 1:
        return jobs[0].experiments
    return tuple(dict.fromkeys(name for job in jobs for name in job.experiments))


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

    def __init__(
        self, groups: Groups, ranks: Sequence[int | None], fields: tuple[str, ...], ties: Ties | None = None
    ) -> None:
        self._groups = groups
        self._ranks = ranks
        self._fields = fields
        self.ties = ties

    def with_ties(self, ties: Ties) -> "Rows":
        """The same rows, each of which can tell how it compares with the first."""
        return Rows(self._groups, self._ranks, self._fields, ties)

    @property
    def ranked(self) -> int:
        """How many rows have the figure that the board is ranked by."""
        ranks = self._ranks
        return ranks.ranked if isinstance(ranks, Ranks) else sum(rank is not None for rank in ranks)

    @property
    def in_order(self) -> bool:
        """Whether the rows stand as they are ranked, rather than sorted by a column."""
        return isinstance(self._ranks, Ranks)

    def samples(self) -> int | None:
        """How many test digits the data set has, as far as any job tells; all of a board are tested on the same.

        Where no job got any wrong, their number is that of the predictions, once the board is to be compared.
        """
        return self._samples

    @cached_property
    def _samples(self) -> int | None:
        told = known_samples(self.pool.figure("misclassified"), self.pool.figure("test_accuracy"))
        return told if told or self.ties is None else self.ties.samples(self.pool.ids)

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

    def codes(self) -> Sequence[str]:
        """What the code of each row was, as it is shown."""
        codes = self.pool.codes
        return [codes[each[0]][:SHOWN] for each in self._groups.places]

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
            return Rows(self._groups[index], self._ranks[index], self._fields, self.ties)
        return self._row(self._ranks[index], self._groups[index])

    def __iter__(self) -> Iterator[LeaderboardRow]:
        return map(self._row, self._ranks, self._groups)

    def _row(self, rank: int | None, jobs: Sequence[JobRow]) -> LeaderboardRow:
        config = jobs[0].config
        differs = {name: config[name] for name in self._fields if name in config}
        if CODE in self._fields:
            differs[CODE] = jobs[0].code_state[:SHOWN]
        if "seed" in self._fields:
            differs["seed"] = jobs[0].seed
        return LeaderboardRow(rank, tuple(jobs), differs, self.samples, self.ties)
