"""What a queue file asks for at its end is started once, by the file that asks, and not where somebody ended it."""

import json
import signal
import subprocess
import sys

import pytest

from engine.errors import UsageError
from engine.failpoints import VARIABLE
from engine.plan.jobs import JobStatus
from engine.record.ledger import Ledger
from engine.run import finishing, inbox, obey, rebuild
from engine.run.invariants import broken
from tests.builders import submit
from tests.tiny import Place
from tests.waiting import until

ONE = '[run]\non_finish = "{}"\n[[experiment]]\nname = "a"\nepochs = 1\n'


def commands(ledger):
    return [command for _, command in finishing.asked(ledger).values()]


def ask(ledger, verb, **arguments):
    inbox.leave(ledger.paths, verb, arguments)
    obey.obey_all(ledger)


def test_each_file_asks_for_its_own_and_takes_it_back(ledger):
    other = str(ledger.paths.root.parent / "other.toml")
    submit(ledger, ONE.format("first"))
    submit(ledger, ONE.format("second"), queue_file=other)
    assert commands(ledger) == ["first", "second"]
    submit(ledger, ONE.partition("[[")[2].join(["[[", ""]))
    assert commands(ledger) == ["second"]


def test_whoever_ends_the_queue_ends_what_was_to_follow_it(ledger):
    other = str(ledger.paths.root.parent / "other.toml")
    name = submit(ledger, ONE.format("first"))
    submit(ledger, ONE.format("second").replace("epochs = 1", "epochs = 2"), queue_file=other)
    ask(ledger, "stop", submission=name)
    assert commands(ledger) == ["second"]
    ask(ledger, "stop", jobs=[row.id for row in ledger.jobs()])
    assert commands(ledger) == []


def test_stopping_one_of_several_leaves_it(ledger):
    submit(ledger, ONE.format("first") + "repeats = 2\n")
    ask(ledger, "stop", jobs=[ledger.jobs()[0].id])
    assert commands(ledger) == ["first"]


def test_what_was_taken_up_comes_out_of_the_requests_as_well(ledger):
    name = submit(ledger, ONE.format("first"))
    ask(ledger, "finish", submissions=[name])
    assert commands(ledger) == []
    fresh = ledger.paths.root / "again.db"
    other = Ledger(ledger.paths, fresh, rebuild.UntouchedFolders(ledger.paths))
    rebuild.replay(other)
    other.close()
    assert rebuild.difference(ledger.paths, fresh) == []


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    yield place
    until(place.at_rest, "the runner to end")
    assert broken(place.session.paths) == []


def test_the_queues_end_starts_the_command_that_was_allowed_once(place):
    place.write(ONE.format("echo $LABTOP_STORE >> finished"))
    with pytest.raises(UsageError, match="on_finish"):
        place.submit()
    place.submit(allow_code=True)
    said = until(
        lambda: (place.folder / "finished").exists() and (place.folder / "finished").read_text(), "the command"
    )
    assert said.strip() == str(place.session.paths.root)
    until(place.at_rest, "the runner to end")
    place.write('[[experiment]]\nname = "a"\nepochs = 2\n')
    place.submit()
    until(lambda: place.statuses() == ["done", "done"], "the second training")
    until(place.at_rest, "the runner to end")
    assert place.session.paths.runner_log.read_text().count("on_finish: ") == 1


def test_a_disk_that_is_full_at_the_queues_end_is_waited_for_and_the_command_starts(place, monkeypatch):
    place.write(ONE.format("touch finished"))
    # The runner writes into a request as it takes it, and leaves one of its own at the end.
    monkeypatch.setenv(VARIABLE, "0*.json:opened#2=ENOSPC")
    place.submit(allow_code=True)
    until((place.folder / "finished").exists, "the command")
    assert "waiting: " in place.session.paths.runner_log.read_text()


def foreground(place, *words):
    command = [sys.executable, "-P", "-m", "engine.cli.main", "run", str(place.file), "--foreground", "--allow-code"]
    return subprocess.Popen([*command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_in_the_foreground_it_is_waited_for_and_speaks_to_the_log(place):
    (place.folder / "gate").mkdir()
    place.write(ONE.format("echo begun; while [ -d gate ]; do sleep 0.1; done; echo ended; touch finished"))
    run = foreground(place, "--json")
    log = place.session.paths.runner_log
    until(lambda: log.exists() and "\nbegun\n" in log.read_text(), "the command to begin")
    assert run.poll() is None
    (place.folder / "gate").rmdir()
    out, _ = run.communicate()
    assert run.returncode == 0
    assert (place.folder / "finished").exists()
    assert [json.loads(line)["event"] for line in out.splitlines()][-1] == "leaderboard"
    assert log.read_text().endswith("ended\n")


def test_it_is_not_started_after_ctrl_c(place):
    place.write(ONE.format("touch finished").replace("epochs = 1", "epochs = 2000"))
    run = foreground(place)
    until(lambda: any(row.epoch for row in place.rows()), "the first epoch")
    run.send_signal(signal.SIGINT)
    run.communicate()
    assert run.returncode == 130
    assert [row.status for row in place.rows()] == [JobStatus.STOPPED]
    assert "on_finish" not in place.session.paths.runner_log.read_text()


def test_a_signal_ends_what_the_foreground_waits_for(place):
    place.write(ONE.format("echo begun; sleep 1000"))
    run = foreground(place)
    log = place.session.paths.runner_log
    until(lambda: log.exists() and "\nbegun\n" in log.read_text(), "the command to begin")
    run.send_signal(signal.SIGTERM)
    run.communicate()
    assert run.returncode == 130
