"""What is told of a worker that died: by which signal, and that there was an attempt, however early it ended."""

import json
import signal

import pytest

from engine.cli import main
from engine.cli.displays import line_of
from engine.cli.follow import Happening
from engine.plan.jobs import JobStatus
from engine.record.locks import holder
from engine.results.labels import Labels
from engine.run.invariants import broken
from tests.faults.injecting import end_all, kill
from tests.tiny import Place
from tests.waiting import until

NET = """
import os
import keras

def small(settings, shape, classes):
    inputs = keras.Input(shape)
    return keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(keras.layers.Flatten()(inputs)))

def killed(settings, shape, classes):
    os.kill(os.getpid(), 9)

def once(settings, shape, classes):
    try:
        os.mkdir(os.environ["ONCE"])
    except FileExistsError:
        return small(settings, shape, classes)
    os.kill(os.getpid(), 9)

def wrong(settings, shape, classes):
    raise ZeroDivisionError("no\\nfilters")
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    place = Place(tmp_path)
    (tmp_path / "net.py").write_text(NET)
    monkeypatch.setenv("ONCE", str(tmp_path / "was-here"))
    monkeypatch.chdir(tmp_path)
    yield place
    end_all(place.session.paths)


def trained(place, model, **more):
    place.write(f'[[experiment]]\nname = "a"\nepochs = 2\nmodel = "net:{model}"\n', **more)
    place.submit(allow_code=True)
    until(lambda: place.session.snapshot().jobs, "the job")
    until(place.at_rest, "the runner to end")
    assert broken(place.session.paths) == []
    return place.rows()[0]


def test_one_that_is_killed_while_the_model_is_built_has_made_an_attempt(place, capsys):
    row = trained(place, "killed")
    assert (row.status, row.attempts) == (JobStatus.FAILED, 3)
    assert row.error == "its worker was killed by signal 9, as the kernel does where memory runs out"
    attempts = place.session.attempts(row.id)
    assert [(each.number, each.outcome, each.device) for each in attempts] == [(n, "crashed", "CPU") for n in (1, 2, 3)]
    assert all(each.started < each.ended for each in attempts)
    assert f"job {row.id}: its worker was killed by signal 9" in place.session.paths.runner_log.read_text()
    assert main.call(["show", row.id, "--json"]) == 0
    assert [each["outcome"] for each in json.loads(capsys.readouterr().out)["attempts"]] == ["crashed"] * 3
    assert main.call(["report", "a"]) == 0


def test_the_attempt_after_it_is_numbered_behind_it_and_exact(place):
    row = trained(place, "once")
    assert row.status is JobStatus.DONE
    assert row.exact
    attempts = place.session.attempts(row.id)
    assert [(each.number, each.outcome) for each in attempts] == [(1, "crashed"), (2, "done")]


def test_an_error_while_the_model_is_built_is_an_attempt_and_one_line(place):
    row = trained(place, "wrong")
    assert [each.outcome for each in place.session.attempts(row.id)] == ["crashed"] * 3
    assert len(row.error.splitlines()) > 2
    for kind in ("failed", "crashed"):
        line = line_of(Happening(0.0, kind, row), Labels([row]))
        assert "ZeroDivisionError: no" in line
        assert "\\n" not in line
        assert "Traceback" not in line


def test_one_that_was_asked_to_end_now_is_no_fault(place):
    place.write('[[experiment]]\nname = "a"\nepochs = 2\nmodel = "cnn"\nfilters = 512\nbatch_size = 1\n')
    place.submit()
    row = until(lambda: next((row for row in place.rows() if row.attempts), None), "the attempt to start")
    place.session.stop([row.id], now=True)
    until(place.at_rest, "the runner to end")
    assert place.statuses() == ["interrupted"]
    log = place.session.paths.runner_log.read_text()
    assert f"job {row.id}: its worker was ended by request" in log
    assert "killed" not in log


def test_one_that_is_killed_while_it_trains_says_by_what(place):
    place.write('[[experiment]]\nname = "a"\nepochs = 2000\n')
    place.submit()
    row = until(lambda: next((row for row in place.rows() if row.epoch), None), "the first epoch")
    kill(holder(place.session.paths.job(row.id).lock), signal.SIGSEGV)
    until(lambda: place.rows()[0].attempts == 2, "the next attempt")
    assert "killed by signal 11\n" in place.session.paths.runner_log.read_text()
    assert [each.number for each in place.session.attempts(row.id)] == [1, 2]
