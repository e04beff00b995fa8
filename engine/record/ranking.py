"""The finished jobs of a data set's state as columns, read from one index; whole rows only for those looked at."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import compress
from typing import Any

from engine.errors import StoreBusy
from engine.plan.jobs import Configuration
from engine.record.database import Database
from engine.record.jobrows import Experiments, JobRows
from engine.results.collecting import uncollected
from engine.results.leaderboard import DataState
from engine.results.metrics import METRICS
from engine.results.pools import Among, Pool
from engine.results.rows import JobRow
from engine.results.states import several_codes

DONE = "FROM jobs WHERE status = 'done' AND dataset = ?"
OF_STATE = "digests IN (SELECT value FROM json_each(?))"
NEXT = f"SELECT MIN(digests) {DONE} AND digests > ?"
# So many configurations mostly show every setting that differs anywhere.
SOME = 64
FEW = 1000
OF_CONFIGURATIONS = """SELECT rowid FROM jobs INDEXED BY jobs_by_configuration WHERE status = 'done' AND dataset = ?
    AND configuration IN (SELECT value FROM json_each(?))"""
INDEXED = ("rowid", "id", "configuration", "seed", *(metric.field for metric in METRICS.values()))


def pools(database: Database, job_rows: JobRows, by: str, rank_by: str) -> Mapping[DataState, Pool]:
    """A pool for each state of a data set that has finished jobs, with what a board by "config" or "job" looks at."""
    names = [name for (name,) in database.tuples("SELECT DISTINCT dataset FROM varieties ORDER BY dataset")]
    columns = ["configuration" if by == "config" else "rowid", METRICS[rank_by].field]
    made = {}
    for name in names:
        states = _states(database, job_rows, name)
        for state, told in states.items():
            made[name, state] = DonePool(database, job_rows, name, columns, told, alone=len(states) == 1)
    return {state: pool for state, pool in made.items() if pool.count}


def _states(database: Database, job_rows: JobRows, dataset: str) -> dict[str, dict[str, Mapping[str, str]]]:
    """What the digests of finished jobs are, as they are stored and as they are read, by the state of the data set."""
    found: dict[str, dict[str, Mapping[str, str]]] = {}
    text = ""
    # One search in an index for each text, rather than a look at every job.
    while (text := database.tuples(NEXT, [dataset, text])[0][0]) is not None:
        digests = job_rows.digests(text)
        found.setdefault(digests.get(dataset, ""), {})[text] = digests
    return found


def _code(digests: Mapping[str, str], dataset: str) -> str:
    """The digest that is not the data set's: `JobRow.code_state`."""
    return next((digest for name, digest in digests.items() if name != dataset), "")


def _list(values: Iterable[Any]) -> str:
    return json.dumps(list(values))


