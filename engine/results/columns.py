"""The columns of a board as a table: which ones, what they are called, and what stands out in each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.plan.jobs import Configuration
from engine.results.boardrows import LeaderboardRow
from engine.results.cells import cell, setting
from engine.results.durations import counted
from engine.results.intervals import STUDENT, WILSON
from engine.results.labels import named, squeezed
from engine.results.leaderboard import Board, varies
from engine.results.losses import loss_words
from engine.results.metrics import METRICS
from engine.results.numbers import number
from engine.results.states import CODE, SHOWN
from engine.results.strip import scale_of, strip
from engine.results.surecells import MARK
from engine.results.ties import methods, untested
from engine.text import columns_of, visible

# The column of strips, which are made together, since all rows share their scale.
STRIP = "repeats"
TITLES = {
    "tie": "",
    "test_accuracy_interval": "95% interval",
    "rank": "#",
    "test_accuracy_std": "std",
    "experiments": "experiment",
    "epochs_trained": "epochs",
    "job_ids": "job",
} | {name: metric.title for name, metric in METRICS.items() if name != "epochs_trained"}
NUMERIC = ("rank", "n", "seed", "test_accuracy_std", "test_accuracy_interval")
OVER = {STUDENT: "repeats", WILSON: "the test digits"}


def columns_shown(board: Board, *, sure: bool = False) -> list[str]:
    """The columns of a board, all of them: rank, what differs, figures, experiments.

    With `sure` also those that say how sure the rows are: the mark of a tie with the first, where there is one, the
    interval, and the strip of dots where there are repeats.
    """
    names = ["rank", *board.fields]
    if board.by == "config":
        names.append("n")
    names.append("test_accuracy")
    if sure:
        names.append("test_accuracy_interval")
    if board.rows.repeated:
        names += ["test_accuracy_std", STRIP] if sure else ["test_accuracy_std"]
    if sure and board.rows.ties is not None and board.rows.ties.any():
        names.insert(1, "tie")
    names += ["test_loss", "val_accuracy", "epochs_trained", "seconds", "parameters"]
    if board.rank_by not in names:
        names.insert(names.index("test_accuracy"), board.rank_by)
    return [*names, "job_ids" if board.by == "job" else "experiments"]


def strips(rows: Sequence[LeaderboardRow], *, plain: bool = False) -> list[str]:
    """The cells of the column of strips: each repeat's test accuracy as a dot, on one scale."""
    values = [row.figure("test_accuracy").values if row.n > 1 else () for row in rows]
    scale = scale_of(values)
    return [strip(each, scale, plain=plain) for each in values]


# How a board of `engine leaderboard` is ranked by validation; other commands have other ways.
INSTEAD = "--rank-by val_accuracy"


def notes(board: Board, rows: Sequence[LeaderboardRow], names: Sequence[str], instead: str = INSTEAD) -> list[str]:
    """What stands below a board that shows these columns: by which methods, and what the first was chosen by.

    `instead` as `chosen_words` takes it.
    """
    return [*sure_notes(rows, names), *loss_words(board.rank_by, board.fields), chosen_words(board, instead)]


def sure_notes(rows: Sequence[LeaderboardRow], names: Sequence[str]) -> list[str]:
    """By which methods marks, intervals and strips of these rows came about, in a board that shows these columns."""
    told = []
    if words := methods(rows):
        tied = any(row.tie is not None and row.tie.tied for row in rows)
        told.append(f"{MARK} cannot be told from the first: {words}" if tied else f"told from the first: {words}")
    told += untested(rows)
    used = dict.fromkeys(found.method for row in rows if (found := row.interval("test_accuracy")) is not None)
    if used and "test_accuracy_interval" in names:
        told.append("95% interval: " + ", ".join(f"{name} over {OVER[name]}" for name in used))
    if "test_accuracy_interval" in names and (lacking := sum(map(_lacks_samples, rows))):
        told.append(f"no interval, {counted(lacking, 'row')}: nothing tells how many test digits there are")
    if STRIP in names:
        scale = scale_of([row.figure("test_accuracy").values for row in rows if row.n > 1])
        decimals = METRICS["test_accuracy"].decimals
        told += [f"repeats: dots from {number(scale.low, decimals)} to {number(scale.high, decimals)}"] if scale else []
    return told


