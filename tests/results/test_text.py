import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text import visible, visible_line


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x1b]52;c;aGk=\x07", "\\x1b]52;c;aGk=\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("abc\u202etxt.exe", "abc\\u202etxt.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("two\nlines\r", "two\\nlines\\r"),
        ("half \udc80", "half \\udc80"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("[red]run[/]x", "[red]run[/]x"),
        ("数字 é ½ 🙂", "数字 é ½ 🙂"),
    ],
)
def test_what_acts_is_written_out_and_what_shows_is_kept(hostile: str, shown: str) -> None:
    assert visible(hostile) == shown


@given(st.text(st.characters(exclude_categories=[])))
def test_nothing_that_acts_is_left(text: str) -> None:
    shown = visible(text)
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp") for char in shown)
    assert visible(shown) == shown
    shown.encode()


def test_a_line_of_a_log_keeps_its_columns() -> None:
    assert visible_line("a\tb\r\n") == "a       b"
