"""What every test may rely on, wherever the suite was started."""

import os
import signal

import pytest

# A shell without job control starts what it puts into the background with Ctrl-C ignored, and children inherit that;
# the tests that press Ctrl-C then would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """What takes minutes is tried in the soak alone."""
    if os.environ.get("LABTOP_SOAK"):
        return
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.skip(reason="in the soak alone: make soak"))
