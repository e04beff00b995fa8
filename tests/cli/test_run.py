"""`engine run` and `engine validate` against a runner that trains on the spot."""

import json
import re
from pathlib import Path

import pytest

from engine.plan.jobs import JobStatus
from engine.record.events import AttemptEnded
from engine.record.ledger import Ledger
from engine.record.locks import FileLock
from engine.record.paths import StorePaths
from tests.builders import done
from tests.cli.conftest import Engine, InstantRunner, ranked

INSTANT = pytest.mark.usefixtures("instant")


@INSTANT
def test_run_trains_what_can_run_and_says_what_waits(engine: Engine) -> None:
    told = engine("run")
    assert told.code == 0
    lines = told.err.splitlines()
    assert "> grid dropout=0.1 activation=relu  started" not in lines, "settings stand in the order of the model"
    assert (
        "> grid activation=relu dropout=0.1  epoch 1/2  loss 0.3000 acc 0.8000  val loss 0.4000 acc 0.7900  1.5 s"
        in lines
    )
    assert sum(" done  test acc " in line for line in lines) == 4
    assert lines[-1] == "16 jobs wait for a GPU, and this machine has none; --device cpu trains them anyway"
    assert told.out.splitlines()[0] == "mnist, ranked by test_accuracy"
    assert len(ranked(told.out)) == 4


@INSTANT
def test_run_again_finds_nothing_to_do_and_that_is_a_success(engine: Engine) -> None:
    engine("run", "--quiet")
    told = engine("run")
    assert told.code == 0
    assert "started" not in told.err
    assert len(ranked(told.out)) == 4, "what is done stands on the board all the same"


@INSTANT
def test_run_in_json_is_a_line_a_happening_and_the_rows_last(engine: Engine) -> None:
    told = engine("run", "--json", "--only", "grid")
    lines = [json.loads(line) for line in told.out.splitlines()]
    assert told.err == ""
    assert [line["event"] for line in lines[:4]] == ["started", "epoch", "epoch", "done"]
    assert all({"t", "event", "job"} <= set(line) for line in lines[:-1])
    assert lines[1]["metrics"]["accuracy"] == 0.8
    assert (lines[-1]["event"], lines[-1]["version"], len(lines[-1]["rows"])) == ("leaderboard", 1, 4)
    assert (lines[0]["device"], lines[-1]["why"]) == ("cpu", [])


@INSTANT
def test_in_json_it_is_told_why_nothing_could_run(engine: Engine) -> None:
    told = engine("run", "--json", "--only", "gpu-only")
    last = json.loads(told.out.splitlines()[-1])
    assert (told.code, told.err, last["exit"], last["rows"]) == (3, "", 3, [])
    assert last["why"] == ["16 jobs wait for a GPU, and this machine has none; --device cpu trains them anyway"]


@INSTANT
def test_from_elsewhere_the_commands_that_are_named_find_the_store(engine: Engine, folder: Path) -> None:
    (folder / "a project").mkdir()
    (folder / "experiments.toml").rename(folder / "a project" / "q.toml")
    told = engine("run", "a project/q.toml", "--detach", "--only", "grid")
    where = "--store 'a project/runs'"
    assert told.err == f"4 jobs handed in; engine status {where} shows them, engine stop {where} ends them\n"
    assert engine("status", "--store", "a project/runs").code == 0


