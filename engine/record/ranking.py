"""The finished jobs of a data set as columns, read from one index; whole rows only for those that are looked at."""

import json
from collections.abc import Collection, Mapping, Sequence
from itertools import compress
from typing import Any

from engine.errors import StoreBusy
from engine.plan.jobs import Configuration
from engine.record.database import Database
from engine.record.jobrows import Experiments, JobRows
from engine.results.collecting import uncollected
from engine.results.metrics import METRICS
from engine.results.pools import Among, Pool
from engine.results.rows import JobRow

ALL = "FROM jobs WHERE status = 'done' AND dataset = ? ORDER BY id"
# So many configurations mostly show every setting that differs anywhere.
SOME = 64
FEW = 1000
OF_CONFIGURATIONS = """SELECT rowid FROM jobs INDEXED BY jobs_by_configuration WHERE status = 'done' AND dataset = ?
    AND configuration IN (SELECT value FROM json_each(?)) ORDER BY id"""
INDEXED = ("rowid", "id", "configuration", "seed", *(metric.field for metric in METRICS.values()))


def pools(database: Database, job_rows: JobRows, by: str, rank_by: str) -> Mapping[str, Pool]:
    """A pool for each data set of which anything is done, with what a board by "config" or "job" looks at."""
    names = [name for (name,) in database.tuples("SELECT DISTINCT dataset FROM varieties ORDER BY dataset")]
    columns = ["configuration" if by == "config" else "rowid", METRICS[rank_by].field]
    made = {name: DonePool(database, job_rows, name, columns) for name in names}
    return {name: pool for name, pool in made.items() if pool.count}


class DonePool:
    """A `results.pools.Pool` over the database. Its jobs are those that were done when it was made."""

    def __init__(self, database: Database, job_rows: JobRows, dataset: str, columns: Sequence[str]) -> None:
        """Reads these columns in one pass over the index; whatever else is asked for later comes in a second one.

        The first column, "configuration" or "rowid", tells then whether the jobs are the same still.
        """
        self.database = database
        self.dataset = dataset
        self._rows = job_rows
        self._reference = columns[0]
        self._columns: dict[str, Sequence[Any]] = {}
        self._experiments: Experiments | None = None
        self._numbered: dict[int, int] = {}
        self._read(columns)
        self.count = len(self._columns[self._reference])

    def _read(self, columns: Sequence[str]) -> None:
        with uncollected():
            rows = self.database.tuples(f"SELECT {', '.join(columns)} {ALL}", [self.dataset])
            read = {name: [row[index] for row in rows] for index, name in enumerate(columns)}
            del rows
        if self._columns and read[self._reference] != self._columns[self._reference]:
            raise self._changed()
        self._columns |= read

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
        return self._column("configuration")

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
        return self._rows.configurations.named(keys)

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
        column = self.configurations
        keys = {column[place] for place in places}
        rows = self.database.tuples(OF_CONFIGURATIONS, [self.dataset, json.dumps(list(keys))])
        theirs = list(compress(range(self.count), map(keys.__contains__, column)))
        if len(rows) != len(theirs):
            raise self._changed()
        # Both stand in the order of the ids.
        self._numbered |= {place: number for place, (number,) in zip(theirs, rows, strict=True)}
        return self._numbered

    def several_seeds(self) -> bool:
        if "seed" not in self._varied():
            return False
        first = f"SELECT seed {ALL} LIMIT 1"
        query = f"SELECT 1 FROM jobs WHERE status = 'done' AND dataset = ? AND seed <> ({first}) LIMIT 1"
        return bool(self.database.tuples(query, [self.dataset, self.dataset]))

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
            return list(dict.fromkeys(self.configurations[:: max(1, self.count // SOME)]))
        rows = self.database.tuples(f"SELECT configuration {ALL} LIMIT {SOME}", [self.dataset])
        return list(dict.fromkeys(key for (key,) in rows))

    def _changed(self) -> StoreBusy:
        return StoreBusy("jobs changed while they were ranked", where=str(self.database.path), hint="ask again")
