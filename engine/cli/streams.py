"""Data goes to stdout, words to stderr; nothing that came from a file or a name acts on the terminal."""

import json
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from engine.errors import EngineError
from engine.text import visible

if TYPE_CHECKING:
    from rich.console import Console

NARROW = 80
MOST_FAULTS = 200


def prepare() -> None:
    """Let a terminal without UTF-8 show what it cannot write as escapes, instead of failing.

    What was closed (`>&-`) leads nowhere from here on, so that no file that is opened later takes its place.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != descriptor:
                os.dup2(nowhere, descriptor)
                os.close(nowhere)
            setattr(sys, name, os.fdopen(descriptor, "w" if descriptor else "r", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def data(text: str) -> None:
    """What was asked for, on stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def data_lines(lines: Iterable[str]) -> None:
    """The same, line by line; each brings its own end."""
    for line in lines:
        sys.stdout.write(line)
    sys.stdout.flush()


def document(value: Any) -> None:
    """One JSON document on stdout; floats must be finite or None by now."""
    data(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def words(text: str) -> None:
    """Something to tell, on stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def complain(error: EngineError) -> None:
    """Every fault, as far as anybody reads on: what, where, and what to do, a line each."""
    for fault in error.faults[:MOST_FAULTS]:
        lines = str(fault).splitlines() or [""]
        lead, *rest = (visible(line) for line in lines)
        words("\n".join([painted("error:", "1;31") + " " + lead, *rest]))
    more = len(error.faults) - MOST_FAULTS
    if more > 0:
        words(f"{painted('error:', '1;31')} and {more:,} more")


def warn(text: str) -> None:
    """Something that changes nothing but should be known."""
    lead, *rest = (visible(line) for line in text.splitlines())
    words("\n".join([painted("warning:", "33") + " " + lead, *rest]))


def painted(text: str, code: str) -> str:
    """`text` in a colour of stderr, where it takes colours."""
    return f"\x1b[{code}m{text}\x1b[0m" if colours(sys.stderr) else text


def colours(stream: TextIO) -> bool:
    """Whether a stream takes colours: NO_COLOR forbids them, FORCE_COLOR asks for them, a dumb terminal has none."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and not dumb()


def dumb() -> bool:
    """Whether the terminal can do no more than print lines."""
    return os.environ.get("TERM", "") in ("", "dumb", "unknown")


def live(stream: TextIO) -> bool:
    """Whether a display may be repainted there."""
    return stream.isatty() and not dumb()


def unicode(stream: TextIO) -> bool:
    """Whether a stream can write more than ASCII."""
    return (stream.encoding or "").lower().replace("-", "") in ("utf8", "utf16", "utf32")


def width(stream: TextIO) -> int:
    """Columns of the terminal that the stream is, or what COLUMNS makes of them; 80 without one, whatever it says."""
    if not stream.isatty():
        return NARROW
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    try:
        return os.get_terminal_size(stream.fileno()).columns or NARROW
    except (OSError, ValueError):
        return NARROW


def console(stream: TextIO, columns: int | None = None) -> "Console":
    """A Rich console on a stream, under this module's rules for colours, with markup and highlighting off."""
    from rich.console import Console  # noqa: PLC0415 - 0.1 s, which JSON and CSV do not need

    painted_at_all = colours(stream)
    return Console(
        file=stream,
        force_terminal=painted_at_all or live(stream),
        no_color=not painted_at_all,
        color_system="auto" if painted_at_all else None,
        width=columns or width(stream),
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
