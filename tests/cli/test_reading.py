"""The commands that only read: their streams, their JSON, and what they say where there is nothing to read."""

import csv
import io
import json
import math
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.cli import logs
from engine.record.ledger import Ledger
from tests.builders import add, epoch, started, tell
from tests.cli.conftest import Engine

STATUSES = {"queued", "held", "running", "done", "failed", "stopped", "interrupted", "out_of_memory"}


def test_status_in_json_is_whole(engine: Engine, jobs: SimpleNamespace) -> None:
    told = engine("status", "--json")
    document = json.loads(told.out)
    assert (told.code, told.err, document["version"], document["runner"]) == (0, "", 1, None)
    assert set(document["counts"]) == STATUSES
    assert (document["counts"]["done"], document["counts"]["failed"], document["counts"]["queued"]) == (2, 1, 1)
    waiting = next(job for job in document["jobs"] if job["id"] == jobs.waiting)
    assert waiting == {
        "id": jobs.waiting,
        "experiments": ["big"],
        "status": "queued",
        "waits_for": "a GPU, and this machine has none",
        "epoch": 0,
        "epochs": 30,
        "stalled": None,
    }


def test_status_says_what_waits_and_what_would_train_it_anyway(engine: Engine, jobs: SimpleNamespace) -> None:
    told = engine("status")
    assert "1 job waits for a GPU, and this machine has none; --device cpu trains it anyway" in told.out
    assert max(map(len, told.out.splitlines()[:8])) <= 80


def test_status_of_nothing_is_no_error(engine: Engine) -> None:
    told = engine("status")
    assert (told.code, told.out) == (0, "no jobs in runs\n")
    assert json.loads(engine("status", "--json").out)["jobs"] == []


@pytest.mark.parametrize(
    "words", [["leaderboard"], ["show", "ab"], ["logs", "ab"], ["digits", "ab"], ["stop", "--all"]]
)
def test_without_results_the_environment_is_at_fault(engine: Engine, words: list[str]) -> None:
    told = engine(*words)
    assert (told.code, told.out) == (3, "")
    assert "train something first: engine run experiments.toml" in told.err


def test_leaderboard_is_the_same_in_every_form(engine: Engine, jobs: SimpleNamespace) -> None:
    table = engine("leaderboard").out.splitlines()
    cells = [line.split() for line in table[2:]]
    comma = list(csv.DictReader(io.StringIO(engine("leaderboard", "--csv", "-").out, newline="")))
    rows = json.loads(engine("leaderboard", "--json").out)["rows"]
    marked = [line.strip("| ").split(" | ") for line in engine("leaderboard", "--md").out.splitlines()[4:]]
    assert [row["job_ids"] for row in rows] == [[jobs.best], [jobs.other]]
    for number, (row, line) in enumerate(zip(rows, comma, strict=True)):
        assert line["test_accuracy"] == f"{row['test_accuracy']['mean']:.5f}"
        assert line["dropout"] == str(row["differs"]["dropout"])
        assert cells[number][:4] == [line["rank"], line["dropout"], line["n"], line["test_accuracy"]]
        assert marked[number][:4] == [line["rank"], line["dropout"], line["n"], line["test_accuracy"]]


def test_leaderboard_writes_its_csv_whole_or_not_at_all(engine: Engine, jobs: SimpleNamespace, folder: Path) -> None:
    assert engine("leaderboard", "--csv", "best.csv").code == 0
    piped = engine("leaderboard", "--csv", "-", "--rank-by", "test_accuracy")
    assert (folder / "best.csv").read_bytes().decode() == piped.out
    assert "ranked by the test it reports" in piped.err
    nothing = json.loads(engine("leaderboard", "--json", "--filter", "dropout>0.9", "--rank-by", "val-loss").out)
    assert nothing == {"version": 1, "rank_by": "val_loss", "chosen_by": "validation", "rows": []}
    told = engine("leaderboard", "--csv", "no/such/folder.csv")
    assert told.code == 3
    assert "the CSV cannot be written" in told.err
    assert [path.name for path in folder.iterdir() if path.name.endswith(".part")] == []


def test_leaderboard_filters_and_says_so_where_nothing_is_left(engine: Engine, jobs: SimpleNamespace) -> None:
    assert len(json.loads(engine("leaderboard", "--json", "--filter", "dropout<0.2").out)["rows"]) == 1
    told = engine("leaderboard", "--filter", "dropout>0.5")
    assert (told.code, told.out) == (0, "")
    assert told.err == "none of the 2 jobs that are done is what the filter asks for\n"


