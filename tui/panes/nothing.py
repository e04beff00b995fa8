"""Words for a tab that has nothing to show yet: what to press, or, once that was done, what is going on."""

from engine.session import Snapshot

PRESS = "In the Queue tab (1), r trains the queue file"


def so_far(empty: str, snapshot: Snapshot | None) -> str:
    """`empty`, in which PRESS gives way to how many jobs run and wait, where any do."""
    counts = snapshot.counts if snapshot is not None else {}
    running, waiting = counts.get("running", 0), counts.get("queued", 0) + counts.get("held", 0)
    return empty.replace(PRESS, f"{running} running, {waiting} waiting") if running or waiting else empty