class DonePool:
    """A `results.pools.Pool` over the database. Its jobs are those that were done when it was made."""

    def __init__(
        self,
        database: Database,
        job_rows: JobRows,
        dataset: str,
        columns: Sequence[str],
        told: Mapping[str, Mapping[str, str]],
        *,
        alone: bool,
    ) -> None:
        """Reads these columns in one pass over the index; whatever else is asked for later comes in a second one.

        The first column, "configuration" or "rowid", tells then whether the jobs are the same still. `told` are the
        digests that its jobs have; where it is not `alone`, other jobs of the data set have others.
        """
        self.database = database
        self.dataset = dataset
        self._rows = job_rows
        self._reference = columns[0]
        self._columns: dict[str, Sequence[Any]] = {}
        self._experiments: Experiments | None = None
        self._numbered: dict[int, int] = {}
        self._of_state, self._values = ("", [dataset]) if alone else (f" AND {OF_STATE}", [dataset, _list(told)])
        self._where = DONE + self._of_state
        self._told = list(told.values())
        codes = {text: _code(digests, dataset) for text, digests in told.items()}
        several = len(set(codes.values())) > 1
        self._read([*columns, "digests"] if several else columns)
        self.count = len(self._columns[self._reference])
        self._several = several
        self._codes = self._read_codes(codes) if several else [*set(codes.values())] * self.count

    def _read(self, columns: Sequence[str]) -> None:
        with uncollected():
            rows = self.database.tuples(f"SELECT {', '.join(columns)} {self._where} ORDER BY id", self._values)
            read = {name: [row[index] for row in rows] for index, name in enumerate(columns)}
            del rows
        if self._columns and read[self._reference] != self._columns[self._reference]:
            raise self._changed()
        self._columns |= read

    def _read_codes(self, codes: Mapping[str, str]) -> list[str]:
        try:
            return [codes[text] for text in self._columns.pop("digests")]
        except KeyError:
            raise self._changed() from None

    def _column(self, name: str) -> Sequence[Any]:
        if name not in self._columns:
            missing = [column for column in INDEXED if column not in self._columns]
            self._read([self._reference, *missing])
        return self._columns[name]

    @property
    def ids(self) -> Sequence[str]:
        return self._column("id")

    @property
    def configurations(self) -> Sequence[int]:
        return self._by_code[0] if self._several else self._column("configuration")

    @cached_property
    def _by_code(self) -> tuple[list[int], dict[int, int]]:
        """A key for every job's configuration and code, and the configuration of each key that is none itself."""
        first: dict[int, str] = {}
        others: dict[tuple[int, str], int] = {}
        keys = [
            key if first.setdefault(key, code) == code else others.setdefault((key, code), -1 - len(others))
            for key, code in zip(self._column("configuration"), self._codes, strict=True)
        ]
        return keys, {made: key for (key, _), made in others.items()}

    @property
    def codes(self) -> Sequence[str]:
        return self._codes

    @property
    def seeds(self) -> Sequence[int]:
        return self._column("seed")

    def figure(self, name: str) -> Sequence[float | None]:
        return self._column(METRICS[name].field)

    def experiments(self, places: Sequence[int]) -> Sequence[tuple[str, ...]]:
        if self._experiments is None:
            self._experiments = self._rows.experiments()
        ids, found = self.ids, self._experiments
        return [found.get(ids[place], ()) for place in places]

    def configs(self, keys: Sequence[Any]) -> Sequence[Configuration]:
        behind = self._by_code[1] if self._several else {}
        return self._rows.configurations.named([behind.get(key, key) for key in keys])

    def jobs(self, places: Sequence[int]) -> list[JobRow]:
        numbers = self._numbers(places)
        wanted = [numbers[place] for place in places]
        found = self._rows.numbered(wanted)
        try:
            return [found[number] for number in wanted]
        except KeyError:
            raise self._changed() from None

    def _numbers(self, places: Sequence[int]) -> dict[int, int]:
        """Row numbers of at least these places: of few looked up by their configurations, else read for all jobs."""
        if "rowid" in self._columns or len(places) > FEW:
            column = self._column("rowid")
            return {place: column[place] for place in places}
        if all(place in self._numbered for place in places):
            return self._numbered
        column = self._column("configuration")
        keys = {column[place] for place in places}
        query = f"{OF_CONFIGURATIONS}{self._of_state} ORDER BY id"
        rows = self.database.tuples(query, [self.dataset, _list(keys), *self._values[1:]])
        theirs = list(compress(range(self.count), map(keys.__contains__, column)))
        if len(rows) != len(theirs):
            raise self._changed()
        # Both stand in the order of the ids.
        self._numbered |= {place: number for place, (number,) in zip(theirs, rows, strict=True)}
        return self._numbered

    def several_seeds(self) -> bool:
        if "seed" not in self._varied():
            return False
        first = f"SELECT seed {self._where} ORDER BY id LIMIT 1"
        query = f"SELECT 1 {self._where} AND seed <> ({first}) LIMIT 1"
        return bool(self.database.tuples(query, self._values * 2))

    def several_codes(self) -> bool:
        return several_codes(self._told, self.dataset)

    def _varied(self) -> set[str]:
        """What ever had several values here; it may have no longer, since jobs are removed."""
        query = "SELECT setting FROM varieties WHERE dataset = ? GROUP BY setting HAVING COUNT(*) > 1"
        return {name for (name,) in self.database.tuples(query, [self.dataset])}

    def differing(self, keys: Collection[Any] | None, among: Among) -> tuple[str, ...]:
        """As `Pool.differing`; few configurations are read where the store tells which settings have several values."""
        varied = self._varied() - {"seed"}
        first = self._some() if keys is None else list(keys)[:SOME]
        found = among(self.configs(first))
        # With jobs of different versions their settings have other names, and only a look at all of them tells.
        if varied <= set(found) and "" not in varied:
            return found
        return among(self.configs(list(dict.fromkeys(self.configurations)) if keys is None else list(keys)))

    def _some(self) -> list[int]:
        """The configurations of a few jobs."""
        if "configuration" in self._columns:
            return list(dict.fromkeys(self._column("configuration")[:: max(1, self.count // SOME)]))
        rows = self.database.tuples(f"SELECT configuration {self._where} ORDER BY id LIMIT {SOME}", self._values)
        return list(dict.fromkeys(key for (key,) in rows))

    def _changed(self) -> StoreBusy:
        return StoreBusy("jobs changed while they were ranked", where=str(self.database.path), hint="ask again")
