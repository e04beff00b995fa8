"""A job's learning curves as text, drawn by plotext."""

from collections.abc import Sequence
from typing import Any

import plotext

from engine.results.metrics import known
from engine.results.rows import EpochRow

PANELS = (("loss", "loss", "val_loss"), ("accuracy", "accuracy", "val_accuracy"))
# The colours of training and validation: context, and what matters.
TRAINING, VALIDATION = "gray+", "cyan+"
WIDE = 110


def curves(history: Sequence[EpochRow], epochs: int, width: int, height: int = 14, *, painted: bool = False) -> str:
    """Loss and accuracy over epochs, side by side where `width` columns hold both; x reaches to all `epochs`."""
    beside = width >= WIDE
    size = (width - 2) // 2 if beside else width
    panels = [panel(title, names, history, epochs, (size, height), painted) for title, *names in PANELS]
    if not beside:
        return "\n\n".join("\n".join(line.rstrip() for line in lines) for lines in panels)
    return "\n".join(f"{left}  {right}".rstrip() for left, right in zip(*panels, strict=True))


def panel(
    title: str, names: Sequence[str], history: Sequence[EpochRow], epochs: int, size: tuple[int, int], painted: bool
) -> list[str]:
    """One chart of `size` columns and lines: the training metric as dots, that of validation as a line."""
    # Without this plotext clamps to the terminal, which a pipe does not have.
    plotext.terminal.limit(False, False)
    figure: Any = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(*size)
    figure.title(f"{title}   • training  ⠤ validation" if len(names) > 1 else title)
    figure.legend(False)
    last = max([epochs, 2, *(row.epoch for row in history)])
    figure.ruler(0, 0).lim(1, last)
    ticks = sorted({1, *(1 + round(part * (last - 1) / 4) for part in range(1, 5))})
    figure.ruler(0, 0).ticks(ticks, [str(tick) for tick in ticks])
    for name, marker, colour in zip(names, ("dot", "braille"), (TRAINING, VALIDATION), strict=False):
        points = [(row.epoch, row.metrics[name]) for row in history if known(row.metrics.get(name))]
        if points:
            signal = figure.signal(*map(list, zip(*points, strict=True)), marker=plotext.marker(marker, colour))
            figure.draw(signal.lines(len(points) > 1 and marker == "braille"))
    text = figure.build().string()
    lines = text.rstrip("\n").split("\n")
    return lines if painted else [str(plotext.uncolorize(line)) for line in lines]
