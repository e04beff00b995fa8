"""Edits of a queue file's text: what is not meant stays as it is, to the byte, comments and order included.

Every edit is made twice, on the text and on the document that it means; where the two do not agree, nothing is changed.
"""

import copy
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import tomli_w

from engine.errors import UsageError
from engine.plan.jobs import Value
from engine.plan.toml_layout import Layout, Path, layout_of

Given: TypeAlias = Value | Sequence[Value]
Document: TypeAlias = dict[str, Any]

TABLES = "write experiments as [[experiment]] tables, or edit the file in an editor"


def set_value(text: str, table: Path, key: str, value: Given | None) -> str:
    """`text` with `key` of a table (`("defaults",)`, `("experiment", 2)`) set, or taken out where `value` is None.

    Raises UsageError where the table is not there or is written in a way that cannot be edited.
    """
    layout, meant = layout_of(text), tomllib.loads(text)
    path = (*table, key)
    _put(meant, path, value)
    if path in layout.values:
        edited = _replace(text, layout, path, value)
    elif value is None:
        edited = text
    else:
        edited = _insert(text, layout, table, f"{_key(key)} = {written(value)}")
    return _agreed(edited, meant)


def set_sweep(text: str, number: int, name: str, values: Sequence[Value] | None) -> str:
    """`text` with a setting of experiment `number` swept over `values`, or no longer swept where they are None.

    The sweep may be written as an inline table, as dotted keys or under a header of its own, and stays so.
    """
    layout, meant = layout_of(text), tomllib.loads(text)
    sweep: Path = ("experiment", number, "sweep")
    _put(meant, (*sweep, name), values)
    if not meant["experiment"][number].get("sweep", True):
        del meant["experiment"][number]["sweep"]
    if sweep in layout.values:
        edited = _replace_inline(text, layout, sweep, name, values)
    elif (*sweep, name) in layout.values:
        edited = _replace(text, layout, (*sweep, name), values)
    elif values is None:
        edited = text
    elif any(table.path == sweep for table in layout.tables):
        edited = _insert(text, layout, sweep, f"{name} = {written(values)}")
    elif any(path[: len(sweep)] == sweep for path in layout.values):
        edited = _insert(text, layout, sweep[:2], f"sweep.{name} = {written(values)}")
    else:
        edited = _insert(text, layout, sweep[:2], f"sweep = {{ {name} = {written(values)} }}")
    if values is None and _means(edited).get("experiment", [{}])[number].get("sweep") == {}:
        meant["experiment"][number]["sweep"] = {}
    return _agreed(edited, meant)


def add_experiment(text: str, values: Mapping[str, Given], sweep: Mapping[str, Sequence[Value]] | None = None) -> str:
    """`text` with one more experiment at its end."""
    meant = tomllib.loads(text)
    table: Document = {name: _plain(value) for name, value in values.items()}
    lines = [f"{_key(name)} = {written(value)}" for name, value in values.items()]
    if sweep:
        table["sweep"] = {name: _plain(value) for name, value in sweep.items()}
        lines.append(f"sweep = {_inline({name: written(value) for name, value in sweep.items()})}")
    meant.setdefault("experiment", []).append(table)
    newline = _newline(text)
    body = newline.join(["[[experiment]]", *lines]) + newline
    before = text.rstrip()
    return _agreed(before + (newline * 2 if before else "") + body, meant)


def duplicate_experiment(text: str, number: int, name: str) -> str:
    """`text` with a copy of experiment `number`, called `name`, behind it."""
    meant = tomllib.loads(text)
    copied = copy.deepcopy(_at(meant, number))
    meant["experiment"].insert(number + 1, copied)
    start, end = blocks(text)[number]
    block = text[start:end].rstrip()
    newline = _newline(text)
    edited = text[:start] + block + newline * 2 + block + (text[start + len(block) : end] or newline) + text[end:]
    return set_value(_agreed(edited, meant), ("experiment", number + 1), "name", name)


def delete_experiment(text: str, number: int) -> str:
    """`text` without experiment `number` and the comment right above it."""
    meant = tomllib.loads(text)
    _at(meant, number)
    del meant["experiment"][number]
    if not meant["experiment"]:
        del meant["experiment"]
    start, end = blocks(text)[number]
    return _agreed(text[:start] + text[end:], meant)


