"""Every key of any document is found, on the line where it stands."""

import tomllib

import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from engine.plan.toml_lines import lines_of

VALUES = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(st.text(max_size=8), VALUES, max_size=5)


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


@given(DOCUMENTS, st.booleans())
def test_every_place_of_any_document_is_found(document, multiline):
    text = tomli_w.dumps(document, multiline_strings=multiline)
    found = lines_of(text)
    assert set(places(tomllib.loads(text))) <= set(found)


def test_lines_are_those_a_person_counts():
    text = (
        '# a comment with [brackets] and "quotes\n'
        "[run]\n"
        "slots = 2 # one\n"
        "\n"
        "[[experiment]]\n"
        'name = """two\n'
        'lines"""\n'
        "sweep.dropout = [ # a comment\n"
        "  0.2,\n"
        "  0.3, 0.4,\n"
        "]\n"
        "[[experiment]]\n"
        '"quoted \\u006bey" = { inner = [1, { deep = "}" }], other = 2 }\n'
    )
    found = lines_of(text)
    assert tomllib.loads(text)
    assert found[("run", "slots")] == 3
    assert found[("experiment", 0)] == 5
    assert found[("experiment", 0, "name")] == 6
    assert found[("experiment", 0, "sweep", "dropout")] == 8
    assert found[("experiment", 0, "sweep", "dropout", 0)] == 9
    assert found[("experiment", 0, "sweep", "dropout", 2)] == 10
    assert found[("experiment", 1)] == 12
    assert found[("experiment", 1, "quoted key", "inner", 1, "deep")] == 13
