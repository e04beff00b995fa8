"""A board as the rows of a table: made once in a thread, its cells when they are looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.plan.jobs import configuration_id
from engine.results.boardrows import wanted_by
from engine.results.cells import cell_maker
from engine.results.columns import STRIP, TITLES, Apart, Extent, columns_shown, extent, is_numeric, setting_width
from engine.results.figures import mean_of
from engine.results.filters import Filter
from engine.results.labels import ID_SHOWN
from engine.results.leaderboard import COLUMNS as SORTED
from engine.results.leaderboard import Board, LeaderboardRow, rank
from engine.results.metrics import METRICS, known
from engine.results.rows import JobRow, Note
from engine.results.states import CODE, SHOWN
from engine.results.strip import WIDTH, Scale, scale_of, strip
from engine.results.surecells import MARK
from engine.text import visible
from tui.widgets.bigtable_columns import Cell, Column

EXTRA_TITLES = {"test_accuracy_best": "best", "mark": "", "differs": "what differs", "note": "note"}
WIDEST_WORDS = 28
WIDEST_NOTE = 24
# Beside a note, what tells the rows apart keeps so many columns; where it cannot, the note stands behind the figures.
BESIDE_NOTE = 28
# Of the width, what tells rows apart may take this part in columns of its own; else it is told in one.
FOLDED = 0.45
INTERVAL = "test_accuracy_interval"
GAP = 2
# What a board is looked at for first; what tells the rows apart leaves room for these where it can.
FIRST = ("rank", "mark", "n", "val_accuracy", "test_accuracy", INTERVAL, STRIP, "test_accuracy_std")
LEAST_ROOM = 16


@dataclass(frozen=True)
class Asked:
    """How the board is to be made."""

    by: str = "config"
    rank_by: str = "test_accuracy"
    sort: str | None = None
    where: Filter | None = None


@dataclass
class BoardTable:
    """The rows of one board. `pins` and `compared` are keys: the id of a row's first job.

    Until it is `sure`, marks of ties and intervals are blank; `below` is what is then said of them, `brief` the same in
    few words.
    """

    board: Board
    names: tuple[str, ...]
    widths: Mapping[str, int]
    extents: Mapping[str, Extent]
    numeric: frozenset[str]
    places: Mapping[str, int]
    sort: str | None
    apart: Apart
    scale: Scale | None = None
    """What the ends of the strips of repeats stand for."""
    sure: bool = False
    below: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()
    room: int = LEAST_ROOM
    """Columns for what tells the rows apart, where that is one cell."""
    notes: Mapping[str, Note] = field(default_factory=dict)
    pins: Sequence[str] = ()
    compared: str = ""
    ascii: bool = False
    shown: tuple[str, ...] = ()
    frozen: int = 2
    """So many of the first columns say which row it is, and stay while others pass by."""

    def __len__(self) -> int:
        return len(self.board.rows)

    def row(self, index: int) -> LeaderboardRow:
        """The row of the board."""
        return self.board.rows[index]

    def columns(self, width: int) -> list[Column]:
        """All columns; what tells rows apart in one where it would take too much of `width`."""
        fields = self.board.fields
        first = FIRST if self.board.rank_by == "val_accuracy" else [name for name in FIRST if name != "val_accuracy"]
        free = width + GAP - sum(self._width(name) + GAP for name in first if name in self.names)
        noted = any(note.text for note in self.notes.values())
        note = self._width("note") + GAP if noted else 0
        beside = noted and min(int(width * FOLDED), free - note) >= BESIDE_NOTE
        room = max(LEAST_ROOM + GAP, min(int(width * FOLDED), free - note * beside))
        folded = sum(max(self.widths[name], len(self._title(name))) + GAP for name in fields) > room
        names: list[str] = []
        for name in self.names:
            if not folded or (name not in fields and name != "experiments"):
                names.append(name)
            elif "differs" not in names:
                names.append("differs")
        held = names.index("n") if "n" in names else names.index("test_accuracy")
        if noted:
            # A person's own words stand by what they speak of, unless they would hide what is looked at first.
            last = max(place for place, name in enumerate(names) if name in FIRST)
            names.insert(held if beside else last + 1, "note")
        self.shown = tuple(names)
        self.room = max(LEAST_ROOM, min(room - GAP, self.apart.width))
        made = [
            Column(name, self._title(name), self._width(name), name in self.numeric, self._arrow(name))
            for name in names
        ]
        widest = max((column.width for column in made[held:] if column.right), default=0)
        self.frozen = held if sum(column.width + GAP for column in made[:held]) + widest <= width else 2
        return made

    @property
    def _folded(self) -> str:
        """The setting that the rows are sorted by, where it stands in one column with others."""
        name = self.sort.removeprefix("-") if self.sort is not None else ""
        return name if "differs" in self.shown and name in self.board.fields else ""

    def _title(self, name: str) -> str:
        if name == "differs" and self._folded:
            long = f"{EXTRA_TITLES[name]} by {self._folded}"
            return long if len(long) + len(self._arrow(name)) <= self.room else f"by {self._folded}"
        return EXTRA_TITLES.get(name, TITLES.get(name, name))

    def _width(self, name: str) -> int:
        if name == "differs":
            return max(len(EXTRA_TITLES[name]), self.room)
        if name == "note":
            return min(WIDEST_NOTE, max(4, *(len(note.text) for note in self.notes.values())))
        width = self.widths[name]
        return max(width, len(self._title(name)) + len(self._arrow(name)))

    def _arrow(self, name: str) -> str:
        sorted_by = "differs" if self._folded else self.sort.removeprefix("-") if self.sort is not None else ""
        if self.sort is None or sorted_by != name:
            return ""
        down, up = (" v", " ^") if self.ascii else (" ▾", " ▴")
        return up if self.sort.startswith("-") else down

    def cells(self, index: int) -> Sequence[Cell]:
        row = self.row(index)
        return [self._cell(row, name) for name in self.shown]

    def _cell(self, row: LeaderboardRow, name: str) -> Cell:
        if name == "mark":
            return self._mark(row)
        if name == "differs":
            return Cell(self.apart.words(row, self.room))
        if name == "note":
            note = self._note(row)
            return Cell(visible(note.text) if note else "", "dim")
        if name == STRIP:
            values = row.figure("test_accuracy").values if row.n > 1 else ()
            return Cell(strip(values, self.scale, plain=self.ascii), "primary")
        if name == INTERVAL and not self.sure:
            return Cell("")
        text = cell_maker(name)(row)
        if name == "job_ids":
            return Cell(text[:ID_SHOWN], "dim")
        if name in self.extents:
            return Cell(text, "best" if text and text == self.extents[name].best else "")
        return Cell(text, "dim" if name in ("experiments", "test_accuracy_std") else "")

    def _note(self, row: LeaderboardRow) -> Note | None:
        return self.notes.get(configuration_id(row.config)) if self.notes else None

    def _mark(self, row: LeaderboardRow) -> Cell:
        note = self._note(row)
        star = ("*" if self.ascii else "★") if note and note.star else " "
        key = row.jobs[0].id
        sign = "=" if key == self.compared else ("^" if self.ascii else "▴") if key in self.pins else " "
        tied = MARK if self.sure and row.tie is not None and row.tie.tied else " "
        return Cell(tied + star + sign, "accent")

    def key(self, index: int) -> str:
        return self.board.rows.groups[index][0].id

    def find(self, key: str) -> int | None:
        return self.places.get(key)


def tables(jobs: Sequence[JobRow], asked: Asked) -> list[BoardTable]:
    """A table for each data set. Looks at every row once; takes about a second for 100,000."""
    return [_table(board, asked.sort) for board in rank(jobs, asked.by, asked.rank_by, asked.sort, asked.where)]


def sortable(table: BoardTable) -> list[str]:
    """What the board can be sorted by, in the order of its columns; last the settings that stand in one column."""
    fields = table.board.fields
    shown = [name for name in table.shown or table.names if name in fields or name in SORTED]
    return [*shown, *(name for name in fields if name not in shown)]


def _table(board: Board, sort: str | None) -> BoardTable:
    groups = board.rows.groups
    names = _names(board)
    metrics = [name for name in names if name in METRICS]
    means: dict[str, list[float | None]] = {name: [] for name in metrics}
    configs, places, most, seeds = [], dict[str, int](), 1, 0
    experiments: list[tuple[str, ...]] = []
    repeats: list[list[float | None]] = []
    # Once through all rows: what stands behind each is fetched anew for every look.
    for place, group in enumerate(groups):
        for name in metrics:
            means[name].append(mean_of(group, name))
        configs.append(group[0].config)
        places[group[0].id] = place
        most, seeds = max(most, len(group)), max(seeds, group[0].seed)
        experiments.append(wanted_by(group))
        if len(group) > 1:
            repeats.append([job.test_accuracy for job in group])
    extents = {name: extent(name, means[name]) for name in metrics}
    widths = {name: found.width for name, found in extents.items()}
    widths |= {name: min(WIDEST_WORDS, setting_width(name, configs)) for name in board.fields}
    widths |= {"rank": len(str(len(groups))), "mark": 3, "n": len(str(most)), "seed": max(4, len(str(seeds)))}
    widths |= {"test_accuracy_std": 7, "test_accuracy_best": 7, INTERVAL: 16, STRIP: WIDTH}
    widths |= {CODE: SHOWN, "job_ids": ID_SHOWN}
    widths["experiments"] = min(WIDEST_WORDS, max((len(", ".join(held)) for held in set(experiments)), default=0))
    apart = Apart(board.fields, zip(experiments, configs, strict=True))
    numeric = {name for name in names if name != "mark" and is_numeric(name, configs[:1])} | {"test_accuracy_best"}
    scale = scale_of([value if known(value) else None for value in values] for values in repeats)
    return BoardTable(board, names, widths, extents, frozenset(numeric), places, sort, apart, scale)


def _names(board: Board) -> tuple[str, ...]:
    """The columns, those first that a narrow window is not to lose: the figure, its interval, its repeats."""
    names = columns_shown(board, sure=True)
    last = [name for name in ("test_accuracy_std", STRIP) if name in names]
    names = [name for name in names if name not in last]
    names.insert(1, "mark")
    place = names.index(INTERVAL) + 1
    names[place:place] = [STRIP, "test_accuracy_std", "test_accuracy_best"] if last else []
    if board.rank_by != "test_accuracy":
        names.remove(board.rank_by)
        names.insert(names.index("test_accuracy"), board.rank_by)
    return tuple(names)
