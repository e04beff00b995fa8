"""Code that a queue file names: it runs only once a person has allowed that very content."""

import hashlib
from collections.abc import Sequence

from engine.plan.queuefile import QueueFile
from engine.plan.settings import CODE


def code_of(queue: QueueFile, only: Sequence[str] = ()) -> list[str]:
    """Every `module:function` model that the enabled experiments (or those in `only`) use, and `on_finish`."""
    models = [str(value) for each in queue.chosen(only) for value in each.sweep.get("model", (each.settings.model,))]
    found = [model for model in dict.fromkeys(models) if CODE.fullmatch(model)]
    return [*found, *([f"on_finish: {queue.run.on_finish}"] if queue.run.on_finish else [])]


def fingerprint(queue: QueueFile) -> str:
    """SHA-256 over the file's text and the modules that it names, wherever they are found beside it."""
    digest = hashlib.sha256(queue.text.encode())
    for name in code_of(queue):
        module = name.partition(":")[0].replace(".", "/")
        for path in (queue.path.parent / f"{module}.py", queue.path.parent / module / "__init__.py"):
            if CODE.fullmatch(name) and path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()
