"""A journal, a checkpoint or a database that was cut, damaged or locked: what is whole is used, and nothing else."""

import itertools
import random
import shutil
import sqlite3
import time
from contextlib import closing

import numpy as np
import pytest

from engine.errors import StoreBusy
from engine.record import database, events
from engine.record.ledger import Ledger
from engine.record.store import Store
from engine.run import mending
from engine.session import Session
from engine.training import resume
from engine.training.checkpoint import Checkpoint
from tests import builders
from tests.builders import done, epoch, started, tell
from tests.faults.amounts import SEED, SOAK, amount, spread
from tests.faults.injecting import whole
from tests.waiting import until

QUEUE = '[[experiment]]\nname = "a"\nepochs = 4\n'


@pytest.fixture
def ledger(ledger):
    builders.submit(ledger, QUEUE)
    return ledger


def checkpoint(number):
    draw = np.random.default_rng(number)
    weights = [draw.normal(size=(3, 2)).astype(np.float32)]
    return Checkpoint({"epoch": number, "stopping": {}}, weights, weights, [], [])


def test_a_journal_cut_at_any_byte_tells_what_is_whole_and_takes_later_lines(ledger, faults):
    [row] = ledger.jobs()
    journal = ledger.paths.job(row.id).events
    told = [started(), epoch(1), epoch(2), epoch(3)]
    ends = np.cumsum([0, *(len(events.encode(event)) for event in told)])
    tell(ledger.paths, row.id, *told)
    data = journal.read_bytes()
    for end in spread(len(data) + 1, 300):
        with ledger.database.transaction():
            ledger.forget(row.id)
        journal.write_bytes(data)
        ledger.ingest(row.id)
        journal.write_bytes(data[:end])
        faults.inject()
        kept = int(np.searchsorted(ends, end, "right")) - 1
        ledger.ingest(row.id)
        assert [epoch.epoch for epoch in ledger.history(row.id)] == list(range(1, kept))
        assert resume.Past.read(ledger.paths.job(row.id)).epochs.keys() == set(range(1, kept))
        again = started(2, max(kept - 1, 0))
        events.append(journal, again)
        assert [event for event, _ in events.read(journal)] == [*told[:kept], again]
        ledger.ingest(row.id)
        assert [epoch.epoch for epoch in ledger.history(row.id)] == list(range(1, kept))
        if end % 50 == 0:
            whole(ledger.paths)


def test_a_journal_that_lost_lines_and_has_grown_again_is_read_anew(ledger, faults):
    [row] = ledger.jobs()
    journal = ledger.paths.job(row.id).events
    tell(ledger.paths, row.id, started(), epoch(1), epoch(2))
    ledger.ingest(row.id)
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:2]))
    tell(ledger.paths, row.id, started(2, 1), epoch(2, 0.5), epoch(3, 0.6))
    faults.inject()
    ledger.ingest(row.id)
    assert [(epoch.epoch, epoch.metrics["accuracy"]) for epoch in ledger.history(row.id)] == [
        (1, 0.9),
        (2, 0.5),
        (3, 0.6),
    ]
    whole(ledger.paths)


def test_a_checkpoint_with_any_byte_damaged_is_seen_and_the_one_before_is_used(ledger, faults):
    [row] = ledger.jobs()
    folder = ledger.paths.job(row.id)
    hashes = {number: checkpoint(number).save(folder.checkpoint(number)) for number in (1, 2)}
    told = [epoch(number) for number in hashes]
    tell(ledger.paths, row.id, started(), *(type(e)(**{**e.__dict__, "sha256": hashes[e.epoch]}) for e in told))
    past, path = resume.Past.read(folder), folder.checkpoint(2)
    good = path.read_bytes()
    assert resume.last_whole(folder, past)[0] == 2
    draw = random.Random(SEED)
    for at in spread(len(good), 400):
        path.write_bytes(good[:at] + bytes([good[at] ^ (1 << draw.randrange(8))]) + good[at + 1 :])
        faults.inject()
        number, found = resume.last_whole(folder, past)
        assert (number, found.state["epoch"]) == (1, 1), f"byte {at}"
    for end in spread(len(good), 200):
        path.write_bytes(good[:end])
        faults.inject()
        assert resume.last_whole(folder, past)[0] == 1, f"cut at byte {end}"
    path.unlink()
    faults.inject()
    assert resume.last_whole(folder, past)[0] == 1
    resume.discard_beyond(folder, 1)
    ledger.ingest(row.id)
    whole(ledger.paths)


def test_every_byte_of_the_databases_header_flipped_is_seen_or_does_no_harm(ledger, faults):
    [row] = ledger.jobs()
    tell(ledger.paths, row.id, started(), epoch(1))
    ledger.ingest(row.id)
    ledger.close()
    paths = ledger.paths
    good = paths.database.read_bytes()
    draw, seen = random.Random(SEED), 0
    for at, bit in itertools.product(range(100), range(8) if SOAK else [draw.randrange(8)]):
        flipped = bytearray(good)
        flipped[at] ^= 1 << bit
        paths.database.write_bytes(flipped)
        faults.inject()
        if mending.damage(paths):
            seen += 1
            continue
        with closing(Store(paths)) as store:
            assert [(row.status, row.epoch) for row in store.jobs()] == [("running", 1)], f"byte {at}"
            assert len(store.history(row.id)) == 1
    assert seen > 10
    mending.mend(paths)
    whole(paths)


