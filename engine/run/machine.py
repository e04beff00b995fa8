"""What this machine has for training, and what of it may surprise."""

import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from engine.record import filesystem
from engine.record.database import WAL_IS_SAFE
from engine.record.paths import StorePaths
from engine.run import devices, logind, process
from engine.run.checks import Check, State

LEAST_ROOM = 1_000_000_000
LIBRARIES = ("tensorflow", "keras", "numpy")


def checks(paths: StorePaths) -> Iterator[Check]:
    """Everything about the machine and the place of the store, without loading TensorFlow."""
    yield Check("Python", platform.python_version())
    for name in LIBRARIES:
        try:
            yield Check(name, version(name))
        except PackageNotFoundError:
            yield Check(name, "not installed", State.FAULT, f"pip install {name}")
    yield from gpus()
    yield onednn()
    yield sqlite(paths)
    yield room(paths)
    yield place(paths)
    yield logout()
    yield permissions(paths)


def gpus() -> Iterator[Check]:
    """A line a GPU, or why there is none."""
    driver = devices.driver()
    if not driver and devices.has_driver():
        told = "NVML does not answer: TensorFlow is asked for the GPUs, and nobody knows whether they are in use"
        yield Check("GPU", told, State.WARNING, "nvidia-smi tells more")
        return
    if not driver:
        yield Check("GPU", "none: no GPU driver answers; jobs train on the CPU")
        return
    found = devices.gpus()
    if not found:
        yield Check("GPU", f"none that may be used, driver {driver}; jobs train on the CPU")
    for device in found:
        memory = "" if device.memory_total is None else f", {device.memory_total / 2**30:.0f} GiB"
        count = len(device.holders) + device.unseen
        held = f", {count} process{' computes' if count == 1 else 'es compute'} on it" if count else ""
        yield Check(device.label, f"{device.name}{memory}, driver {driver}{held}")


def onednn() -> Check:
    """Whether a worker on the CPU uses oneDNN's kernels."""
    word = process.environment(devices.cpu()).get("TF_ENABLE_ONEDNN_OPTS", "1")
    if word == "0":
        return Check("oneDNN", "off, as TF_ENABLE_ONEDNN_OPTS=0 asks for", State.WARNING, "unset it: CPUs train faster")
    return Check("oneDNN", "on")


def sqlite(paths: StorePaths) -> Check:
    """SQLite's version, and how it keeps a store whole."""
    least = ".".join(map(str, WAL_IS_SAFE))
    if sqlite3.sqlite_version_info < WAL_IS_SAFE:
        return Check("SQLite", f"{sqlite3.sqlite_version}, rollback journal (WAL from {least} on)")
    if filesystem.is_network(filesystem.kind(paths.root)):
        return Check("SQLite", f"{sqlite3.sqlite_version}, rollback journal, since the file system is no local one")
    return Check("SQLite", f"{sqlite3.sqlite_version}, WAL")


def room(paths: StorePaths) -> Check:
    """How much the disk of the store still holds."""
    free = shutil.disk_usage(standing(paths.root)).free
    told = f"{free / 1e9:,.1f} GB free"
    if free < LEAST_ROOM:
        return Check("disk", told, State.WARNING, "make room, or engine prune: without any the queue pauses")
    return Check("disk", told)


def place(paths: StorePaths) -> Check:
    """The type of the file system that the store is on."""
    kind = filesystem.kind(standing(paths.root))
    if filesystem.is_network(kind):
        remedy = "put the queue file on a local disk: locks and databases are not safe on a shared one"
        return Check("file system", f"{kind}, shared over a network", State.WARNING, remedy)
    return Check("file system", kind or "unknown")


def logout() -> Check:
    """What becomes of a detached runner when its user logs out."""
    path = logind.kills()
    if path is None:
        return Check("logout", "training goes on")
    if not logind.in_session():
        return Check("logout", f"training goes on: this is no login session (KillUserProcesses=yes in {path})")
    return Check("logout", f"ends training: KillUserProcesses=yes in {path}", State.WARNING, logind.REMEDY)


def permissions(paths: StorePaths) -> Check:
    """Whether the store is this user's own, may be written, and is nobody else's to read."""
    root = paths.root
    if not os.path.lexists(root):
        folder = standing(root)
        if os.access(folder, os.W_OK | os.X_OK):
            return Check("permissions", "the store can be made here")
        return Check("permissions", f"{folder} cannot be written", State.FAULT, "make it writable: chmod u+wx")
    found = root.stat()
    if not stat.S_ISDIR(found.st_mode):
        return Check("permissions", f"{root} is no folder", State.FAULT, "move it away")
    if found.st_uid != os.geteuid():
        return Check("permissions", f"{root} is another user's", State.FAULT, "here it can only be viewed")
    if not os.access(root, os.W_OK | os.X_OK):
        return Check("permissions", f"{root} cannot be written", State.FAULT, f"chmod u+wx {root}")
    if found.st_mode & 0o077:
        return Check("permissions", "other users may look into the store", State.WARNING, f"chmod 700 {root}")
    return Check("permissions", "the store is yours alone")


def standing(path: Path) -> Path:
    """The path itself, or the nearest folder above it that is there."""
    resolved = path.absolute()
    return next((each for each in (resolved, *resolved.parents) if each.exists()), Path("/"))


def warnings(paths: StorePaths) -> list[str]:
    """What to say to somebody who is about to start a detached runner here, a line each; mostly nothing."""
    told = [logind.warning()]
    if (found := place(paths)).state is State.WARNING:
        told.append(f"the store is on {found.told}; {found.remedy}")
    return [line for line in told if line]