@INSTANT
def test_a_failure_of_many_lines_is_told_by_its_first(
    engine: Engine, instant: type[InstantRunner], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = staticmethod(lambda _: AttemptEnded(300.0, "failed", error="no room", traceback="Traceback\n  line 1"))
    monkeypatch.setattr(instant, "outcome", failing)
    monkeypatch.chdir(folder.parent)
    told = engine("run", f"{folder.name}/experiments.toml", "--only", "grid")
    lines = [line for line in told.err.splitlines() if "failed: no room" in line]
    assert len(lines) == 4
    assert all(re.search(rf"no room; see: engine show \w{{8}} --store {folder.name}/runs$", line) for line in lines)


@INSTANT
def test_quiet_shows_only_the_leaderboard(engine: Engine) -> None:
    told = engine("run", "--quiet", "--only", "grid")
    assert told.err == ""
    assert told.out.startswith("mnist, ranked by")


@INSTANT
def test_where_nothing_can_run_the_environment_is_at_fault(engine: Engine) -> None:
    told = engine("run", "--only", "gpu-only")
    assert (told.code, told.out) == (3, "")
    assert told.err == "16 jobs wait for a GPU, and this machine has none; --device cpu trains them anyway\n"


@INSTANT
def test_an_experiment_that_is_off_yields_nothing_and_that_is_a_success(engine: Engine) -> None:
    told = engine("run", "--only", "off")
    assert told.code == 0
    assert told.err == "off is off (enabled = false)\nnothing to train: the file yields no jobs\n"


def test_where_all_is_off_that_is_said(engine: Engine, folder: Path) -> None:
    (folder / "off.toml").write_text('[[experiment]]\nname = "a"\nenabled = false\n')
    assert engine("validate", "off.toml").out == "off: a\n0 jobs\n"


def test_a_failure_is_named_and_exits_1(
    engine: Engine, instant: type[InstantRunner], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = staticmethod(lambda _: AttemptEnded(300.0, "failed", error="\x1b[31mthe loss was nan"))
    monkeypatch.setattr(instant, "outcome", failing)
    told = engine("run", "--only", "grid")
    assert told.code == 1
    assert "\\x1b[31mthe loss was nan; see: engine show" in told.err
    assert "4 jobs failed: " in told.err.splitlines()[-1]
    assert "--retry-failed tries them again" in told.err.splitlines()[-1]


@INSTANT
def test_names_may_follow_only_as_one_writes_them(engine: Engine, folder: Path) -> None:
    assert len(json.loads(engine("run", "--json", "--only", "grid", "off").out.splitlines()[-1])["rows"]) == 4
    assert engine("run", "experiments.toml", "--only", "off", "grid", "--quiet").code == 0


def test_detach_hands_in_and_returns(engine: Engine, instant: type[InstantRunner]) -> None:
    told = engine("run", "--detach")
    assert (told.code, told.out) == (0, "")
    assert told.err == "20 jobs handed in; engine status shows them, engine stop ends them\n"


def test_dry_run_tells_what_would_be_trained_and_leaves_no_store(engine: Engine, folder: Path) -> None:
    told = engine("run", "--dry-run")
    assert told.out.splitlines() == [
        "experiment  jobs  done  epochs  sweep",
        "grid           4     0       8  dropout (2) x activation (2)",
        "gpu-only      16     0      32",
        "off: off",
        "20 jobs; 40 epochs at most, time not measured yet",
    ]
    assert not (folder / "runs").exists()


@INSTANT
def test_a_dry_run_heeds_the_other_flags(
    engine: Engine, instant: type[InstantRunner], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(*words: str) -> str:
        return engine("run", "--only", "grid", "--dry-run", *words).out.splitlines()[-1]

    outcomes = [done(2, 0.9), done(2, 0.9), *[AttemptEnded(300.0, "failed", error="no")] * 2]
    monkeypatch.setattr(instant, "outcome", staticmethod(lambda number: outcomes[number]))
    engine("run", "--only", "grid", "--quiet")
    assert cost() == "4 jobs, 2 done, 2 failed (--retry-failed tries again)"
    assert cost("--retry-failed") == "4 jobs, 2 done; 4 epochs at most, about 6 s"
    assert cost("--again") == "4 jobs; 8 epochs at most, about 12 s"
    document = json.loads(engine("run", "--only", "grid", "--dry-run", "--again", "--json").out)
    assert (document["jobs"], document["left"]["jobs"], document["left"]["epochs"]) == (4, 4, 8)
    assert json.loads(engine("validate", "--json").out)["left"]["jobs"] == 16


def test_a_job_counts_once_however_often_it_is_named(engine: Engine, instant: object, folder: Path) -> None:
    sweep = 'model = "compact"\nsweep = { hidden_units = [1, 2, 3], dropout = [0.1, 0.2] }\n'
    text = "".join(f'[[experiment]]\nname = "{name}"\nrequires_gpu = true\n{sweep}' for name in "ab")
    (folder / "twice.toml").write_text(text)
    document = json.loads(engine("validate", "twice.toml", "--json").out)
    assert [each["jobs"] for each in document["experiments"]] == [2, 2]
    assert (document["jobs"], document["left"]["jobs"]) == (2, 2)
    assert engine("validate", "twice.toml").out.splitlines()[-1] == "2 jobs; 60 epochs at most, time not measured yet"
    assert engine("run", "twice.toml", "--detach").err.splitlines()[-1].startswith("2 jobs handed in")


def test_more_than_a_thousand_jobs_want_a_yes_and_are_not_expanded(engine: Engine, folder: Path) -> None:
    values = list(range(1, 101))
    sweep = f"sweep = {{ filters = {values}, batch_size = {values}, epochs = {values} }}"
    (folder / "big.toml").write_text(f'[[experiment]]\nname = "big"\n{sweep}\n')
    told = engine("run", "big.toml")
    assert told.code == 2
    assert "these are 1,000,000 jobs" in told.err
    assert "--yes trains them" in told.err
    assert json.loads(engine("validate", "big.toml", "--json").out)["jobs"] == 1_000_000
    assert not (folder / "runs").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "nothing.toml"], "there is no such queue file"),
        (["run", "."], "this is a folder"),
        (["run", "--only", "gird"], "did you mean grid?"),
        (["run", "--device", "tpu"], "allowed: auto, cpu, gpu"),
        (["run", "--gpus", "one"], "allowed: numbers or UUIDs"),
        (["run", "--slots", "0"], "see: engine run --help"),
        (["run", "--detach", "--foreground"], "choose one of them"),
        (["run", "experiments.toml", "other.toml"], "one queue file at a time"),
    ],
)
def test_a_wrong_word_exits_2_and_leaves_no_store(engine: Engine, folder: Path, words: list[str], told: str) -> None:
    found = engine(*words)
    assert (found.code, found.out) == (2, "")
    assert told in found.err
    assert len(found.err.splitlines()) <= 3
    assert not (folder / "runs").exists()


