"""The three-way merge: what does not touch is joined, what touches is asked, nothing is lost."""

import itertools
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.plan import editor
from tui.editing import edits
from tui.editing.linemerge import merged_lines
from tui.editing.merge import MISSING, merge
from tui.editing.tables import flat, renames, same

BASE = """\
# the queue
[defaults]
epochs = 10   # short

# first
[[experiment]]
name = "a"
dropout = 0.2
sweep = { batch_norm = [true, false] }

[[experiment]]
name = "b"
"""


def meant(text):
    return tomllib.loads(text)


def test_one_side_alone_is_taken_to_the_byte():
    ours = BASE.replace("0.2", "0.3")
    assert merge(BASE, ours, BASE).text == ours
    assert merge(BASE, BASE, ours).text == ours


def test_changes_that_do_not_touch_are_joined_and_comments_stay():
    ours = editor.set_value(BASE, ("experiment", 0), "dropout", 0.5)
    theirs = BASE.replace("# first", "# the very first").replace("epochs = 10", "epochs = 20")
    found = merge(BASE, ours, theirs)
    assert not found.conflicts
    assert "# the very first" in found.text and "epochs = 20   # short" in found.text
    assert meant(found.text)["experiment"][0]["dropout"] == 0.5


def test_two_values_of_one_key_are_asked():
    ours, theirs = BASE.replace("0.2", "0.3"), BASE.replace("0.2", "0.4")
    [conflict] = merge(BASE, ours, theirs).conflicts
    assert (conflict.table, conflict.key, conflict.ours, conflict.theirs) == ("a", ("dropout",), 0.3, 0.4)
    for side, value in (("ours", 0.3), ("theirs", 0.4)):
        text = merge(BASE, ours, theirs, {conflict.name: (conflict, side)}).text
        assert meant(text)["experiment"][0]["dropout"] == value


def test_true_and_one_are_not_the_same():
    assert not same(1, True) and not same(1, 1.0) and same([1, {"a": 2}], [1, {"a": 2}])


def test_the_same_change_on_both_sides_is_no_conflict():
    both = BASE.replace("0.2", "0.3")
    theirs = both.replace("epochs = 10", "epochs = 11")
    found = merge(BASE, both, theirs)
    assert found.text is not None and meant(found.text) == meant(theirs)


def test_an_experiment_deleted_here_and_changed_there_is_asked():
    ours = editor.delete_experiment(BASE, 0)
    theirs = BASE.replace("0.2", "0.4")
    [conflict] = merge(BASE, ours, theirs).conflicts
    assert conflict.key == () and conflict.ours is MISSING
    assert [
        t["name"] for t in meant(merge(BASE, ours, theirs, {conflict.name: (conflict, "ours")}).text)["experiment"]
    ] == ["b"]
    kept = meant(merge(BASE, ours, theirs, {conflict.name: (conflict, "theirs")}).text)["experiment"]
    assert kept[0]["dropout"] == 0.4


def test_a_name_given_here_meets_a_value_given_there():
    ours = editor.set_value(BASE, ("experiment", 0), "name", "renamed")
    theirs = editor.set_value(BASE, ("experiment", 0), "dropout", 0.4)
    tables = meant(merge(BASE, ours, theirs).text)["experiment"]
    assert tables[0]["name"] == "renamed" and tables[0]["dropout"] == 0.4 and len(tables) == 2


def test_two_new_experiments_of_one_name_both_stay():
    ours = editor.add_experiment(BASE, {"name": "new", "epochs": 1})
    theirs = editor.add_experiment(BASE, {"name": "new", "epochs": 2})
    tables = {t["name"]: t.get("epochs") for t in meant(merge(BASE, ours, theirs).text)["experiment"]}
    assert tables["new"] == 2 and tables["new-2"] == 1


def test_a_move_here_and_a_value_there():
    ours = editor.move_experiment(BASE, 1, 0)
    theirs = BASE.replace("0.2", "0.4")
    tables = meant(merge(BASE, ours, theirs).text)["experiment"]
    assert [t["name"] for t in tables] == ["b", "a"] and tables[1]["dropout"] == 0.4


def test_renames_are_found_by_content_then_by_neighbours():
    base = [{"name": "a", "epochs": 1}, {"name": "b"}, {"name": "c"}]
    assert renames(base, [{"name": "b"}, {"name": "x", "epochs": 1}, {"name": "c"}]) == {"x": "a"}
    assert renames(base, [{"name": "a", "epochs": 1}, {"name": "y", "epochs": 9}, {"name": "c"}]) == {"y": "b"}


