"""Every key of any document is found, on the line where it stands."""

import tomllib

import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from engine.plan.toml_layout import layout_of, lines_of

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


@given(DOCUMENTS, st.sampled_from(["\n", "\r\n"]))
def test_the_text_of_every_value_means_that_value(document, newline):
    text = tomli_w.dumps(document).replace("\n", newline)
    parsed = tomllib.loads(text)
    for path, (start, end) in layout_of(text).values.items():
        value = parsed
        for part in path:
            value = value[part]
        assert tomllib.loads(f"x = {text[start:end]}")["x"] == value


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
