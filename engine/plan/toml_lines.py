"""Where every key of a TOML document stands: tomllib tells what a document means, but not on which line."""

import re
import tomllib
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

BARE = re.compile(r"[A-Za-z0-9_-]+")
SCALAR = re.compile(r"[^,\]}\n\r#]*")
ENDS = ('"""', "'''", '"', "'")


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of every table, key and array element of a document that tomllib has already accepted.

    A path is what one would index the parsed document with: `("experiment", 0, "sweep", "dropout", 2)`.
    """
    return _Scanner(text).scan()


class _Scanner:
    """Walks a valid document once; validity is what lets it skip over values without understanding them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.lines: dict[Path, int] = {(): 1}
        self.arrays: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while True:
            self._blank(newlines=True)
            if self.at >= len(self.text):
                return self.lines
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
        array = self.text.startswith("[[", self.at)
        self._advance(2 if array else 1)
        path = self._resolve((), self._key())
        self._advance(2 if array else 1)
        if array:
            number = self.arrays.get(path, 0)
            self.arrays[path] = number + 1
            self.lines.setdefault(path, self.line)
            path = (*path, number)
        self.lines.setdefault(path, self.line)
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
        line = self.line
        key = self._key()
        path = table
        for part in key:
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._blank(newlines=False)
        self._advance(1)
        self._value(path)

    def _value(self, path: Path) -> None:
        self._blank(newlines=True)
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