def test_show_in_json_is_whole(engine: Engine, jobs: SimpleNamespace) -> None:
    document = json.loads(engine("show", jobs.best[:6], "--json").out)
    assert {name: document[name] for name in ("version", "id", "seed", "status", "error", "misclassified")} == {
        "version": 1,
        "id": jobs.best,
        "seed": 0,
        "status": "done",
        "error": None,
        "misclassified": 3,
    }
    assert document["test"] == {"accuracy": 0.99, "loss": 0.04}
    assert document["history"]["accuracy"] == [0.8, 0.9]
    assert document["config"]["dropout"] == 0.1
    assert [attempt["outcome"] for attempt in document["attempts"]] == ["done"]


def test_show_draws_the_curves(engine: Engine, jobs: SimpleNamespace) -> None:
    told = engine("show", jobs.best)
    assert "test: accuracy 0.99000, loss 0.04000, weights of epoch 2, 3 digits wrong" in told.out
    assert "* dropout              0.1" in told.out
    assert "accuracy   • training  ⠤ validation" in told.out
    assert [line for line in told.out.splitlines() if len(line) > 80] == []


def test_show_as_csv_has_a_line_an_epoch(engine: Engine, jobs: SimpleNamespace) -> None:
    lines = list(csv.DictReader(io.StringIO(engine("show", jobs.best, "--csv").out, newline="")))
    assert [(line["epoch"], line["accuracy"]) for line in lines] == [("1", "0.8"), ("2", "0.9")]


def test_show_tells_why_a_job_failed(engine: Engine, jobs: SimpleNamespace) -> None:
    told = engine("show", "broken")
    assert "! failed" in told.out
    assert "  the loss was nan" in told.out


def test_a_loss_that_is_no_number_is_null_an_empty_cell_or_nan(
    engine: Engine, jobs: SimpleNamespace, ledger: Ledger
) -> None:
    lost = add(ledger, 9, "lost", epochs=3)
    tell(ledger.paths, lost, started(), epoch(1, loss=math.nan))
    ledger.ingest(lost)
    history = json.loads(engine("show", lost, "--json").out)["history"]
    assert (history["loss"], history["val_loss"], history["accuracy"]) == ([None], [None], [0.9])
    assert engine("show", lost, "--csv").out.splitlines()[1].startswith("1,,0.9,,0.89,")
    assert "nan" in engine("show", lost).out


def test_digits_shows_each_with_its_caption(engine: Engine, jobs: SimpleNamespace) -> None:
    told = engine("digits", jobs.best, "--sort", "confidence", "--style", "ascii")
    captions = [line.split("   ")[0].strip() for line in told.out.splitlines() if "True" in line]
    assert captions == ["True: 4, Pred: 1  0.90 #17", "True: 4, Pred: 9  0.50 #5"]
    assert told.err == "3 misclassified test digits\n"


def test_digits_are_chosen_by_what_they_are_and_were_taken_for(engine: Engine, jobs: SimpleNamespace) -> None:
    told = engine("digits", jobs.best, "--true", "4", "--pred", "9")
    assert "True: 4, Pred: 9  0.50 #5" in told.out
    assert told.err == "1 misclassified test digit of the 3 it got wrong\n"
    assert engine("digits", jobs.best, "--limit", "1").err == "1 shown, 3 misclassified test digits\n"


