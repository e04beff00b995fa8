"""Which keys of the Queue the bottom line shows, and under which words: those that do something where the focus is."""

from collections.abc import Collection
from enum import Enum, auto

from tui.panes.queue_keys import Verb


class Where(Enum):
    """What has the focus."""

    LIST = auto()
    JOBS = auto()
    MAP = auto()
    CELL = auto()
    """The jobs of a cell of the map."""


OF_JOBS = frozenset({Verb.STOP, Verb.DOWN, Verb.UP, Verb.HOLD, Verb.RELEASE, Verb.RETRY, "copy"})
OFFERED: dict[Where, frozenset[str]] = {
    Where.LIST: frozenset({*Verb, "map"}),
    Where.JOBS: OF_JOBS | {Verb.RUN, Verb.REFINE, "map", "view"},
    Where.MAP: frozenset({Verb.EDIT, Verb.STOP, Verb.RETRY, "field(1)", "field(0)", "figure", "fix", "copy", "back"}),
    Where.CELL: OF_JOBS | {"back"},
}
# Where a key does something else than the table of keys says.
OTHERWISE: dict[Where, dict[str, str]] = {
    Where.MAP: {Verb.EDIT: "its jobs", Verb.RETRY: "run missing"},
    Where.CELL: {Verb.RETRY: "run missing"},
}
# What concerns an experiment of the file, and nothing else.
OF_EXPERIMENTS = frozenset({Verb.DUPLICATE, Verb.DELETE, Verb.SWITCH})


def offered(where: Where, refused: Collection[str]) -> dict[str, str]:
    """The actions to be shown, each with its words; without words it keeps those of the table of keys."""
    words = OTHERWISE.get(where, {})
    if where is Where.LIST and Verb.NEW in refused:
        words = {Verb.EDIT: "every setting"}
    actions = OFFERED[where] - {*refused}
    if where is Where.MAP:
        # Whoever may change nothing may still look into a cell.
        actions |= {Verb.EDIT}
    return {_action(name): words.get(name, "") for name in actions}


def _action(name: str) -> str:
    return f"ask('{name}')" if isinstance(name, Verb) else name
