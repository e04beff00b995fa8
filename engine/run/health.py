"""Whether a store is whole: who runs it, whether its database can be read, and whether it equals its folders."""

import sqlite3
from collections.abc import Iterator

from engine.errors import EngineError
from engine.plan.jobs import JobStatus
from engine.record.locks import holder
from engine.record.paths import StorePaths
from engine.record.store import Store
from engine.results.durations import counted
from engine.run import invariants, mending
from engine.run.checks import Check, State

SHOWN = 12


def checks(paths: StorePaths) -> Iterator[Check]:
    """Everything about the store; changes nothing in it."""
    if not paths.root.is_dir():
        yield Check("store", f"none at {paths.root} yet")
        return
    runner = holder(paths.runner_lock)
    yield Check("runner", f"process {runner.pid} on {runner.host}" if runner is not None else "none")
    wrong = mending.damage(paths)
    if wrong:
        yield Check("database", f"damaged: {wrong}", State.FAULT, "engine rebuild makes it anew from the folders")
        return
    if not paths.database.exists():
        yield Check("database", "none yet")
        return
    yield from _content(paths, running=runner is not None)


def _content(paths: StorePaths, *, running: bool) -> Iterator[Check]:
    try:
        store = Store(paths)
        try:
            rows = store.jobs()
            mode = store.database.read("PRAGMA journal_mode")[0][0]
        finally:
            store.close()
        told = f"whole: {counted(len(rows), 'job')}, {counted(sum(row.epoch for row in rows), 'epoch')}, journal {mode}"
        yield Check("database", told)
        trained = [row.id for row in rows if row.status is JobStatus.RUNNING and holder(paths.job(row.id).lock)]
        if running or trained:
            yield Check("folders", "not compared while jobs are trained")
            return
        broken = invariants.broken(paths)
    except (EngineError, OSError, sqlite3.Error) as error:
        text = str(error).splitlines()[0]
        yield Check("database", f"cannot be looked at: {text}", State.FAULT, "make the store readable and writable")
        return
    if not broken:
        yield Check("folders", "equal the database")
    for what in broken[:SHOWN]:
        yield Check("folders", what, State.FAULT, "engine rebuild makes the database anew from the folders")
    if len(broken) > SHOWN:
        yield Check("folders", f"{len(broken) - SHOWN:,} faults more", State.FAULT)
