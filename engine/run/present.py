"""The devices that a runner schedules on, looked at again every few seconds."""

import time
from collections.abc import Sequence
from dataclasses import replace

from engine.errors import EngineError
from engine.results.devices import gpus_named
from engine.results.rows import Device
from engine.run import devices, process

DEVICES_SECONDS = 5.0


class Present:
    """What there is to train on. `missing` names GPUs that somebody chose and of which none is here; mostly empty.

    Where NVML does not answer, TensorFlow is asked once which GPUs there are; whether they are in use nobody knows
    then. GPUs that were there once are not taken for gone, since jobs would be trained on the CPU in their place.
    """

    def __init__(self) -> None:
        self.missing = ""
        self._gpus: list[Device] = []
        self._found: list[Device] = []
        self._looked: float | None = None
        self._asked = False

    def look(self, chosen: Sequence[int | str]) -> list[Device]:
        """The GPUs that `chosen` names, all where it names none, and the CPU."""
        if self._looked is None or time.monotonic() - self._looked > DEVICES_SECONDS:
            self._gpus = devices.gpus() or [unknown(gpu) for gpu in self._gpus] or self._unlisted()
            named = gpus_named(self._gpus, chosen)
            self.missing = "" if named else ", ".join(str(word) for word in chosen)
            self._found = [*named, devices.cpu()]
            self._looked = time.monotonic()
        return self._found

    def forget(self) -> None:
        """Something has changed: the next look is a new one."""
        self._looked = None

    def _unlisted(self) -> list[Device]:
        if self._asked or not devices.has_driver():
            return []
        self._asked = True
        try:
            return process.gpus()
        except EngineError:
            return []


def unknown(gpu: Device) -> Device:
    """The same GPU when nobody tells how it is."""
    return replace(gpu, use=None, memory_used=None, temperature=None, holders=(), unseen=0)