def move_experiment(text: str, number: int, to: int) -> str:
    """`text` with experiment `number` at place `to`, its comment with it."""
    meant = tomllib.loads(text)
    _at(meant, number)
    _at(meant, to)
    meant["experiment"].insert(to, meant["experiment"].pop(number))
    spans = blocks(text)
    bodies = [text[start:end].rstrip() for start, end in spans]
    moved = list(bodies)
    moved.insert(to, moved.pop(number))
    # Blocks change places; the blank lines between the places stay where they are.
    edited, behind = "", 0
    for (start, end), old, new in zip(spans, bodies, moved, strict=True):
        edited += text[behind:start] + new + text[start + len(old) : end]
        behind = end
    return _agreed(edited + text[behind:], meant)


def blocks(text: str) -> list[tuple[int, int]]:
    """Where each `[[experiment]]` begins, the comment right above it included, and ends."""
    tables = layout_of(text).tables
    starts = [(table, _with_comment(text, table.start)) for table in tables]
    found = []
    for position, (table, start) in enumerate(starts):
        if len(table.path) == 2 and table.path[0] == "experiment":
            rest = (begin for other, begin in starts[position + 1 :] if other.path[:2] != table.path)
            found.append((start, next(rest, len(text))))
    return found


def written(value: Given) -> str:
    """A value as it stands in the file, on one line."""
    if isinstance(value, str | bool | int | float):
        return tomli_w.dumps({"x": value}).removeprefix("x = ").rstrip("\n")
    return "[" + ", ".join(written(item) for item in value) + "]"


def _plain(value: Given) -> Any:
    return value if isinstance(value, str | bool | int | float) else list(value)


def _key(name: str) -> str:
    return tomli_w.dumps({name: 1}).removesuffix(" = 1\n")


def _inline(parts: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_key(name)} = {text}" for name, text in parts.items()) + " }" if parts else "{}"


def _means(text: str) -> Document:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _agreed(edited: str, meant: Document) -> str:
    """`edited`, once it is seen to mean what was meant. Raises UsageError."""
    if _means(edited) != meant:
        raise UsageError("the queue file is written in a way that this edit would not survive", hint=TABLES)
    return edited


def _at(document: Document, number: int) -> Document:
    experiments = document.get("experiment")
    if not isinstance(experiments, list) or not 0 <= number < len(experiments):
        raise UsageError(f"there is no experiment number {number + 1}", hint="choose one that the file has")
    found: Document = experiments[number]
    return found


def _put(document: Document, path: Path, value: Given | None) -> None:
    """Do to the document what is to be done to its text."""
    node: Any = document
    if path[0] == "experiment":
        node, path = _at(document, int(path[1])), path[2:]
    for part in path[:-1]:
        node = node.setdefault(part, {})
    if value is None:
        node.pop(path[-1], None)
    else:
        node[path[-1]] = _plain(value)


def _replace(text: str, layout: Layout, path: Path, value: Given | None) -> str:
    if value is not None:
        start, end = layout.values[path]
        return text[:start] + written(value) + text[end:]
    start, end = layout.pairs[path]
    return text[: _line_start(text, start)] + text[_line_end(text, end) :]


def _replace_inline(text: str, layout: Layout, table: Path, name: str, values: Sequence[Value] | None) -> str:
    parts = {}
    for path, (start, end) in layout.values.items():
        if path[:-1] == table:
            parts[str(path[-1])] = text[start:end]
    if values is None:
        parts.pop(name, None)
        if not parts:
            return _replace(text, layout, table, None)
    else:
        parts[name] = written(values)
    start, end = layout.values[table]
    return text[:start] + _inline(parts) + text[end:]


def _insert(text: str, layout: Layout, table: Path, line: str) -> str:
    """Add a line behind the last pair of a table, or start the table where there is none."""
    newline = _newline(text)
    header = next((found for found in layout.tables if found.path == table), None)
    if header is None:
        if len(table) > 1:
            raise UsageError("the experiment is not written as an [[experiment]] table", hint=TABLES)
        first = blocks(text)[0][0] if blocks(text) else len(text)
        return text[:first] + f"[{table[0]}]{newline}{line}{newline}{newline}" + text[first:]
    following = [other.start for other in layout.tables if other.start > header.start]
    body_end = min(following, default=len(text))
    ends = [end for start, end in layout.pairs.values() if header.header_end <= start < body_end]
    place = _line_end(text, max(ends, default=header.header_end))
    gap = "" if text[:place].endswith("\n") else newline
    return text[:place] + gap + line + newline + text[place:]


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end + 1


def _with_comment(text: str, start: int) -> int:
    """The start of the comment lines that stand right above a header, or of the header."""
    while start > 0:
        above = _line_start(text, start - 1)
        if not text[above:start].lstrip().startswith("#"):
            return start
        start = above
    return start
