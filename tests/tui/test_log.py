"""The Log tab: reading a file that grows, searching, following, and keeping up."""

import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plan.jobs import JobStatus
from engine.text import ACTIVE, visible_line
from tests.tui.made import Host, flow, grid, row, shown, snapshot, until
from tui.messages import Copied
from tui.panes.log import LogPane
from tui.panes.log_tail import LAST_BYTES, LONGEST, LogTail
from tui.widgets import logview
from tui.widgets.logview import LogView

# the file


def everything(tail: LogTail) -> list[str]:
    lines: list[str] = []
    while (portion := tail.read()) is not None:
        lines += portion.lines
        if not portion.full:
            break
    return lines


line_texts = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=40)


@given(st.lists(line_texts, max_size=20), st.data())
def test_a_log_written_in_any_pieces_reads_as_its_lines(lines: list[str], data: st.DataObject) -> None:
    import tempfile

    whole = "".join(f"{line}\n" for line in lines).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=4)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "worker.log"
        tail = LogTail(path)
        read: list[str] = []
        for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
            with path.open("ab") as file:
                file.write(whole[start:end])
            read += everything(tail)
        assert read == [visible_line(line) for line in lines]
        assert not any(unicodedata.category(char) in ACTIVE for line in read for char in line)


def test_a_log_that_is_not_there_cut_or_replaced(tmp_path: Path) -> None:
    path = tmp_path / "worker.log"
    tail = LogTail(path)
    assert tail.read() is None
    path.write_text("one\ntwo\nthr")
    portion = tail.read()
    assert portion is not None
    assert (portion.lines, portion.unfinished, portion.anew) == (("one", "two"), "thr", True)
    assert tail.read() is None
    path.write_text("x\n")
    portion = tail.read()
    assert portion is not None
    assert (portion.lines, portion.anew) == (("x",), True)


def test_a_long_log_begins_late_and_a_long_line_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "worker.log"
    path.write_bytes(b"line of a log\n" * (LAST_BYTES // 10) + b"x" * 100_000 + b"\n" + b"\xff\x9b31m\n")
    tail = LogTail(path)
    portion = tail.read()
    assert portion is not None
    assert portion.skipped
    assert set(portion.lines) == {"line of a log"}
    *_, long, last = everything(tail)
    assert len(long) <= LONGEST + 3
    assert last == "\\xff\\x9b31m"


# the view


@flow
async def test_following_stops_where_one_reads_and_begins_again_at_the_end() -> None:
    view = LogView()
    async with Host(view).driven((60, 10)) as pilot:
        view.append([f"line {n}" for n in range(100)])
        view.focus()
        await pilot.pause()
        assert shown(pilot)[-1].strip() == "line 99"
        await pilot.press("k", "k")
        view.append(["line 100"])
        await pilot.pause()
        assert shown(pilot)[-1].split()[:2] == ["line", "97"]
        await pilot.press("G")
        view.append(["line 101"], "half a li")
        await pilot.pause()
        assert [line.strip(" ▁▂▃▄▅▆▇█") for line in shown(pilot)[-2:]] == ["line 101", "half a li"]
        await pilot.press("g", "ctrl+d")
        assert not view.following


@flow
async def test_old_lines_go_and_what_is_read_stays() -> None:
    view = LogView()
    before = logview.MOST_LINES
    logview.MOST_LINES = 100
    try:
        async with Host(view).driven((60, 10)) as pilot:
            view.append([f"line {n}" for n in range(90)])
            view.following = False
            view.action_lines(-20)
            await pilot.pause()
            first = shown(pilot)[0].split()[:2]
            view.append([f"line {n}" for n in range(90, 130)])
            await pilot.pause()
            assert (len(view), view.dropped) == (100, 30)
            assert shown(pilot)[0].split()[:2] == first
    finally:
        logview.MOST_LINES = before


@flow
async def test_searching_finds_every_line_and_goes_round() -> None:
    view = LogView()
    async with Host(view).driven((60, 10)) as pilot:
        view.append([f"{'Epoch' if n % 10 == 0 else 'step'} {n}" for n in range(100)])
        view.search("epoch")
        assert (view.place, len(view.matches)) == (10, 10)
        view.step(1)
        assert view.place == 1
        view.step(-1)
        view.append(["Epoch 100"])
        assert len(view.matches) == 11
        view.search("EPOCH")
        assert view.matches == []
        view.search("")
        await pilot.pause()


@given(st.lists(st.text(max_size=20), max_size=30), st.text(min_size=1, max_size=3))
def test_what_is_marked_is_what_holds_the_words(lines: list[str], needle: str) -> None:
    view = LogView()
    view.needle = needle
    small = needle == needle.lower()
    found = view._found(lines, 7)
    assert found == [7 + place for place, line in enumerate(lines) if needle in (line.lower() if small else line)]


# the pane


async def ready(pilot: Any, host: Host, pane: LogPane, path: Path) -> None:
    pane.snapshot = snapshot(*grid())
    await until(pilot, lambda: host.told(LogPane.LogWanted))
    pane.path = path
    await until(pilot, lambda: len(pane.main) or not path.exists())
    pane.main.focus()
    await pilot.pause()


@flow
async def follow(path: Path) -> None:
    pane = LogPane()
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, host, pane, path)
        assert any("RuntimeError: \\x1b]52;c;aGk=\\x07 [/]" in line for line in shown(pilot))
        with path.open("a") as file:
            file.write("a new line\n")
        await until(pilot, lambda: any("a new line" in line for line in shown(pilot)))
        await pilot.press("slash", *"line", "enter")
        assert pane.main.has_focus
        assert "'line': 1 of 1" in shown(pilot)[0]
        await pilot.press("n", "N", "escape", "c")
        assert host.told(Copied)[0].text == pane.picker.key
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: len(host.told(LogPane.LogWanted)) == 2)


