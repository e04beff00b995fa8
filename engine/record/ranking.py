"""The finished jobs of a data set as columns, read from one index; whole rows only for those that are looked at."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from engine.errors import StoreBusy
from engine.plan.jobs import Configuration
from engine.record.database import Database
from engine.record.jobrows import JobRows
from engine.results.metrics import METRICS
from engine.results.pools import Pool
from engine.results.rows import JobRow

ALL = "FROM jobs WHERE status = 'done' AND dataset = ? ORDER BY id"
FIRST_CONFIGS = 64


def pools(database: Database, job_rows: JobRows, rank_by: str) -> Mapping[str, Pool]:
    """A pool for each data set of which anything is done."""
    names = [name for (name,) in database.tuples("SELECT DISTINCT dataset FROM varieties ORDER BY dataset")]
    made = {name: DonePool(database, job_rows, name, rank_by) for name in names}
    return {name: pool for name, pool in made.items() if pool.ids}


class DonePool:
    """A `results.pools.Pool` over the database. Its jobs are those that were done when it was made."""

    def __init__(self, database: Database, job_rows: JobRows, dataset: str, rank_by: str) -> None:
        """Reads the figure to rank by along with all else, since one pass over the index is cheaper than two."""
        self.database = database
        self.dataset = dataset
        self._rows = job_rows
        field = METRICS[rank_by].field
        rows = database.tuples(f"SELECT id, configuration, seed, {field} {ALL}", [dataset])
        columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or ((), (), (), ())
        self.ids: Sequence[str] = columns[0]
        self.configurations: Sequence[str] = columns[1]
        self.seeds: Sequence[int] = columns[2]
        self._figures: dict[str, Sequence[float | None]] = {rank_by: columns[3]}

    def figure(self, name: str) -> Sequence[float | None]:
        if name not in self._figures:
            rows = self.database.tuples(f"SELECT id, {METRICS[name].field} {ALL}", [self.dataset])
            if len(rows) != len(self.ids) or any(row[0] != job_id for row, job_id in zip(rows, self.ids, strict=True)):
                raise self._changed()
            self._figures[name] = [row[1] for row in rows]
        return self._figures[name]

    def config(self, key: Any) -> Configuration:
        return self._rows.config(key)

    def jobs(self, places: Sequence[int]) -> list[JobRow]:
        wanted = [self.ids[place] for place in places]
        found = {row.id: row for row in self._rows.named(wanted)}
        try:
            return [found[job_id] for job_id in wanted]
        except KeyError:
            raise self._changed() from None

    def differing(self, keys: Collection[Any], among: Callable[[Sequence[Configuration]], tuple[str, ...]]) -> Any:
        """As `Pool.differing`; few configurations are read where the store tells which settings have several values."""
        query = "SELECT setting FROM varieties WHERE dataset = ? GROUP BY setting HAVING COUNT(*) > 1"
        varied = {name for (name,) in self.database.tuples(query, [self.dataset])}
        listed = list(keys)
        first = listed[:FIRST_CONFIGS]
        self._rows.know(first)
        found = among([self.config(key) for key in first])
        # With jobs of different versions their settings have other names, and only a look at all of them tells.
        if varied <= set(found) and "" not in varied:
            return found
        self._rows.know(listed)
        return among([self.config(key) for key in listed])

    def _changed(self) -> StoreBusy:
        return StoreBusy("jobs were removed while they were ranked", where=str(self.database.path), hint="ask again")
