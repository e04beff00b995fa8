"""Pages to read: the help, and what `i` shows."""

import pytest

from tests.tui.console.stage import busy, console, main_of, read, screen_text, until
from tests.tui.console.test_flows import played
from tui.screens.form import FormScreen
from tui.screens.inspect import data_lines

FOUND = {
    "name": "mnist",
    "train_shape": (60000, 28, 28),
    "test_shape": (10000, 28, 28),
    "dtype": "uint8",
    "batch_shapes": {"x": (128, 28, 28)},
    "class_counts_train": [5923] * 10,
    "samples": [],
}


def line(pilot, number):
    """A line of the page, from 1, below its title."""
    return screen_text(pilot).splitlines()[3 + number].split("│")[1].strip(" ▐")


@pytest.mark.parametrize("tab", ["Queue", "Curves", "Leaderboard", "Digits"])
@played
async def test_the_help_opens_at_the_tab_that_is_shown(tab):
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot, busy())
        await pilot.press(str(["Queue", "Curves", "Leaderboard", "Digits"].index(tab) + 1))
        await until(pilot, lambda: f"{tab}]" in screen_text(pilot))
        await pilot.press("question_mark")
        await until(pilot, lambda: line(pilot, 1) == tab)
        assert "…" not in screen_text(pilot)
        await pilot.press("g")
        await until(pilot, lambda: line(pilot, 1) == "everywhere")


@played
async def test_the_help_of_a_form_opens_at_its_keys_and_one_key_scrolls_one_line():
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("question_mark")
        await until(pilot, lambda: "form of an experiment" in screen_text(pilot))
        await pilot.press("g")
        await until(pilot, lambda: line(pilot, 1) == "everywhere")
        second = line(pilot, 2)
        await pilot.press("j")
        await until(pilot, lambda: line(pilot, 1) == second)
        assert ">" not in "".join(line(pilot, n) for n in range(1, 15))
        assert "scroll" in screen_text(pilot).splitlines()[-1]
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: app.size.width == 100 and second in line(pilot, 1))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FormScreen) and main_of(pilot).is_attached)


@pytest.mark.parametrize("width", [40, 70])
def test_what_is_said_of_a_data_set_fits_the_window(width):
    lines = data_lines(FOUND, width, 3000, ascii_only=False)
    assert max(map(len, lines)) <= max(width, 65) and sum("9: 5,923" in each for each in lines) == 1
    assert "trained with the first 3,000 of training" in lines
    assert not any("trained with" in each for each in data_lines(FOUND, width, 0, ascii_only=False))
