"""`engine refine`: what it adds, what it says, and when it ends."""

import json
import os
import signal
from pathlib import Path

import pytest

from engine.cli import main, store_option
from engine.record.ledger import Ledger
from tests.builders import add, done, epoch, started, tell
from tests.cli.conftest import Engine, InstantRunner
from tests.tiny import Place

# What a training of the first dropout, of one near it and of one far behind comes to, by its seed.
ACCURACIES = {
    0.1: [0.990, 0.992, 0.991, 0.992, 0.990, 0.991, 0.992, 0.991, 0.990, 0.992],
    0.2: [0.991, 0.989, 0.990, 0.990, 0.989, 0.990, 0.990, 0.989, 0.989, 0.990],
    0.3: [0.950, 0.951, 0.949],
}


class Trains(InstantRunner):
    """Trains on the spot: every job comes to what its dropout and seed say."""

    def train(self, ledger: Ledger) -> None:
        """Every job that waits."""
        for job in ledger.queued():
            [row] = ledger.jobs([job.id])
            accuracy = ACCURACIES[float(row.config["dropout"])][row.seed]
            tell(self.paths, job.id, started(), epoch(1, 0.9), done(1, accuracy))
            ledger.ingest(job.id)


@pytest.fixture
def trained(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Three repeats of three configurations, and commands whose runner trains on the spot."""
    monkeypatch.setattr(store_option, "Session", Trains)
    for dropout, values in ACCURACIES.items():
        for seed in range(3):
            job_id = add(ledger, seed, "grid", dropout=dropout)
            tell(ledger.paths, job_id, started(), epoch(1, 0.9), done(1, values[seed]))
            ledger.ingest(job_id)
    return ledger


def repeats(ledger: Ledger) -> dict[float, int]:
    found: dict[float, int] = {}
    for row in ledger.jobs():
        found[float(row.config["dropout"])] = found.get(float(row.config["dropout"]), 0) + 1
    return found


def test_it_repeats_what_is_tied_until_one_leads(engine: Engine, trained: Ledger) -> None:
    told = engine("refine", "grid", "--budget", "20", "--quiet")
    assert told.code == 0
    assert "1 configuration of 2 cannot be told from dropout=0.1" in told.err
    assert "dropout=0.1 leads: told from all 2 others (paired t, corrected p at most" in told.err
    counts = repeats(trained)
    assert counts[0.3] == 3, "what is far behind is not trained again"
    assert 3 < counts[0.1] <= 10
    assert "0.99" in told.out


def test_it_ends_with_the_budget(engine: Engine, trained: Ledger) -> None:
    told = engine("refine", "grid", "--budget", "1", "--json")
    lines = [json.loads(line) for line in told.out.splitlines()]
    plans = [line for line in lines if line["event"] == "plan"]
    assert [(line["spent"], len(line["adds"])) for line in plans] == [(0, 1), (1, 0)]
    assert plans[-1]["why"].startswith("the budget is spent: 1 configuration of 2 cannot be told from")
    assert (lines[-1]["event"], lines[-1]["decided"], lines[-1]["exit"], told.code) == ("leaderboard", False, 0, 0)
    assert sum(repeats(trained).values()) == 10
    assert {line["event"] for line in lines} >= {"plan", "done", "leaderboard"}


def test_a_dry_run_adds_nothing(engine: Engine, trained: Ledger) -> None:
    told = engine("refine", "grid", "--budget", "9", "--dry-run")
    assert told.code == 0
    assert "adding 2 repeats, 0 of 9 spent" in told.err
    assert sum(repeats(trained).values()) == 9
    assert not list(trained.paths.inbox.glob("*.json"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["refine", "gird", "--budget", "3"], "did you mean grid?"),
        (["refine", "grid", "--budget", "0"], "see: engine refine --help"),
        (["refine", "grid"], "see: engine refine --help"),
        (["refine", "grid", "--budget", "3", "--rank-by", "test_acuracy"], "did you mean test_accuracy?"),
    ],
)
def test_a_wrong_word_is_told(engine: Engine, trained: Ledger, words: list[str], told: str) -> None:
    found = engine(*words)
    assert told in found.err
    assert (found.code, found.out) == (2, "")


def test_code_is_not_trained_again_unless_it_is_allowed(engine: Engine, trained: Ledger) -> None:
    for dropout in (0.1, 0.2):
        job_id = add(trained, 0, "own", model="nets:small", dropout=dropout)
        tell(trained.paths, job_id, started(), epoch(1, 0.9), done(1, ACCURACIES[dropout][0]))
        trained.ingest(job_id)
    told = engine("refine", "own", "--budget", "3")
    assert told.code == 2
    assert "--allow-code" in told.err
    assert engine("refine", "own", "--budget", "1", "--allow-code", "--quiet").code == 0
    assert len([row for row in trained.jobs() if row.config["model"] == "nets:small"]) == 3


def test_ctrl_c_withdraws_what_it_asked_for(trained: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    class Waits(Trains):
        """Obeys, and is interrupted before it has trained anything."""

        def train(self, ledger: Ledger) -> None:
            if ledger.queued():
                os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(store_option, "Session", Waits)
    assert main.call(["refine", "grid", "--budget", "5", "--quiet"]) == 130
    assert [str(row.status) for row in trained.jobs() if row.seed > 2] == ["withdrawn", "withdrawn"]


def test_real_repeats_join_the_board(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    place = Place(tmp_path)
    place.write('[[experiment]]\nname = "two"\nepochs = 1\nsweep = { dropout = [0.1, 0.100001] }\n')
    root = str(place.session.paths.root)
    assert main.call(["run", str(place.file), "--quiet"]) == 0
    assert main.call(["refine", "two", "--budget", "2", "--quiet", "--store", root]) == 0
    told = capfd.readouterr()
    assert "cannot be told from dropout=0.1" in told.err
    assert sorted((row.config["dropout"], row.seed) for row in place.rows()) == [
        (0.1, 0),
        (0.1, 1),
        (0.100001, 0),
        (0.100001, 1),
    ]
    assert main.call(["run", str(place.file), "--quiet"]) == 0
    assert place.statuses() == ["done"] * 4
