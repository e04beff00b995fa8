"""A person's own choices, and what is copied, on a real terminal."""

import base64
import re

import pytest

from tests.tui.terminal import Terminal

TEXT = '[[experiment]]\nname = "first"\nmodel = "mlp"\n\n[[experiment]]\nname = "the second"\n'


@pytest.fixture
def opened(tmp_path):
    (tmp_path / "experiments.toml").write_text(TEXT)
    found = []

    def open_(config="", **more):
        (tmp_path / ".config" / "labtop").mkdir(parents=True, exist_ok=True)
        (tmp_path / ".config" / "labtop" / "config.toml").write_text(config)
        found.append(Terminal(tmp_path, **more))
        found[-1].sees(r"> +first +1x1")
        found[-1].sees("cnn|mlp")
        return found[-1]

    yield open_
    for terminal in found:
        terminal.close()


def clipboard(terminal):
    """What a terminal with OSC 52 holds by now."""
    found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", terminal.received)
    return base64.b64decode(found[-1]).decode() if found else ""


def test_keys_are_those_that_were_chosen_in_line_help_and_deed(opened):
    terminal = opened('[keys]\n"queue.new" = "N"\n"list.down" = "e,down"\n"app.help" = "f1"\n')
    assert "N new" in terminal.sees("new  enter edit")
    terminal.press("e")
    terminal.sees(r"> +the second")
    terminal.press("n", "N")
    terminal.sees("its name")
    terminal.press("esc")
    terminal.misses("its name")
    terminal.send("\x1bOP")
    terminal.sees("every key")
    terminal.sees(r"e ↓ +next line")


def test_what_cannot_be_used_is_told_once_and_the_rest_holds(opened, tmp_path):
    terminal = opened('theme = "labtop-lihgt"\n[keys]\n"queue.runn" = "F"\n"queue.new" = "N"\n')
    assert "N new" in terminal.sees("new  enter edit")
    terminal.until(lambda: "'queue.run'" in terminal.text and "'labtop-light'" in terminal.text, "did you mean")


def test_the_theme_is_kept(opened, tmp_path):
    config = tmp_path / ".config" / "labtop" / "config.toml"
    terminal = opened("mine = 1\n")
    terminal.press("T")
    terminal.until(lambda: "labtop-light" in config.read_text(), "the choice to be kept")
    assert "mine = 1" in config.read_text()


def test_the_command_of_an_experiment_is_copied_quoted(opened, tmp_path):
    terminal = opened()
    terminal.press("j", "c")
    terminal.sees("copied: engine run")
    terminal.until(lambda: clipboard(terminal), "the clipboard")
    assert clipboard(terminal) == "engine run experiments.toml --only 'the second'"


@pytest.mark.parametrize(
    "more", [{"size": (80, 24), "NO_COLOR": "1"}, {"size": (80, 24), "LC_ALL": "C", "PYTHONUTF8": "0"}]
)
def test_without_colour_or_utf8_nothing_else_is_sent(opened, more):
    terminal = opened(**more)
    terminal.press("2")
    terminal.sees(r"\[2 Curves\]")
    terminal.press("?")
    terminal.sees("every action, by name")
    if "NO_COLOR" in more:
        colours = re.findall(rb"[34]8;5;(\d+)", terminal.received)
        assert colours and all(int(colour) in (0, 16, 231, *range(232, 256)) for colour in colours), "greys alone"
    else:
        assert terminal.received.isascii()


def test_a_storm_of_sizes_leaves_it_whole(opened):
    terminal = opened()
    for columns, rows in [(80, 24), (1, 1), (200, 60), (20, 5), (3, 40), (120, 2), (120, 40)] * 3:
        terminal.resize(columns, rows)
        terminal.read(0.02)
    terminal.sees(r"> +first +1x1")
    for tab in "2345":
        terminal.press(tab)
        terminal.sees(rf"\[{tab} ")
        for columns, rows in [(1, 1), (200, 60), (30, 8), (80, 24)]:
            terminal.resize(columns, rows)
            terminal.read(0.02)
        terminal.sees(rf"\[{tab} ")
    terminal.press("q")
    assert terminal.ended() == 0
