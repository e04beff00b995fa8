"""Keys typed faster than the console follows, in one burst on a real terminal, act on what they were meant for."""

import pytest

TEXT = """\
[[experiment]]
name = "first"
model = "mlp"

[[experiment]]
name = "second"
epochs = 5

[[experiment]]
name = "third"
"""


@pytest.fixture
def terminal(tmp_path, begun):
    (tmp_path / "experiments.toml").write_text(TEXT)
    found = begun(tmp_path, size=(80, 24))
    found.sees(r"> +first +1x1")
    return found


def test_a_new_name_goes_into_its_dialog(terminal, tmp_path):
    # Of these, r would run the queue, D delete the experiment, and q leave.
    terminal.send("n\x15rDq new\r")
    terminal.sees(r"^ rDq new +1 job")
    terminal.send("\x1b")
    terminal.sees(r"> +rDq new")
    assert [line.split()[0] for line in terminal.lines if "1x1" in line][:3] == ["first", "second", "third"]


def test_a_field_is_typed_in_and_the_form_left(terminal):
    terminal.send("j\rjj3\rq")
    terminal.sees(r"> +second +1x3")


def test_keys_follow_a_change_of_tab(terminal):
    terminal.send("3/epochs=5\r1jj")
    terminal.sees(r"> +third")
    terminal.send("3")
    terminal.sees("filter epochs=5")


def test_a_question_is_answered(terminal):
    terminal.send(" qljjj")
    assert terminal.ended() == 0
