"""The GPU that these tests may have to themselves."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.run import devices
from tests.faults.injecting import end_all
from tests.tiny import Place


@pytest.fixture
def gpu(gpus_shown):
    """The first GPU here that nobody computes on."""
    free = [device for device in devices.gpus() if not device.holders and not device.unseen]
    if not free:
        pytest.skip("no GPU here that nobody computes on")
    gpus_shown.setenv("CUDA_VISIBLE_DEVICES", free[0].key)
    return free[0]


@pytest.fixture
def place(gpu, tmp_path):
    """A tiny data set, its queue file and its store, whose runner and workers do not outlive the test."""
    place = Place(tmp_path)
    yield place
    end_all(place.session.paths)


@pytest.fixture
def occupied(gpu):
    """`with occupied(MIB):` somebody else has all of the GPU's memory but so many MiB."""

    @contextmanager
    def occupy(left: int):
        command = [sys.executable, str(Path(__file__).with_name("occupant.py")), str(left)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout.readline() == "taken\n"
            try:
                yield other.pid
            finally:
                other.stdin.close()

    return occupy
