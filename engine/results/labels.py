"""Short names for jobs: `grid dropout=0.25 seed=2`."""

from collections.abc import Mapping, Sequence

from engine.results.cells import setting
from engine.results.leaderboard import differing
from engine.results.rows import JobRow
from engine.text import columns_of, cut, visible

ID_SHOWN = 8


class Labels:
    """Short names for jobs: the experiment, and what tells the job from the others of that experiment."""

    def __init__(self, rows: Sequence[JobRow]) -> None:
        groups: dict[str, list[JobRow]] = {}
        for row in rows:
            groups.setdefault(_experiment(row), []).append(row)
        self._fields = {name: differing([row.config for row in group]) for name, group in groups.items()}
        self._repeated = {name for name, group in groups.items() if len({row.seed for row in group}) > 1}

    def differs(self, row: JobRow) -> dict[str, str]:
        """What tells the job from the others of its experiment, by name; the seed where it is one of several."""
        name = _experiment(row)
        told = {field: setting(row.config.get(field)) for field in self._fields.get(name, ())}
        return told | {"seed": str(row.seed)} if name in self._repeated else told

    def of(self, row: JobRow) -> str:
        """`grid batch_norm=false dropout=0.25 seed=2`."""
        return named(visible(_experiment(row)), self.differs(row))

    def short(self, row: JobRow, width: int) -> str:
        """The same in `width` columns where that can be: `grid bn=false dro=0.25 s=2`, the experiment cut first."""
        return squeezed(visible(_experiment(row)), self.differs(row), width)


def named(name: str, differs: Mapping[str, str]) -> str:
    """`grid batch_norm=false dropout=0.25`."""
    return " ".join([name, *(f"{field}={text}" for field, text in differs.items())]).strip()


def squeezed(name: str, differs: Mapping[str, str], width: int) -> str:
    """The same in `width` columns where that can be: `grid bn=false dro=0.25`, `name` cut first.

    The settings are cut to the first letters of their words, or to three letters; then they go.
    """
    whole = named(name, differs)
    if columns_of(whole) <= width:
        return whole
    told = " ".join(f"{initials(field)}={text}" for field, text in differs.items())
    if columns_of(told) > width:
        told = " ".join(f"s{text}" if field == "seed" else text for field, text in differs.items())
    room = width - columns_of(told) - 1
    if not told or columns_of(name) <= room:
        return f"{name} {told}".strip()
    return f"{cut(name, room)} {told}" if room >= 5 else told


def initials(name: str) -> str:
    """A setting's name at its shortest: `bn`, `lr`, `dro`."""
    words = name.split("_")
    if name == "seed":
        return "s"
    return "".join(word[:1] for word in words) if len(words) > 1 else name[:3]


def _experiment(row: JobRow) -> str:
    return row.experiments[0] if row.experiments else row.id[:ID_SHOWN]