def test_a_log_is_followed_searched_and_inert(tmp_path: Path) -> None:
    path = tmp_path / "worker.log"
    path.write_text("Traceback (most recent call last):\nRuntimeError: \x1b]52;c;aGk=\x07 [/]\n")
    follow(path)


@flow
async def keep_up(path: Path) -> None:
    pane = LogPane()
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, host, pane, path)
        line = "step 12345/99999 loss 0.12345 accuracy 0.98765 learning_rate 0.001 and some words more\n"
        with path.open("a") as file:
            file.write(line * 60_000)
        worst = 0.0
        while len(pane.main) + pane.main.dropped < 60_001:
            before = time.perf_counter()
            await pilot.pause()
            pane.main.action_lines(-1)
            worst = max(worst, time.perf_counter() - before)
        assert len(pane.main) <= logview.MOST_LINES
        assert worst < 2.0


def test_sixty_thousand_lines_are_taken_in_without_stalling(tmp_path: Path) -> None:
    path = tmp_path / "worker.log"
    path.write_text("begun\n")
    keep_up(path)


@flow
async def test_silence_and_emptiness_are_said() -> None:
    pane = LogPane()
    host = Host(pane)
    async with host.driven() as pilot:
        assert any("r trains" in line for line in shown(pilot))
        await ready(pilot, host, pane, Path("/nowhere/worker.log"))
        await until(pilot, lambda: any("has not said anything" in line for line in shown(pilot)))


@flow
async def test_another_log_takes_the_place_of_the_first_without_words_between(tmp_path: Path) -> None:
    """Words that come and go have the whole screen laid out twice, which a key would wait for."""
    pane = LogPane()
    host = Host(pane)
    for name in ("one", "two"):
        (tmp_path / name).write_text(f"{name} is told\n")
    async with host.driven() as pilot:
        await ready(pilot, host, pane, tmp_path / "one")
        await until(pilot, lambda: any("one is told" in line for line in shown(pilot)))
        words: list[str] = []
        pane.message = words.append  # type: ignore[method-assign]
        pane.path = tmp_path / "two"
        await until(pilot, lambda: any("two is told" in line for line in shown(pilot)))
        assert not any(words)
        assert not any("one is told" in line for line in shown(pilot))


@flow
async def test_a_log_that_cannot_be_read_says_so_in_its_pane() -> None:
    pane = LogPane()
    host = Host(pane)
    async with host.driven() as pilot:
        pane.snapshot = snapshot(row(1))
        pane.path = Path("/")
        await until(pilot, lambda: any("cannot be read" in line for line in shown(pilot)))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", ["followed", "found", "ascii", "empty"])
def test_pictures(snap_compare: Any, tmp_path: Path, size: tuple[int, int], name: str) -> None:
    pane = LogPane()
    path = tmp_path / "worker.log"
    lines = [f"05:03:{n:02d}  epoch {n}/30  loss 0.{90 - n}  accuracy 0.9{n}  val_loss 0.1" for n in range(10, 40)]
    path.write_text("\n".join([*lines, "Traceback (most recent call last):", "ValueError: it is über all\n"]), "utf-8")

    async def before(pilot: Any) -> None:
        pane.ascii = name == "ascii"
        if name == "empty":
            return
        pane.snapshot = snapshot(*grid())
        await pilot.pause()
        pane.path = path
        await until(pilot, lambda: len(pane.main))
        pane.main.focus()
        if name == "found":
            await pilot.press("slash", *"epoch 3", "enter", "N")
        await pilot.pause()

    assert snap_compare(Host(pane), terminal_size=size, run_before=before)


@flow
async def test_a_log_that_was_taken_away_is_told_apart_from_silence(tmp_path: Path) -> None:
    pane = LogPane()
    async with Host(pane).driven() as pilot:
        pane.snapshot = snapshot(row(1, attempts=1))
        pane.path = tmp_path / "worker.log"
        await until(pilot, lambda: any("is gone" in line for line in shown(pilot)))
        pane.snapshot = snapshot(row(1, attempts=1, status=JobStatus.RUNNING))
        pane.path = tmp_path / "other.log"
        await until(pilot, lambda: any("has not said anything yet" in line for line in shown(pilot)))
