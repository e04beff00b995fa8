"""What is copied, as a terminal with OSC 52 has it then: ids, rows, and a command that trains the same again."""

import base64
import re
import shlex
import subprocess
import sys

import pytest

from engine.session import Session
from tests.tiny import Place
from tests.waiting import until


@pytest.fixture
def place(tmp_path):
    """A folder in which one tiny job was trained."""
    folder = tmp_path / "here"
    folder.mkdir()
    place = Place(folder)
    place.write('[[experiment]]\nname = "it\'s $HOME"\nepochs = 1\nseed = 3\nhidden_units = 9\n')
    place.submit()
    until(lambda: place.statuses() == ["done"] and place.at_rest(), "the job to be done", seconds=120)
    return place


@pytest.fixture
def terminal(place, begun):
    found = begun(place.folder)
    found.sees("it's .HOME +1x1 +done")
    found.sees("seed 3")
    return found


def clipboards(terminal):
    """All that was sent to the terminal's clipboard, in its order."""
    found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", terminal.received)
    return [base64.b64decode(text).decode() for text in found]


def copied(terminal, *keys):
    """What came to the clipboard by these keys."""
    before = len(clipboards(terminal))
    terminal.press(*keys)
    terminal.until(lambda: len(clipboards(terminal)) > before, "the clipboard")
    assert len(clipboards(terminal)) == before + 1
    return clipboards(terminal)[-1]


def test_ids_rows_and_commands(place, terminal, tmp_path):
    (row,) = place.rows()
    assert copied(terminal, "c") == """engine run experiments.toml --only 'it'"'"'s $HOME'"""
    assert copied(terminal, "tab", "c") == row.id
    for tab, words in (("2", r"done +epoch 1/1"), ("4", "wrong|every test digit right"), ("5", r"\d lines")):
        terminal.press(tab)
        terminal.sees(words)
        assert copied(terminal, "c") == row.id
    terminal.press("3")
    terminal.sees("1 configuration, ranked by")
    assert copied(terminal, "c", "i") == row.id
    cells = copied(terminal, "c", "r").split("\t")
    assert cells[0] == "1" and f"{row.test_accuracy:.5f}" in cells
    trains_the_same(copied(terminal, "c", "c"), row, tmp_path)
    terminal.press("q")
    assert terminal.ended() == 0


def trains_the_same(command, row, tmp_path):
    """In a folder with nothing but the data, the command trains this very job, to the same bits."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "tiny.npz").symlink_to(tmp_path / "here" / "tiny.npz")
    engine = tmp_path / "engine"
    engine.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m engine.cli.main "$@"\n')
    engine.chmod(0o755)
    subprocess.run(f"PATH={shlex.quote(str(tmp_path))}:$PATH; {command}", shell=True, check=True, cwd=elsewhere)
    session = Session.beside(elsewhere / "experiments.toml")
    (again,) = session.rows()
    assert (again.id, again.test_accuracy, again.test_loss) == (row.id, row.test_accuracy, row.test_loss)
