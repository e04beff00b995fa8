"""A tiny data set, and jobs over it that train in a second."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.datasets.files import digest
from engine.plan.settings import DEFAULTS, effective
from engine.plan.sweep import make_job
from engine.record.jobfile import JobFile
from engine.record.paths import JobPaths, StorePaths

TINY = {"model": "mlp", "hidden_units": 16, "batch_size": 16, "eval_batch_size": 32, "epochs": 3}

MakeJob = Callable[..., JobPaths]


@pytest.fixture(scope="session")
def quadrants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An .npz of 200 + 60 noisy images, 8 x 8, of four classes: which quadrant is bright."""
    generator = np.random.default_rng(0)
    arrays = {}
    for part, count in (("train", 200), ("test", 60)):
        labels = generator.integers(0, 4, count)
        labels[:4] = range(4)
        images = generator.integers(0, 200, (count, 8, 8), np.uint8)
        for image, label in zip(images, labels, strict=True):
            row, column = divmod(int(label), 2)
            image[row * 4 : row * 4 + 4, column * 4 : column * 4 + 4] += 55
        arrays |= {f"x_{part}": images, f"y_{part}": labels}
    path = tmp_path_factory.mktemp("data") / "quadrants.npz"
    np.savez(path, **arrays)
    return path


@pytest.fixture
def make(tmp_path: Path, quadrants: Path) -> MakeJob:
    """Makes a job's folder: `make(epochs=2)`; `seed`, `time_limit`, `on_nan`, `store` and `digests` are no settings."""

    def make_one(
        *, seed: int = 0, store: str = "runs", digests: dict[str, str] | None = None, **values: Any
    ) -> JobPaths:
        options = {name: values.pop(name) for name in ("time_limit", "on_nan") if name in values}
        config = effective(DEFAULTS | {"dataset": str(quadrants)} | TINY | values)
        known = {str(quadrants): digest(quadrants)} if config["dataset"] == str(quadrants) else {}
        job = make_job(config, seed, known | (digests or {}))
        stores = StorePaths(tmp_path / store)
        stores.create()
        paths = stores.job(job.id)
        paths.folder.mkdir(mode=0o700)
        JobFile(job, folder=str(tmp_path), **options).write(paths.config)
        return paths

    return make_one
