"""From the table of jobs to rows of results: each configuration is read once, however many jobs share it."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from engine.errors import StoreDamaged
from engine.plan.jobs import JobStatus
from engine.record.configurations import Configurations
from engine.record.database import MENDING, Database
from engine.results.collecting import uncollected
from engine.results.rows import JobRow

FIELDS = tuple(field.name for field in fields(JobRow))
# The experiments are no column of the table; an empty text keeps their place.
COLUMNS = ", ".join({"config": "configuration", "experiments": "''"}.get(name, name) for name in FIELDS)
STATUSES = {str(status): status for status in JobStatus}

Experiments = dict[str, tuple[str, ...]]


class Digests(dict[str, Mapping[str, str]]):
    """A column of digests by its text: each is read once, however many jobs share it."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    def __missing__(self, text: str) -> Mapping[str, str]:
        try:
            self[text] = found = dict(json.loads(text))
        except (ValueError, TypeError) as error:
            told = f"the store's database is damaged: {error}"
            raise StoreDamaged(told, where=str(self._database.path), hint=MENDING) from None
        return found


class JobRows:
    """Reads jobs out of a database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.configurations = Configurations(database)
        self._digests = Digests(database)

    def all(self) -> list[JobRow]:
        """Every job, in the order of the queue."""
        with uncollected():
            rows = self.database.tuples(f"SELECT {COLUMNS} FROM jobs ORDER BY position, id")
            return self._made(rows, self.experiments())

    def named(self, ids: Sequence[str]) -> list[JobRow]:
        """Those of `ids` that there are, in the order of the queue."""
        query = f"SELECT {COLUMNS} FROM jobs WHERE id IN (SELECT value FROM json_each(?)) ORDER BY position, id"
        wanted = json.dumps(list(ids))
        return self._made(self.database.tuples(query, [wanted]), self.experiments(wanted))

    def numbered(self, numbers: Sequence[int]) -> dict[int, JobRow]:
        """Those that there are, by the numbers of their rows."""
        query = f"SELECT rowid, {COLUMNS} FROM jobs WHERE rowid IN (SELECT value FROM json_each(?))"
        rows = self.database.tuples(query, [json.dumps(list(numbers))])
        made = self._made([row[1:] for row in rows], self.experiments(json.dumps([row[1] for row in rows])))
        return {row[0]: job for row, job in zip(rows, made, strict=True)}

    def with_status(self, statuses: Sequence[JobStatus]) -> list[JobRow]:
        """Those that stand at one of `statuses`, in the order of the queue, without their experiments' names."""
        marks = ",".join("?" * len(statuses))
        query = f"SELECT {COLUMNS} FROM jobs WHERE status IN ({marks}) ORDER BY position, id"
        return self._made(self.database.tuples(query, statuses), {})

    def _made(self, rows: Sequence[tuple[Any, ...]], experiments: Experiments) -> list[JobRow]:
        place = FIELDS.index("config")
        keys = list(dict.fromkeys(row[place] for row in rows))
        configs = dict(zip(keys, self.configurations.named(keys), strict=True))
        new, share, digests = object.__new__, sys.intern, self._digests
        made = []
        try:
            for row in rows:
                # A frozen dataclass sets field by field, which takes four times as long; and a dictionary that it made
                # itself shares its keys with all others, which takes a third of the memory.
                job = new(JobRow)
                values = job.__dict__
                values.update(zip(FIELDS, row, strict=True))
                values["config"] = configs[values["config"]]
                values["status"] = STATUSES[values["status"]]
                values["experiments"] = experiments.get(values["id"], ())
                values["device"], values["reason"] = share(values["device"]), share(values["reason"])
                values["exact"] = bool(values["exact"])
                values["digests"] = digests[values["digests"]]
                made.append(job)
        except KeyError as error:
            told = f"the store's database is damaged: there is no status {error.args[0]}"
            raise StoreDamaged(told, where=str(self.database.path), hint=MENDING) from None
        return made

    def digests(self, text: str) -> Mapping[str, str]:
        """A column of digests as it is read. Raises StoreDamaged."""
        return self._digests[text]

    def experiments(self, ids: str = "") -> Experiments:
        """The experiments that want each job (of the JSON list `ids`, or all), in the order of their submission."""
        where = "WHERE job_id IN (SELECT value FROM json_each(?)) " if ids else ""
        query = f"SELECT job_id, experiment FROM membership {where}ORDER BY job_id, ordinal"
        found: Experiments = {}
        shared: dict[str, tuple[str, ...]] = {}
        for job_id, name in self.database.tuples(query, [ids] if ids else []):
            known = found.get(job_id)
            if known is None:
                found[job_id] = shared.get(name) or shared.setdefault(name, (name,))
            elif name not in known:
                found[job_id] = (*known, name)
        return found


def kept(before: Sequence[JobRow], rows: Sequence[JobRow]) -> tuple[JobRow, ...]:
    """The rows, and where one is as it was before, that very one: a front end compares what it shows with what comes,
    and of a thousand jobs mostly one has changed."""
    known = {row.id: row for row in before}
    found = []
    for row in rows:
        old = known.get(row.id)
        # As equal as `==` would find them, in a fifth of the time.
        found.append(old if old is not None and old.__dict__ == row.__dict__ else row)
    return tuple(found)
