"""Edits of the queue file: what was meant is there, all else is as it was, to the byte."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.plan import editor

FILE = """\
# heading, stays on top

[run]
slots = 1   # one at a time

[defaults]

# about a
# in two lines
[[experiment]]
name = "a"   # its name
sweep = { dropout = [0.1,   0.2], l2 = [0.0] }   # swept

[[experiment]]
name = "b"
sweep.dropout = [
  0.3, # odd
]

# between

# about c
[[experiment]]
name = "c"
[experiment.sweep]
dropout = [0.4]
"""


def lines_changed(before, after):
    return set(before.splitlines()) ^ set(after.splitlines())


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_value_is_changed_added_and_taken_out_in_its_own_line(newline):
    text = FILE.replace("\n", newline)
    changed = editor.set_value(text, ("run",), "slots", 2)
    assert lines_changed(text, changed) == {"slots = 1   # one at a time", "slots = 2   # one at a time"}
    added = editor.set_value(text, ("experiment", 0), "epochs", 3)
    assert lines_changed(text, added) == {"epochs = 3"}
    assert editor.set_value(added, ("experiment", 0), "epochs", None) == text
    assert added.count("\r\n") == (added.count("\n") if newline == "\r\n" else 0)
    assert tomllib.loads(editor.set_value(text, ("defaults",), "epochs", 9))["defaults"] == {"epochs": 9}
    assert tomllib.loads(editor.set_value("", ("defaults",), "epochs", 9)) == {"defaults": {"epochs": 9}}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_sweep_stays_in_the_form_in_which_it_was_written(number):
    changed = editor.set_sweep(FILE, number, "dropout", [0.5, 0.6])
    assert tomllib.loads(changed)["experiment"][number]["sweep"]["dropout"] == [0.5, 0.6]
    added = editor.set_sweep(FILE, number, "momentum", [0.9])
    before, after = (tomllib.loads(text)["experiment"][number]["sweep"] for text in (FILE, added))
    assert after == before | {"momentum": [0.9]}
    assert ("# swept" in added) and ("# odd" in added)
    gone = editor.set_sweep(FILE, number, "dropout", None)
    assert "dropout" not in tomllib.loads(gone)["experiment"][number].get("sweep", {})


def test_a_first_sweep_and_a_last_one():
    text = '[[experiment]]\nname = "a"\n'
    swept = editor.set_sweep(text, 0, "activation", ["relu", "tanh"])
    assert swept == text + 'sweep = { activation = ["relu", "tanh"] }\n'
    assert editor.set_sweep(swept, 0, "activation", None) == text


def test_experiments_move_with_their_comments():
    moved = editor.move_experiment(FILE, 2, 0)
    assert [e["name"] for e in tomllib.loads(moved)["experiment"]] == ["c", "a", "b"]
    assert '# about c\n[[experiment]]\nname = "c"' in moved
    assert moved.startswith("# heading, stays on top\n")
    assert editor.move_experiment(moved, 0, 2) == FILE


def test_deleting_takes_the_comment_right_above_and_no_other():
    text = editor.delete_experiment(FILE, 2)
    assert "about c" not in text
    assert "# between" in text
    assert [e["name"] for e in tomllib.loads(text)["experiment"]] == ["a", "b"]
    for _ in range(2):
        text = editor.delete_experiment(text, 0)
    assert "experiment" not in tomllib.loads(text)


def test_duplicating_and_adding():
    text = editor.duplicate_experiment(FILE, 0, "a copy")
    assert [e["name"] for e in tomllib.loads(text)["experiment"]] == ["a", "a copy", "b", "c"]
    assert text.count("# about a") == 2
    added = editor.add_experiment(text, {"name": 'q"uote', "epochs": 2, "tags": ["x"]}, {"dropout": [0.1]})
    assert tomllib.loads(added)["experiment"][4] == {
        "name": 'q"uote',
        "epochs": 2,
        "tags": ["x"],
        "sweep": {"dropout": [0.1]},
    }
    assert added.startswith(text.rstrip())
    assert tomllib.loads(editor.add_experiment("", {"name": "x"}))["experiment"] == [{"name": "x"}]


def test_what_cannot_be_edited_is_refused_and_nothing_lost():
    inline = 'experiment = [{ name = "a" }]\n'
    for edit in (
        lambda: editor.set_value(inline, ("experiment", 0), "epochs", 2),
        lambda: editor.set_value(FILE, ("experiment", 7), "epochs", 2),
        lambda: editor.delete_experiment(FILE, -1),
    ):
        with pytest.raises(UsageError):
            edit()


VALUES = st.booleans() | st.integers(-9, 99) | st.floats(allow_nan=False) | st.text(max_size=6)
EDITS = st.one_of(
    st.tuples(st.just("set"), st.integers(0, 3), st.sampled_from(["epochs", "notes", "odd key"]), VALUES | st.none()),
    st.tuples(
        st.just("sweep"),
        st.integers(0, 3),
        st.sampled_from(["dropout", "l2", "epochs"]),
        st.none() | st.lists(st.integers(0, 9), min_size=1, max_size=3),
    ),
    st.tuples(st.just("move"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.just("delete"), st.integers(0, 3)),
    st.tuples(st.just("duplicate"), st.integers(0, 3), st.text(max_size=5)),
    st.tuples(st.just("add"), st.text(max_size=5)),
)


def apply(text, edit):
    match edit:
        case "set", number, key, value:
            return editor.set_value(text, ("experiment", number), key, value)
        case "sweep", number, name, values:
            return editor.set_sweep(text, number, name, values)
        case "move", number, to:
            return editor.move_experiment(text, number, to)
        case "delete", number:
            return editor.delete_experiment(text, number)
        case "duplicate", number, name:
            return editor.duplicate_experiment(text, number, name)
        case "add", name:
            return editor.add_experiment(text, {"name": name})


@given(st.lists(EDITS, max_size=8), st.sampled_from(["\n", "\r\n"]))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_edits_in_a_row_keep_the_heading_and_what_they_do_not_touch(edits, newline):
    shipped = Path("experiments.toml").read_text("utf-8")
    for start in (FILE.replace("\n", newline), shipped):
        text = start
        for edit in edits:
            before = tomllib.loads(text)
            count = len(before.get("experiment", []))
            if edit[0] != "add" and (edit[1] >= count or (edit[0] == "move" and edit[2] >= count)):
                with pytest.raises(UsageError):
                    apply(text, edit)
                continue
            text = apply(text, edit)
            after = tomllib.loads(text)
            assert after.get("run") == before.get("run")
            assert after.get("defaults") == before.get("defaults")
        assert text.splitlines()[0] == start.splitlines()[0]
