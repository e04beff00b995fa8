"""Two hundred keys over all tabs, and how long each takes until its effect stands on the screen."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyte

from benchmarks.terminal import Terminal

# The cursor's colour in the dark theme: what is drawn on it is where the cursor stands.
CURSOR = "ffb454"
# Of what stands under the cursor so much tells one line from the next; what lies behind it changes by itself.
TOLD = 20
TIMEOUT = 5.0
# Seconds from one key to the next, at least and at most: quick reading, no held key.
PAUSE = (0.05, 0.25)

Look = Callable[[pyte.Screen], object]


@dataclass(frozen=True)
class Key:
    """A key, and what has to change on the screen, or stand there in the end, for it to have had its effect."""

    name: str
    look: Look
    wanted: object = None


def cursor(screen: pyte.Screen) -> object:
    """Where the cursor stands, and on what."""
    for y in range(screen.lines):
        line = screen.buffer[y]
        columns = [x for x in range(screen.columns) if line[x].bg == CURSOR]
        if columns:
            return y, columns[0], "".join(line[x].data for x in columns[:TOLD])
    return None


def body(screen: pyte.Screen) -> object:
    """All between the tabs and the keys."""
    return [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(2, screen.lines - 1)]


def moves(*names: str) -> list[Key]:
    """Keys that move the cursor."""
    return [Key(name, cursor) for name in names]


def changes(*names: str) -> list[Key]:
    """Keys that change what the tab shows; for tabs where nothing changes by itself."""
    return [Key(name, body) for name in names]


def tab(number: int, name: str, text: str) -> Key:
    """The key of a tab, which is there once its name is marked and `text`, which the others lack, can be read."""

    def shown(screen: pyte.Screen) -> object:
        lines = screen.display
        return f"[{number} {name}]" in lines[1] and any(text in line for line in lines[2:])

    return Key(str(number), shown, wanted=True)


def lap() -> list[Key]:
    """A hundred keys through all tabs, ending where they began."""
    queue = [*moves("j", "k") * 4, *moves("tab"), *moves("j", "k", "right", "left") * 2, *moves("G", "g", "tab")]
    curves = [*moves("j") * 8, *moves("k") * 4, *moves("ctrl+d", "ctrl+u", "G", "g"), *moves("j", "k") * 3]
    board = [*moves("j") * 6, *moves("k") * 4, *moves("ctrl+d", "ctrl+u", "G", "g"), *changes(*"bb..,,")]
    digits = [*changes("]") * 6, *changes("[") * 4, *changes(*"ssvvaaa")]
    log = [*changes("]") * 6, *changes("[") * 6, *changes(*"oo][")]
    return [
        *queue,
        tab(2, "Curves", "training"),
        *curves,
        tab(3, "Leaderboard", "ranked by"),
        *board,
        tab(4, "Digits", "wrong"),
        *digits,
        tab(5, "Log", "lines"),
        *log,
        tab(1, "Queue", "[defaults]"),
    ]


def walk(terminal: Terminal, keys: Sequence[Key], seed: int) -> list[float]:
    """Press keys at a person's pace. Returns for each the seconds until the screen showed its effect.

    Raises RuntimeError where that never came.
    """
    draw = random.Random(seed)
    return [pressed(terminal, key, draw) for key in keys]


def pressed(terminal: Terminal, key: Key, draw: random.Random) -> float:
    """Wait a moment, press one key, wait for its effect."""
    terminal.rest(draw.uniform(*PAUSE))
    before = key.look(terminal.screen)
    sent = terminal.press(key.name)
    seen = len(terminal.chunks)
    while time.perf_counter() - sent < TIMEOUT:
        if not terminal.pump(0.05):
            break
        if len(terminal.chunks) > seen:
            seen = len(terminal.chunks)
            now = key.look(terminal.screen)
            if now == key.wanted or (key.wanted is None and now != before):
                return terminal.chunks[-1].at - sent
    screen = "\n".join(terminal.screen.display)
    raise RuntimeError(f"the key {key.name} had no effect on this screen:\n{screen}")
