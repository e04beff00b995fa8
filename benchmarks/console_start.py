"""From the start of a program on a terminal until its first screen stands: all of it, not the first byte."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pyte

from benchmarks.terminal import Chunk, Terminal

# Seconds without a byte after which nothing more is expected of a first screen.
STILL = 2.0
TIMEOUT = 60.0


@dataclass(frozen=True)
class Start:
    """Seconds from the start of the process: to each text that was asked for, and to the first screen as it stays."""

    texts: dict[str, float]
    full: float


def start(terminal: Terminal, texts: Sequence[str]) -> Start:
    """Wait until nothing comes any more, then look back when the screen that stands there came to be whole.

    Nothing is drawn meanwhile, since that would take time from the program. Raises RuntimeError where one of `texts`
    is not on the screen in the end.
    """
    until = time.perf_counter() + TIMEOUT
    last = terminal.started
    while time.perf_counter() < until and (not terminal.chunks or time.perf_counter() - last < STILL):
        terminal.pump(0.1, draw=False)
        last = terminal.chunks[-1].at if terminal.chunks else last
    found = _told(terminal.chunks, terminal.screen, texts, terminal.started)
    for chunk in terminal.chunks:
        terminal.stream.feed(chunk.data)
    missing = [text for text in texts if text not in found.texts]
    if missing:
        raise RuntimeError(f"not on the first screen: {missing}\n" + "\n".join(terminal.screen.display))
    return found


def _told(chunks: Sequence[Chunk], screen: pyte.Screen, texts: Sequence[str], started: float) -> Start:
    """Draw all that came once more, and note when the last change of the screen came."""
    again = pyte.Screen(screen.columns, screen.lines)
    stream = pyte.ByteStream(again)
    seen: dict[str, float] = {}
    before: object = None
    full = started
    for chunk in chunks:
        stream.feed(chunk.data)
        now = [[again.buffer[y][x] for x in range(again.columns)] for y in range(again.lines)]
        if now != before:
            before, full = now, chunk.at
        lines = again.display
        for text in texts:
            if any(text in line for line in lines):
                seen.setdefault(text, chunk.at - started)
    return Start(seen, full - started)
