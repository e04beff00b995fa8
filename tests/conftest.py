"""What every test may rely on, wherever the suite was started."""

import os
import signal

import pytest

# A shell without job control starts what it puts into the background with Ctrl-C ignored, and children inherit that;
# the tests that press Ctrl-C then would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Where there are GPUs the tests train on the CPU all the same, side by side: each would find a GPU held by the others.
# Those that are about GPUs ask for `gpus_shown`.
SHOWN = os.environ.get("CUDA_VISIBLE_DEVICES")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"


@pytest.fixture
def gpus_shown(monkeypatch):
    """The environment that the suite was started in, as far as it is about GPUs."""
    if SHOWN is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", SHOWN)
    return monkeypatch


def pytest_collection_modifyitems(items):
    """What takes minutes is tried in the soak alone."""
    if os.environ.get("LABTOP_SOAK"):
        return
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.skip(reason="in the soak alone: make soak"))
