"""GPUs as a driver would report them; NVML is faked, since the machines that test labtop have none."""

import os
from types import SimpleNamespace

import pynvml
import pytest

from engine.run import devices

OUTSIDE = 2**22 + 1  # above the largest pid that Linux gives


class FakeDriver:
    """Two cards: one that answers everything, one that refuses all but its name and UUID."""

    def install(self, monkeypatch):
        for name in (
            "nvmlInit",
            "nvmlShutdown",
            "nvmlDeviceGetCount",
            "nvmlDeviceGetHandleByIndex",
            "nvmlDeviceGetUUID",
            "nvmlDeviceGetName",
            "nvmlDeviceGetMemoryInfo",
            "nvmlDeviceGetUtilizationRates",
            "nvmlDeviceGetComputeRunningProcesses",
            "nvmlDeviceGetTemperature",
        ):
            monkeypatch.setattr(pynvml, name, getattr(self, name))

    def nvmlInit(self):
        pass

    def nvmlShutdown(self):
        pass

    def nvmlDeviceGetCount(self):
        return 2

    def nvmlDeviceGetHandleByIndex(self, index):
        return index

    def nvmlDeviceGetUUID(self, handle):
        return f"GPU-{handle}000-aa"

    def nvmlDeviceGetName(self, handle):
        return f"Card {handle}"

    def _known(self, handle):
        if handle:
            raise pynvml.NVMLError_NotSupported()

    def nvmlDeviceGetMemoryInfo(self, handle):
        self._known(handle)
        return SimpleNamespace(used=1 << 30, total=80 << 30)

    def nvmlDeviceGetUtilizationRates(self, handle):
        self._known(handle)
        return SimpleNamespace(gpu=87)

    def nvmlDeviceGetComputeRunningProcesses(self, handle):
        self._known(handle)
        return [SimpleNamespace(pid=os.getpid()), SimpleNamespace(pid=OUTSIDE)]

    def nvmlDeviceGetTemperature(self, handle, sensor):
        self._known(handle)
        return 61


@pytest.fixture
def driver(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    FakeDriver().install(monkeypatch)
    return monkeypatch


def test_a_gpu_as_it_reports_itself_and_one_that_says_little(driver):
    first, second = devices.gpus()
    assert (first.key, first.label, first.name, first.use, first.temperature) == (
        "GPU-0000-aa",
        "GPU0",
        "Card 0",
        0.87,
        61,
    )
    assert (first.memory_used, first.memory_total, first.holders) == (1 << 30, 80 << 30, (os.getpid(),))
    assert first.unseen == 1
    assert (second.label, second.use, second.memory_used, second.holders) == ("GPU1", None, None, ())
    assert first.is_gpu
    assert not devices.cpu().is_gpu


def test_a_preset_chooses(driver):
    driver.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert [device.label for device in devices.gpus()] == ["GPU1"]


@pytest.mark.parametrize("broken", ["nvmlInit", "nvmlDeviceGetCount", "nvmlDeviceGetUUID"])
def test_a_driver_that_is_missing_or_fails_is_no_gpu(driver, broken):
    def fail(*_):
        raise pynvml.NVMLError(pynvml.NVML_ERROR_DRIVER_NOT_LOADED)

    driver.setattr(pynvml, broken, fail)
    assert devices.gpus() == []
