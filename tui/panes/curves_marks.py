"""Which jobs are marked; each configuration keeps its letter and colour while others come and go."""

from collections.abc import Iterable

from engine.results.rows import JobRow
from tui.panes.curves_charts import LETTERS, Group, Palette


class Marked:
    """Marked jobs, those of one configuration together."""

    def __init__(self) -> None:
        self._rows: dict[str, JobRow] = {}
        self._places: dict[tuple[object, ...], int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @staticmethod
    def alone(row: JobRow) -> Group:
        """A job that is shown without being marked."""
        return Group((row,))

    def toggle(self, row: JobRow) -> None:
        """Mark a job, or unmark it."""
        if row.id in self._rows:
            del self._rows[row.id]
            self._drop()
        else:
            self.add([row])

    def add(self, rows: Iterable[JobRow]) -> None:
        """Mark jobs. A configuration takes the first place that is free; beyond the letters there is none."""
        for row in rows:
            key = _configuration(row)
            if key not in self._places:
                free = [place for place in range(len(LETTERS)) if place not in self._places.values()]
                if not free:
                    return
                self._places[key] = free[0]
            self._rows[row.id] = row

    def clear(self) -> None:
        """Unmark all."""
        self._rows.clear()
        self._places.clear()

    def refresh(self, rows: Iterable[JobRow]) -> None:
        """Take the marked jobs as they stand now; what is gone is no longer marked."""
        if not self._rows:
            return
        self._rows = {row.id: row for row in rows if row.id in self._rows}
        self._drop()

    def _drop(self) -> None:
        held = {_configuration(row) for row in self._rows.values()}
        self._places = {key: place for key, place in self._places.items() if key in held}

    def groups(self, palette: Palette) -> list[Group]:
        """What is drawn, in the order of the letters."""
        groups = []
        for key, place in sorted(self._places.items(), key=lambda item: item[1]):
            rows = sorted((row for row in self._rows.values() if _configuration(row) == key), key=lambda row: row.seed)
            groups.append(Group(tuple(rows), LETTERS[place], palette.of(place)))
        return groups

    def shown(self, palette: Palette) -> dict[str, tuple[str, str]]:
        """Letter and colour by job."""
        return {row.id: (group.letter, group.colour) for group in self.groups(palette) for row in group.rows}


def _configuration(row: JobRow) -> tuple[object, ...]:
    return tuple(sorted(row.config.items()))