@pytest.mark.parametrize(
    ("ours", "theirs", "result"),
    [("a\nB\nc\n", "a\nb\nc\nd\n", "a\nB\nc\nd\n"), ("a\nX\nc\n", "a\nY\nc\n", None), ("b\nc\n", "a\nb\n", "b\n")],
)
def test_lines(ours, theirs, result):
    assert merged_lines("a\nb\nc\n", ours, theirs) == result


# every interleaving of a few edits, on both sides

EDITS = {
    "dropout": lambda text: edits.put(text, ("experiment", 0), "dropout", [0.7]),
    "sweep": lambda text: edits.put(text, ("experiment", 0), "filters", [8, 16]),
    "unsweep": lambda text: edits.put(text, ("experiment", 0), "batch_norm", None),
    "epochs": lambda text: edits.put(text, ("defaults",), "epochs", [99]),
    "off": lambda text: edits.switch(text, 1, enabled=False),
    "new": lambda text: edits.new(text, "c"),
    "copy": lambda text: edits.duplicate(text, 0),
    "delete": lambda text: edits.delete(text, 1),
    "move": lambda text: edits.move(text, 0, 1),
    "slots": lambda text: edits.put(text, ("run",), "slots", [2]),
    "comment": lambda text: text.replace("# first", "# another word"),
}


@pytest.mark.parametrize(("here", "there"), itertools.product(EDITS, repeat=2))
def test_no_edit_is_lost(here, there):
    ours, theirs = EDITS[here](BASE), EDITS[there](BASE)
    found = merge(BASE, ours, theirs)
    if found.conflicts:
        assert {here, there} == {"off", "delete"}
        answers = {conflict.name: (conflict, "ours") for conflict in found.conflicts}
        found = merge(BASE, ours, theirs, answers)
    assert found.text is not None
    document, here_doc, there_doc = meant(found.text), meant(ours), meant(theirs)
    both = meant(EDITS[there](ours)) if here != there and "delete" not in (here, there) else None
    if both is not None and "move" not in (here, there):
        assert {t["name"] for t in document["experiment"]} == {t["name"] for t in both["experiment"]}
        assert document.get("defaults") == both.get("defaults") and document.get("run") == both.get("run")
    else:
        assert document in (here_doc, there_doc) or len(document["experiment"]) >= 1
    assert "# another word" in found.text or "comment" not in (here, there)


names = st.sampled_from(["a", "b", "c", "d"])
tables = st.fixed_dictionaries(
    {},
    optional={
        "epochs": st.integers(1, 4),
        "dropout": st.sampled_from([0.1, 0.2]),
        "batch_norm": st.booleans(),
        "sweep": st.dictionaries(
            st.sampled_from(["filters", "patience"]), st.lists(st.integers(1, 3), min_size=1, max_size=3), min_size=1
        ),
    },
)


@st.composite
def documents(draw):
    text = ""
    for name in draw(st.lists(names, unique=True, max_size=4)):
        table = draw(tables)
        text = editor.add_experiment(
            text, {"name": name} | {k: v for k, v in table.items() if k != "sweep"}, table.get("sweep")
        )
    for key in draw(st.lists(st.sampled_from(["seed", "epochs"]), unique=True, max_size=2)):
        text = editor.set_value(text, ("defaults",), key, draw(st.integers(1, 3)))
    return text


def values(document):
    return {t["name"]: flat(t) for t in document.get("experiment", [])}


@settings(max_examples=150, deadline=None)
@given(documents(), documents(), documents(), st.sampled_from(["ours", "theirs"]))
def test_any_three_files_can_be_brought_together(base, ours, theirs, side):
    found = merge(base, ours, theirs)
    answers = {conflict.name: (conflict, side) for conflict in found.conflicts}
    text = found.text if found.text is not None else merge(base, ours, theirs, answers).text
    assert text is not None
    document = meant(text)
    b, o, t, m = (values(meant(x)) for x in (base, ours, theirs, text))
    assert len(m) == len(document.get("experiment", []))
    for name in m.keys() & o.keys() & t.keys() & b.keys():
        for key in o[name].keys() | t[name].keys() | b[name].keys():
            was, mine, other, got = (side.get(name, {}).get(key, MISSING) for side in (b, o, t, m))
            if same(mine, was):
                assert same(got, other)
            elif same(other, was) or same(mine, other):
                assert same(got, mine)
            else:
                assert same(got, mine if side == "ours" else other)
