"""Every claim of SECURITY.md is held by a test that exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")


def named() -> list[tuple[str, str]]:
    """The file and the name of each test, one that is given without its file being in the one before it."""
    found, file = [], ""
    for before, name in re.findall(r"`([\w/]*\.?p?y?)::(test_\w+)`", TEXT):
        file = before or file
        found.append((file, name))
    return found


def test_each_test_that_is_named_is_there():
    assert len(named()) >= 15
    for file, name in named():
        assert re.search(rf"^def {name}\(", (ROOT / "tests" / file).read_text("utf-8"), re.MULTILINE), (file, name)


def test_each_line_of_the_table_names_one():
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| what |")]
    assert len(rows) >= 10
    assert all("::test_" in row for row in rows)
