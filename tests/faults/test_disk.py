"""A disk that is full at any byte, read-only, another user's, or planted with links: what was there stays."""

import os
import resource
import shutil
import stat
import subprocess
import sys
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from engine.errors import EnvironmentFault
from engine.plan.jobs import JobStatus
from engine.record import events, filesystem
from engine.record.ledger import Ledger
from engine.record.locks import holder
from engine.record.paths import replace_file
from engine.record.store import Store
from engine.run import inbox, machine, obey, runner, starting
from engine.run.checks import State
from engine.run.pausing import passing
from engine.session import Session
from tests import builders
from tests.builders import epoch, started
from tests.faults.amounts import spread
from tests.faults.injecting import end_all, whole
from tests.faults.test_workers import JOB, epochs_told, past
from tests.tiny import Place
from tests.waiting import until

root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount, or be somebody else")
NOBODY = 65534


@contextmanager
def room_for(size):
    """While entered, no file of this process grows beyond `size` bytes: a write beyond it fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def mount(tmp_path):
    """A folder of 70 MiB, small enough to be filled."""
    folder = tmp_path / "small"
    folder.mkdir()
    told = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=70m", "tmpfs", folder], capture_output=True, check=False)
    if told.returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def engine(place, *words, **more):
    command = [sys.executable, "-P", "-m", "engine.cli.main", *words]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False, **more)


def test_a_line_that_finds_no_room_at_any_byte_has_not_happened(tmp_path, faults):
    journal = tmp_path / "events.jsonl"
    events.append(journal, started())
    before = journal.read_bytes()
    line = events.encode(epoch(1))
    for size in spread(len(line), 200):
        with room_for(len(before) + size), pytest.raises(OSError, match="File too large"):
            events.append(journal, epoch(1))
        faults.inject()
        assert journal.read_bytes() == before
    events.append(journal, epoch(1))
    assert journal.read_bytes() == before + line


def test_a_file_that_finds_no_room_at_any_byte_is_as_it_was(tmp_path, faults):
    path = tmp_path / "checkpoint-1.npz"
    replace_file(path, b"old" * 100)
    for size in spread(400, 200):
        with room_for(size), pytest.raises(OSError, match="File too large"):
            replace_file(path, b"new!" * 100)
        faults.inject()
        assert path.read_bytes() == b"old" * 100
        assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_request_that_finds_no_room_for_its_rows_at_any_page_is_carried_out_later(tmp_path, faults):
    paths = builders.store(tmp_path)
    text = '[[experiment]]\nname = "a"\nepochs = 4\nrepeats = 300\n'
    with closing(Ledger(paths)) as ledger:
        inbox.leave(paths, "submit", {"queue_file": str(tmp_path / "experiments.toml"), "text": text})
        pages = ledger.database.read("PRAGMA page_count")[0][0]
        for more in range(1, 40, 4):
            ledger.database.read(f"PRAGMA max_page_count = {pages + more}")
            with pytest.raises(Exception, match="full") as told:
                obey.obey_all(ledger)
            faults.inject()
            assert passing(told.value)
            assert ledger.jobs() == []
        ledger.database.read("PRAGMA max_page_count = 1000000")
        obey.obey_all(ledger)
        assert len(ledger.jobs()) == 300
    whole(paths)


def fill(path):
    """Write until nothing more goes in, in small pieces at the end, so that whoever writes too is cut off anywhere."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        for size in (1 << 20, 1 << 12, 512):
            with suppress(OSError):
                while os.write(descriptor, bytes(size)) == size:
                    pass
    finally:
        os.close(descriptor)


@root
def test_on_a_full_disk_the_queue_waits_says_what_is_missing_and_goes_on_once_there_is_room(mount, faults):
    place = Place(mount)
    ballast = mount / "ballast"
    place.write(JOB.format(4000))
    place.submit()
    row = past(place, 3)
    fill(ballast)
    faults.inject()
    row = until(lambda: next((r for r in rows(place) if r.waits_for), None), "the queue to wait")
    assert row.status is JobStatus.QUEUED
    assert str(mount) in row.waits_for
    assert "MiB are free" in row.waits_for
    until(lambda: holder(place.session.paths.job(row.id).lock) is None, "the worker to be gone")
    committed = epochs_told(place, row)
    assert committed == list(range(1, len(committed) + 1))
    ballast.unlink()
    past(place, len(committed) + 3)
    place.session.stop([row.id])
    until(place.at_rest, "the runner to end")
    [row] = place.rows()
    assert (row.status, row.error) == (JobStatus.STOPPED, "")
    assert epochs_told(place, row) == list(range(1, row.epoch + 1))
    end_all(place.session.paths)
    whole(place.session.paths)


def rows(place):
    try:
        return place.rows()
    except EnvironmentFault:
        # A full disk lets nobody read either, where SQLite has something to undo first.
        return []


@root
def test_a_store_on_a_read_only_file_system_can_be_viewed_and_nothing_is_run(mount, faults):
    ledger = Ledger(builders.store(mount))
    builders.submit(ledger, '[[experiment]]\nname = "a"\n')
    ledger.close()
    (mount / "experiments.toml").write_text('[[experiment]]\nname = "a"\n')
    subprocess.run(["mount", "-o", "remount,ro", mount], check=True)
    faults.inject()
    assert [str(row.status) for row in Session(ledger.paths).snapshot().jobs] == ["queued"]
    told = engine(mount, "status")
    assert (told.returncode, "queued" in told.stdout) == (0, True)
    for words in (["run", "experiments.toml"], ["run", "experiments.toml", "--foreground"], ["stop", "--all"]):
        told = engine(mount, *words)
        assert told.returncode == 3, told
        assert "cannot be written: Read-only file system" in told.stderr
        assert len(told.stderr.strip().splitlines()) <= 3
        faults.inject()
    subprocess.run(["mount", "-o", "remount,rw", mount], check=True)
    whole(ledger.paths)


