"""A data set and queue files so small that a real training takes a moment."""

from pathlib import Path

import numpy as np

from engine.plan import queuefile
from engine.record.paths import StorePaths
from engine.session import Session


def write_data(folder: Path, samples: int = 240, size: int = 6, classes: int = 3) -> Path:
    """An .npz of squares whose brightness tells their class, with noise."""
    draw = np.random.default_rng(7)
    arrays = {}
    for part, count in (("train", samples), ("test", samples // 2)):
        labels = draw.integers(0, classes, count).astype(np.int64)
        labels[:classes] = np.arange(classes)
        images = labels[:, None, None] * 60 + draw.integers(0, 90, (count, size, size))
        arrays[f"x_{part}"] = images.astype(np.uint8)
        arrays[f"y_{part}"] = labels
    path = folder / "tiny.npz"
    np.savez(path, **arrays)
    return path


class Place:
    """A folder with a tiny data set, a queue file and its store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        write_data(folder)
        self.file = folder / "experiments.toml"
        self.session = Session(StorePaths.beside(self.file))

    def write(self, experiments: str, defaults: str = "") -> None:
        """The queue file: an mlp of 8 units on the tiny data unless `experiments` says otherwise."""
        self.file.write_text(
            '[defaults]\ndataset = "tiny.npz"\nmodel = "mlp"\nhidden_units = 8\nbatch_size = 32\n'
            f"early_stopping = false\n{defaults}\n{experiments}\n"
        )

    def submit(self, **more):
        """Hand the queue file in, as `engine run --detach` does."""
        return self.session.submit(queuefile.read(self.file), **more)

    def rows(self):
        return self.session.snapshot().jobs

    def statuses(self):
        return [str(row.status) for row in self.rows()]

    def at_rest(self) -> bool:
        """No runner, and nothing for one to do."""
        snapshot = self.session.snapshot()
        return snapshot.runner is None and not snapshot.pending
