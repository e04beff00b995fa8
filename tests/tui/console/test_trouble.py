"""What goes wrong with the file or the store is said where a person looks, as text, with what to do."""

import asyncio
from functools import wraps
from pathlib import Path

import pytest
from textual.widgets import Static

from engine.session import Session, Submission
from tests.tui.console.stage import FILE, TEXT, busy, console, main_of, read, rows_of, screen_text, snapshot, until
from tui.feed import Feed


def played(test):
    """Run an async test."""

    @wraps(test)
    def run(*args, **kwargs):
        asyncio.run(test(*args, **kwargs))

    return run


@played
async def test_a_store_that_cannot_be_read_is_told_in_every_tab():
    async with console().run_test(size=(80, 24)) as pilot:
        main = await read(pilot, busy())
        main.post_message(Feed.Failed("the store [cannot] be read now: \x1b[31mlocked"))
        for tab in "12345":
            await pilot.press(tab)
            await until(pilot, lambda: r"the store [cannot] be read now: \x1b[31mlocked" in screen_text(pilot))
        main.post_message(Feed.Failed(""))
        await until(pilot, lambda: "cannot" not in screen_text(pilot))


@played
async def test_a_store_that_went_away_is_told_until_it_is_back(still):
    async with console().run_test(size=(80, 24)) as pilot:
        main = await read(pilot, busy())
        main.post_message(Feed.Changed(snapshot((), runner=None)))
        await until(pilot, lambda: "the store is gone" in screen_text(pilot))
        main.post_message(Feed.Changed(busy()))
        await until(pilot, lambda: "the store is gone" not in screen_text(pilot))


@played
async def test_a_fault_of_the_file_is_text_whatever_it_is_called():
    path = Path("[red]q[bold].toml")
    path.write_text('[[experiment]]\nname = "a"\nepochs = 0\n')
    async with console(None, path=path).run_test(size=(120, 40)) as pilot:
        main_of(pilot).post_message(Feed.FileSeen(path.read_bytes()))
        await until(pilot, lambda: "[red]q[bold].toml:3" in screen_text(pilot))


@played
async def test_jobs_that_the_file_does_not_name_are_told_by_what_differs():
    rows = rows_of(TEXT, quick=[{}, {}])
    async with console("# nothing\n").run_test(size=(80, 24)) as pilot:
        await read(pilot, snapshot(rows, runner=None))
        await until(pilot, lambda: "quick learning_rate=0.01" in screen_text(pilot))
        assert "model=mlp" not in screen_text(pilot)


@pytest.mark.parametrize("place", ["stored", "waiting"])
@played
async def test_enter_says_why_there_is_nothing_to_edit(place):
    rows = rows_of(TEXT, quick=[{}, {}])
    async with console("# nothing\n").run_test(size=(80, 24)) as pilot:
        await read(pilot, snapshot(rows, runner=None))
        await until(pilot, lambda: "quick" in screen_text(pilot))
        await pilot.press(*(["j"] if place == "waiting" else []), "enter")
        words = {"stored": "quick is not in the file", "waiting": "these are jobs"}[place]
        await until(pilot, lambda: any(words in told.message for told in pilot.app._notifications))


@played
async def test_unsaved_changes_are_asked_about_before_the_editor(monkeypatch):
    opened = []
    monkeypatch.setattr("tui.screens.saving.open_editor", lambda _, path, __: opened.append(path.read_text()))
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("space", "E")
        await until(pilot, lambda: "has unsaved changes" in screen_text(pilot))
        await pilot.press("escape")
        assert not opened
        await pilot.press("E")
        await until(pilot, lambda: "has unsaved changes" in screen_text(pilot))
        await pilot.press("s")
        await until(pilot, lambda: opened)
        assert opened == [FILE.read_text()] and "enabled = false" in opened[0]


@played
async def test_a_tab_without_results_says_what_is_going_on():
    async with console().run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        for tab in "345":
            await pilot.press(tab)
            await until(pilot, lambda: "r trains the queue file" in screen_text(pilot))
        main.post_message(Feed.Changed(snapshot(rows_of(TEXT, quick=[{}, {}]))))
        for tab in "345":
            await pilot.press(tab)
            await until(pilot, lambda: "0 running, 2 waiting; " in screen_text(pilot))
            assert "r trains" not in screen_text(pilot)


@played
async def test_the_cursor_stays_on_its_job_wherever_that_goes(monkeypatch):
    asked = []
    monkeypatch.setattr(Session, "hold", lambda _, ids: asked.append(ids))
    rows = rows_of(TEXT, bn_dropout_grid=[{}] * 6)
    async with console("# nothing\n").run_test(size=(80, 24)) as pilot:
        main = await read(pilot, snapshot(rows))
        await until(pilot, lambda: "bn-dropout-grid" in screen_text(pilot))
        await pilot.press("j", "tab", "j", "j", "j")
        first, *others = rows
        main.post_message(Feed.Changed(snapshot(others)))
        await until(pilot, lambda: "5 waiting" in screen_text(pilot))
        await pilot.press("h")
        await until(pilot, lambda: asked)
        assert asked.pop() == [rows[3].id]
        main.post_message(Feed.Changed(snapshot([rows[3], *others[:2], *others[3:], first])))
        await until(pilot, lambda: "6 waiting" in screen_text(pilot))
        await pilot.press("h")
        await until(pilot, lambda: asked)
        assert asked.pop() == [rows[3].id]


