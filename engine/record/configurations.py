"""Configurations, each stored once: one whole, and of the others what differs from it."""

import json
from collections.abc import Iterable, Sequence

from engine.errors import StoreDamaged
from engine.plan.jobs import Configuration, configuration_key
from engine.record.database import MENDING, Database

CHUNK = 5000


class Configurations:
    """The table of configurations. They never change, so what was read once is remembered."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._known: dict[int, Configuration] = {}

    def named(self, keys: Sequence[int]) -> list[Configuration]:
        """Configurations by their keys. Raises StoreDamaged where one is missing or cannot be read."""
        self.know(keys)
        return [self._known[key] for key in keys]

    def know(self, keys: Iterable[int]) -> None:
        """Read these configurations in few goes, as far as they are not known."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._known]
        for start in range(0, len(missing), CHUNK):
            self._load(missing[start : start + CHUNK])

    def _load(self, keys: Sequence[int]) -> None:
        query = "SELECT id, base, config FROM configurations WHERE id IN (SELECT value FROM json_each(?))"
        rows = self.database.tuples(query, [json.dumps(keys)])
        try:
            # Read as one text, so that the settings' names are the same objects in all of them.
            found = json.loads(f"[{','.join(text for _, _, text in rows)}]")
        except ValueError as error:
            raise self._damaged(str(error)) from None
        if len(found) < len(keys):
            raise self._damaged(f"{len(keys) - len(found)} configurations are missing")
        told = [(key, base, config) for (key, base, _), config in zip(rows, found, strict=True)]
        self._known |= {key: config for key, base, config in told if base is None}
        self.know(base for _, base, _ in told if base is not None)
        known = self._known
        self._known |= {key: {**known[base], **config} for key, base, config in told if base is not None}

    def put(self, config: Configuration) -> int:
        """Store a configuration that may be there already; returns its key."""
        key = configuration_key(config)
        if not self.database.read("SELECT 1 FROM configurations WHERE id = ?", [key]):
            base, text = self._written(config)
            self.database.write("INSERT INTO configurations VALUES (?,?,?)", (key, base, text))
        return key

    def _written(self, config: Configuration) -> tuple[int | None, str]:
        """What is stored: the key of a whole one with the same settings, and the values that differ from it."""
        whole = [
            row["id"] for row in self.database.read("SELECT id FROM configurations WHERE base IS NULL ORDER BY id")
        ]
        for key, base in zip(whole, self.named(whole), strict=True):
            if list(base) == list(config):
                # 1, 1.0 and true are equal, and not the same.
                differs = {
                    name: value
                    for name, value in config.items()
                    if base[name] != value or type(base[name]) is not type(value)
                }
                return key, json.dumps(differs)
        return None, json.dumps(dict(config))

    def drop(self, key: int) -> None:
        """Forget a configuration that no job has, unless others are told by what differs from it."""
        unused = """NOT EXISTS (SELECT 1 FROM jobs WHERE configuration = ?)
            AND NOT EXISTS (SELECT 1 FROM configurations WHERE base = ?)"""
        self.database.write(f"DELETE FROM configurations WHERE id = ? AND {unused}", (key, key, key))

    def _damaged(self, why: str) -> StoreDamaged:
        return StoreDamaged(f"the store's database is damaged: {why}", where=str(self.database.path), hint=MENDING)