def test_every_fault_of_a_queue_file_is_told(engine: Engine, folder: Path) -> None:
    (folder / "bad.toml").write_text('[[experiment]]\nname = "a"\nlr = 1\ndropout = 7\n')
    told = engine("validate", "bad.toml")
    assert (told.code, told.out) == (2, "")
    assert "bad.toml:3" in told.err
    assert "bad.toml:4" in told.err
    assert "did you mean learning_rate?" in told.err
    document = json.loads(engine("validate", "bad.toml", "--json").out)
    assert [(fault["line"], fault["key"]) for fault in document["errors"]] == [(3, "a: lr"), (4, "a: dropout")]
    assert engine("run", "bad.toml").code == 2


def test_validate_names_experiments_jobs_and_epochs(engine: Engine) -> None:
    document = json.loads(engine("validate", "--json").out)
    assert document["experiments"][2] == {"name": "off", "jobs": 1, "enabled": False}
    assert (document["version"], document["jobs"], document["errors"]) == (1, 20, [])


@INSTANT
def test_the_board_of_a_run_names_a_command_that_ranks_by_validation(engine: Engine) -> None:
    told = engine("run", "--only", "grid", "--quiet").out
    assert "which flatters the first: engine leaderboard --rank-by val_accuracy" in " ".join(told.split())


