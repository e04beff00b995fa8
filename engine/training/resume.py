"""Where a job goes on: at its last commit whose checkpoint is still whole."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.record import events
from engine.record.events import AttemptEnded, AttemptStarted, EpochEnded, Event
from engine.record.paths import JobPaths
from engine.training.checkpoint import Checkpoint

# What an environment records that no bit depends on.
WITHOUT_EFFECT = frozenset({"python"})


@dataclass(frozen=True)
class Past:
    """What earlier attempts left: the last event of each committed epoch, and who trained it.

    `unbegun` counts the attempts that ended before they could say that they began.
    """

    epochs: dict[int, EpochEnded] = field(default_factory=dict)
    attempts: tuple[AttemptStarted, ...] = ()
    done: bool = False
    unbegun: int = 0

    @classmethod
    def read(cls, paths: JobPaths) -> "Past":
        """From `events.jsonl`, once a half-written last line is cut off."""
        events.trim(paths.events)
        return cls.of([event for event, _ in events.read(paths.events)])

    @classmethod
    def of(cls, told: Sequence[Event]) -> "Past":
        """From events in their order; an epoch that was trained again counts once, as it came out last."""
        return cls(
            {event.epoch: event for event in told if isinstance(event, EpochEnded)},
            tuple(event for event in told if isinstance(event, AttemptStarted)),
            any(isinstance(event, AttemptEnded) and event.status == "done" for event in told),
            sum(isinstance(event, AttemptEnded) and event.attempt > 0 for event in told),
        )

    @property
    def next_attempt(self) -> int:
        """The number of the attempt that follows, those counted that ended before they could say that they began."""
        return len(self.attempts) + self.unbegun + 1


def last_whole(paths: JobPaths, past: Past) -> tuple[int, Checkpoint | None]:
    """The last committed epoch whose checkpoint is undamaged, with it; (0, None) to start from the beginning."""
    for epoch in sorted(past.epochs, reverse=True):
        path = paths.checkpoint(epoch)
        if path.exists():
            checkpoint = Checkpoint.load(path, past.epochs[epoch].sha256)
            if checkpoint is not None:
                return epoch, checkpoint
            print(f"{path.name} is damaged; going on from the one before", flush=True)  # noqa: T201  worker.log
    return 0, None


def discard_beyond(paths: JobPaths, epoch: int) -> None:
    """Delete checkpoints after `epoch`, which were never committed or turned out damaged, and half-written files."""
    for number, path in paths.checkpoints().items():
        if number > epoch:
            path.unlink(missing_ok=True)
    for path in paths.folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            path.unlink()


def inexact(past: Past, now: dict[str, str], deterministic: bool) -> str:
    """Why going on may not give the bits of an unbroken run; empty where it will."""
    if not past.attempts:
        return ""
    before = past.attempts[-1].environment
    changed = [
        f"{name} was {before.get(name, '?')}, is {value}"
        for name, value in now.items()
        if name not in WITHOUT_EFFECT and before.get(name) != value
    ]
    if changed:
        return "; ".join(changed)
    if now["device"] != "CPU" and not deterministic:
        return "on a GPU only deterministic = true repeats every bit"
    return ""
