"""The database can be made anew from the folders and the inbox, and equals what was there."""

import time

from engine.plan.jobs import JobStatus
from engine.record import events
from engine.record.events import AttemptEnded
from engine.record.ledger import Ledger
from engine.run import inbox, obey, rebuild
from tests.builders import done, epoch, started, submit, tell

GRID = '[[experiment]]\nname = "a"\nsweep = { dropout = [0.1, 0.2, 0.3] }\n[[experiment]]\nname = "b"\ndropout = 0.5\n'


def live(ledger, row, *told):
    """Events of now, stored as the runner does."""
    for event in told:
        tell(ledger.paths, row.id, type(event)(**{**event.__dict__, "t": time.time()}))
    ledger.ingest(row.id)


def ask(ledger, verb, *rows, **more):
    inbox.leave(ledger.paths, verb, {"jobs": [row.id for row in rows]} | more)
    obey.obey_all(ledger)


def assert_rebuilds(ledger):
    before = ledger.jobs()
    old = ledger.paths.root / "before.db"
    ledger.close()
    ledger.paths.database.rename(old)
    assert rebuild.rebuild(ledger.paths) == len(before)
    assert rebuild.difference(ledger.paths, old) == []


def test_a_long_life_comes_out_the_same(ledger):
    submit(ledger, GRID)
    first, second, third, fourth = ledger.jobs()
    live(ledger, first, started(), epoch(1), epoch(2), done(2))
    live(ledger, second, started(), AttemptEnded(1.0, "crashed", error="no"), started(2), epoch(1))
    ask(ledger, "stop", second)
    live(ledger, second, AttemptEnded(1.0, "stopped"))
    ask(ledger, "hold", third, fourth)
    submit(ledger, GRID, retry_failed=True)
    submit(ledger, GRID, again=True, only=["a"])
    live(ledger, first, started(), epoch(1, 0.5))
    ledger.set_stop(first.id, "")
    ask(ledger, "reorder", fourth, third)
    ask(ledger, "remove", second)
    submit(ledger, GRID.replace('"b"', '"c"').replace("0.3", "0.4"), slots=3)
    assert ledger.jobs([fourth.id])[0].status is JobStatus.HELD
    assert_rebuilds(ledger)


def test_a_job_that_ran_when_all_ended_is_running_still(ledger):
    submit(ledger, GRID)
    live(ledger, ledger.jobs()[0], started(), epoch(1))
    assert_rebuilds(ledger)


def fresh(store):
    return {name: store.submitted(name, fresh=True) for name in sorted(store.applied())}


def test_what_came_while_a_job_was_given_out_or_had_ended_unseen_finds_it_running_again(ledger):
    submit(ledger, GRID)
    first, second, third, _ = ledger.jobs()
    ledger.set_status(first.id, JobStatus.RUNNING)
    live(ledger, second, started())
    tell(ledger.paths, second.id, AttemptEnded(time.time(), "stopped"))
    live(ledger, third, started(), AttemptEnded(1.0, "stopped"))
    for more in ({}, {"alone": True}):
        submit(ledger, GRID, **more)
    inbox.leave(ledger.paths, "refine", {"experiment": "a", "jobs": [{"like": third.id, "seed": 0}]})
    obey.obey_all(ledger)
    ledger.ingest(second.id)
    assert ledger.jobs([second.id])[0].status is JobStatus.STOPPED
    live(ledger, first, started())
    before = fresh(ledger)
    assert [len(ids) for ids in before.values()] == [4, 1, 2, 0]
    assert_rebuilds(ledger)
    again = Ledger(ledger.paths)
    assert fresh(again) == before
    again.close()


def test_a_clock_that_went_back_keeps_a_journals_order(ledger):
    submit(ledger, GRID)
    row = ledger.jobs()[0]
    now = time.time() + 1000
    for event in (started(), epoch(1), done(1)):
        now -= 100
        events.append(ledger.paths.job(row.id).events, type(event)(**{**event.__dict__, "t": now}))
    ledger.ingest(row.id)
    old = ledger.paths.root / "before.db"
    ledger.close()
    ledger.paths.database.rename(old)
    rebuild.rebuild(ledger.paths)
    assert rebuild.difference(ledger.paths, old) == []
