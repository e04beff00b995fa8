"""Undo and redo, against a plain list of every state."""

from hypothesis import given
from hypothesis import strategies as st

from tui.editing.history import History


@given(st.lists(st.one_of(st.integers(0, 5), st.sampled_from(["undo", "redo"])), max_size=60))
def test_undo_and_redo_walk_the_states(steps):
    history = History(-1)
    states, at = [-1], 0
    for step in steps:
        if step == "undo":
            assert (history.undo() is None) == (at == 0)
            at = max(0, at - 1)
        elif step == "redo":
            assert (history.redo() is None) == (at == len(states) - 1)
            at = min(len(states) - 1, at + 1)
        else:
            history.go(f"to {step}", step)
            if step != states[at]:
                states[at + 1 :] = [step]
                at += 1
        assert history.now == states[at]


def test_a_step_back_says_what_it_was():
    history = History("a")
    history.go("b was made", "b")
    assert history.undo() == "b was made"
    assert history.redo() == "b was made"
