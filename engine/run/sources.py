"""What a queue file names outside of itself, data and code, and the SHA-256 that each enters a job's id with."""

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

from engine.datasets.files import digest
from engine.errors import DataError, Fault, QueueFileError
from engine.plan.experiment import Experiment
from engine.plan.queuefile import QueueFile
from engine.plan.settings import CODE, looks_like_path


def digests(queue: QueueFile, only: Collection[str] = ()) -> dict[str, str]:
    """SHA-256 by data path or `module:function`, of all that the enabled experiments (or those in `only`) name.

    Raises QueueFileError, with the line of each, where something is missing or is no data set.
    """
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for experiment in queue.chosen(only):
        for key, name in named(experiment):
            if name in found:
                continue
            try:
                found[name] = digest(Path(name)) if key == "dataset" else code_digest(name, queue.path.parent)
            except DataError as error:
                fault = error.faults[0]
                line = queue.line(experiment, key)
                place = f"{experiment.name}: {key}"
                told = fault.message if name in fault.message else f"{fault.message}: {name}"
                faults.append(Fault(told, str(queue.path), line, place, fault.allowed))
    if faults:
        raise QueueFileError(faults)
    return found


def code(queue: QueueFile, only: Collection[str] = ()) -> list[str]:
    """Every `module:function` that the enabled experiments (or those in `only`) would run, and `on_finish`."""
    models = dict.fromkeys(
        name for experiment in queue.chosen(only) for key, name in named(experiment) if key == "model"
    )
    return [*models, *([f"on_finish = {queue.run.on_finish}"] if queue.run.on_finish else [])]


def named(experiment: Experiment) -> Iterator[tuple[str, str]]:
    """Each data path and `module:function` of an experiment, with its setting."""
    for key, wanted in (("dataset", looks_like_path), ("model", CODE.fullmatch)):
        for value in experiment.sweep.get(key, (getattr(experiment.settings, key),)):
            if wanted(str(value)):
                yield key, str(value)


def code_digest(name: str, folder: Path) -> str:
    """SHA-256 of the module's file, looked for in the queue file's folder. Raises DataError where there is none."""
    module = name.partition(":")[0].replace(".", "/")
    for path in (folder / f"{module}.py", folder / module / "__init__.py"):
        if path.is_file():
            return hashlib.sha256(path.read_bytes()).hexdigest()
    hint = f"allowed: module:function, with the module at {folder}/{module}.py"
    raise DataError(f"there is no module for the model {name}", hint=hint)
