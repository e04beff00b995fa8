"""`engine rebuild`: the database made anew from the folders, the old one kept aside."""

from typing import Annotated

import typer

from engine.cli.store_option import StoreOption, look_into
from engine.cli.streams import words
from engine.errors import EnvironmentFault, UsageError
from engine.run import inbox, mending, starting


def rebuild(
    yes: Annotated[bool, typer.Option("--yes", help="Even if the database is whole.")] = False,
    store: StoreOption = None,
) -> None:
    """Make the database anew from the job folders and the requests; the old one is kept as labtop.db.DATE.

    One that is whole is made anew only with --yes. No runner may be running meanwhile.
    """
    paths = look_into(store).paths
    if not paths.jobs.is_dir():
        hint = "train something first: engine run experiments.toml"
        raise EnvironmentFault("there are no results here yet", where=str(paths.root), hint=hint)
    lock = starting.take(paths)
    try:
        wrong = mending.damage(paths)
        if not wrong and not yes:
            hint = "--yes makes it anew all the same; engine doctor looks closer"
            raise UsageError("the database is whole", where=str(paths.database), hint=hint)
        words(mending.renew(paths, wrong or "as was asked"))
        paths.notice.unlink(missing_ok=True)
    finally:
        lock.release()
        # Whoever left a request meanwhile saw the lock held, and started nobody.
        if inbox.waiting(paths):
            starting.ensure_runner(paths)
