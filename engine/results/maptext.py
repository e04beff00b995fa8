"""A sweep's map and its main effects as cells of text, for whatever draws tables."""

from engine.plan.jobs import Value
from engine.results.cells import setting
from engine.results.digits import RAMP, SHADES
from engine.results.effects import Effects
from engine.results.metrics import METRICS
from engine.results.numbers import number
from engine.results.sweepmap import NEW, Cell, SweepMap


def cell_text(found: SweepMap, cell: Cell, *, ascii_only: bool = True) -> str:
    """`## 0.99480 2/3 >`: how good, the mean, how many of the jobs are done, and how the cell stands; empty for none.

    A cell none of whose jobs was handed in has the glyph `-`.
    """
    if not cell.places:
        return ""
    glyph = NEW if cell.status is None else cell.status.glyph
    return f"{shade(found, cell, ascii_only=ascii_only)} {figures_text(found, cell)} {glyph}"


def shade(found: SweepMap, cell: Cell, *, ascii_only: bool = True) -> str:
    """Two characters, the denser the better the cell is among the others; blank without a mean."""
    ramp = RAMP if ascii_only else SHADES
    heat = found.heat(cell)
    return (" " if heat is None else ramp[1 + round(heat * (len(ramp) - 2))]) * 2


def figures_text(found: SweepMap, cell: Cell) -> str:
    """`0.99480 2/3`: the mean, or a dot, and how many of the jobs are done."""
    mean = number(cell.figure.mean, METRICS[found.metric].decimals)
    return f"{mean or '.':>7} {cell.n}/{len(cell.places)}"


def head_text(field: str, value: Value) -> str:
    """`dropout=0.2`, or the value alone where no field is named."""
    return f"{field}={setting(value)}" if field else setting(value)


EFFECT_TITLES = ("field", "spread", "value", "effect", "mean", "n")


def effect_rows(found: Effects) -> list[tuple[str, ...]]:
    """A row a value, under `EFFECT_TITLES`; field and spread stand in the first row of each field."""
    decimals = METRICS[found.metric].decimals
    rows: list[tuple[str, ...]] = []
    for each in found.fields:
        for at, level in enumerate(each.levels):
            lead = (each.field, number(each.spread, decimals)) if at == 0 else ("", "")
            effect = f"{round(level.effect, decimals) + 0.0:+.{decimals}f}"
            rows.append((*lead, setting(level.value), effect, number(level.mean, decimals), f"{level.n:,}"))
    return rows
