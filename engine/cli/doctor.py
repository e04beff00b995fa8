"""`engine doctor`: what this machine has, what may surprise, and whether the store is whole."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import typer

from engine.cli.store_option import JsonOption, StoreOption, paths
from engine.cli.streams import colours, data_lines, document, warn
from engine.run import health, machine
from engine.run.checks import Check, State
from engine.session import Session
from engine.text import columns_of, visible

UNWELL = 3
GLYPHS = {State.WELL: "+", State.WARNING: "?", State.FAULT: "!"}
COLOURS = {State.WELL: "32", State.WARNING: "33", State.FAULT: "1;31"}


def doctor(as_json: JsonOption = False, store: StoreOption = None) -> None:
    """Look over this machine and the store: libraries, GPUs, disk, file system, permissions, database, folders.

    Exit code 0 where all is well or nothing worse than a warning, 3 where something cannot work or is damaged.
    """
    place = paths(store)
    environment, found = list(machine.checks(place)), list(health.checks(place))
    well = all(check.state is not State.FAULT for check in (*environment, *found))
    if as_json:
        parts = {"environment": listed(environment), "store": listed(found)}
        document({"version": 1, "well": well, **parts})
    else:
        data_lines(line + "\n" for line in lines(environment, found))
        if notice := Session(place).notice:
            warn(notice)
    raise typer.Exit(0 if well else UNWELL)


def listed(checks: Sequence[Check]) -> list[dict[str, Any]]:
    """As JSON has them."""
    return [
        {"name": check.name, "state": str(check.state), "found": check.told, "remedy": check.remedy or None}
        for check in checks
    ]


def lines(environment: Sequence[Check], store: Sequence[Check]) -> Iterator[str]:
    """`+ keras        3.15.0`, a line each; below what is not well, what to do."""
    painted = colours(sys.stdout)
    wide = max(columns_of(check.name) for check in (*environment, *store))
    for number, checks in enumerate((environment, store)):
        if number:
            yield ""
        for check in checks:
            glyph = GLYPHS[check.state]
            mark = f"\x1b[{COLOURS[check.state]}m{glyph}\x1b[0m" if painted else glyph
            yield f"{mark} {check.name:<{wide}}  {visible(check.told)}"
            if check.remedy:
                yield f"  {'':<{wide}}  {visible(check.remedy)}"