def test_logs_are_text_whatever_is_in_them(engine: Engine, jobs: SimpleNamespace, folder: Path) -> None:
    log = folder / "runs" / "jobs" / jobs.best / "worker.log"
    log.write_bytes(b"epoch 1\n\x1b]52;c;aGk=\x07 [red]\xff\tx\nlast without its end")
    told = engine("logs", jobs.best)
    assert told.out == "epoch 1\n\\x1b]52;c;aGk=\\x07 [red]�       x\nlast without its end\n"
    assert engine("logs", jobs.best, "-f").out == told.out
    assert engine("logs", jobs.other).err == "this job has no log yet: no worker has begun with it\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show", "gird"], "did you mean grid?"),
        (["show", "grid"], "grid has 2 jobs"),
        (["show", "zz"], "no job or experiment is called zz"),
        (["digits", "big"], "is queued, not done"),
        (["errors", "big"], "is queued, not done"),
        (["export", "big", "x.keras"], "is queued, not done"),
        (["missed", "big"], "no job of big is done"),
        (["status", "--store", "nope.toml"], "there is no such queue file"),
        (["run", "--only"], "see: engine run --help"),
        (["leaderboard", "--csv"], "see: engine leaderboard --help"),
        (["digits", "big", "--style", "sixel"], "allowed: ascii, half, braille"),
        (["digits", "big", "--sort", "size"], "allowed: index, confidence"),
        (["digits", "big", "--limit", "-1"], "see: engine digits --help"),
        (["leaderboard", "--rank-by", "acuracy"], "did you mean accuracy?"),
        (["leaderboard", "--sort", "seeds"], "did you mean seed?"),
        (["leaderboard", "--by", "jobs"], "did you mean job?"),
        (["leaderboard", "--filter", "dropuot>1"], "did you mean dropout?"),
        (["leaderboard", "--json", "--md"], "choose one of them"),
        (["show", "big", "--json", "--csv"], "choose one of them"),
        (["status", "--store", "nowhere"], "there is no store"),
        (["stop"], "name jobs or experiments, or use --all"),
        (["stop", "grid", "--all"], "--all leaves nothing to name"),
        (["leaderbord"], "did you mean leaderboard?"),
        (["status", "--jsn"], "no such option: --jsn"),
        (["inspect", "modle"], "did you mean model?"),
        (["inspect", "model", "cnn", "use_bn=false"], "did you mean batch_norm?"),
        (["inspect", "model", "cnn", "dropout=2"], "allowed: a number from 0 up to, not including, 1"),
        (["inspect", "model", "cnn", "dropout"], "sets nothing"),
        (["inspect", "data", "mnist", "x=1"], "a data set has no settings"),
        (["inspect", "data", "mnits"], "allowed: mnist, fashion_mnist"),
    ],
)
def test_a_wrong_word_is_told_in_three_lines_and_exits_2(
    engine: Engine, jobs: SimpleNamespace, words: list[str], told: str
) -> None:
    found = engine(*words)
    assert told in found.err
    assert found.code == 2
    assert len(found.err.splitlines()) <= 3
    assert found.out == ""


def test_a_store_may_be_named_by_the_folder_that_it_stands_in(
    engine: Engine, jobs: SimpleNamespace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = engine("status", "--json").out
    monkeypatch.chdir("/")
    for store in (folder, folder / "runs", folder / "experiments.toml"):
        assert engine("status", "--json", "--store", str(store)).out == told


def test_tags_are_read_from_the_queue_file(engine: Engine, jobs: SimpleNamespace, folder: Path) -> None:
    queue = (folder / "experiments.toml").read_text().replace('name = "grid"', 'name = "grid"\ntags = ["small", "a b"]')
    (folder / "experiments.toml").write_text(queue)
    assert "tags: small, a b" in engine("show", jobs.best).out.splitlines()
    assert json.loads(engine("show", jobs.best, "--json").out)["tags"] == ["small", "a b"]
    assert len(json.loads(engine("leaderboard", "--filter", "tags=small", "--json").out)["rows"]) == 2
    assert engine("leaderboard", "--filter", "tags=large", "--json").code == 0
    (folder / "experiments.toml").unlink()
    assert "tags stand in the queue file" in engine("leaderboard", "--filter", "tags=small").err
    assert engine("show", jobs.best).code == 0


def test_a_class_that_is_none_is_told(engine: Engine, jobs: SimpleNamespace) -> None:
    told = engine("digits", jobs.best, "--true", "12")
    assert told.err.splitlines()[0] == "warning: --true 12 is none of the classes, which are 0 to 9"


def test_a_log_that_is_followed_says_what_it_waits_for(
    engine: Engine, jobs: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([False, False, True])
    monkeypatch.setattr(logs, "ended", lambda *_: next(looks))
    monkeypatch.setattr(logs, "POLL_SECONDS", 0)
    told = f"job {jobs.waiting[:8]} waits, and no runner is there: engine run goes on with the queue\n"
    assert engine("logs", jobs.waiting, "-f").err == told


def test_schema_is_json(engine: Engine) -> None:
    assert json.loads(engine("schema").out)["title"] == "labtop queue file"


def test_help_names_every_verb_and_no_verb_is_usage(engine: Engine) -> None:
    from engine.cli.index import VERBS

    told = engine("--help")
    assert told.code == 0
    lines = told.out.splitlines()
    for verb, (_, line) in VERBS.items():
        assert any(each.split() == [verb, *line.split()] for each in lines), f"the line of {verb} is cut"
    assert engine().code == 2
    for verb in VERBS:
        assert engine(verb, "--help").out.startswith(f"Usage: engine {verb}")