@played
async def test_what_happened_while_another_tab_was_shown_is_shown_on_return():
    async with console().run_test(size=(80, 24)) as pilot:
        main = await read(pilot, busy())
        await until(pilot, lambda: "1 running" in screen_text(pilot))
        await pilot.press("2")
        await until(pilot, lambda: "[2 Curves]" in screen_text(pilot))
        main.post_message(Feed.Changed(snapshot(rows_of(TEXT, quick=[{}, {}]), runner=None)))
        await until(pilot, lambda: "0 running  2 queued" in screen_text(pilot))
        await pilot.press("1")
        await until(pilot, lambda: "[1 Queue]" in screen_text(pilot))
        await until(pilot, lambda: "0 running, 2 waiting" in screen_text(pilot))
        await until(pilot, lambda: screen_text(pilot).count(" queued") == 3, "the header, and both jobs of the detail")


@played
async def test_a_file_that_is_gone_is_written_again_before_it_runs(monkeypatch):
    ran = []
    monkeypatch.setattr(Session, "submit", lambda _, queue, **__: ran.append(queue.text) or Submission("r1"))
    async with console().run_test(size=(80, 24)) as pilot:
        main = await read(pilot, busy())
        FILE.unlink()
        main.post_message(Feed.FileSeen(None))
        await until(pilot, lambda: "the file is gone" in screen_text(pilot))
        await pilot.press("r")
        await until(pilot, lambda: "The queue file is gone" in screen_text(pilot))
        assert not any("mend" in told.message for told in pilot.app._notifications)
        await pilot.press("s")
        await until(pilot, lambda: ran == [TEXT])
        assert FILE.read_text() == TEXT


@played
async def test_without_a_folder_that_is_said_and_nothing_else():
    path = Path("no/where/experiments.toml")
    async with console(None, path=path).run_test(size=(80, 24)) as pilot:
        main = main_of(pilot)
        main.post_message(Feed.FileSeen(None))
        main.post_message(Feed.Changed(snapshot((), runner=None)))
        problem = main.query_one("#queue-problem", Static)
        words = f"there is no folder {path.absolute().parent}: mkdir -p makes it"
        await until(pilot, lambda: str(problem.content) == words and "There is no" in screen_text(pilot))
        assert "chmod" not in screen_text(pilot) and "writes a first" not in screen_text(pilot)
        assert "E opens" not in screen_text(pilot)


@pytest.mark.parametrize("looking", [False, True])
@played
async def test_without_a_file_every_tab_says_what_may_be_done(looking):
    async with console(None, read_only=looking).run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await until(pilot, lambda: "There is no experiments.toml here" in screen_text(pilot))
        assert ("writes a first one" in screen_text(pilot)) is not looking
        words = "from here, which is read-only" if looking else "In the Queue tab (1), n writes a first queue file"
        for tab in "2345":
            await pilot.press(tab)
            await until(pilot, lambda: words in screen_text(pilot))
        if not looking:
            await pilot.press("1", "n")
            await until(pilot, lambda: "first" in screen_text(pilot))
            FILE.write_text(TEXT)
            main_of(pilot).post_message(Feed.FileSeen(FILE.read_bytes()))
            await pilot.press("3")
            await until(pilot, lambda: "r trains the queue file" in screen_text(pilot))


@played
async def test_what_is_to_be_pressed_is_said_with_the_keys_of_ones_own(still):
    (still / "config.toml").write_text(
        '[keys]\n"queue.new" = "N"\n"queue.run" = "f9"\n"queue.editor" = "e"\n"queue.undo" = "U"\n'
    )
    async with console(None).run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await until(pilot, lambda: " N  writes a first one" in screen_text(pilot))
        FILE.write_text(TEXT)
        main.post_message(Feed.FileSeen(FILE.read_bytes()))
        await pilot.press("5")
        await until(pilot, lambda: "f9 trains the queue file" in screen_text(pilot))
        await pilot.press("1", "D")
        await until(
            pilot, lambda: "quick deleted; U takes it back" in [each.message for each in pilot.app._notifications]
        )
        await pilot.press("U")
        FILE.write_text("[[experiment]]\n")
        main.post_message(Feed.FileSeen(FILE.read_bytes()))
        await pilot.press("1")
        await until(pilot, lambda: "e opens the file in your editor" in screen_text(pilot))
