"""A person's own choices, and what is copied, on a real terminal."""

import importlib
import pkgutil
import re

import pytest
from textual.dom import DOMNode

import tui
from tui.app import Labtop
from tui.config import Config
from tui.options import Options
from tui.screens.choices import unusable
from tui.screens.help import own

TEXT = '[[experiment]]\nname = "first"\nmodel = "mlp"\n\n[[experiment]]\nname = "the second"\n'


@pytest.fixture
def opened(tmp_path, begun):
    (tmp_path / "experiments.toml").write_text(TEXT)

    def open_(config="", **more):
        (tmp_path / ".config" / "labtop").mkdir(parents=True, exist_ok=True)
        (tmp_path / ".config" / "labtop" / "config.toml").write_text(config)
        terminal = begun(tmp_path, **more)
        terminal.sees(r"> +first +1x1")
        terminal.sees("cnn|mlp")
        return terminal

    return open_


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
    terminal.sees("Every key")
    terminal.press("g")
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


@pytest.mark.parametrize(
    "more", [{"size": (80, 24), "NO_COLOR": "1"}, {"size": (80, 24), "LC_ALL": "C", "PYTHONUTF8": "0"}]
)
def test_without_colour_or_utf8_nothing_else_is_sent(opened, more):
    terminal = opened(**more)
    terminal.press("2")
    terminal.sees(r"\[2 Curves\]")
    terminal.press("?")
    terminal.sees("mark the job, to see marked ones together")
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


def test_every_key_that_has_a_name_may_be_chosen(tmp_path):
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if module.name != "tui.__main__":
            importlib.import_module(module.name)
    kinds = [DOMNode]
    for kind in kinds:
        kinds += kind.__subclasses__()
    ours = [kind for kind in kinds if kind.__module__.startswith("tui.")]
    named = {binding.id for kind in ours for binding in own(kind)} - {None, ""}
    assert len(named) > 100
    app = Labtop(Options(tmp_path / "experiments.toml"), tmp_path / "config.toml")
    assert "no key is called" not in unusable(app, Config(keys=dict.fromkeys(named, "f5")))


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"queue.map": "n"}, "'queue.new' and 'queue.map' are both on 'n'"),
        ({"queue.new": "question_mark"}, "'queue.new' and 'app.help' are both on 'question_mark'"),
        ({"form.unset": "j"}, "'form.unset' and 'list.down' are both on 'j'"),
        ({"queue.new": "blah+z"}, "'queue.new': there is no key 'blah+z'"),
        ({"queue.new": "f5, ctrl+"}, "'queue.new': there is no key 'ctrl+'"),
        ({"queue.new": "sapce"}, "'queue.new': there is no key 'sapce'"),
        ({"queue.map": "n", "queue.new": "m"}, ""),
        ({"queue.new": "N"}, ""),
        ({"log.next": "f7", "queue.new": "f7"}, ""),
        ({"queue.new": "ctrl+shift+f5, slash, +, full_stop, insert"}, ""),
    ],
)
def test_a_key_that_is_none_or_does_two_things_is_told(tmp_path, keys, told):
    app = Labtop(Options(tmp_path / "experiments.toml"), tmp_path / "config.toml")
    assert unusable(app, Config(keys=keys)).partition(": ")[2] == told
