"""The top line: what fits, in the order of what matters."""

import pytest

from engine.results.rows import Device
from tests.tui.console.stage import CPU, GPU, busy, snapshot
from tui.measured import Once
from tui.panes.header import device_text, devices_texts, file_text, fitted, queue_texts
from tui.panes.paint import Paint

PAINT = Paint(
    {"primary": "blue", "foreground": "white", "success": "green", "error": "red", "warning": "yellow", "accent": "red"}
)


def line(width, devices=(GPU,), found=None):
    left = file_text(PAINT, "experiments.toml", None, read_only=False)
    return fitted(width, left, devices_texts(devices, busy=True), queue_texts(PAINT, found or busy())).plain


@pytest.mark.parametrize("width", range(1, 200))
def test_it_never_runs_over_and_nothing_touches(width):
    text = line(width)
    assert len(text) <= width
    if "running" in text:
        assert "  1 running" in text


def test_what_goes_first_is_what_matters_least():
    assert "H100 80GB HBM3 87% 12/80G 61C" in line(160) and "1 running" in line(160)
    assert "GPU0 87% 12/80G 61C" in line(110)
    assert line(30).strip().startswith("labtop  experiments.toml")


def test_a_processor_at_rest_says_nothing_that_changes_by_itself():
    assert device_text(CPU, busy=False, short=False) == "CPU 2 cores"
    assert device_text(CPU, busy=True, short=False) == "CPU 2 cores 50%"


def test_unknown_figures_are_left_out():
    assert device_text(Device("g", "GPU1", "X"), busy=True, short=False) == "GPU1 X"


def test_the_end_is_told_only_while_somebody_trains():
    assert "ETA" in queue_texts(PAINT, busy())[0].plain
    assert "ETA" not in queue_texts(PAINT, snapshot(busy().jobs, runner=None))[0].plain
    assert "3 requests on the way" in queue_texts(PAINT, snapshot((), pending=3))[0].plain


def test_a_moment_is_no_time_left(monkeypatch):
    for seconds, told in ((None, False), (0.0, False), (0.3, False), (1.0, True)):
        monkeypatch.setattr("tui.panes.header.LEFT", Once(lambda *_, seconds=seconds: seconds))
        assert ("ETA" in queue_texts(PAINT, busy())[0].plain) is told


def test_what_there_is_none_of_goes_before_words_become_signs():
    found = snapshot(busy().jobs, runner=None)
    _, present, brief, _ = (text.plain for text in queue_texts(PAINT, found))
    assert all(word in present for word in ("1 running", "1 held", "1 failed", "4 done")) and "0 " not in present
    assert "running" not in brief and len(brief) < len(present)