def test_a_database_cut_at_every_page_is_set_aside_and_made_anew(ledger, faults):
    [row] = ledger.jobs()
    tell(ledger.paths, row.id, started(), epoch(1))
    ledger.ingest(row.id)
    ledger.close()
    paths = ledger.paths
    good = paths.database.read_bytes()
    page = int.from_bytes(good[16:18])
    for end in spread(len(good) // page, 12):
        paths.database.write_bytes(good[: end * page])
        faults.inject()
        mending.mend(paths)
        assert paths.notice.read_text().startswith("the database was made anew")
        assert any(path.read_bytes() == good[: end * page] for path in paths.root.glob("labtop.db.*"))
        whole(paths)


def test_what_a_dead_writer_left_half_done_is_undone_by_whoever_reads_next(ledger, tmp_path, faults):
    paths = ledger.paths
    reader = Session(paths)
    assert len(reader.rows()) == 1
    for open_before in (True, False):
        ledger.database._connection.execute("PRAGMA cache_size = 1")
        ledger.database._connection.execute("BEGIN IMMEDIATE")
        for number in range(3000):
            ledger.remember(f"filler {number}", "x" * 200)
        copy = builders.store(tmp_path / str(open_before))
        shutil.copytree(paths.root, copy.root, dirs_exist_ok=True)
        ledger.database._connection.execute("ROLLBACK")
        assert copy.database.with_name("labtop.db-journal").stat().st_size > 0
        faults.inject()
        # The journal of a process that is gone: nobody holds a lock on the copy.
        with closing(Store(copy)) as store:
            assert len(store.jobs()) == 1
            assert store.recall("filler 1", None) is None
        whole(copy)


def test_a_full_disk_in_a_transaction_is_told_as_that_and_leaves_nothing(ledger, faults):
    ledger.database._connection.execute("PRAGMA max_page_count = 60")
    before = ledger.jobs()
    with pytest.raises(sqlite3.OperationalError, match="full"), ledger.database.transaction():
        for number in range(3000):
            ledger.remember(f"filler {number}", "x" * 200)
    faults.inject()
    assert not ledger.database._connection.in_transaction
    assert ledger.jobs() == before
    assert ledger.recall("filler 1", None) is None
    with ledger.database.transaction():
        ledger.remember("after", 1)
    assert ledger.recall("after", None) == 1


def test_a_commit_that_fails_is_rolled_back(ledger, faults, failing):
    failing("database:committing", OSError("no"))
    with pytest.raises(OSError, match="no"), ledger.database.transaction():
        ledger.remember("half", 1)
    faults.inject()
    assert not ledger.database._connection.in_transaction
    assert ledger.recall("half", None) is None


def test_while_somebody_locks_the_database_only_the_view_waits(ledger, faults, monkeypatch):
    [row] = ledger.jobs()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    with closing(Ledger(ledger.paths)) as impatient, closing(sqlite3.connect(ledger.paths.database)) as other:
        other.execute("BEGIN EXCLUSIVE")
        faults.inject()
        tell(ledger.paths, row.id, started(), epoch(1))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            impatient.ingest(row.id)
        tell(ledger.paths, row.id, epoch(2), epoch(3), done(3))
        with pytest.raises(StoreBusy):
            Session(ledger.paths).snapshot()
        other.rollback()
        impatient.ingest(row.id)
        assert [epoch.epoch for epoch in impatient.history(row.id)] == [1, 2, 3]


def test_a_runner_whose_database_is_locked_trains_on_and_stores_all_of_it_afterwards(place, faults):
    place.write('[[experiment]]\nname = "a"\nepochs = 100_000\n')
    place.submit()
    row = until(lambda: next((row for row in place.rows() if row.epoch >= 2), None), "the first epochs")
    paths, runner = place.session.paths, place.session.runner

    def told() -> int:
        return paths.job(row.id).events.read_bytes().count(b'"epoch_ended"')

    with closing(sqlite3.connect(paths.database, timeout=60)) as other:
        other.execute("BEGIN EXCLUSIVE")
        faults.inject()
        before, began = told(), time.monotonic()
        until(lambda: told() >= before + 10, "the training to go on")
        until(lambda: "waiting: database is locked" in paths.runner_log.read_text("utf-8"), "the runner to say so")
        until(lambda: time.monotonic() - began > amount(0, 60), "a minute to be over, in the soak")
        other.rollback()
    at_least = told()
    until(lambda: next((r for r in place.rows() if r.epoch >= at_least), None), "the runner to store what was told")
    assert place.session.runner == runner
    place.session.stop([row.id], now=True)
    until(place.at_rest, "the runner to end")
    whole(paths)
