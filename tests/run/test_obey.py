"""What requests do to the queue, without any process."""

import json

import pytest

from engine.plan.jobs import JobStatus
from engine.record.events import AttemptEnded
from engine.record.jobfile import JobFile
from engine.run import inbox, obey, others
from tests.builders import done, epoch, started, submit, tell

TWO = '[[experiment]]\nname = "a"\nsweep = { dropout = [0.1, 0.2] }\n[[experiment]]\nname = "b"\ndropout = 0.3\n'


def statuses(ledger):
    return [row.status for row in ledger.jobs()]


def finish(ledger, row):
    tell(ledger.paths, row.id, started(), epoch(1), done())
    ledger.ingest(row.id)


def test_a_submission_queues_its_jobs_in_the_order_of_the_file(ledger):
    name = submit(ledger, TWO)
    rows = ledger.jobs()
    assert [(row.config["dropout"], row.experiments) for row in rows] == [(0.1, ("a",)), (0.2, ("a",)), (0.3, ("b",))]
    assert ledger.submitted(name, fresh=True) == [row.id for row in rows]
    assert inbox.waiting(ledger.paths) == []
    file = JobFile.read(ledger.paths.job(rows[0].id).config)
    assert file.job.config == rows[0].config
    assert file.folder == str(ledger.paths.root.parent)


def test_handing_the_same_file_in_again_changes_nothing(ledger):
    submit(ledger, TWO)
    before = ledger.jobs()
    again = submit(ledger, TWO)
    assert ledger.jobs() == before
    assert ledger.submitted(again) == [row.id for row in before]
    assert ledger.submitted(again, fresh=True) == []


def test_a_request_is_applied_once_even_if_it_was_not_put_away(ledger):
    name = submit(ledger, TWO)
    (ledger.paths.applied / f"{name}.json").rename(ledger.paths.inbox / f"{name}.json")
    ledger.set_status(ledger.jobs()[0].id, JobStatus.HELD)
    obey.obey_all(ledger)
    assert statuses(ledger)[0] is JobStatus.HELD
    assert inbox.waiting(ledger.paths) == []


def test_what_a_file_no_longer_yields_is_withdrawn_unless_it_started(ledger):
    submit(ledger, TWO)
    first, second, _ = ledger.jobs()
    finish(ledger, first)
    submit(ledger, TWO.replace("[0.1, 0.2]", "[0.4]"))
    now = {row.config["dropout"]: row for row in ledger.jobs()}
    assert now[0.1].status is JobStatus.DONE
    assert now[0.2].status is JobStatus.WITHDRAWN
    assert (now[0.3].status, now[0.4].status) == (JobStatus.QUEUED, JobStatus.QUEUED)
    submit(ledger, TWO)
    assert {row.id: row.status for row in ledger.jobs()}[second.id] is JobStatus.QUEUED


@pytest.mark.parametrize("status", [JobStatus.STOPPED, JobStatus.INTERRUPTED, JobStatus.HELD])
def test_what_was_stopped_before_it_began_is_withdrawn_once_no_file_yields_it(ledger, status):
    submit(ledger, TWO)
    _, second, third = ledger.jobs()
    tell(ledger.paths, third.id, started(), AttemptEnded(300.0, "stopped"))
    ledger.ingest(third.id)
    ledger.set_status(second.id, status)
    submit(ledger, '[[experiment]]\nname = "a"\ndropout = 0.1\n')
    assert statuses(ledger) == [JobStatus.QUEUED, JobStatus.WITHDRAWN, JobStatus.STOPPED]
    submit(ledger, TWO)
    assert statuses(ledger) == [JobStatus.QUEUED] * 3


def test_only_touches_the_named_experiments_alone(ledger):
    submit(ledger, TWO)
    submit(ledger, '[[experiment]]\nname = "b"\nenabled = false\n', only=["b"])
    assert statuses(ledger) == [JobStatus.QUEUED, JobStatus.QUEUED, JobStatus.WITHDRAWN]
    submit(ledger, "")
    assert statuses(ledger) == [JobStatus.WITHDRAWN] * 3


def test_a_job_that_two_files_want_stays_until_both_let_it_go(ledger):
    submit(ledger, TWO)
    other = str(ledger.paths.root.parent / "other.toml")
    submit(ledger, TWO, queue_file=other)
    assert ledger.jobs()[2].experiments == ("b",)
    submit(ledger, "")
    assert statuses(ledger) == [JobStatus.QUEUED] * 3
    submit(ledger, "", queue_file=other)
    assert statuses(ledger) == [JobStatus.WITHDRAWN] * 3


