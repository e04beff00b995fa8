"""What a worker tells, one JSON object a line in a job's `events.jsonl`; the line of an epoch is its commit point."""

import contextlib
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from engine import failpoints

Metrics: TypeAlias = dict[str, float]


@dataclass(frozen=True)
class AttemptStarted:
    """A worker holds the job's lock and begins after `resumed_epoch` (0: from the start).

    `t` is Unix time in seconds. `environment` records what decides the bits: device, threads, onednn, xla and the
    versions of tensorflow, keras and numpy. `exact` is False, with `inexact` saying why, where a resume cannot promise
    the bits of an unbroken run. `process` names the worker: boot id, pid, start time.
    """

    KIND: ClassVar[str] = "attempt_started"
    t: float
    attempt: int
    resumed_epoch: int
    device: str
    environment: dict[str, str]
    process: dict[str, str | int]
    parameters: int
    exact: bool = True
    inexact: str = ""


@dataclass(frozen=True)
class EpochEnded:
    """Epoch `epoch` (from 1) is committed: `checkpoint` is on disk and its bytes hash to `sha256`.

    `metrics` holds loss, accuracy, val_loss, val_accuracy (fractions; without a validation split no val_ ones) and
    learning_rate, the rate of the epoch's last step. `seconds` is the wall time of training and validation.
    """

    KIND: ClassVar[str] = "epoch_ended"
    t: float
    epoch: int
    metrics: Metrics
    seconds: float
    checkpoint: str
    sha256: str


@dataclass(frozen=True)
class AttemptEnded:
    """The attempt is over, and with it the job, unless `status` is crashed or lost: then there is another one.

    `status` is done, stopped, failed, out_of_memory or crashed (an exception that nobody foresaw). The runner writes
    the line where the worker could not: crashed if its process died, interrupted if that was asked for, lost if nobody
    saw how it ended (as after a reboot), which costs the job nothing.

    For `done`: `reason` says why it ended (all epochs, early stopping, time limit), `best_epoch` is the epoch whose
    weights were tested, `test` holds loss and accuracy, `misclassified` counts test digits. For a failure `error` holds
    one line, and `traceback` the last lines.

    An attempt that ended before it could say that it had begun, as while its model was built, says so here: its number
    (0 elsewhere), when it was given to a worker, and on which device.
    """

    KIND: ClassVar[str] = "attempt_ended"
    t: float
    status: str
    reason: str = ""
    best_epoch: int | None = None
    test: Metrics = field(default_factory=dict)
    misclassified: int | None = None
    error: str = ""
    traceback: str = ""
    attempt: int = 0
    began: float = 0.0
    device: str = ""


Event: TypeAlias = AttemptStarted | EpochEnded | AttemptEnded

KINDS: dict[str, type[AttemptStarted] | type[EpochEnded] | type[AttemptEnded]] = {
    kind.KIND: kind for kind in (AttemptStarted, EpochEnded, AttemptEnded)
}


def _writable(value: Any) -> Any:
    """JSON has no NaN or infinity: they travel as the words that `float` reads back."""
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    if isinstance(value, Mapping):
        return {key: _writable(item) for key, item in value.items()}
    return value


def _numbers(metrics: Mapping[str, float | str]) -> Metrics:
    return {name: float(value) for name, value in metrics.items()}


def encode(event: Event) -> bytes:
    """One line, newline included."""
    record = {"event": event.KIND, **_writable(asdict(event))}
    return json.dumps(record, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def decode(line: bytes) -> Event:
    """The event in one whole line. Raises ValueError where it is none; fields of a later version are passed over."""
    record = json.loads(line)
    if not isinstance(record, dict) or record.get("event") not in KINDS:
        raise ValueError("not an event")
    kind = KINDS[record["event"]]
    known = {item.name for item in fields(kind)}
    values = {name: value for name, value in record.items() if name in known}
    for name in ("metrics", "test"):
        if name in values:
            values[name] = _numbers(values[name])
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(str(error)) from None


def append(path: Path, event: Event) -> None:
    """Add one line and fsync it: when this returns, the event has happened. Raises OSError; then it has not."""
    place = f"{event.KIND}-{event.epoch}" if isinstance(event, EpochEnded) else event.KIND
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        before = os.fstat(descriptor).st_size
        try:
            failpoints.reach(f"{place}:opened")
            line = encode(event)
            while line:
                line = line[os.write(descriptor, line) :]
            failpoints.reach(f"{place}:written")
            os.fsync(descriptor)
        except OSError:
            # What the disk may never have got must not be read as if it had.
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, before)
            raise
    finally:
        os.close(descriptor)
    failpoints.reach(f"{place}:synced")


def read(path: Path, offset: int = 0) -> Iterator[tuple[Event, int]]:
    """Every whole event from byte `offset` on, each with the offset behind its line.

    A last line without its newline has not happened yet. A damaged line is passed over, since later lines stand alone.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                offset += len(line)
                try:
                    event = decode(line)
                except ValueError:
                    continue
                yield event, offset
    except FileNotFoundError:
        return


def is_boundary(path: Path, offset: int) -> bool:
    """Whether byte `offset` of the file is where a line ends and another may begin."""
    if offset == 0:
        return True
    try:
        with path.open("rb") as file:
            file.seek(offset - 1)
            return file.read(1) == b"\n"
    except FileNotFoundError:
        return False


def trim(path: Path) -> None:
    """Cut a half-written last line, which a worker that died left behind; the next append then starts a line.

    Raises OSError, also where a link stands in the file's place.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    with os.fdopen(descriptor, "r+b") as file:
        data = file.read()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            file.truncate(whole)
