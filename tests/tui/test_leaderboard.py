"""The Leaderboard tab: the table over any number of rows, what is done with a row, the CSV, and how it looks."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plan.jobs import JobStatus, configuration_id
from engine.results.csvtext import leaderboard_csv
from engine.results.leaderboard import rank
from engine.results.predictions import Hits
from engine.results.reproduce import command
from engine.results.rows import Note
from engine.results.ties import compared
from tests.tui.made import Host, flow, grid, painting, row, shown, snapshot, until
from tui.messages import Copied, Told
from tui.panes import leaderboard_csv as csv_file
from tui.panes.leaderboard import LeaderboardPane
from tui.panes.leaderboard_ranking import Ranking
from tui.panes.leaderboard_sure import assured
from tui.panes.leaderboard_table import Asked, sortable, tables
from tui.panes.leaderboard_words import below, parsed
from tui.widgets.bigtable import BigTable
from tui.widgets.bigtable_columns import Arrangement, Cell, Column, fitted
from tui.widgets.prompt import Choice, Prompt

# the table


class Numbers:
    """Rows that count how often they are asked for."""

    def __init__(self, count: int, shift: int = 0) -> None:
        self.count, self.shift, self.asked = count, shift, 0

    def __len__(self) -> int:
        return self.count

    def cells(self, index: int) -> list[Cell]:
        self.asked += 1
        return [Cell(str(index + self.shift)), Cell(f"row {index + self.shift}")]

    def key(self, index: int) -> str:
        return str(index + self.shift)

    def find(self, key: str) -> int | None:
        place = int(key) - self.shift
        return place if 0 <= place < self.count else None


COLUMNS = (Column("n", "n", 6, right=True), Column("text", "text", 20))


@flow
async def test_a_million_rows_are_never_asked_for() -> None:
    table = BigTable()
    host = Host(table)
    rows = Numbers(1_000_000)
    async with host.driven() as pilot:
        table.show(COLUMNS, rows)
        table.focus()
        await pilot.press("G", "k", "ctrl+u", "g", "j", "pagedown")
        await pilot.pause()
        assert table.cursor == 1 + table.page // 2
        assert rows.asked < 400
        await pilot.press("G")
        assert shown(pilot)[-1].strip() == "999999  row 999999"
        assert shown(pilot)[0].split() == ["n", "text"]


@flow
async def test_the_cursor_stays_on_its_row_when_rows_change_places() -> None:
    table = BigTable()
    async with Host(table).driven() as pilot:
        table.show(COLUMNS, Numbers(100))
        table.cursor = 50
        await pilot.pause()
        before = [line[:-1] for line in shown(pilot)]
        table.show(COLUMNS, Numbers(100, shift=-7))
        await pilot.pause()
        assert (table.key, table.cursor) == ("50", 57)
        assert [line[:-1] for line in shown(pilot)] == before
        table.show(COLUMNS, Numbers(10))
        assert table.cursor == 9


@flow
async def test_the_same_rows_again_paint_nothing() -> None:
    table = BigTable()
    async with Host(table).driven() as pilot:
        table.show(COLUMNS, Numbers(1000))
        await pilot.pause()
        painted = painting(table)
        table.show(COLUMNS, Numbers(1000))
        assert painted == []


@flow
async def test_the_mouse_chooses_opens_and_sorts() -> None:
    table = BigTable(id="t")
    host = Host(table)
    async with host.driven() as pilot:
        table.show(COLUMNS, Numbers(100))
        await pilot.click("#t", offset=(3, 5))
        assert table.cursor == 4
        await pilot.click("#t", offset=(3, 5))
        await pilot.click("#t", offset=(9, 0))
        assert [message.key for message in host.told(BigTable.Selected)] == ["4"]
        assert [message.name for message in host.told(BigTable.HeadClicked)] == ["text"]


@given(st.text(max_size=30), st.integers(0, 20), st.booleans())
def test_a_cell_is_as_wide_as_its_column(text: str, width: int, right: bool) -> None:
    from rich.cells import cell_len

    from engine.text import visible

    assert cell_len(fitted(visible(text), Column("", "", width, right))) == width


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(0, 3), st.integers(10, 120), st.data())
def test_any_column_can_be_brought_into_sight(widths: list[int], frozen: int, width: int, data: st.DataObject) -> None:
    columns = [Column(str(place), "", size) for place, size in enumerate(widths)]
    frozen = min(frozen, len(columns) - 1)
    place = data.draw(st.integers(0, len(columns) - 1))
    now = Arrangement(columns, frozen, 2, data.draw(st.integers(0, max(0, len(columns) - frozen - 1))))
    then = replace(now, left=now.bringing(str(place), width))
    room = sum(columns[fixed].width + 2 for fixed in range(frozen)) + widths[place]
    if place >= frozen and room <= width:
        assert place in then.within(width)


# the rows


def hits(job_id: str) -> Hits:
    """Of 200 digits each job got as many right as the last digit of its id, and others than its neighbours."""
    bits = np.zeros(200, bool)
    bits[int(job_id, 16) % 16 : 190] = True
    return Hits(np.packbits(bits), 200, 7)


SAME = (
    *("rank", "n", "test_accuracy", "test_accuracy_std", "test_loss", "seconds", "parameters"),
    "test_accuracy_interval",
)


def test_the_cells_are_those_of_the_csv() -> None:
    for by in ("config", "job"):
        (table,) = tables([job for job in grid() if job.status is JobStatus.DONE], Asked(by))
        table = assured(table, hits)
        table.columns(200)
        board = compared(rank(grid(), by)[0], hits)
        head, *lines = (line.rstrip("\r\n").split(",") for line in leaderboard_csv([board]))
        for place, line in enumerate(lines):
            told = dict(zip(head, line, strict=False))
            told["test_accuracy_interval"] = f"{told['test_accuracy_low']}..{told['test_accuracy_high']}"
            for name, cell in zip(table.shown, table.cells(place), strict=True):
                if name in SAME:
                    assert cell.text == told[name]
                if name == "mark":
                    assert cell.text.startswith("~") is (told["tied_with_first"] == "true")


def test_a_board_is_shown_before_it_is_sure_in_the_same_columns() -> None:
    (table,) = tables(grid(), Asked())
    sure = assured(table, hits)
    assert table.columns(118) == sure.columns(118)
    unsure, told = (dict(zip(each.shown, each.cells(1), strict=True)) for each in (table, sure))
    assert (unsure["mark"].text, unsure["test_accuracy_interval"].text) == ("   ", "")
    assert (told["mark"].text, told["test_accuracy_interval"].text) == ("   ", "0.99216..0.99724")
    assert [sure.cells(place)[sure.shown.index("mark")].text for place in (0, 2)] == ["   ", "~  "]
    assert unsure["repeats"] == told["repeats"] and len(told["repeats"].text) == 8
    assert [words.partition(":")[0] for words in sure.below] == [
        "~ cannot be told from the first",
        "without a verdict, 1 row",
        "95% interval",
        "repeats",
        "ranked by the test it reports, which flatters the first",
    ]


def test_what_a_narrow_window_keeps_is_the_figure_and_how_sure_it_is() -> None:
    (table,) = tables(grid(), Asked())
    held = Arrangement(table.columns(77), 2, 2).within(77)
    assert [table.shown[place] for place in held] == [
        *("rank", "mark", "dropout", "batch_norm", "n"),
        *("test_accuracy", "test_accuracy_interval", "repeats", "test_accuracy_std"),
    ]


@pytest.mark.parametrize("width", [1, 20, 40, 60, 78, 200])
def test_what_is_said_below_a_board_takes_two_lines_of_a_small_window(width: int) -> None:
    (table,) = tables(grid(), Asked())
    sure = assured(table, hits)
    lines = below(sure, width, tall=False).split("\n")
    assert len(lines) <= 2 and all(len(line) <= width for line in lines)
    if width >= 78:
        for words in ("~ not told from #1 (exact McNemar, Holm)", "flatters #1", "95%", "dots"):
            assert words in " ".join(lines)


def test_a_board_by_validation_says_that_the_test_had_no_say() -> None:
    (table,) = tables(grid(), Asked(rank_by="val_accuracy"))
    assert table.names.index("val_accuracy") < table.names.index("test_accuracy")
    assert assured(table, hits).below[-1].startswith("ranked by validation")


def test_a_large_board_says_how_many_rows_were_not_compared() -> None:
    (table,) = tables([row(number, hidden_units=number + 1) for number in range(1200)], Asked())
    sure = assured(table, lambda _: None)
    assert any("without a verdict, 1,100 rows" in words for words in sure.below)
    assert "not compared below #100" in sure.brief
    assert any("without a verdict, 99 rows: no test" in words for words in sure.below)


def test_the_best_of_a_column_is_bold_and_its_best_job_shown() -> None:
    (table,) = tables(grid(), Asked())
    table.columns(200)
    first = dict(zip(table.shown, table.cells(0), strict=True))
    assert first["test_accuracy"] == Cell("0.99550", "best")
    assert first["test_accuracy_best"].text == "0.99570"
    assert [table.cells(place)[table.shown.index("test_accuracy")].look for place in (1, 2)] == ["", ""]


def test_what_differs_is_folded_where_it_would_leave_no_room() -> None:
    settings = {"dropout": 0.1, "batch_norm": False, "optimizer": "adamw", "learning_rate": 0.01, "filters": 32}
    (table,) = tables([row(1), row(2, **settings)], Asked())
    assert "differs" in [column.name for column in table.columns(80)]
    assert "differs" not in [column.name for column in table.columns(240)]


def test_ranking_is_done_again_only_where_something_counts() -> None:
    ranking = Ranking()
    assert ranking.tables(grid(), Asked()) is not None
    grown = tuple(replace(job, epoch=9) if job.status is JobStatus.RUNNING else job for job in grid())
    assert ranking.tables(grown, Asked()) is None
    assert ranking.tables(grown, Asked(sort="n")) is not None
    assert ranking.tables(grown[1:], Asked(sort="n")) is not None


def test_every_column_can_be_sorted_by() -> None:
    (table,) = tables(grid(), Asked())
    for name in sortable(table):
        assert tables(grid(), Asked(sort=name))[0].sort == name


@pytest.mark.parametrize("seeds", [(3,), (0, 1, 2), (7, 1, 2, 5)])
def test_the_command_reads_back_as_the_same_jobs(tmp_path: Path, seeds: tuple[int, ...]) -> None:
    import subprocess

    from engine.plan.queuefile import read
    from engine.plan.sweep import jobs

    rows = [row(7, seed, dropout=0.25, optimizer="adamw", learning_rate=1e-05, batch_norm=False) for seed in seeds]
    line = command(*rows).split(" && ")[0]
    subprocess.run(line, shell=True, cwd=tmp_path, check=True)
    queue = read(tmp_path / f"job-{rows[0].id[:8]}.toml")
    made = [made for experiment in queue.experiments for made in jobs(experiment)]
    assert sorted(each.seed for each in made) == sorted(seeds)
    for each in made:
        assert {name: each.config[name] for name in rows[0].config} == rows[0].config


# CSV


def test_the_csv_is_written_anew_but_a_strangers_file_is_left(tmp_path: Path) -> None:
    boards = rank(grid())
    first = csv_file.write(tmp_path, boards, None)
    assert first == tmp_path / "leaderboard.csv"
    assert first.read_bytes().decode() == "".join(leaderboard_csv(boards))
    assert csv_file.write(tmp_path, boards, None) == first
    first.write_text("mine")
    assert csv_file.write(tmp_path, boards, None) == tmp_path / "leaderboard-2.csv"
    assert first.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leaderboard-2.csv", "leaderboard.csv"]


# the pane


async def ready(pilot: Any, pane: LeaderboardPane, *rows: Any) -> None:
    pane.hits = hits
    pane.snapshot = snapshot(*(rows or grid()))
    await until(pilot, lambda: pane.table and pane.table.sure)
    pane.board.focus()
    await pilot.pause()


@flow
async def test_sorting_grouping_and_filtering() -> None:
    pane = LeaderboardPane()
    async with Host(pane).driven((120, 40)) as pilot:
        await ready(pilot, pane)
        assert len(pane.board.rows) == 3
        await pilot.press("full_stop")
        await until(pilot, lambda: pane.table and pane.table.sort)
        await pilot.press("v")
        await until(pilot, lambda: "ranked by validation" in "".join(shown(pilot)))
        await pilot.press("v", "b")
        await until(pilot, lambda: len(pane.board.rows) == 5)
        await pilot.press("slash", *"dropout=x", "enter")
        await until(pilot, lambda: any("is a number" in line for line in shown(pilot)))
        assert pane.query_one(Prompt).display
        await pilot.press("backspace", *"0.25", "enter")
        await until(pilot, lambda: len(pane.board.rows) == 2)
        assert pane.board.has_focus
        await pilot.press("escape")
        await until(pilot, lambda: len(pane.board.rows) == 5)


@flow
async def test_what_a_row_is_stays_while_columns_pass_and_all_stand_as_they_did_once_it_is_ranked_again() -> None:
    pane = LeaderboardPane()
    async with Host(pane).driven() as pilot:
        await ready(pilot, pane)
        table = pane.table
        assert table is not None
        whole = shown(pilot)[1]
        await pilot.press(*"lll")
        assert shown(pilot)[1].startswith(" #       what differs") and "test acc " not in shown(pilot)[1]
        seen = []
        for _ in sortable(table):
            await pilot.press("full_stop")
            seen.append(pane.asked.sort or "rank")
            await until(pilot, lambda: pane.table and pane.table.sort == pane.asked.sort and pane.table.sure)
            assert "▾" in shown(pilot)[1] or pane.asked.sort is None
        assert seen[-1] == "rank" and len(set(seen)) == len(seen)
        assert {"test_accuracy_std", "test_accuracy_best", "test_accuracy_interval"} < set(seen)
        await until(pilot, lambda: shown(pilot)[1] == whole)


@flow
async def test_settings_in_one_column_are_sorted_by_last_and_it_says_by_which() -> None:
    pane = LeaderboardPane()
    settings = {"dropout": 0.1, "batch_norm": False, "optimizer": "adamw", "learning_rate": 0.01, "filters": 32}
    async with Host(pane).driven() as pilot:
        await ready(pilot, pane, row(1), row(2, **settings))
        assert pane.table is not None and "differs" in pane.table.shown
        await pilot.press("full_stop")
        await until(pilot, lambda: pane.table and pane.table.sort == "n")
        await pilot.press("comma", "comma")
        await until(pilot, lambda: pane.table and (pane.table.sort or "") in settings)
        assert f"by {pane.asked.sort} ▾" in shown(pilot)[1]


@flow
async def test_a_long_note_hides_no_accuracy() -> None:
    pane = LeaderboardPane()
    async with Host(pane).driven() as pilot:
        await ready(pilot, pane)
        pane.notes = {configuration_id(grid()[0].config): Note("to be trained for longer, with less dropout")}
        await pilot.pause()
        assert "test acc" in shown(pilot)[1] and "95% interval" in shown(pilot)[1]
        assert "note to be trained" in shown(pilot)[0], "what is out of sight stands above, of the row of the cursor"
        await pilot.press("j")
        await until(pilot, lambda: "note" not in shown(pilot)[0])
        await pilot.resize_terminal(140, 24)
        await until(pilot, lambda: "note" in shown(pilot)[1])
        assert shown(pilot)[1].index("note") < shown(pilot)[1].index("test acc")


def test_what_is_half_typed_is_no_fault_until_nothing_more_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    @flow
    async def look() -> None:
        pane = LeaderboardPane()
        async with Host(pane).driven() as pilot:
            await ready(pilot, pane)
            monkeypatch.setattr("tui.panes.leaderboard.PAUSE", 1e6)
            await pilot.press("slash", *"dropou>=0.2")
            await pilot.pause()
            assert not any("there is no field" in line for line in shown(pilot))
            monkeypatch.setattr("tui.panes.leaderboard.PAUSE", 0.01)
            await pilot.press("5")
            await until(pilot, lambda: any("there is no field" in line for line in shown(pilot)))
            monkeypatch.setattr("tui.panes.leaderboard.PAUSE", 1e6)
            await pilot.press("ctrl+u", *"gri")
            await until(pilot, lambda: not any("there is no field" in line for line in shown(pilot)))
            await pilot.press("enter")
            await until(pilot, lambda: "filter gri" in shown(pilot)[0])
            assert len(pane.board.rows) == 3

    look()


@flow
async def test_a_filter_that_leaves_nothing_says_so() -> None:
    pane = LeaderboardPane()
    async with Host(pane).driven() as pilot:
        await ready(pilot, pane)
        await pilot.press("slash", *"dropout>=0.9", "enter")
        await until(pilot, lambda: pane.table is None)
        assert any("leaves no row" in line for line in shown(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: pane.table is not None)


@flow
async def test_pin_star_and_note() -> None:
    pane = LeaderboardPane()
    host = Host(pane)
    async with host.driven((120, 40)) as pilot:
        await ready(pilot, pane)
        await pilot.press("j", "p", "asterisk")
        await pilot.pause()
        name = configuration_id(grid()[2].config)
        assert pane.board.pinned == (1,)
        assert host.told(LeaderboardPane.NoteWritten)[0] == LeaderboardPane.NoteWritten(name, Note(star=True))
        pane.notes = {name: Note(star=True)}
        await pilot.press("e", *"try [b]more", "enter")
        await pilot.pause()
        written = host.told(LeaderboardPane.NoteWritten)[1]
        assert written.note == Note("try [b]more", star=True)
        pane.notes = {name: written.note}
        await pilot.pause()
        assert sum("try [b]more" in line for line in shown(pilot)) == 2
        await pilot.press("p")
        assert pane.board.pinned == ()


@flow
async def test_comparing_two_rows_and_opening_the_jobs_of_one() -> None:
    pane = LeaderboardPane()
    host = Host(pane)
    async with host.driven((120, 40)) as pilot:
        await ready(pilot, pane)
        await pilot.press("equals_sign", "j", "equals_sign")
        await pilot.pause()
        text = "\n".join(shown(pilot))
        assert "what differs" in text
        assert "0.99550 ± 0.00028" in text
        await pilot.press("escape", "enter", "j", "enter")
        await pilot.pause()
        assert host.told(LeaderboardPane.JobOpened)[0].job_id == grid()[3].id
        await pilot.press("escape")
        assert pane.board.has_focus


@flow
async def test_adopting_copying_and_writing(tmp_path: Path) -> None:
    pane = LeaderboardPane()
    host = Host(pane)
    async with host.driven((120, 40)) as pilot:
        pane.folder = tmp_path
        await ready(pilot, pane)
        await pilot.press("A", "z", "d", "A", "n", "A", "escape")
        assert [message.as_defaults for message in host.told(LeaderboardPane.Adopt)] == [True, False]
        assert host.told(LeaderboardPane.Adopt)[0].config == grid()[0].config
        await pilot.press("c", "i", "c", "r", "c", "c")
        ids, cells, line = (message.text for message in host.told(Copied))
        assert ids == f"{grid()[0].id} {grid()[1].id}"
        assert "0.99550" in cells.split("\t")
        assert line == command(*grid()[:2])
        await pilot.press("w")
        await until(pilot, lambda: host.told(Told))
        assert str(tmp_path / "leaderboard.csv") in host.told(Told)[0].text
        pane.folder = tmp_path / "none"
        await pilot.press("w")
        await until(pilot, lambda: len(host.told(Told)) > 1)
        assert host.told(Told)[1].wrong


@flow
async def test_while_it_is_asked_no_other_key_means_anything() -> None:
    pane = LeaderboardPane()
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, pane, *grid())
        await pilot.press("c", "p", "slash", "enter", "j", "b")
        assert pane.query_one(Choice).display
        assert not pane.query_one(Prompt).display
        assert (pane.pins, pane.board.cursor, pane.asked.by, pane.has_class("-open")) == ([], 0, "config", False)
        await pilot.press("i")
        await until(pilot, lambda: host.told(Copied))


@flow
async def test_who_only_looks_is_told_so_before_typing() -> None:
    pane = LeaderboardPane()
    pane.refusal = "this is read-only"
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, pane, *grid())
        await pilot.press("e", "asterisk", "A", "w")
        await until(pilot, lambda: [told.text for told in host.told(Told)] == ["this is read-only"] * 4)
        assert not pane.query_one(Prompt).display
        assert not pane.query_one(Choice).display


@flow
async def test_a_board_for_each_data_set() -> None:
    pane = LeaderboardPane()
    async with Host(pane).driven((120, 40)) as pilot:
        await ready(pilot, pane, *grid(), row(1, dataset="fashion_mnist"))
        assert [table.board.dataset for table in pane.tables] == ["fashion_mnist", "mnist"]
        assert len(pane.board.rows) == 1
        await pilot.press("right_square_bracket")
        assert len(pane.board.rows) == 3


def test_a_fault_of_a_filter_is_text() -> None:
    assert parsed("  ") == (None, "")
    assert "\x1b" not in parsed("a\x1b[31m=1")[1]
    assert parsed("dropou=0.2")[1].endswith("did you mean dropout?")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", ["board", "jobs", "compared", "fault", "ascii", "empty", "validation"])
def test_pictures(snap_compare: Any, size: tuple[int, int], name: str) -> None:
    pane = LeaderboardPane()
    keys = {
        "board": ("j", "p", "k"),
        "jobs": ("enter",),
        "compared": ("equals_sign", "j", "equals_sign"),
        "validation": ("v",),
        "fault": ("slash", *"dropou>=0.2", "enter"),
        "ascii": ("j", "p", "full_stop", "equals_sign", "k", "equals_sign"),
    }

    async def before(pilot: Any) -> None:
        pane.ascii = name == "ascii"
        if name == "empty":
            return
        await ready(pilot, pane)
        pane.notes = {configuration_id(grid()[2].config): Note("promising", star=True)}
        await pilot.press(*keys[name])
        await until(pilot, lambda: pane.table and pane.table.sure)
        if name == "fault":
            from textual.widgets import Input

            pane.query_one(Input).cursor_blink = False

    assert snap_compare(Host(pane), terminal_size=size, run_before=before)


def test_what_is_said_below_a_board_stays_for_another_order_of_the_same_rows_alone() -> None:
    ranking = Ranking()
    made = ranking.tables(grid(), Asked())
    assert made is not None and made[0].below == ()
    sure = ranking.assured(made, None)
    assert sure is not None and sure[0].below
    sorted_ = ranking.tables(grid(), Asked(sort="n"))
    assert sorted_ is not None and sorted_[0].below == sure[0].below
    for asked in (Asked(by="job"), Asked(by="job", sort="n")):
        others = ranking.tables(grid(), asked)
        assert others is not None and others[0].below == ()
