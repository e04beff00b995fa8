"""What opens below the board: the jobs of a row, or two rows side by side."""

from collections.abc import Sequence

from engine.results.cells import cell, setting
from engine.results.durations import clock
from engine.results.labels import ID_SHOWN
from engine.results.leaderboard import LeaderboardRow
from engine.results.metrics import METRICS, better_than
from engine.results.numbers import number
from engine.results.rows import JobRow
from engine.text import visible
from tui.widgets.bigtable_columns import Cell, Column

COMPARED = ("test_accuracy", "test_loss", "val_accuracy", "misclassified", "epochs_trained", "seconds", "parameters")
JOB_FIGURES = ("test_accuracy", "test_loss", "val_accuracy", "misclassified")


class Listed:
    """A few rows of a table, all of them made."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[tuple[str, Sequence[Cell]]]) -> None:
        self.columns = columns
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def cells(self, index: int) -> Sequence[Cell]:
        return self._rows[index][1]

    def key(self, index: int) -> str:
        return self._rows[index][0]

    def find(self, key: str) -> int | None:
        return next((place for place, (held, _) in enumerate(self._rows) if held == key), None)


def _listed(titles: Sequence[tuple[str, bool]], rows: Sequence[tuple[str, Sequence[Cell]]], most: int) -> Listed:
    """Columns as wide as their widest cell, `most` at most."""
    columns = []
    for place, (title, right) in enumerate(titles):
        width = max([len(title), *(len(cells[place].text) for _, cells in rows)])
        columns.append(Column(title or str(place), title, min(most, width), right))
    return Listed(columns, rows)


def jobs_of(row: LeaderboardRow) -> Listed:
    """The jobs behind a row, one a line; each is known by its id."""
    titles = [("job", False), ("seed", True)]
    titles += [(METRICS[name].title, True) for name in JOB_FIGURES]
    titles += [("epochs", True), ("best", True), ("time", True), ("on", False), ("why it ended", False)]
    best = {name: _best(row, name) for name in JOB_FIGURES}
    return _listed(titles, [(job.id, _job_cells(job, best)) for job in row.jobs], 40)


def _best(row: LeaderboardRow, name: str) -> float | None:
    """The best value among the jobs, where it is not that of all of them."""
    values = [value for value in row.figure(name).values if value is not None]
    if len(set(values)) < 2:
        return None
    return (max if METRICS[name].higher_is_better else min)(values)


def _job_cells(job: JobRow, best: dict[str, float | None]) -> list[Cell]:
    cells = [Cell(job.id[:ID_SHOWN], "accent"), Cell(str(job.seed))]
    for name in JOB_FIGURES:
        value = getattr(job, METRICS[name].field)
        decimals = METRICS[name].decimals if name != "misclassified" else 0
        cells.append(Cell(number(value, decimals), "best" if value is not None and value == best[name] else ""))
    cells += [Cell(f"{job.epoch}/{job.epochs}"), Cell("" if job.best_epoch is None else str(job.best_epoch))]
    return [*cells, Cell(clock(job.seconds)), Cell(visible(job.device)), Cell(visible(job.reason), "dim")]


def compared(first: LeaderboardRow, second: LeaderboardRow, *, ascii_only: bool = False) -> Listed:
    """The settings in which two rows differ, then their figures, the better one bold."""
    names = dict.fromkeys([*first.config, *second.config])
    rows: list[tuple[str, Sequence[Cell]]] = [
        (name, [Cell(name), Cell(setting(first.config.get(name))), Cell(setting(second.config.get(name))), Cell("")])
        for name in names
        if first.config.get(name) != second.config.get(name)
    ]
    if not rows:
        seeds = [cell(row, "seed") for row in (first, second)]
        rows.append(("seed", [Cell("seed"), Cell(seeds[0]), Cell(seeds[1]), Cell("")]))
    sign = "+-" if ascii_only else "±"
    rows += [(name, _figure_cells(first, second, name, sign)) for name in COMPARED]
    heads = [f"#{row.rank}" if row.rank else "unranked" for row in (first, second)]
    titles = [("what differs", False), (heads[0], True), (f"{heads[1]} ", True), ("difference", True)]
    return _listed(titles, rows, 32)


def _figure_cells(first: LeaderboardRow, second: LeaderboardRow, name: str, sign: str) -> list[Cell]:
    a, b = first.figure(name), second.figure(name)
    metric = METRICS[name]
    texts = [number(found.mean, metric.decimals) for found in (a, b)]
    if name == "test_accuracy":
        spreads = [number(found.std, metric.decimals) for found in (a, b)]
        texts = [f"{text} {sign} {std}" if std else text for text, std in zip(texts, spreads, strict=True)]
    looks = ["best" if better_than(name, x.mean, y.mean) else "" for x, y in ((a, b), (b, a))]
    away = "" if a.mean is None or b.mean is None else f"{b.mean - a.mean:+.{metric.decimals}f}"
    if not float(away or 0):
        away = "0" if away else ""
    return [Cell(metric.title, "dim"), Cell(texts[0], looks[0]), Cell(texts[1], looks[1]), Cell(away)]
