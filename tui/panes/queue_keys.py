"""What a person may ask of the queue, and the keys that ask for it."""

from enum import StrEnum

from textual.binding import Binding, BindingType

MOVE = Binding.Group("move", compact=True)


class Verb(StrEnum):
    """What a person may ask of the queue."""

    NEW = "new"
    DUPLICATE = "duplicate"
    DELETE = "delete"
    UP = "up"
    DOWN = "down"
    SWITCH = "switch"
    EDIT = "edit"
    EDITOR = "editor"
    RUN = "run"
    ONLY = "only"
    MISSING = "missing"
    REFINE = "refine"
    STOP = "stop"
    HOLD = "hold"
    RELEASE = "release"
    RETRY = "retry"
    REORDER = "reorder"
    INSPECT = "inspect"


# What a person who may only look, or who has no queue file, cannot ask for.
CHANGING = frozenset(Verb) - {Verb.INSPECT, Verb.EDIT}
OF_FILE = frozenset({Verb.NEW, Verb.DUPLICATE, Verb.DELETE, Verb.SWITCH, Verb.EDIT, Verb.EDITOR, Verb.RUN, Verb.ONLY})


def key(keys: str, verb: Verb, words: str, tip: str, **more: object) -> Binding:
    """One line of the table of keys."""
    return Binding(keys, f"ask('{verb}')", words, id=f"queue.{verb}", tooltip=tip, **more)  # type: ignore[arg-type]


KEYS: list[BindingType] = [
    key("n", Verb.NEW, "new", "a new experiment"),
    key("enter", Verb.EDIT, "edit", "edit every setting, sweeps and repeats too"),
    key("r", Verb.RUN, "run", "hand the queue in; training goes on without this window"),
    key("s", Verb.STOP, "stop", "stop what is chosen: after the epoch, or now"),
    key("space", Verb.SWITCH, "on/off", "leave the experiment out of the queue, or take it in again"),
    Binding(
        "m", "map", "map", id="queue.map", tooltip="the sweep as a heat map; enter lists the jobs of a cell, esc leaves"
    ),
    key("f", Verb.REFINE, "refine", "add repeats where the rank is uncertain, within a budget"),
    key("d", Verb.DUPLICATE, "duplicate", "a copy of the experiment"),
    key("D", Verb.DELETE, "delete", "delete the experiment; what it trained stays"),
    key("J", Verb.DOWN, "move", "move down: experiments in the file, waiting jobs in the queue", group=MOVE),
    key("K", Verb.UP, "move", "move up: experiments in the file, waiting jobs in the queue", group=MOVE),
    key("h", Verb.HOLD, "hold", "keep waiting jobs from starting"),
    key("H", Verb.RELEASE, "release", "let held jobs start again"),
    key(
        "R",
        Verb.RETRY,
        "retry",
        "go on with jobs that failed, stopped or were interrupted; in the map with all that is missing too",
    ),
    key("o", Verb.ONLY, "run only this", "hand in the chosen experiment alone"),
    key("i", Verb.INSPECT, "inspect", "nine digits of the data set, and the model's layers"),
    key("E", Verb.EDITOR, "$EDITOR", "open the queue file in your editor"),
    Binding("v", "view", "grid/list", id="queue.view", show=False, tooltip="jobs as a grid or as a list"),
    Binding("x", "field(1)", "across", id="queue.across", show=False, tooltip="in the map: another field across"),
    Binding("y", "field(0)", "down", id="queue.down_field", show=False, tooltip="in the map: another field down"),
    Binding("M", "figure", "figure", id="queue.figure", show=False, tooltip="in the map: another figure"),
    Binding(
        "F",
        "fix",
        "fix",
        id="queue.fix",
        show=False,
        tooltip="in the map: only jobs with one value of a field, or the mean over it again",
    ),
    Binding("c", "copy", "copy", id="queue.copy", show=False, tooltip="copy the job's id, or the command that runs it"),
    Binding("escape", "back", "back", id="queue.back", show=False, tooltip="from a cell to the map, from the map back"),
]
