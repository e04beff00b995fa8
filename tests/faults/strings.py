"""Strings that would do something to whoever shows them."""

import random

from tests.faults.terminals import MARK

ACTS = [
    f"\x1b[{MARK}m", f"\x1b[{MARK};1H", "\x1b[2J", "\x1b[?1049l", "\x1bc", "\x1b]0;owned\x07", "\x1b]52;c;aGk=\x07",
    "\x1b]52;c;aGk=\x1b\\", "\x1bPq#0;2\x1b\\", "\x1b_Gf=24;AAAA\x1b\\", "\x1b^pm\x1b\\", "\x1bXsos\x1b\\",
    "\x1b[6n", "\x1b[c", "\x1b]8;;http://x\x07link\x1b]8;;\x07", "\x9b2J", "\x9d52;c;aGk=\x9c", "\x90q\x9c", "\x84",
    "\x85", "\x07", "\x08\x08\x08", "\r", "\x0b", "\x0c", "\x0e", "\x7f", "\x18", "\x1a", "\x05", "\x00", "\u202e",
    "\u202d", "\u2066", "\u2069", "\u200f", "\u061c", "\u200b", "\u2028", "\u2029", "\ufeff", "\U000e0041", "\u00ad",
    "\ufff9", "\u180e", "\ue000\x1b",
]  # fmt: skip
MARKUP = [
    "[red]", "[/]", "[/red]", "run[/]x", "[bold", "[@click=app.quit]x[/]", "[link=http://x]y[/link]", "\\[", "[[",
    "]]", "[$error]", "[on red]", ":smile:", "%s", "{0}", "{name!r}", "$HOME", "`id`", "$(id)", "&amp;", "<b>",
    "**b**", "| x |", "# h", "![i](x)",
]  # fmt: skip
CELLS = [
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://x")',
    "'quoted",
    '"quoted"',
    "a,b;c",
]
PATHS = [
    "../../etc/passwd",
    "..",
    ".",
    "/",
    "a/b",
    "~",
    "C:\\x",
    "nul",
    "-rf",
    "--yes",
    "*",
    "x" * 199,
    "e\u0301",
    "\u00e9",
]
PLAIN = ["grid", "数字", "🙂", "é", "a b", "ﬀ", "\u0301", "👨\u200d👩", "Ω", "١٢٣", "שלום"]

EVERY = [*ACTS, *MARKUP, *CELLS, *PATHS, *PLAIN]


def hostile(draw: random.Random) -> str:
    """One to four of them, one behind the other."""
    return "".join(draw.choice(EVERY) for _ in range(draw.randint(1, 4)))


def name(draw: random.Random, taken: set[str]) -> str:
    """A hostile string that a queue file takes as a name, and that no other experiment has."""
    while True:
        found = f"{hostile(draw)[:150]}{len(taken)}"
        if found.strip() and found not in taken:
            taken.add(found)
            return found