@root
def test_another_users_store_is_refused(tmp_path, faults):
    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, '[[experiment]]\nname = "a"\n')
    ledger.close()
    for path in (ledger.paths.root, *ledger.paths.root.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    before = sorted(ledger.paths.root.rglob("*"))
    faults.inject()
    assert len(Session(ledger.paths).snapshot().jobs) == 1
    with pytest.raises(EnvironmentFault, match="another user's"):
        inbox.leave(ledger.paths, "hold", {"jobs": []})
    with pytest.raises(EnvironmentFault, match="another user's"):
        runner.serve(ledger.paths)
    assert sorted(ledger.paths.root.rglob("*")) == before


@root
def test_nobody_else_can_look_into_a_store(tmp_path, faults):
    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, '[[experiment]]\nname = "a"\n')
    ledger.close()
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == os.geteuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
    for path in (ledger.paths.root, ledger.paths.database, ledger.paths.runner_lock):
        told = subprocess.run(["cat", path], user=NOBODY, group=NOBODY, capture_output=True, check=False)
        faults.inject()
        assert told.returncode != 0


def test_files_are_their_owners_alone(place, faults):
    umask = os.umask(0)
    try:
        place.write('[[experiment]]\nname = "a"\nepochs = 2\n[[experiment]]\nname = "b"\nepochs = 100_000\n')
        place.submit()
        until(lambda: "done" in place.statuses() and past(place, 3), "one job done, one under way")
        faults.inject()
        for path in (place.session.paths.root, *place.session.paths.root.rglob("*")):
            try:
                found = path.lstat()
            except FileNotFoundError:
                continue
            wanted = 0o700 if stat.S_ISDIR(found.st_mode) else 0o600
            assert stat.S_IMODE(found.st_mode) == wanted, path
    finally:
        os.umask(umask)
    place.session.stop([row.id for row in place.rows()])
    until(place.at_rest, "the runner to end")


@pytest.mark.parametrize("name", ["jobs", "inbox", "old", "inbox/applied"])
def test_a_link_in_place_of_a_folder_is_refused(tmp_path, name, faults):
    paths = builders.store(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = paths.root / name
    if folder.exists():
        shutil.move(folder, tmp_path / "kept")
    folder.symlink_to(elsewhere)
    faults.inject()
    with pytest.raises(EnvironmentFault, match="symbolic link"):
        starting.take(paths)
    assert not any(path.is_file() for path in elsewhere.rglob("*"))
    assert holder(paths.runner_lock) is None


def test_nothing_is_written_through_a_planted_link(tmp_path, faults):
    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, '[[experiment]]\nname = "a"\n')
    [row] = ledger.jobs()
    paths, folder = ledger.paths, ledger.paths.job(row.id)
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    for path in (folder.events, folder.lock):
        path.unlink(missing_ok=True)
        path.symlink_to(victim)
        faults.inject()
        with pytest.raises(OSError, match="symbolic"):
            ledger.lost(row.id, counts=True)
        path.unlink()
    for path in (folder.config, folder.stop, folder.folder / f".stop.{os.getpid()}.part"):
        path.unlink(missing_ok=True)
        path.symlink_to(victim)
        faults.inject()
        ledger.folders.ask_to_stop(row.id, "now")
        ledger.folders.fill(ledger.file(row.id))
        assert not path.is_symlink()
    assert victim.read_text() == "untouched"
    shutil.rmtree(folder.folder)
    folder.folder.symlink_to(tmp_path)
    faults.inject()
    with pytest.raises(EnvironmentFault, match="symbolic link"):
        starting.take(paths)
    ledger.folders.delete(row.id)
    assert victim.read_text() == "untouched"
    ledger.close()


def test_on_a_network_file_system_there_is_a_warning_and_no_wal(tmp_path, monkeypatch, faults):
    paths = builders.store(tmp_path)
    monkeypatch.setattr("engine.record.database.WAL_IS_SAFE", (3, 0, 0))
    monkeypatch.setattr(machine, "WAL_IS_SAFE", (3, 0, 0))
    mounts = tmp_path / "mountinfo"
    modes = {}
    for kind in ("ext4", "nfs4", "cifs", "fuse.sshfs", "9p"):
        mounts.write_text(f"36 35 98:0 / {tmp_path} rw,noatime - {kind} server:/export rw\n")
        monkeypatch.setattr(filesystem, "MOUNTS", mounts)
        paths.database.unlink(missing_ok=True)
        with closing(Ledger(paths)), closing(Store(paths)) as store:
            modes[kind] = store.database.read("PRAGMA journal_mode")[0][0]
        warned = machine.place(paths).state is State.WARNING
        assert warned == (kind != "ext4")
        assert any("is on " + kind in line for line in machine.warnings(paths)) == warned
        faults.inject()
    assert modes.pop("ext4") == "wal"
    assert set(modes.values()) == {"delete"}
