"""Every test that a page calls as its witness is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# `file.py::test`, and after it `::test` for others of the same file; both may leave the folder out.
NAMED = re.compile(r"`((?:[a-z_]+/)*[a-z_]+\.py)?(?:::(test_\w+))?(?:\[[^`]*)?`")


def witnesses(page: str, folder: str) -> list[tuple[Path, str]]:
    found, file = [], None
    for name, test in NAMED.findall((ROOT / page).read_text("utf-8")):
        if name:
            file = next((p for p in (ROOT / "tests" / name, ROOT / "tests" / folder / name) if p.is_file()), None)
            if file is None and not (ROOT / name).is_file():
                raise AssertionError(f"{page} names {name}, which is not there")
        if test:
            assert file is not None, f"{page} names {test} of no file"
            found.append((file, test))
    return found


@pytest.mark.parametrize(("page", "folder"), [("SECURITY.md", ""), ("docs/reliability.md", "faults")])
def test_every_witness_is_there(page, folder):
    named = witnesses(page, folder)
    assert len(named) > 10
    missing = [(str(file), test) for file, test in named if f"def {test}(" not in file.read_text("utf-8")]
    assert not missing


def test_each_line_of_what_is_not_trusted_names_one():
    rows = [line for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines() if line.startswith("| ")]
    assert len(rows) > 10
    assert all("::test_" in row for row in rows if not row.startswith("| what |"))
