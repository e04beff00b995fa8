"""A small store as this release writes it, kept for later ones to open: `python -m tests.released.make FOLDER`.

FOLDER becomes the queue file's; its absolute path stands in the store, so name a plain one. What is written is zipped
to `store-VERSION.zip` beside this file, without logs and locks, which tell of the machine and not of the format.
"""

import os
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

from engine.failpoints import VARIABLE
from engine.record import events
from engine.record.events import EpochEnded
from engine.results.rows import Note
from tests.faults.injecting import end_all, whole
from tests.tiny import Place
from tests.waiting import until

QUEUE = """
[[experiment]]
name = "good"       # what is done
epochs = 3
sweep = { dropout = [0.1, 0.2] }
[[experiment]]
name = "mad"        # what has failed
batch_norm = false
optimizer = "sgd"
learning_rate = 1e30
epochs = 2
[[experiment]]
name = "long"       # what was interrupted
epochs = 6
ema = 0.9
lr_schedule = "cosine"
"""
LEFT_OUT = {"worker.log", "runner.log", "lock", "runner.lock"}


def make(folder: Path) -> Path:
    """Train the queue in `folder`, end its last job behind epoch 3, and zip what is there. Returns the zip's path."""
    folder.mkdir(parents=True)
    os.environ[VARIABLE] = f"epoch-3:committed#3=pause:{folder / 'never'}"
    place = Place(folder)
    place.write(QUEUE)
    place.submit()
    try:
        until(lambda: [row for row in place.rows() if row.epoch == 3 and row.epochs == 6], "epoch 3 of the last job")
        [row] = place.session.find(["long"])
        place.session.stop([row.id], now=True)
        until(place.at_rest, "the runner to end")
    finally:
        end_all(place.session.paths)
    place.session.write_note(row.id, Note("goes on one day", True, ("kept",)))
    told = [event for event, _ in events.read(place.session.paths.job(row.id).events)]
    assert sum(isinstance(event, EpochEnded) for event in told) == 3
    whole(place.session.paths)
    path = Path(__file__).with_name(f"store-{version('labtop')}.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
        for each in sorted(folder.rglob("*")):
            if each.name not in LEFT_OUT:
                kept.write(each, each.relative_to(folder))
    return path


if __name__ == "__main__":
    print(make(Path(sys.argv[1])))  # noqa: T201  the answer to whoever started this
