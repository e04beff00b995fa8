"""What a person chose for good."""

from hypothesis import given
from hypothesis import strategies as st

from tui.config import Config, Kept, config_path, read, write


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


@given(st.binary(max_size=60))
def test_no_file_stops_the_console(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_bytes(data)
    config, _ = read(path)
    write(path, config)
    assert read(path)[1] == "" or config == Config()


def test_where_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path() == tmp_path / "labtop" / "config.toml"
