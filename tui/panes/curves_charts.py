"""What the panels of the Curves tab show: a chart a metric, from the jobs chosen and how they are looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from textual.color import Color, ColorParseError

from engine.plan.jobs import JobStatus
from engine.results.durations import counted
from engine.results.rows import EpochRow, JobRow
from tui.panes.curves_series import gaps, place_of, points, smoothed, spread
from tui.widgets.plot_axes import LEAST, Bounds, Point, finite, round_step, snapped
from tui.widgets.plot_drawing import Band, Chart, Line, Mark

# Okabe and Ito's colours, told apart whatever eyes see: on a dark ground, and on a light one without the pale ones.
ON_DARK = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#0f8fd6")
ON_LIGHT = ("#b87400", "#0072b2", "#007a58", "#d55e00", "#a8437c", "#5a5a00", "#000000")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PANELS = (("loss", "accuracy"), ("loss",), ("accuracy",), ("learning_rate",))


@dataclass(frozen=True)
class View:
    """How curves are looked at; every key of the tab changes one of these."""

    panels: int = 0
    log: bool = False
    smoothing: int = 0
    seconds: bool = False
    training: bool = True
    bands: bool = True
    ascii: bool = False

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metric of each panel."""
        return PANELS[self.panels]


@dataclass(frozen=True)
class Palette:
    """Colours of the theme, as `#rrggbb`."""

    ground: str
    text: str
    accent: str
    dark: bool

    def dimmed(self, colour: str, part: float = 0.55) -> str:
        """A colour some way towards the ground."""
        mixed = (round(a + (b - a) * part) for a, b in zip(_rgb(colour), _rgb(self.ground), strict=True))
        return "#{:02x}{:02x}{:02x}".format(*mixed)

    def of(self, place: int) -> str:
        """The colour of the n-th curve that was marked."""
        colours = ON_DARK if self.dark else ON_LIGHT
        return colours[place % len(colours)]


def palette(variables: Mapping[str, str], *, dark: bool) -> Palette:
    """From the variables of a theme; what it leaves to the terminal is guessed."""
    guessed = ("#121417", "#d4d4d4", "#5fafff") if dark else ("#fbfaf7", "#1c1c1c", "#005fd7")
    names = ("background", "foreground", "primary")
    ground, text, accent = (_hex(variables.get(name, ""), guess) for name, guess in zip(names, guessed, strict=True))
    return Palette(ground, text, accent, dark)


def _hex(colour: str, otherwise: str) -> str:
    try:
        return "#{:02x}{:02x}{:02x}".format(*Color.parse(colour).rgb)
    except ColorParseError:
        return otherwise


@dataclass(frozen=True)
class Group:
    """Repeats of one configuration that are drawn as one curve; a letter and a colour tell it from the others.

    The one job that is shown because the cursor stands on it has no letter.
    """

    rows: tuple[JobRow, ...]
    letter: str = ""
    colour: str = ""


Histories = Mapping[str, Sequence[EpochRow]]


def charts(groups: Sequence[Group], histories: Histories, view: View, palette: Palette) -> list[Chart]:
    """A chart for each panel."""
    x = _reach(groups, histories, view.seconds)
    made = [_chart(metric, groups, histories, view, palette, x) for metric in view.metrics]
    made[0] = replace(made[0], title=f"{made[0].title}  {_legend(made[0], view)}".rstrip())
    # The last title has room for it, beside the first where there is but one.
    made[-1] = replace(made[-1], title=f"{made[-1].title}  {_means(groups)}".rstrip())
    return made


def _means(groups: Sequence[Group]) -> str:
    """Which lines are means, and of how many repeats: `a mean of 10, b mean of 2`."""
    return ", ".join(f"{group.letter} mean of {len(group.rows)}" for group in groups if len(group.rows) > 1)


def _legend(chart: Chart, view: View) -> str:
    """Which curves are training and which validation; said once."""
    if any(line.context for line in chart.lines):
        return ". training  * validation" if view.ascii else "· training  ⠤ validation"
    return ""


