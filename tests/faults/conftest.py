"""How many faults each test tried, told at the end; and a place for real runners and workers, which ends them all."""

import json
import os
import time
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from engine import failpoints
from tests.faults.injecting import end_all
from tests.tiny import Place

TRIED = pytest.StashKey[dict[str, dict[str, float]]]()


class Faults:
    """Counts the faults that one test has injected."""

    def __init__(self) -> None:
        self.tried = 0

    def inject(self, count: int = 1) -> None:
        """One more was injected, or `count` more."""
        self.tried += count


@pytest.fixture
def faults(request):
    """Every test of this folder counts what it injects; one that injected nothing has shown nothing."""
    counter, began = Faults(), time.monotonic()
    yield counter
    told = of_test(request.config, request.node)
    told["tried"] += counter.tried
    told["seconds"] += time.monotonic() - began
    assert counter.tried, "no fault was injected"


def of_test(config, item) -> dict[str, float]:
    """What is told of one test at the end, all its parameters together."""
    tried = config.stash.setdefault(TRIED, {})
    test = item.nodeid.partition("[")[0]
    return tried.setdefault(test, {"tried": 0, "seconds": 0.0, "failed": 0})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed and "faults" in item.fixturenames:
        of_test(item.config, item)["failed"] += 1
    return report


def pytest_terminal_summary(terminalreporter, config):
    tried = config.stash.get(TRIED, {})
    if not tried:
        return
    if record := os.environ.get("LABTOP_FAULTS_TRIED"):
        Path(record).write_text(json.dumps(tried))
    terminalreporter.section("faults tried")
    for test, told in tried.items():
        terminalreporter.write_line(f"{told['tried']:>9,}  {test.partition('tests/faults/')[2]}")
    terminalreporter.write_line(f"{sum(told['tried'] for told in tried.values()):>9,}  in all")


@pytest.fixture
def place(tmp_path):
    """A tiny data set, its queue file and its store, whose runner and workers do not outlive the test."""
    place = Place(tmp_path)
    yield place
    end_all(place.session.paths)


@pytest.fixture
def failing(monkeypatch):
    """`failing(place, error)` raises an error in this very process once the code reaches a place, once."""

    def arm(place, error):
        armed = [error]

        def reach(name):
            if fnmatchcase(name, place) and armed:
                raise armed.pop()

        monkeypatch.setattr(failpoints, "reach", reach)

    return arm
