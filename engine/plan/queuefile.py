"""From `experiments.toml` to experiments; every fault is found in one reading and told with its line."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import Fault, QueueFileError
from engine.plan import syntax
from engine.plan.experiment import Experiment, RunOptions
from engine.plan.faults import Findings
from engine.plan.jobs import Value
from engine.plan.reader import Reader
from engine.plan.settings import NAMES
from engine.plan.toml_layout import lines_of, long_key

LARGEST_FILE = 1 << 20
DEEPEST = "allowed: three at most, as in experiment.sweep.dropout"
TABLES = ("run", "defaults", "experiment")


@dataclass(frozen=True)
class QueueFile:
    """A queue file that was read without a fault; `text` is what stood in it."""

    path: Path
    text: str
    run: RunOptions
    experiments: tuple[Experiment, ...]
    defaults: Mapping[str, Value] = field(default_factory=dict)
    warnings: tuple[Fault, ...] = ()
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, experiment: Experiment, key: str) -> int:
        """The line on which an experiment sets or sweeps `key`, or the defaults do; else the experiment's own."""
        number = next(n for n, other in enumerate(self.experiments) if other is experiment)
        places = (("experiment", number, "sweep", key), ("experiment", number, key), ("defaults", key))
        return next((self.lines[place] for place in places if place in self.lines), experiment.line)

    def chosen(self, only: Collection[str] = ()) -> list[Experiment]:
        """The experiments that would be trained: all that are enabled, of those in `only` where it names any."""
        return [each for each in self.experiments if each.enabled and (not only or each.name in only)]


def read(path: Path, only: Collection[str] = ()) -> QueueFile:
    """The queue file at `path`; `only` is as for `parse`. Raises QueueFileError with everything that is wrong."""
    try:
        if path.is_dir():
            raise QueueFileError(
                [Fault("this is a folder, not a queue file", str(path), allowed="name the file in it")]
            )
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        hint = "name another file, or write this one: `engine schema` tells what may stand in it"
        raise QueueFileError([Fault("there is no such queue file", str(path), allowed=hint)]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise QueueFileError(
            [Fault(f"the queue file cannot be read: {reason}", str(path), allowed="make it readable, or name another")]
        ) from None
    return parse(decode(data, path), path, only=only)


def decode(data: bytes, path: Path) -> str:
    """The text of a file's bytes. Raises QueueFileError where they are none."""
    if len(data) > LARGEST_FILE:
        raise QueueFileError([Fault("the queue file is too large", str(path), allowed="allowed: at most 1 MiB")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found = f"byte 0x{data[error.start]:02x} is not UTF-8 text"
        raise QueueFileError([Fault(found, str(path), line, allowed="save the file as UTF-8")]) from None


def parse(text: str, path: Path, *, data_must_be_there: bool = True, only: Collection[str] = ()) -> QueueFile:
    """The experiments in `text`; `path` names the file, and relative data paths are taken from its folder.

    Data that is missing is a fault where an enabled experiment (of those in `only`, where it names any) needs it, else
    a warning. Without `data_must_be_there`, the paths are not looked at: what was handed in once stays what it was.
    Raises QueueFileError.
    """
    long = long_key(text)
    if long is not None:
        raise QueueFileError([Fault("a key of more than 32 parts", str(path), long, allowed=DEEPEST)])
    try:
        document = tomllib.loads(text)
        lines = lines_of(text)
    except RecursionError:
        raise QueueFileError(
            [
                Fault(
                    "values are nested too deeply",
                    str(path),
                    allowed="allowed: lists of plain values, at most in one table",
                )
            ]
        ) from None
    except ValueError as error:
        raise QueueFileError([syntax.fault(error, text, str(path))]) from None
    findings = Findings(str(path), lines)
    for name in document:
        if name in NAMES or name in RunOptions.model_fields:
            hint = "it goes into [defaults] or an [[experiment]]" if name in NAMES else "it goes into [run]"
            findings.tell(Fault(f"{name} stands outside of any table", str(path), lines[(name,)], name, hint))
        elif name not in TABLES:
            findings.unknown(name, TABLES, (name,), name)
    reader = Reader(document, path, findings, data_must_be_there=data_must_be_there, only=only)
    run = reader.run()
    experiments = tuple(reader.experiments())
    if findings.faults:
        raise QueueFileError(findings.faults)
    warnings = sorted(findings.warnings, key=lambda warning: warning.line or 0)
    return QueueFile(path, text, run, experiments, reader.defaults, tuple(warnings), lines)