def _chart(
    metric: str, groups: Sequence[Group], histories: Histories, view: View, palette: Palette, x: Bounds
) -> Chart:
    lines: list[Line] = []
    bands: list[Band] = []
    marks: list[Mark] = []
    lost = 0
    for group in groups:
        known = [histories.get(row.id, ()) for row in group.rows]
        bright = group.colour or palette.accent
        dim = palette.dimmed(bright) if group.letter else palette.dimmed(palette.text, 0.4)
        training = [points(history, metric, view.seconds) for history in known]
        held_out = [points(history, f"val_{metric}", view.seconds) for history in known]
        main = held_out if any(held_out) else training
        lost += sum(gaps(history, (metric, f"val_{metric}")) for history in known)
        if view.training and any(held_out):
            mean, _ = spread(training)
            lines.append(Line(tuple(smoothed(mean, view.smoothing)), dim, context=True))
        mean, band = spread(main)
        mean = smoothed(mean, view.smoothing)
        if len(group.rows) > 1 and view.bands:
            bands.append(Band(tuple(band), palette.dimmed(bright, 0.7)))
        lines.append(Line(tuple(mean), bright, group.letter))
        if len(group.rows) == 1:
            marks += _marks(group.rows[0], known[0], mean, bright, palette, view)
    values = [y for line in lines for _, y in line.points]
    values += [y for band in bands for _, low, high in band.points for y in (low, high)]
    known_values = finite(values)
    # A figure of 0 has no logarithm; where none is above it, the axis stays as it was.
    log = view.log and any(value > LEAST for value in known_values)
    note = f"{lost} not finite" if lost else ""
    return Chart(
        _title(metric, log, view),
        x,
        snapped(known_values, log),
        tuple(lines),
        tuple(bands),
        tuple(marks),
        log,
        view.seconds,
        note,
        "" if known_values else _empty(metric, groups, histories),
    )


def _empty(metric: str, groups: Sequence[Group], histories: Histories) -> str:
    """Why no line is drawn; nothing while epochs are still to be read."""
    rows = [row for group in groups for row in group.rows]
    epochs = sum(len(histories.get(row.id, ())) for row in rows)
    if epochs:
        return f"no finite {metric.replace('_', ' ')} in {counted(epochs, 'epoch')}"
    if not rows or any(row.epoch for row in rows):
        return ""
    return "no epoch yet" if any(not row.status.is_finished() for row in rows) else "ended before its first epoch"


def _title(metric: str, log: bool, view: View) -> str:
    parts = [metric.replace("_", " ")]
    if log:
        parts.append("log")
    if view.smoothing:
        parts.append(f"smoothed {view.smoothing}")
    return "  ".join(parts)


def _marks(
    row: JobRow, history: Sequence[EpochRow], mean: Sequence[Point], colour: str, palette: Palette, view: View
) -> list[Mark]:
    """The best epoch on its curve, and where early stopping ended a job before its last epoch."""
    marks = []
    if row.status is JobStatus.DONE and 0 < row.epoch < row.epochs:
        place = place_of(history, row.epoch, view.seconds)
        if place is not None:
            marks.append(Mark(place, None, "┊", ":", palette.dimmed(colour)))
    if row.best_epoch is not None:
        place = place_of(history, row.best_epoch, view.seconds)
        value = next((y for x, y in mean if x == place), None)
        if place is not None and value is not None:
            marks.append(Mark(place, value, "◆", "#", palette.text))
    return marks


def _reach(groups: Sequence[Group], histories: Histories, seconds: bool) -> Bounds:
    """The x axis: all epochs while one of the jobs trains, so that it stays where it is; else those that were."""
    last = 2.0 if not seconds else 1.0
    for group in groups:
        for row in group.rows:
            history = histories.get(row.id, ())
            count = max(row.epoch, history[-1].epoch if history else 0)
            whole = row.epochs if row.status is JobStatus.RUNNING or not count else count
            if seconds:
                spent = sum(epoch.seconds for epoch in history)
                whole_seconds = spent * whole / count if count else 0.0
                last = max(last, whole_seconds)
            else:
                last = max(last, whole)
    if not seconds:
        return (1.0, last)
    step = round_step(last / 20)
    return (0.0, -(-last // step) * step)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