def _lacks_samples(row: LeaderboardRow) -> bool:
    """Whether a single training has an accuracy and no interval, since over how many digits it is is not known."""
    return row.n == 1 and row.figure("test_accuracy").mean is not None and row.interval("test_accuracy") is None


def chosen_words(board: Board, instead: str = INSTEAD) -> str:
    """How far the first is to be believed, by what it was chosen by; `instead` tells how to choose by validation."""
    if board.chosen_by == "test":
        return f"ranked by the test it reports, which flatters the first: {instead}"
    if board.chosen_by == "validation":
        return "ranked by validation: the test that it reports had no say in it"
    return f"ranked by {METRICS[board.rank_by].title}"


def is_numeric(name: str, configs: Sequence[Configuration]) -> bool:
    """Whether a column's cells are numbers, and stand to the right."""
    if name in METRICS or name in NUMERIC:
        return True
    return any(isinstance(config.get(name), int | float) for config in configs)


def differs(row: LeaderboardRow) -> str:
    """`batch_norm=true dropout=0.25`: what tells a row from the others, in one cell."""
    return " ".join(f"{name}={cell(row, name)}" for name in row.differs)


class Apart:
    """What each row of a board is, in one cell: its experiment, where there are several, and what tells it from the
    others of that experiment.
    """

    def __init__(self, fields: Sequence[str], rows: Iterable[tuple[tuple[str, ...], Configuration]]) -> None:
        """`fields` are the board's; of each row the experiments and the configuration."""
        self._groups: dict[tuple[str, ...], list[Configuration]] = {}
        for experiments, config in rows:
            self._groups.setdefault(experiments, []).append(config)
        self._fields = {
            experiments: tuple(name for name in fields if name in ("seed", CODE) or varies(name, configs))
            for experiments, configs in self._groups.items()
        }

    @property
    def several(self) -> bool:
        """Whether the rows are of several experiments."""
        return len(self._groups) > 1

    @property
    def width(self) -> int:
        """Of the widest cell, or somewhat more."""
        widths = [0]
        for experiments, configs in self._groups.items():
            fields = self._fields[experiments]
            widths_of = [SHOWN if name == CODE else max(4, setting_width(name, configs)) for name in fields]
            settings = sum(len(name) + 2 + width for name, width in zip(fields, widths_of, strict=True))
            widths.append(columns_of(self._name(experiments)) + settings)
        return max(widths)

    def words(self, row: LeaderboardRow, width: int | None = None) -> str:
        """`quick activation=relu learning_rate=0.01`; shorter where that is longer than `width`."""
        told = {name: cell(row, name) for name in self._fields[row.experiments]}
        name = self._name(row.experiments)
        return named(name, told) if width is None else squeezed(name, told, width)

    def _name(self, experiments: Sequence[str]) -> str:
        return " ".join(map(visible, experiments)) if self.several else ""


@dataclass(frozen=True)
class Extent:
    """What a column of figures holds over all rows: the best cell, if one stands out, and the widest one's width."""

    best: str | None
    width: int


def extent(name: str, means: Sequence[float | None]) -> Extent:
    """Of metric `name` with these means, one a row. No cell is best where all show the same.

    Raises KeyError for a name that is no metric.
    """
    metric = METRICS[name]
    known = [mean for mean in means if mean is not None]
    if not known:
        return Extent(None, 0)
    low, high = number(min(known), metric.decimals), number(max(known), metric.decimals)
    width = max(len(low), len(high))
    if low == high and len(known) == len(means):
        return Extent(None, width)
    return Extent(high if metric.higher_is_better else low, width)


def setting_width(name: str, configs: Sequence[Configuration]) -> int:
    """The width of the widest value of a setting; it repeats few values, so each is written out once."""
    return max((len(setting(value)) for value in {config.get(name) for config in configs}), default=0)
