"""What there is to train on: GPUs as NVML sees them, matched by UUID, and the CPU."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pynvml

from engine.results.rows import CPU, Device

DRIVER = Path("/proc/driver/nvidia/version")


def cpu() -> Device:
    """The processor that everything here shares."""
    memory = psutil.virtual_memory()
    name = f"{os.cpu_count()} cores"
    return Device(CPU, "CPU", name, psutil.cpu_percent() / 100, memory.total - memory.available, memory.total)


def gpus() -> list[Device]:
    """Every GPU that may be used, in NVML's order; none where there is no driver.

    A user's CUDA_VISIBLE_DEVICES, by number or UUID, is respected.
    """
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    try:
        found = [_gpu(index) for index in range(pynvml.nvmlDeviceGetCount())]
    except pynvml.NVMLError:
        return []
    finally:
        pynvml.nvmlShutdown()
    return visible(found, os.environ.get("CUDA_VISIBLE_DEVICES"))


def driver() -> str:
    """The version of NVIDIA's driver; empty where none answers."""
    try:
        pynvml.nvmlInit()
        try:
            return str(pynvml.nvmlSystemGetDriverVersion())
        finally:
            pynvml.nvmlShutdown()
    except pynvml.NVMLError:
        return ""


def has_driver() -> bool:
    """Whether the kernel has NVIDIA's driver loaded, whatever NVML says."""
    return DRIVER.exists()


def visible(found: list[Device], preset: str | None) -> list[Device]:
    """The devices that a CUDA_VISIBLE_DEVICES names, in its order; as CUDA does, it ends at the first unknown one."""
    if preset is None:
        return found
    chosen: list[Device] = []
    for word in (part.strip() for part in preset.split(",")):
        matches = [d for n, d in enumerate(found) if word == str(n) or (len(word) > 4 and d.key.startswith(word))]
        if len(matches) != 1:
            break
        chosen += matches
    return chosen


def _gpu(index: int) -> Device:
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    memory = _ask(pynvml.nvmlDeviceGetMemoryInfo, handle)
    use = _ask(pynvml.nvmlDeviceGetUtilizationRates, handle)
    holders = _ask(pynvml.nvmlDeviceGetComputeRunningProcesses, handle)
    pids = [process.pid for process in holders or ()]
    seen = tuple(pid for pid in pids if psutil.pid_exists(pid))
    return Device(
        key=str(pynvml.nvmlDeviceGetUUID(handle)),
        label=f"GPU{index}",
        name=str(pynvml.nvmlDeviceGetName(handle)),
        use=None if use is None else use.gpu / 100,
        memory_used=None if memory is None else int(memory.used),
        memory_total=None if memory is None else int(memory.total),
        temperature=_ask(pynvml.nvmlDeviceGetTemperature, handle, pynvml.NVML_TEMPERATURE_GPU),
        holders=seen,
        unseen=len(pids) - len(seen),
    )


def _ask(question: Callable[..., Any], *arguments: Any) -> Any:
    """An answer of NVML's, or None: some cards and containers leave single questions unanswered."""
    try:
        return question(*arguments)
    except pynvml.NVMLError:
        return None
