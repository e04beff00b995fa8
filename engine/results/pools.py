"""What ranking looks at: finished jobs as columns, with whole rows only for those that are shown."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any, Protocol, TypeAlias

from engine.plan.jobs import Configuration
from engine.results.figures import FIELDS
from engine.results.rows import JobRow
from engine.results.states import several_codes

Among: TypeAlias = Callable[[Sequence[Configuration]], tuple[str, ...]]


class Pool(Protocol):
    """The finished jobs of one data set, in the order of their ids; a job's place is its index in every column."""

    @property
    def count(self) -> int:
        """How many jobs there are."""

    @property
    def ids(self) -> Sequence[str]:
        """Every job's id, ascending."""

    @property
    def seeds(self) -> Sequence[int]:
        """Every job's seed."""

    @property
    def configurations(self) -> Sequence[Hashable]:
        """For every job a key that is equal where configurations are, and the code of their model is."""

    @property
    def codes(self) -> Sequence[str]:
        """What every job's code was, as `JobRow.code_state`."""

    def configs(self, keys: Sequence[Any]) -> Sequence[Configuration]:
        """The configurations of these keys, in their order."""

    def figure(self, name: str) -> Sequence[float | None]:
        """Every job's figure of a metric, as it is stored. Raises KeyError for a name that is no metric."""

    def experiments(self, places: Sequence[int]) -> Sequence[tuple[str, ...]]:
        """The experiments that want each of the jobs at these places."""

    def jobs(self, places: Sequence[int]) -> list[JobRow]:
        """The whole rows at these places, in their order."""

    def differing(self, keys: Collection[Any] | None, among: Among) -> tuple[str, ...]:
        """What `among` tells of the configurations of `keys` or all: the settings in which they are not all alike."""

    def several_seeds(self) -> bool:
        """Whether not all jobs have one seed."""

    def several_codes(self) -> bool:
        """Whether jobs of one model have several states of its code."""


class RowPool:
    """A pool of rows that are in memory."""

    def __init__(self, rows: Iterable[JobRow]) -> None:
        self.rows = sorted(rows, key=attrgetter("id"))
        self.count = len(self.rows)
        self.ids = [row.id for row in self.rows]
        self.seeds = [row.seed for row in self.rows]
        self.codes = [row.code_state for row in self.rows]
        self.configurations, self._configs = _keys(self.rows, self.codes)

    def configs(self, keys: Sequence[Any]) -> Sequence[Configuration]:
        return [self._configs[key] for key in keys]

    def figure(self, name: str) -> Sequence[float | None]:
        return list(map(FIELDS[name], self.rows))

    def experiments(self, places: Sequence[int]) -> Sequence[tuple[str, ...]]:
        return [self.rows[place].experiments for place in places]

    def jobs(self, places: Sequence[int]) -> list[JobRow]:
        return [self.rows[place] for place in places]

    def differing(self, keys: Collection[Any] | None, among: Among) -> tuple[str, ...]:
        return among([self._configs[key] for key in (self._configs if keys is None else keys)])

    def several_seeds(self) -> bool:
        return len(set(self.seeds)) > 1

    def several_codes(self) -> bool:
        return any(self.codes) and several_codes([row.digests for row in self.rows], self.rows[0].dataset)


def _keys(rows: Sequence[JobRow], codes: Sequence[str]) -> tuple[list[Hashable], Mapping[Hashable, Configuration]]:
    """A key for each row's configuration, and the configuration of each key.

    The key is the configuration's values where it has the settings of the first one, which is quickest; where it has
    others (a job of another version) it is the items, and with code of a person's own also what that was. Rows that
    share one object share its key without a look inside.
    """
    names = tuple(rows[0].config) if rows else ()
    # Of one name alone itemgetter would give no tuple; no real configuration is so small.
    values = itemgetter(*names) if len(names) > 1 else None
    known: dict[tuple[int, str], Hashable] = {}
    configs: dict[Hashable, Configuration] = {}
    keys = []
    for row, code in zip(rows, codes, strict=True):
        config = row.config
        key = known.get((id(config), code))
        if key is None:
            try:
                key = values(config) if values is not None and len(config) == len(names) else _items(config)
            except KeyError:
                key = _items(config)
            key = (key, code) if code else key
            known[id(config), code] = key
            configs.setdefault(key, config)
        keys.append(key)
    return keys, configs


def _items(config: Configuration) -> tuple[Any, ...]:
    return tuple(sorted(config.items()))
