"""A job: one configuration and one seed. Its id is a hash of both, so the same thing never trains twice."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

Value: TypeAlias = bool | int | float | str
Configuration: TypeAlias = Mapping[str, Value]


# Above this an experiment is counted, not looked at job by job, and handing it in is asked about.
MANY = 1000


class JobStatus(StrEnum):
    """Where a job stands. Closed: every front end asks it questions instead of comparing words."""

    QUEUED = "queued"
    HELD = "held"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    OUT_OF_MEMORY = "out_of_memory"
    WITHDRAWN = "withdrawn"

    def is_finished(self) -> bool:
        """Nothing more happens to it unless someone asks."""
        return self not in (JobStatus.QUEUED, JobStatus.HELD, JobStatus.RUNNING)

    def is_failure(self) -> bool:
        """It ended without a result, by a fault of its own."""
        return self in (JobStatus.FAILED, JobStatus.OUT_OF_MEMORY)

    def is_over(self) -> bool:
        """It is done or failed: handing its queue file in again does not train it."""
        return self is JobStatus.DONE or self.is_failure()

    def waits(self) -> bool:
        """It stands in the queue and nobody trains it."""
        return self in (JobStatus.QUEUED, JobStatus.HELD)

    def goes_on_with_run(self) -> bool:
        """`engine run` continues it without being asked to retry failures."""
        return self in (JobStatus.STOPPED, JobStatus.INTERRUPTED, JobStatus.WITHDRAWN)

    @property
    def glyph(self) -> str:
        """One ASCII character; a status is never told by colour alone."""
        return GLYPHS[self]


GLYPHS = {
    JobStatus.QUEUED: ".",
    JobStatus.HELD: ",",
    JobStatus.RUNNING: ">",
    JobStatus.DONE: "+",
    JobStatus.FAILED: "!",
    JobStatus.STOPPED: "=",
    JobStatus.INTERRUPTED: "~",
    JobStatus.OUT_OF_MEMORY: "m",
    JobStatus.WITHDRAWN: "x",
}


# The defaults of file format 1, frozen: ids are made against these, so no later default may change them.
FORMAT_1_DEFAULTS: dict[str, Value] = {
    "dataset": "mnist",
    "train_samples": 0,
    "validation_split": 0.2,
    "model": "cnn",
    "activation": "relu",
    "initializer": "glorot_uniform",
    "dropout": 0.2,
    "batch_norm": True,
    "filters": 64,
    "kernel_size": 3,
    "hidden_units": 256,
    "l2": 0.0,
    "optimizer": "rmsprop",
    "momentum": 0.0,
    "weight_decay": 0.0,
    "learning_rate": 1e-3,
    "lr_schedule": "exponential",
    "lr_decay": 0.95,
    "lr_step": 10,
    "warmup": 0.0,
    "epochs": 30,
    "batch_size": 128,
    "eval_batch_size": 128,
    "early_stopping": True,
    "monitor": "val_accuracy",
    "patience": 3,
    "min_delta": 0.0,
    "restore_best_weights": True,
    "label_smoothing": 0.0,
    "augment_shift": 0,
    "augment_rotate": 0.0,
    "augment_zoom": 0.0,
    "ema": 0.0,
    "precision": "float32",
    "deterministic": False,
}


@dataclass(frozen=True)
class Job:
    """One training to be done.

    `config` holds every setting by name, in the order of the settings model; those without effect stand at their
    defaults. `digests` maps each path or `module:function` that the configuration names to the SHA-256 of what it
    stood for when it was submitted.
    """

    id: str
    config: Configuration
    seed: int
    digests: Mapping[str, str] = field(default_factory=dict)


def job_id(differing: Configuration, seed: int, digests: Mapping[str, str]) -> str:
    """Sixteen hex digits of the SHA-256 over canonical JSON of what tells this job from every other.

    `differing` holds only the settings that differ from the frozen defaults of file format 1, so that a setting added
    later, or a default changed later, renames no job that was trained before.
    """
    identity: dict[str, Any] = {"seed": seed, "settings": dict(differing)}
    if digests:
        identity["digests"] = dict(digests)
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def configuration_id(config: Configuration) -> str:
    """Twelve hex digits that name a configuration whatever the seed, for notes."""
    return _configuration_hash(config)[:12]


def configuration_key(config: Configuration) -> int:
    """The same in the first 60 bits: of a hundred thousand configurations no two share them."""
    return int(_configuration_hash(config)[:15], 16)


def _configuration_hash(config: Configuration) -> str:
    text = json.dumps(dict(config), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
