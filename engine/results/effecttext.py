"""Main effects as text: one table and the sentences below it, wherever they are shown."""

from dataclasses import dataclass

from engine.results.durations import counted
from engine.results.effects import METHOD, Effects
from engine.results.metrics import METRICS
from engine.results.numbers import number
from engine.results.sweepmap import at_text
from engine.text import columns_of, visible

EFFECT_TITLES = ("field", "spread", "value", "effect", "mean", "n")
# Which of these are words, and stand to the left.
WORDS = (0, 2)


@dataclass(frozen=True)
class EffectsText:
    """Main effects as lines: a title, the heads of columns, a row a value in these columns, and sentences below."""

    title: str
    head: str
    rows: tuple[str, ...]
    notes: tuple[str, ...]


def effects_text(found: Effects) -> EffectsText:
    """Main effects, the largest first; what was left out stands below their map (`maptext.map_notes`)."""
    metric = METRICS[found.metric]
    rows = [tuple(map(visible, row)) for row in (EFFECT_TITLES, *effect_rows(found))]
    widths = [max(columns_of(row[at]) for row in rows) for at in range(len(EFFECT_TITLES))]
    lines = ["  ".join(_padded(text, widths[at], at) for at, text in enumerate(row)).rstrip() for row in rows]
    notes = [METHOD]
    if not found.told_apart:
        notes.append("some fields changed only together in these jobs: their effects cannot be told apart")
    mean = number(found.mean, metric.decimals)
    title = f"main effects on {metric.name}, around {mean} over {counted(found.n, 'job')}"
    return EffectsText(title, lines[0], tuple(lines[1:]), tuple(notes))


def _padded(text: str, width: int, at: int) -> str:
    blank = " " * (width - columns_of(text))
    return text + blank if at in WORDS else blank + text


def effect_rows(found: Effects) -> list[tuple[str, ...]]:
    """A row a value, under `EFFECT_TITLES`; field and spread stand in the first row of each field."""
    decimals = METRICS[found.metric].decimals
    rows: list[tuple[str, ...]] = []
    for each in found.fields:
        for at, level in enumerate(each.levels):
            lead = (each.field, number(each.spread, decimals)) if at == 0 else ("", "")
            effect = f"{round(level.effect, decimals) + 0.0:+.{decimals}f}"
            rows.append((*lead, at_text(level.value), effect, number(level.mean, decimals), f"{level.n:,}"))
    return rows
