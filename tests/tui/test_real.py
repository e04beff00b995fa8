"""An evening with the console, by keys alone, on a real terminal with real training: edit, run, look, export, leave."""

import csv
import re
import subprocess
import sys
import tomllib
from functools import partial

import pytest

from engine.record import events
from engine.record.locks import holder
from engine.run.invariants import broken
from engine.session import Session
from tests.waiting import until

FIELDS = {
    "train_samples": "600",
    "model": "mlp",
    "hidden_units": "16, 64",
    "learning_rate": "0.01, 0.003",
    "epochs": "40",
}


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    session = Session.beside(tmp_path / "experiments.toml")
    if holder(session.paths.runner_lock) is not None:
        session.stop([row.id for row in session.rows()], now=True)
    until(lambda: holder(session.paths.runner_lock) is None, "the runner to end")


@pytest.fixture
def opened(folder, begun):
    """Opens consoles in the folder."""
    return partial(begun, folder)


def chosen(terminal, words):
    """Type into the field of the form that the cursor is on."""
    terminal.press("enter")
    terminal.sees("enter take")
    terminal.press("ctrl+u")
    terminal.send(words)
    terminal.press("enter")
    terminal.misses("enter take")


def write_the_queue(terminal, folder):
    terminal.sees("There is no experiments.toml here")
    terminal.press("n")
    terminal.sees(r"> +first +2x1")
    terminal.press("n")
    terminal.sees("its name")
    terminal.press("ctrl+u", *"grid", "enter")
    terminal.sees(r"^ grid +1 job")
    for name, words in FIELDS.items():
        terminal.seek(rf"(?<=^>[ *x] ){name} ")
        chosen(terminal, words)
        terminal.sees(rf"^>. *{name} +{re.escape(words)}")
    terminal.press("esc")
    terminal.sees(r"> +grid +4x1")
    terminal.press("k", "space")
    terminal.sees(r"> +first .*off")
    assert not (folder / "experiments.toml").exists(), "nothing is written before it is saved"
    terminal.press("ctrl+s")
    terminal.misses(r"experiments.toml \*")
    found = tomllib.loads((folder / "experiments.toml").read_text())
    first, grid = found["experiment"]
    assert first["enabled"] is False
    assert grid == {
        "name": "grid",
        "model": "mlp",
        "train_samples": 600,
        "epochs": 40,
        "sweep": {"hidden_units": [16, 64], "learning_rate": [0.01, 0.003]},
    }


def train(terminal):
    terminal.press("j")
    terminal.sees(r"> +grid")
    terminal.press("r")
    terminal.sees("4 jobs handed in")
    terminal.press("2")
    terminal.sees(r"\[2 Curves\]")
    terminal.sees("val_accuracy|val acc")
    charts = set()

    def moved():
        charts.add(tuple(line[40:] for line in terminal.lines[2:-1]))
        return len(charts) >= 4

    terminal.until(moved, "the curves to move")
    terminal.press("3")
    terminal.sees(r"4 configurations, ranked by test accuracy")


def look_at_a_digit(terminal):
    terminal.press("4")
    terminal.sees(r"\d+ wrong")
    terminal.sees("True: .*Pred: ")
    terminal.press("enter")
    terminal.sees("esc all")
    found = terminal.sees(r"True: \d, Pred: \d +\d\.\d\d #\d+")
    assert len({line for line in terminal.lines if re.search("[░▒▓█]", line)}) > 5, "the digit itself"
    terminal.press("esc")
    terminal.misses("esc all")
    return found.split("#")[1].split()[0]


def export(terminal, folder):
    terminal.press("3")
    terminal.sees("4 configurations")
    terminal.press("w")
    terminal.sees("4 rows written to")
    words = ["leaderboard", "--csv", "-", "--store", str(folder / "runs")]
    command = [sys.executable, "-P", "-m", "engine.cli.main", *words]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder).stdout
    written = (folder / "leaderboard.csv").read_text()
    assert written == told
    rows = list(csv.DictReader(written.splitlines()))
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]
    return rows


def test_an_evening(folder, opened):
    terminal = opened()
    write_the_queue(terminal, folder)
    train(terminal)
    place = look_at_a_digit(terminal)
    rows = export(terminal, folder)
    session = Session.beside(folder / "experiments.toml")
    best = rows[0]["job_ids"].split()[0]
    assert int(place) in session.mistakes(best).indices or any(
        int(place) in session.mistakes(row.id).indices for row in session.rows()
    )
    until(lambda: session.runner is None, "the runner to end")
    board = [line for line in terminal.lines if re.match(r"[> ] *\d ", line)]
    terminal.press("q")
    assert terminal.ended() == 0

    for row in session.rows():
        told = [event for event, _ in events.read(session.paths.job(row.id).events)]
        assert [event.epoch for event in told if isinstance(event, events.EpochEnded)] == list(range(1, row.epoch + 1))
    assert broken(session.paths) == []

    again = opened()
    again.sees(r"> +first .*off")
    again.sees(r"grid +4x1 +done")
    again.press("3")
    again.sees("4 configurations")
    again.until(lambda: [line for line in again.lines if re.match(r"[> ] *\d ", line)] == board, "the same board")
    again.press("q")
    assert again.ended() == 0