@pytest.mark.parametrize(
    ("status", "flags", "after"),
    [
        (JobStatus.STOPPED, {}, JobStatus.QUEUED),
        (JobStatus.INTERRUPTED, {}, JobStatus.QUEUED),
        (JobStatus.FAILED, {}, JobStatus.FAILED),
        (JobStatus.FAILED, {"retry_failed": True}, JobStatus.QUEUED),
        (JobStatus.OUT_OF_MEMORY, {}, JobStatus.OUT_OF_MEMORY),
        (JobStatus.OUT_OF_MEMORY, {"retry_failed": True}, JobStatus.QUEUED),
        (JobStatus.DONE, {"retry_failed": True}, JobStatus.DONE),
        (JobStatus.DONE, {"again": True}, JobStatus.QUEUED),
        (JobStatus.RUNNING, {"again": True}, JobStatus.RUNNING),
        (JobStatus.HELD, {}, JobStatus.HELD),
    ],
)
def test_what_a_run_goes_on_with(ledger, status, flags, after):
    submit(ledger, TWO)
    row = ledger.jobs()[2]
    ledger.set_status(row.id, status)
    submit(ledger, TWO, **flags)
    assert {r.id: r.status for r in ledger.jobs()}[row.id] is after


def test_again_moves_the_old_folder_aside(ledger):
    submit(ledger, TWO)
    row = ledger.jobs()[0]
    for number in (1, 2):
        finish(ledger, row)
        submit(ledger, TWO, again=True)
        fresh = ledger.jobs([row.id])[0]
        assert (fresh.status, fresh.epoch, fresh.test_accuracy) == (JobStatus.QUEUED, 0, None)
        assert (ledger.paths.old / f"{row.id}.{number}" / "events.jsonl").exists()
        assert ledger.history(row.id) == []
        assert JobFile.read(ledger.paths.job(row.id).config).job.id == row.id


def test_stopping_jobs(ledger):
    submit(ledger, TWO)
    first, second, _ = ledger.jobs()
    ledger.set_status(first.id, JobStatus.RUNNING)
    inbox.leave(ledger.paths, "stop", {"jobs": [first.id, second.id]})
    obey.obey_all(ledger)
    assert statuses(ledger) == [JobStatus.RUNNING, JobStatus.STOPPED, JobStatus.QUEUED]
    assert ledger.paths.job(first.id).stop.read_text() == "epoch"
    inbox.leave(ledger.paths, "stop", {"jobs": [first.id], "now": True})
    obey.obey_all(ledger)
    assert ledger.stops() == {first.id: "now"}


def test_stopping_a_submission_leaves_what_was_there_before(ledger):
    submit(ledger, TWO, only=["b"])
    name = submit(ledger, TWO)
    inbox.leave(ledger.paths, "stop", {"submission": name})
    obey.obey_all(ledger)
    now = {row.config["dropout"]: row.status for row in ledger.jobs()}
    assert now == {0.3: JobStatus.QUEUED, 0.1: JobStatus.WITHDRAWN, 0.2: JobStatus.WITHDRAWN}


def stop_submission(ledger, name):
    inbox.leave(ledger.paths, "stop", {"submission": name})
    obey.obey_all(ledger)


def test_stopping_a_submission_ends_what_another_file_wanted_before_and_leaves_what_it_asked_for_since(ledger):
    other = str(ledger.paths.root.parent / "other.toml")
    submit(ledger, TWO, queue_file=other)
    first, second, third = ledger.jobs()
    ask(ledger, "stop", first, second, third)
    name = submit(ledger, TWO)
    assert ledger.submitted(name, fresh=True) == [first.id, second.id, third.id]
    submit(ledger, TWO, queue_file=other, only=["b"])
    stop_submission(ledger, name)
    assert statuses(ledger) == [JobStatus.WITHDRAWN, JobStatus.WITHDRAWN, JobStatus.QUEUED]


def test_a_request_of_earlier_rules_is_carried_out_by_them(ledger):
    other = str(ledger.paths.root.parent / "other.toml")
    submit(ledger, TWO, queue_file=other, only=["b"])
    ask(ledger, "stop", *ledger.jobs())
    name = submit(ledger, TWO)
    text = json.dumps({"verb": "stop", "submission": name})
    (ledger.paths.inbox / "99999999999999999999-1-ab.json").write_text(text)
    obey.obey_all(ledger)
    now = {row.config["dropout"]: row.status for row in ledger.jobs()}
    assert now == {0.3: JobStatus.QUEUED, 0.1: JobStatus.WITHDRAWN, 0.2: JobStatus.WITHDRAWN}


