"""Locks: one holder, named, gone with its process."""

import subprocess
import sys

from engine.record.locks import FileLock, Identity, boot_id, holder, identify

HOLD = """
import sys
from pathlib import Path
from engine.record.locks import FileLock
print(FileLock(Path(sys.argv[1])).acquire(), flush=True)
sys.stdin.read()
"""


def hold(path):
    child = subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"True\n"
    return child


def test_a_lock_has_one_holder_and_dies_with_it(tmp_path):
    path = tmp_path / "lock"
    assert holder(path) is None
    child = hold(path)
    owner = holder(path)
    assert owner.pid == child.pid
    assert owner.is_alive()
    assert not FileLock(path).acquire()
    child.kill()
    child.wait()
    assert holder(path) is None
    assert not owner.is_alive()
    lock = FileLock(path)
    assert lock.acquire()
    assert holder(path) == identify()
    lock.release()
    assert holder(path) is None


def test_another_boot_another_start_or_another_host_is_a_stranger():
    me = identify()
    assert me.is_alive()
    assert me.boot == boot_id()
    for other in (
        Identity(me.host, "other", me.pid, me.started),
        Identity(me.host, me.boot, me.pid, me.started + 1),
        Identity("elsewhere", me.boot, me.pid, me.started),
    ):
        assert not other.is_alive()


def test_looking_at_a_lock_keeps_nobody_from_it(tmp_path):
    path = tmp_path / "lock"
    looking = "import sys; from pathlib import Path; from engine.record.locks import holder\n"
    looking += "print(flush=True)\nwhile True: holder(Path(sys.argv[1]))"
    child = subprocess.Popen([sys.executable, "-c", looking, path], stdout=subprocess.PIPE)
    child.stdout.readline()
    try:
        for _ in range(2000):
            lock = FileLock(path)
            assert lock.acquire()
            lock.release()
    finally:
        child.kill()
        child.wait()
