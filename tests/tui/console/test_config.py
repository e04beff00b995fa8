"""What a person chose for good."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config import Config, Kept, config_path, read


def test_nothing_chosen_is_no_problem(tmp_path):
    assert read(tmp_path / "config.toml") == (Config(), "")


def test_choices_come_back_and_what_else_stands_there_stays(tmp_path):
    path = tmp_path / "labtop" / "config.toml"
    path.parent.mkdir()
    path.write_text('theme = "nord"\nmine = 1\n[keys]\n"queue.run" = "ctrl+r"\n')
    kept = Kept(path)
    assert kept.config.theme == "nord" and kept.config.keys == {"queue.run": "ctrl+r"}
    assert kept.keep(digits="half") == ""
    assert read(path)[0].digits == "half" and read(path)[0].theme == "nord"
    assert "mine = 1" in path.read_text()


def test_what_is_wrong_is_told_and_the_rest_holds(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('theme = 3\ndigits = "oil"\n')
    config, problem = read(path)
    assert config == Config() and "theme" in problem and "digits" in problem
    path.write_text('[keys]\nqueue.run = "ctrl+r"\n"queue.new" = "N"\n')
    config, problem = read(path)
    assert config.keys == {"queue.new": "N"} and "each in quotes" in problem
    path.write_text("theme = ")
    assert "is not used" in read(path)[1]


def test_a_choice_that_cannot_be_kept_holds_for_this_time(tmp_path):
    (tmp_path / "labtop").write_text("a file")
    kept = Kept(tmp_path / "labtop" / "config.toml")
    assert "cannot be written" in kept.keep(theme="labtop-light")
    assert kept.config.theme == "labtop-light"


@pytest.mark.parametrize("text", ['theme = "nord"\nkeys = [\n', "\xff", "a" * 9 + " = " + "[" * 2000])
def test_a_file_that_cannot_be_read_is_left_as_it_is(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode("latin-1"))
    kept = Kept(path)
    assert "is not used" in kept.problem
    assert "mend it first" in kept.keep(theme="labtop-light")
    assert path.read_bytes() == text.encode("latin-1") and kept.config.theme == "labtop-light"


WRITTEN = """\
# Mine.
theme = "nord" # cold
other = 1

# Keys.
[keys]
"queue.run" = "ctrl+r"
queue.new = "N"  # not in quotes
"""


def test_a_choice_changes_its_own_words_alone(tmp_path):
    path = tmp_path / "real.toml"
    path.write_text(WRITTEN)
    (tmp_path / "config.toml").symlink_to(path)
    kept = Kept(tmp_path / "config.toml")
    kept.keep(theme="labtop-light")
    assert path.read_text() == WRITTEN.replace("nord", "labtop-light")
    kept.keep(digits="half")
    kept.keep(allowed=("one", "two"))
    added = 'other = 1\ndigits = "half"\nallowed = ["one", "two"]\n'
    assert path.read_text() == WRITTEN.replace("nord", "labtop-light").replace("other = 1\n", added)


@pytest.mark.parametrize("text", ["", "# no end", "a = 1", "a = 1\r\n", "[keys]\n", "# first\n[keys]\na.b = 1\n[x]"])
def test_a_choice_stands_where_it_is_read(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode())
    assert Kept(path).keep(theme="nord") == ""
    assert read(path)[0].theme == "nord"
    assert tomllib.loads(path.read_bytes().decode()) == tomllib.loads(text) | {"theme": "nord"}


@given(st.binary(max_size=60))
def test_no_file_stops_the_console_and_none_is_lost(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_bytes(data)
    kept = Kept(path)
    told = kept.keep(theme="nord")
    assert read(path)[0].theme == "nord" if not told else path.read_bytes() == data


def test_where_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path() == tmp_path / "labtop" / "config.toml"
