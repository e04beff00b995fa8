"""The palette and its keys in the bottom line, in ASCII too; what is said in passing, which makes room for the next."""

import pytest
from textual.scrollbar import ScrollBar

from tests.tui.console.stage import busy, console, main_of, read, screen_text, until
from tests.tui.console.test_flows import played, told
from tui.screens.palette import Palette


@played
async def test_the_bottom_line_is_that_of_the_palette_while_it_is_open():
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot, busy())
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        await until(pilot, lambda: "esc close" in screen_text(pilot).split("\n")[-1])
        assert "n new" not in screen_text(pilot).split("\n")[-1]
        await pilot.press("escape")
        await until(pilot, lambda: "enter edit" in screen_text(pilot).split("\n")[-1])


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
def test_in_ascii_palette_and_help_are_ascii(monkeypatch, size):
    monkeypatch.setattr(ScrollBar, "renderer", ScrollBar.renderer)

    @played
    async def look():
        async with console(ascii=True).run_test(size=size) as pilot:
            await read(pilot, busy())
            await pilot.press("2", "ctrl+p")
            await until(pilot, lambda: isinstance(pilot.app.screen, Palette) and "key " in screen_text(pilot))
            assert screen_text(pilot).isascii()
            await pilot.press(*"left")
            await until(pilot, lambda: "Reading line to the left" in screen_text(pilot))
            assert screen_text(pilot).isascii()
            await pilot.press("escape", "question_mark")
            await until(pilot, lambda: "mark the job" in " ".join(screen_text(pilot).split()))
            for _ in range(12):
                await pilot.press("ctrl+d")
                assert screen_text(pilot).isascii()

    look()


@played
async def test_what_is_said_replaces_what_was_said_of_the_same_matter():
    async with console().run_test(size=(80, 24)) as pilot:
        main = main_of(pilot)
        for text in ("undone: a", "2 jobs held", "undone: b"):
            main.tell(text)
            await until(pilot, lambda text=text: text in told(pilot))
        assert told(pilot) == ["2 jobs held", "undone: b"]
        main.tell("there is no file", wrong=True)
        await until(pilot, lambda: "there is no file" in told(pilot))
        assert told(pilot) == ["undone: b", "there is no file"]
