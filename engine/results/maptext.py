"""A sweep's map as cells of text, for whatever draws tables."""

from collections.abc import Sequence

from engine.results.digits import RAMP, SHADES
from engine.results.durations import counted
from engine.results.losses import loss_words
from engine.results.metrics import METRICS
from engine.results.numbers import number
from engine.results.sweepmap import NEW, At, Cell, SweepMap, at_text


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


def head_text(field: str, value: At) -> str:
    """`dropout=0.2`, or the value alone where no field is named."""
    return f"{field}={at_text(value)}" if field else at_text(value)


def averaged(found: SweepMap, varied: Sequence[str]) -> list[str]:
    """The fields over which each cell is the mean."""
    return [name for name in varied if name not in (found.down, found.across, *found.fixed)]


def fixed_words(found: SweepMap) -> str:
    """`; epochs=30`: what only jobs with these values count for; empty where nothing is fixed."""
    return "".join(f"; {head_text(name, value)}" for name, value in found.fixed.items())


def legend(found: SweepMap) -> str:
    """What the glyphs in the cells stand for, those that are there."""
    statuses = {cell.status for line in found.cells for cell in line if cell.places}
    told = [f"{status.glyph} {str(status).replace('_', ' ')}" for status in statuses if status is not None]
    told = sorted(told, key=lambda each: each[2:]) + ([f"{NEW} never run"] if None in statuses else [])
    return "mean, done of all jobs, state: " + ", ".join(told)


def map_notes(found: SweepMap, varied: Sequence[str]) -> list[str]:
    """What is to be known of a map and of its main effects: what was left out, and what is not comparable.

    `varied` are the fields in which its jobs differ.
    """
    told = [lacking_words(found.metric, found.lacking)] if found.lacking else []
    if "dataset" in averaged(found, varied):
        told.append("over several data sets a mean tells little: fix dataset at one")
    return [*told, *loss_words(found.metric, varied)]


def lacking_words(metric: str, jobs: int) -> str:
    """That some jobs are done and have no such figure, and what follows."""
    return f"{counted(jobs, 'job')} without {metric}: a cell with one has no mean, effects leave its configuration out"