def test_what_a_file_wanted_that_is_gone_its_heir_may_withdraw(ledger):
    old, new = (str(ledger.paths.root.parent / name) for name in ("old.toml", "new.toml"))
    submit(ledger, TWO + '[[experiment]]\nname = "c"\ndropout = 0.4\n', queue_file=old)
    submit(ledger, TWO, queue_file=new, gone=[old])
    submit(ledger, "", queue_file=new)
    assert statuses(ledger) == [JobStatus.WITHDRAWN] * 3 + [JobStatus.QUEUED], "nobody but the old file named the last"


def test_the_queue_files_that_are_gone_are_named_when_another_is_handed_in(ledger):
    there = ledger.paths.root.parent / "experiments.toml"
    there.write_text(TWO)
    assert others.gone(ledger.paths) == []
    submit(ledger, TWO)
    ledger.want("engine refine", "a", [ledger.jobs()[0].id])
    assert others.gone(ledger.paths) == []
    there.unlink()
    assert others.gone(ledger.paths) == [str(there)]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"verb": "dance"}', '{"verb": "submit", "text": "x"}', '{"verb": "stop"}']
)
def test_what_is_no_request_is_set_aside_with_its_reason(ledger, text):
    (ledger.paths.inbox / "00000000000000000001-1-ab.json").write_text(text)
    submit(ledger, TWO)
    assert len(ledger.jobs()) == 3
    assert ledger.outcome("00000000000000000001-1-ab")
    [kept] = [path.read_text() for path in ledger.paths.refused.iterdir()]
    assert kept.startswith(text.removesuffix("}"))


def test_requests_keep_their_order_whatever_the_clock_says(ledger, monkeypatch):
    monkeypatch.setattr(inbox.time, "time_ns", lambda: 10**18)
    first = inbox.leave(ledger.paths, "stop", {"jobs": []})
    monkeypatch.setattr(inbox.time, "time_ns", lambda: 10**17)
    second = inbox.leave(ledger.paths, "stop", {"jobs": []})
    assert inbox.waiting(ledger.paths) == [first, second]


def ask(ledger, verb, *rows, **more):
    inbox.leave(ledger.paths, verb, {"jobs": [row.id for row in rows]} | more)
    obey.obey_all(ledger)


def test_holding_and_releasing_keep_the_place(ledger):
    submit(ledger, TWO)
    first, second, third = ledger.jobs()
    ask(ledger, "hold", first, second)
    assert statuses(ledger) == [JobStatus.HELD, JobStatus.HELD, JobStatus.QUEUED]
    ask(ledger, "release", first, third)
    assert statuses(ledger) == [JobStatus.QUEUED, JobStatus.HELD, JobStatus.QUEUED]


def test_reordering_shares_out_the_places(ledger):
    submit(ledger, TWO)
    first, second, third = ledger.jobs()
    ask(ledger, "reorder", third, first)
    assert [row.id for row in ledger.jobs()] == [third.id, second.id, first.id]


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.STOPPED, JobStatus.OUT_OF_MEMORY])
def test_retrying_goes_to_the_end_of_the_queue(ledger, status):
    submit(ledger, TWO)
    first, second, third = ledger.jobs()
    ledger.set_status(first.id, status)
    ledger.paths.job(first.id).stop.write_text("now")
    ask(ledger, "retry", first, second)
    assert [(row.id, row.status) for row in ledger.jobs()] == [
        (row.id, JobStatus.QUEUED) for row in (second, third, first)
    ]
    assert not ledger.paths.job(first.id).stop.exists()


def test_removing_takes_rows_and_folders_of_what_nobody_trains(ledger):
    submit(ledger, TWO)
    first, second, third = ledger.jobs()
    finish(ledger, first)
    ledger.set_status(second.id, JobStatus.RUNNING)
    ledger.paths.old.mkdir()
    ask(ledger, "remove", first, second, old=True)
    assert [row.id for row in ledger.jobs()] == [second.id, third.id]
    assert ledger.history(first.id) == []
    assert not ledger.paths.job(first.id).folder.exists()
    assert not ledger.paths.old.exists()
