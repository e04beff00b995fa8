"""Where everything in a TOML document stands: tomllib tells what a document means, but not where it says so."""

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

BARE = re.compile(r"[A-Za-z0-9_-]+")
SCALAR = re.compile(r"[^,\]}\n\r#]*")
ENDS = ('"""', "'''", '"', "'")
# Strings, to their end or the text's, and comments: a dot in them parts no key.
WHOLE = re.compile(
    r'''
      """ (?: \\. | (?!""") [^\\] )*+ (?:""")?
    | \'{3} (?: (?!\'{3}) . )*+ (?:\'{3})?
    | " (?: \\. | [^"\\\n] )*+ "?
    | \' [^\'\n]*+ \'?
    | \# [^\n]*+
    ''',
    re.DOTALL | re.VERBOSE,
)
LONG_KEY = re.compile(r"(?<![A-Za-z0-9_-])(?>[A-Za-z0-9_-]++[ \t]*+\.[ \t]*+){32}")


@dataclass(frozen=True)
class Table:
    """A table with a header: its path, and where its header begins; its body ends where the next header begins."""

    path: Path
    start: int
    header_end: int


@dataclass(frozen=True)
class Layout:
    """Places in a document, by path: what one would index the parsed document with.

    `lines` counts from 1 and knows every table, key and array element. `values` holds the offsets at which the value of
    a key begins and ends, `pairs` the same of the whole `key = value`, as written in one place. `tables` holds every
    header in the order of the text.
    """

    lines: dict[Path, int] = field(default_factory=lambda: {(): 1})
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    pairs: dict[Path, tuple[int, int]] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)


def layout_of(text: str) -> Layout:
    """The places in a document that tomllib has already accepted: `("experiment", 0, "sweep", "dropout", 2)`."""
    return _Scanner(text).scan()


def long_key(text: str) -> int | None:
    """The line of a key of more than 32 parts, out of which readers of TOML make hours of work; None without one."""
    bare = WHOLE.sub(lambda found: "_" + "\n" * found.group().count("\n"), text)
    found = LONG_KEY.search(bare)
    return bare.count("\n", 0, found.start()) + 1 if found else None


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of every table, key and array element of a document that tomllib has already accepted."""
    return layout_of(text).lines


class _Scanner:
    """Walks a valid document once; validity is what lets it skip over values without understanding them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.layout = Layout()
        self.lines = self.layout.lines
        self.arrays: dict[Path, int] = {}

    def scan(self) -> Layout:
        table: Path = ()
        while True:
            self._blank(newlines=True)
            if self.at >= len(self.text):
                return self.layout
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _advance(self, count: int) -> str:
        part = self.text[self.at : self.at + count]
        self.line += part.count("\n")
        self.at += count
        return part

    def _blank(self, *, newlines: bool) -> None:
        """Pass white space and, where lines may end, comments."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "#" and newlines:
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif char in " \t" or (newlines and char in "\r\n\ufeff"):
                self._advance(1)
            else:
                return

    def _header(self) -> Path:
        start = self.at
        array = self.text.startswith("[[", start)
        self._advance(2 if array else 1)
        path = self._resolve((), self._key())
        self._advance(2 if array else 1)
        if array:
            number = self.arrays.get(path, 0)
            self.arrays[path] = number + 1
            self.lines.setdefault(path, self.line)
            path = (*path, number)
        self.lines.setdefault(path, self.line)
        self.layout.tables.append(Table(path, start, self.at))
        return path

    def _resolve(self, base: Path, key: list[str]) -> Path:
        """A header's dotted key goes through the last element of every array of tables on its way."""
        path = base
        for index, part in enumerate(key):
            path = (*path, part)
            if index < len(key) - 1:
                self.lines.setdefault(path, self.line)
                if path in self.arrays:
                    path = (*path, self.arrays[path] - 1)
        return path

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._blank(newlines=False)
            if self.text[self.at] in "\"'":
                parts.append(self._string())
            else:
                match = BARE.match(self.text, self.at)
                assert match is not None, "tomllib accepted the document"
                parts.append(self._advance(len(match.group())))
            self._blank(newlines=False)
            if self.text[self.at] != ".":
                return parts
            self._advance(1)

    def _pair(self, table: Path) -> None:
        line, start = self.line, self.at
        key = self._key()
        path = table
        for part in key:
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._blank(newlines=False)
        self._advance(1)
        self._blank(newlines=False)
        begin = self.at
        self._value(path)
        end = begin + len(self.text[begin : self.at].rstrip(" \t"))
        self.layout.values[path] = (begin, end)
        self.layout.pairs[path] = (start, end)

    def _value(self, path: Path) -> None:
        char = self.text[self.at]
        if char in "\"'":
            self._string()
        elif char in "[{":
            self._advance(1)
            self._elements(path, "]" if char == "[" else "}")
        else:
            match = SCALAR.match(self.text, self.at)
            assert match is not None, "SCALAR matches the empty string"
            self._advance(len(match.group()))

    def _elements(self, path: Path, close: str) -> None:
        number = 0
        while True:
            self._blank(newlines=True)
            if self.text[self.at] == close:
                self._advance(1)
                return
            if self.text[self.at] == ",":
                self._advance(1)
            elif close == "}":
                self._pair(path)
            else:
                self.lines[(*path, number)] = self.line
                self._value((*path, number))
                number += 1

    def _string(self) -> str:
        """Pass a string of any of the four kinds; what is returned is right for keys, which hold no multi-line one."""
        quote = next(end for end in ENDS if self.text.startswith(end, self.at))
        begin = self.at
        self._advance(len(quote))
        while not self.text.startswith(quote, self.at):
            self._advance(2 if self.text[self.at] == "\\" and '"' in quote else 1)
        self._advance(len(quote))
        # A multi-line string may end in one or two quotes of its own.
        while len(quote) == 3 and self.text.startswith(quote[0], self.at):
            self._advance(1)
        raw = self.text[begin : self.at]
        return _unquoted(raw) if len(quote) == 1 else ""


def _unquoted(raw: str) -> str:
    if raw[0] == "'" or "\\" not in raw:
        return raw[1:-1]
    document: dict[str, Any] = tomllib.loads(f"key = {raw}")
    return str(document["key"])
