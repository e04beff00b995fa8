"""A damaged database is set aside and made anew, whatever the damage; one that is whole is left alone."""

import sqlite3

import pytest

from engine.errors import EnvironmentFault
from engine.record import database, schema
from engine.record.ledger import Ledger
from engine.record.store import Store
from engine.run import mending, rebuild
from tests import builders
from tests.builders import done, epoch, started, submit
from tests.run.test_rebuild import GRID, live


@pytest.fixture
def paths(tmp_path):
    """A store whose first job is done, and nothing is open."""
    ledger = Ledger(builders.store(tmp_path))
    submit(ledger, GRID)
    live(ledger, ledger.jobs()[0], started(), epoch(1), done(1))
    ledger.close()
    return ledger.paths


def aside(paths):
    return sorted(path.name for path in paths.root.glob("labtop.db.*"))


def statuses(paths):
    store = Store(paths)
    try:
        return [str(row.status) for row in store.jobs()]
    finally:
        store.close()


def test_what_is_whole_is_left_alone(paths):
    before = paths.database.read_bytes()
    assert mending.damage(paths) == ""
    mending.mend(paths)
    assert paths.database.read_bytes() == before
    assert (aside(paths), paths.notice.exists()) == ([], False)


def test_a_store_without_anything_has_no_damage(tmp_path):
    assert mending.damage(builders.store(tmp_path)) == ""


def test_cut_at_every_page_it_is_set_aside_and_made_anew(paths):
    whole = paths.database.read_bytes()
    page = int.from_bytes(whole[16:18])
    kept = paths.root.parent / "kept.db"
    kept.write_bytes(whole)
    for end in (*range(0, len(whole), page), 1, 17, 99):
        paths.database.write_bytes(whole[:end])
        assert mending.damage(paths), f"cut at byte {end}"
    mending.mend(paths)
    assert rebuild.difference(paths, kept) == []
    [name] = aside(paths)
    assert (paths.root / name).read_bytes() == whole[:99]


@pytest.mark.parametrize("at", [0, 16, 20, 21, 28, 44, 56, 63])
def test_a_flipped_bit_in_the_header_is_seen_or_does_no_harm(paths, at):
    whole = bytearray(paths.database.read_bytes())
    for bit in range(8):
        flipped = whole.copy()
        flipped[at] ^= 1 << bit
        paths.database.write_bytes(flipped)
        if not mending.damage(paths):
            assert statuses(paths) == ["done", "queued", "queued", "queued"], f"bit {bit} of byte {at}"


def test_every_flipped_page_is_told_or_reads_as_before(paths):
    whole = paths.database.read_bytes()
    page = int.from_bytes(whole[16:18])
    seen = 0
    for start in range(0, len(whole), page):
        paths.database.write_bytes(
            whole[:start] + bytes(byte ^ 0xFF for byte in whole[start : start + page]) + whole[start + page :]
        )
        seen += bool(mending.damage(paths))
    assert seen >= 0.5 * len(whole) / page


def test_what_a_later_version_wrote_is_not_damaged(paths):
    with sqlite3.connect(paths.database) as connection:
        connection.execute("CREATE TABLE news (id)")
        connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    assert mending.damage(paths) == ""
    with pytest.raises(EnvironmentFault, match="later labtop"):
        Store(paths)


def test_a_locked_database_is_not_damaged(paths, monkeypatch):
    connection = sqlite3.connect(paths.database, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    monkeypatch.setattr(mending, "BUSY_SECONDS", 0)
    assert mending.damage(paths) == ""
    with pytest.raises(EnvironmentFault, match="the store is busy"):
        Store(paths).jobs()
    connection.close()


def test_a_database_that_is_gone_is_made_anew_and_the_next_runner_takes_the_notice_away(paths):
    paths.database.unlink()
    mending.mend(paths)
    assert statuses(paths)[0] == "done"
    assert paths.notice.read_text() == "the database was made anew from the folders (it was gone): 4 jobs"
    mending.mend(paths)
    assert not paths.notice.exists()


def test_nothing_that_was_set_aside_is_ever_overwritten(paths, monkeypatch):
    monkeypatch.setattr(mending.time, "strftime", lambda _: "2026-01-01T00.00.00")
    for content in (b"first", b"second", b"third"):
        paths.database.write_bytes(content)
        mending.mend(paths)
    stem = "labtop.db.2026-01-01T00.00.00"
    for name, content in ((stem, b"first"), (f"{stem}.2", b"second"), (f"{stem}.3", b"third")):
        assert (paths.root / name).read_bytes() == content


def test_a_journal_goes_with_its_database_and_is_never_applied_to_another(paths):
    paths.database.with_name("labtop.db-journal").write_bytes(b"of the old one")
    kept = mending.set_aside(paths)
    assert kept.with_name(kept.name + "-journal").read_bytes() == b"of the old one"
    assert not paths.database.with_name("labtop.db-journal").exists()
