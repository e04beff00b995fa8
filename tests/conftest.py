"""What every test may rely on, wherever the suite was started."""

import os
import signal
from pathlib import Path

import pytest

from engine.record.ledger import Ledger
from tests import builders

TESTS = Path(__file__).parent

# A shell without job control starts what it puts into the background with Ctrl-C ignored, and children inherit that;
# the tests that press Ctrl-C then would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Where there are GPUs the tests train on the CPU all the same, side by side: each would find a GPU held by the others.
# Those about GPUs ask for `gpus_shown`: what was shown is noted for xdist's workers, who inherit what is hidden.
ALL = "all"
SHOWN = os.environ.setdefault("LABTOP_TESTS_SHOWN", os.environ.get("CUDA_VISIBLE_DEVICES", ALL))
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"


@pytest.fixture
def gpus_shown(monkeypatch):
    """The environment that the suite was started in, as far as it is about GPUs."""
    if SHOWN == ALL:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", SHOWN)
    return monkeypatch


@pytest.fixture
def ledger(tmp_path):
    """An empty store, open for writing."""
    ledger = Ledger(builders.store(tmp_path))
    yield ledger
    ledger.close()


# What takes longest, whatever it is called: begun last, one of these files would be left over when all others are done.
LONGEST = (
    *("training/test_spans.py", "faults/test_resume.py", "run/test_processes.py", "faults/test_workers.py"),
    *("tui/console/test_snapshots.py", "faults/test_runners.py", "run/test_terminal.py", "training/test_compiled.py"),
    *("faults/test_people.py", "run/test_obeying.py", "run/test_dying.py", "faults/test_terminal.py"),
)


def pytest_collection_modifyitems(items):
    """The longest files first; what takes minutes is tried in the soak alone."""
    places = {str(TESTS / name): place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(str(item.path), len(LONGEST)))
    if os.environ.get("LABTOP_SOAK"):
        return
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.skip(reason="in the soak alone: make soak"))
