"""A training's whole state after an epoch, as one file of plain arrays that is either whole or not there."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.record.paths import replace_file

Arrays: TypeAlias = list[NDArray[Any]]

STATE = "state"


@dataclass(frozen=True)
class Checkpoint:
    """`weights` are the model's variables (dropout's seed generators among them) and `optimizer` the optimizer's, both
    by index, since Keras' paths count up with every model built in a process; `averages` belong to `ema`, and `best`
    are early stopping's best weights. `state` is JSON: the epoch, and early stopping's place.
    """

    state: Mapping[str, Any]
    weights: Arrays
    optimizer: Arrays
    averages: Arrays
    best: Arrays

    def save(self, path: Path) -> str:
        """Write it, all of it or nothing, and return the SHA-256 of its bytes. Raises OSError."""
        parts = {"weights": self.weights, "optimizer": self.optimizer, "averages": self.averages, "best": self.best}
        named = {f"{name}.{index}": array for name, arrays in parts.items() for index, array in enumerate(arrays)}
        named[STATE] = np.frombuffer(json.dumps(dict(self.state)).encode(), np.uint8)
        data = packed(named)
        replace_file(path, data)
        return hashlib.sha256(data).hexdigest()

    @classmethod
    def load(cls, path: Path, sha256: str) -> "Checkpoint | None":
        """The checkpoint at `path`, or None where its bytes are gone or are not those that hash to `sha256`."""
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() != sha256:
            return None
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            state = json.loads(archive[STATE].tobytes())
            return cls(state, *(_part(archive, name) for name in ("weights", "optimizer", "averages", "best")))


def _part(archive: Mapping[str, NDArray[Any]], name: str) -> Arrays:
    count = sum(key.startswith(name + ".") for key in archive)
    return [archive[f"{name}.{index}"] for index in range(count)]


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of an .npz file; the same arrays always give the same bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def save_weights(path: Path, weights: Sequence[NDArray[Any]]) -> None:
    """Write a trained model's variables by index, as `weights.0`, `weights.1` ... Raises OSError."""
    replace_file(path, packed({f"weights.{index}": array for index, array in enumerate(weights)}))


def load_weights(path: Path) -> Arrays:
    """What `save_weights` wrote. Raises OSError or ValueError."""
    with np.load(path, allow_pickle=False) as archive:
        return _part(archive, "weights")
