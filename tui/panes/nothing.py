"""Words for a tab that has nothing to show yet: what to press, or, once that was done, what is going on."""

from engine.session import Snapshot

PRESS = "In the Queue tab (1), r trains the queue file"


def so_far(empty: str, snapshot: Snapshot | None, press: str = PRESS) -> str:
    """`empty`, in which PRESS gives way to how many jobs run and wait, where any do, else to `press`."""
    counts = snapshot.counts if snapshot is not None else {}
    running, waiting = counts.get("running", 0), counts.get("queued", 0) + counts.get("held", 0)
    return empty.replace(PRESS, f"{running} running, {waiting} waiting" if running or waiting else press)


def pressing(*, exists: bool, refused: bool) -> str:
    """What to press in the Queue tab, its keys by name; where nothing may be, that."""
    if refused:
        return "Nothing can be trained from here, which is read-only"
    does = "<queue.run> trains the queue file" if exists else "<queue.new> writes a first queue file"
    return f"In the Queue tab (<tab.queue>), {does}"