@INSTANT
def test_the_command_that_the_board_names_is_of_the_store_that_the_run_was_in(engine: Engine, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "experiments.toml").rename(folder / "sub" / "experiments.toml")
    told = engine("run", "sub/experiments.toml", "--only", "grid", "--quiet").out
    assert "engine leaderboard --store sub/runs --rank-by val_accuracy" in " ".join(told.split())


@INSTANT
def test_validate_tells_the_time_once_it_was_measured(engine: Engine) -> None:
    engine("run", "--only", "grid", "--quiet")
    told = engine("validate").out.splitlines()
    assert told[-1] == "20 jobs, 4 done; 32 epochs at most, about 48 s"


def test_stop_asks_for_what_runs_and_what_waits(
    engine: Engine, folder: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.cli import store_option
    from tests.builders import add, started, tell

    running, waiting = add(ledger, 0, "a"), add(ledger, 1, "a")
    tell(ledger.paths, running, started())
    ledger.ingest(running)

    class Asking(InstantRunner):
        def ensure_runner(self, *, trains: bool = True) -> None:
            """What was asked stays in the inbox."""

    monkeypatch.setattr(store_option, "Session", Asking)
    assert engine("stop", waiting[:8], "--now").err == "1 waiting job will not start\n"
    (request,) = [path for path in (folder / "runs" / "inbox").iterdir() if path.is_file()]
    assert waiting in request.read_text()


def last_request(folder: Path) -> dict[str, object]:
    applied = sorted((folder / "runs" / "inbox" / "applied").glob("*.json"))
    found: dict[str, object] = json.loads(applied[-1].read_text())
    return found


@INSTANT
def test_flags_reach_the_runner(engine: Engine, folder: Path) -> None:
    words = ["--gpus", "0,GPU-ab12", "--slots", "3", "--device", "cpu", "--again", "--retry-failed"]
    assert engine("run", "--detach", "--only", "grid", *words).code == 0
    asked = last_request(folder)
    assert {name: asked[name] for name in ("gpus", "slots", "device", "again", "retry_failed")} == {
        "gpus": [0, "GPU-ab12"],
        "slots": 3,
        "device": "cpu",
        "again": True,
        "retry_failed": True,
    }
    engine("run", "--detach", "--only", "grid")
    asked = last_request(folder)
    assert (asked["gpus"], asked["slots"], asked["again"]) == (None, None, False)


@INSTANT
def test_again_trains_anew_and_keeps_the_old_folders(engine: Engine, folder: Path) -> None:
    engine("run", "--only", "grid", "--quiet")
    assert "started" not in engine("run", "--only", "grid").err
    told = engine("run", "--only", "grid", "--again")
    assert sum(" started" in line for line in told.err.splitlines()) == 4
    assert len(list((folder / "runs" / "old").iterdir())) == 4


def test_failures_are_tried_again_only_where_asked(
    engine: Engine, instant: type[InstantRunner], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(instant, "outcome", staticmethod(lambda _: AttemptEnded(300.0, "failed", error="no")))
        assert engine("run", "--only", "grid", "--quiet").code == 1
    assert engine("run", "--only", "grid", "--quiet").code == 1
    assert engine("run", "--only", "grid", "--quiet", "--retry-failed").code == 0


@INSTANT
def test_a_thousand_jobs_want_a_yes(engine: Engine, folder: Path) -> None:
    (folder / "many.toml").write_text('[[experiment]]\nname = "many"\nrepeats = 1001\nrequires_gpu = true\n')
    assert engine("run", "many.toml", "--detach").code == 2
    assert not (folder / "runs").exists()
    assert engine("run", "many.toml", "--detach", "--yes").err.startswith("1,001 jobs handed in")


@INSTANT
def test_code_of_its_own_runs_only_where_allowed(engine: Engine, folder: Path) -> None:
    (folder / "net.py").write_text("def build(settings, shape, classes): ...\n")
    (folder / "own.toml").write_text('[[experiment]]\nname = "own"\nmodel = "net:build"\nepochs = 2\n')
    told = engine("run", "own.toml")
    assert told.code == 2
    assert told.err.splitlines()[0] == "error: the queue file names code of its own: net:build"
    assert "look at it, then add --allow-code" in told.err
    assert not (folder / "runs").exists()
    assert engine("run", "own.toml", "--allow-code", "--quiet").code == 0


@pytest.mark.parametrize("words", [[], ["--detach"], ["--foreground"]])
def test_a_store_that_cannot_be_written_exits_3_in_three_lines(engine: Engine, folder: Path, words: list[str]) -> None:
    (folder / "runs").write_text("a file where the store would be")
    told = engine("run", *words)
    assert (told.code, told.out) == (3, "")
    assert told.err.splitlines() == [
        "error: the store cannot be written: File exists",
        f"  at {folder / 'runs'}",
        "  make the folder writable, or work on a copy of the queue file elsewhere",
    ]


@pytest.mark.parametrize("words", [["run"], ["run", "--detach"], ["run", "--foreground"], ["hold", "--all"]])
def test_a_store_that_another_host_runs_can_only_be_viewed(
    engine: Engine, folder: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    from engine import session
    from engine.record.locks import Identity
    from engine.run import asking, starting
    from tests.builders import add

    add(ledger, 0, "grid")
    for module in (session, asking, starting):
        monkeypatch.setattr(module, "holder", lambda _: Identity("far-away", "b", 7, 1.0))
    told = engine(*words)
    assert (told.code, told.out) == (3, "")
    assert "far-away" in told.err
    assert len(told.err.splitlines()) == 3
    assert [path for path in (folder / "runs" / "inbox").iterdir() if path.is_file()] == [], "nothing was asked"
    assert engine("status", "--json").code == 0


def test_foreground_shows_what_happens_and_passes_ctrl_c_on_to_its_own_runner(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import signal

    from engine.run import inbox, obey, runner
    from tests.builders import epoch, started, tell
    from tests.waiting import until

    def interrupted(paths: StorePaths, lock: FileLock, finish: object) -> None:
        ledger = Ledger(paths)
        obey.obey_all(ledger)
        first = ledger.queued()[0].id
        tell(ledger.paths, first, started(), epoch(1))
        ledger.ingest(first)
        for number, how in ((signal.SIGINT, "epoch"), (signal.SIGTERM, "now")):
            os.kill(os.getpid(), number)
            until(lambda: len(inbox.waiting(paths)) == 2, "the signal to be passed on")
            obey.obey_all(ledger)
            assert ledger.stops() == {first: how}
            assert {row.status for row in ledger.jobs() if row.id != first} == {JobStatus.WITHDRAWN}
        tell(ledger.paths, first, AttemptEnded(300.0, "interrupted"))
        ledger.ingest(first)
        ledger.close()
        lock.release()

    monkeypatch.setattr(runner, "serve", interrupted)
    before = signal.getsignal(signal.SIGINT)
    told = engine("run", "--foreground", "--only", "grid", "--json")
    assert told.code == 130
    lines = [json.loads(line) for line in told.out.splitlines()]
    assert [line["event"] for line in lines[:2]] == ["started", "epoch"]
    assert [line["event"] for line in lines[2:-1]].count("interrupted") == 1
    assert lines[-1]["event"] == "leaderboard"
    assert "after the running epoch" in told.err
    assert signal.getsignal(signal.SIGINT) is before


def test_foreground_is_refused_where_a_runner_runs(engine: Engine, ledger: Ledger) -> None:
    lock = FileLock(ledger.paths.runner_lock)
    assert lock.acquire()
    told = engine("run", "--foreground")
    lock.release()
    assert told.code == 3
    assert "without --foreground, the jobs are handed to it" in told.err
