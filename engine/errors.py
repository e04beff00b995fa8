"""What a person is told when something they can cause goes wrong: what, where, and what to do."""

from dataclasses import dataclass

from engine.text import visible

LONGEST_KEY = 120


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, in at most three lines: what, where, and what is allowed."""

    message: str
    file: str = ""
    line: int | None = None
    key: str = ""
    allowed: str = ""

    @property
    def where(self) -> str:
        """`file:line, key`, with whatever of it is known."""
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        key = self.key if len(self.key) <= LONGEST_KEY else self.key[: LONGEST_KEY - 3] + "..."
        return ", ".join(part for part in (place, key) if part)

    def __str__(self) -> str:
        lines = [self.message, f"  at {self.where}" if self.where else "", f"  {self.allowed}" if self.allowed else ""]
        return "\n".join(visible(line) for line in lines if line)


def reason(error: BaseException) -> str:
    """Why something failed, in the words of the system or the library, as part of one of our own lines."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, KeyError):
        return f"it lacks {error.args[0]}" if error.args else "it lacks something"
    lines = str(error).strip().splitlines()
    if lines and "pickle" in lines[0]:
        return "it is no archive of plain arrays"
    return lines[0].rstrip(".") if lines else type(error).__name__


class EngineError(Exception):
    """Base of every error that a person can cause; shown as its text, never as a traceback."""

    exit_code = 2

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.faults: tuple[Fault, ...] = (Fault(message, file=where, allowed=hint),)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class QueueFileError(EngineError):
    """The queue file cannot be used; `faults` holds everything that is wrong with it, in the order of its lines."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("the queue file has faults")
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line or 0))


class UsageError(EngineError):
    """A command's words do not name something that exists."""


class EnvironmentFault(EngineError):
    """Nothing is wrong with what was asked, but this machine or store cannot do it."""

    exit_code = 3


class DataError(EngineError):
    """A data set is missing, damaged, or not what a classifier can be trained on."""

    exit_code = 3


class StoreLocked(EnvironmentFault):
    """Another runner, on this host or another, holds the store."""


class StoreBusy(EnvironmentFault):
    """The database is locked by somebody for longer than one waits; what was asked may be asked again."""


class StoreDamaged(EnvironmentFault):
    """The database cannot be read; it can be made anew from the folders."""


class ModelError(EngineError):
    """A `module:function` model is missing, changed since its job was submitted, or not what can be trained."""

    exit_code = 3
