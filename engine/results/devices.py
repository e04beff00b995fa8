"""Which devices a queue is trained on, and how many of its jobs train at once."""

from collections.abc import Sequence

from engine.results.rows import Device


def gpus_named(gpus: Sequence[Device], wanted: Sequence[int | str]) -> list[Device]:
    """The GPUs that `--gpus` or `[run] gpus` names, by number or UUID; all of them where nothing is named."""
    if not wanted:
        return list(gpus)
    return [gpu for gpu in gpus if any(gpu.label == f"GPU{word}" or gpu.key == word for word in wanted)]


def jobs_at_once(present: Sequence[Device], slots: int, device: str = "auto", gpus: Sequence[int | str] = ()) -> int:
    """How many jobs train at once: `slots` on each GPU that may be used, or on the CPU where there is none or `device`
    is cpu.
    """
    usable = [] if device == "cpu" else gpus_named([each for each in present if each.is_gpu], gpus)
    return slots * max(1, len(usable))
