"""The Curves tab: series, groups and palettes as pure functions; keys and pictures of the pane."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.plan.jobs import JobStatus
from engine.results.rows import EpochRow, JobRow
from engine.session import Progress
from tests.tui.made import Host, flow, grid, history, painting, row, shown, snapshot, until
from tui.messages import Copied, HistoriesWanted
from tui.panes.curves import CurvesPane
from tui.panes.curves_charts import ON_DARK, Group, View, charts, palette
from tui.panes.curves_marks import Marked
from tui.panes.curves_series import SMOOTHING, points, smoothed, spread
from tui.theme import LIGHT
from tui.widgets.plot import Plot
from tui.widgets.plot_drawing import Chart, Line, drawing

curve = st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=40)
DARK_PALETTE = palette({}, dark=True)


def along(values: list[float | None]) -> list[tuple[float, float | None]]:
    return [(float(place), value) for place, value in enumerate(values, start=1)]


@given(curve, st.integers(0, len(SMOOTHING) - 1))
def test_smoothing_keeps_places_and_gaps_and_stays_within_the_values(values: list[float | None], level: int) -> None:
    before = along(values)
    after = smoothed(before, level)
    known = [value for value in values if value is not None]
    assert [x for x, _ in after] == [x for x, _ in before]
    assert [y is None for _, y in after] == [value is None for value in values]
    slack = 1e-9 * max((abs(value) for value in known), default=0.0) + 1e-12
    assert all(min(known) - slack <= y <= max(known) + slack for _, y in after if y is not None)
    if level == 0:
        assert after == before


@given(st.lists(curve, max_size=5))
def test_the_mean_lies_in_its_band_and_is_missing_where_one_is(curves: list[list[float | None]]) -> None:
    mean, band = spread([along(values) for values in curves])
    places = {x: (low, high) for x, low, high in band}
    assert len(mean) == max(map(len, curves), default=0)
    for x, y in mean:
        here = [values[int(x) - 1] for values in curves if int(x) <= len(values)]
        assert (y is None) == (None in here)
        if y is not None:
            low, high = places[x]
            assert low - 1e-6 <= y <= high + 1e-6


def test_what_is_no_number_is_a_gap_and_a_metric_nobody_has_is_no_curve() -> None:
    epochs = history(4, 0, **{"2": {"loss": math.nan}, "3": {"loss": math.inf}})
    assert [y is None for _, y in points(epochs, "loss")] == [False, True, True, False]
    assert points(epochs, "nothing") == []
    assert [x for x, _ in points(epochs, "loss", seconds=True)] == [7, 14, 21, 28]


def test_marks_keep_letter_and_colour_while_others_come_and_go() -> None:
    marked = Marked()
    a, _, b, _, c, *_ = grid()
    for job in (a, b, c):
        marked.toggle(job)
    marked.toggle(b)
    assert {group.letter: group.colour for group in marked.groups(DARK_PALETTE)} == {"a": ON_DARK[0], "c": ON_DARK[2]}
    marked.toggle(b)
    assert [group.letter for group in marked.groups(DARK_PALETTE)] == ["a", "b", "c"]


def test_repeats_of_a_configuration_are_one_group() -> None:
    marked = Marked()
    marked.add(grid()[:4])
    assert [len(group.rows) for group in marked.groups(DARK_PALETTE)] == [2, 2]
    marked.refresh(grid()[1:3])
    assert [len(group.rows) for group in marked.groups(DARK_PALETTE)] == [1, 1]


def drawn(rows: tuple[JobRow, ...], histories: dict[str, list[EpochRow]], **view: Any) -> list[Any]:
    return charts([Group(rows, "a", "#e69f00")], histories, View(**view), DARK_PALETTE)


def test_the_axis_reaches_to_all_epochs_only_while_a_job_runs() -> None:
    job = row(1, status=JobStatus.RUNNING, epoch=5)
    histories = {job.id: history(5)}
    assert drawn((job,), histories)[0].x == (1.0, 30.0)
    assert drawn((replace(job, status=JobStatus.STOPPED),), histories)[0].x == (1.0, 5.0)
    assert drawn((job,), histories, seconds=True)[0].x[1] >= 7 * 30


def test_lost_epochs_are_said() -> None:
    job = row(1)
    histories = {job.id: history(12, 0, **{"2": {"loss": math.nan, "val_loss": math.nan}})}
    loss, accuracy = drawn((job,), histories)
    assert loss.note == "1 not finite"
    assert accuracy.note == ""


def test_a_curve_of_zeros_has_no_logarithm_and_stays_as_it_is() -> None:
    job = row(1)
    epochs = [EpochRow(n, {"loss": 0.0, "val_loss": 0.0}, 1.0) for n in range(1, 13)]
    assert [chart.log for chart in drawn((job,), {job.id: epochs}, log=True)] == [False, False]


def test_best_epoch_and_early_stop_are_marked() -> None:
    job = row(1)
    marks = drawn((job,), {job.id: history(12)})[0].marks
    assert [(mark.x, mark.y is None) for mark in marks] == [(12.0, True), (9.0, False)]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=30), st.booleans(), st.booleans())
def test_any_history_can_be_drawn(values: list[float], log: bool, seconds: bool) -> None:
    job = row(1, epoch=len(values))
    epochs = [EpochRow(n, {"loss": value, "val_loss": -value}, abs(value)) for n, value in enumerate(values, start=1)]
    epochs = [
        replace(epoch, seconds=min(1e6, epoch.seconds) if epoch.seconds == epoch.seconds else 0) for epoch in epochs
    ]
    for chart in drawn((job,), {job.id: epochs}, log=log, seconds=seconds):
        assert drawing(chart, 50, 12) is not None


# the pane


def answered(host: Host, pane: CurvesPane, jobs: tuple[JobRow, ...]) -> None:
    """Give the histories that were last asked for, as the main screen does."""
    wanted = host.told(HistoriesWanted)[-1].job_ids
    pane.histories = {
        job.id: history(job.epoch, place) for place, job in enumerate(jobs) if job.id in wanted and job.epoch
    }


async def ready(pilot: Any, host: Host, pane: CurvesPane, jobs: tuple[JobRow, ...]) -> None:
    progress = {job.id: Progress(6, 100, 375, 0.05, 0.98) for job in jobs if job.status is JobStatus.RUNNING}
    pane.snapshot = snapshot(*jobs, progress=progress)
    await until(pilot, lambda: host.told(HistoriesWanted))
    answered(host, pane, jobs)
    pane.picker.focus()
    await pilot.pause()
    pane.redraw()
    await pilot.pause()


@flow
async def test_marking_comparing_and_reading_values() -> None:
    pane = CurvesPane()
    host = Host(pane)
    async with host.driven((120, 40)) as pilot:
        await ready(pilot, host, pane, grid())
        assert pane.picker.job is not None
        assert pane.picker.job.status is JobStatus.RUNNING
        first = pane.query_one("#first", Plot)
        await pilot.press("j", "space", "j", "j", "a")
        await pilot.pause()
        answered(host, pane, grid())
        pane.redraw()
        assert first.chart is not None
        assert [line.label for line in first.chart.lines if not line.context] == ["a", "b"]
        assert len(first.chart.bands) == 1
        await pilot.press("right", "right", "right")
        text = "\n".join(shown(pilot)[-2:])
        assert "epoch 3" in text
        assert "a val loss" in text
        await pilot.press("escape", "u")
        assert pane.cursor is None
        assert first.chart.bands == ()


@flow
async def test_every_way_of_looking() -> None:
    pane = CurvesPane()
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, host, pane, grid()[:1])
        first, second = pane.query_one("#first", Plot), pane.query_one("#second", Plot)
        for key, title in (("y", "loss  log"), ("plus", "loss  log  smoothed 1"), ("0", "loss  log"), ("y", "loss")):
            await pilot.press(key)
            assert first.chart is not None
            assert first.chart.title.startswith(title)
        await pilot.press("x")
        assert first.chart is not None
        assert first.chart.clock
        await pilot.press("x", "m", "m", "m")
        assert first.chart.title == "learning rate"
        assert not second.display
        await pilot.press("m", "f")
        assert not pane.picker.display
        assert first.size.width > 60
        await pilot.press("f", "t")
        assert pane.picker.has_focus
        assert [line.context for line in first.chart.lines] == [False]
        await pilot.press("c")
        assert host.told(Copied)[0].text == grid()[0].id


@flow
async def test_over_the_whole_tab_it_says_what_the_letters_stand_for() -> None:
    pane = CurvesPane()
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, host, pane, grid())
        await pilot.press("j", "space", "j", "j", "a")
        answered(host, pane, grid())
        pane.redraw()
        await until(pilot, lambda: any("accuracy  b mean of 2" in line for line in shown(pilot)))
        await pilot.press("f")
        await until(pilot, lambda: "a grid" in shown(pilot)[-2] and "b grid" in shown(pilot)[-2])
        assert "mean of 2" in shown(pilot)[-2] and "seed" not in shown(pilot)[-2].partition("b grid")[2]
        await pilot.press("f")
        await until(pilot, lambda: "a grid" not in shown(pilot)[-2])


def test_lines_that_end_in_one_place_keep_a_letter_each() -> None:
    lines = tuple(Line(((1.0, 0.0), (9.0, 1.0)), "#e69f00", letter) for letter in "abc")
    grid_of = drawing(Chart("", (1.0, 9.0), (0.0, 1.0), lines), 40, 10)
    assert grid_of is not None
    assert sorted(char for row in grid_of.grid for char, _ in row if char in "abc") == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("epochs", "status", "words"),
    [
        ([EpochRow(1, {"loss": math.nan, "accuracy": 0.1}, 1.0)], JobStatus.FAILED, "no finite loss in 1 epoch"),
        ([EpochRow(1, {"accuracy": 0.1}, 1.0)], JobStatus.FAILED, "no finite loss in 1 epoch"),
        ([], JobStatus.FAILED, "ended before its first epoch"),
        ([], JobStatus.RUNNING, "no epoch yet"),
    ],
)
def test_an_empty_panel_says_why(epochs: list[EpochRow], status: JobStatus, words: str) -> None:
    chart = drawn((job := row(1, status=status, epoch=len(epochs)),), {job.id: epochs})[0]
    made = drawing(chart, 50, 12)
    assert made is not None and any(words in "".join(char for char, _ in line) for line in made.grid)


@flow
async def test_live_epochs_are_drawn_and_nothing_twice() -> None:
    pane = CurvesPane()
    host = Host(pane)
    jobs = grid()
    async with host.driven() as pilot:
        await ready(pilot, host, pane, jobs)
        first = pane.query_one("#first", Plot)
        before = first.chart
        painted = painting(first)
        pane.snapshot = snapshot(*jobs)
        pane.redraw()
        assert painted == []
        grown = tuple(replace(job, epoch=6, best_epoch=6) if job.status is JobStatus.RUNNING else job for job in jobs)
        pane.snapshot = snapshot(*grown)
        pane.histories = {jobs[5].id: history(6, 5)}
        pane.redraw()
        assert painted
        assert first.chart != before


@flow
async def test_hostile_names_are_shown_and_not_obeyed() -> None:
    pane = CurvesPane()
    host = Host(pane)
    async with host.driven() as pilot:
        job = row(1, experiments=("run[/]x\x1b]52;c;aGk=\x07",), reason="[red]\x9b31m")
        await ready(pilot, host, pane, (job,))
        screen = "\n".join(shown(pilot))
        assert "\x1b" not in screen
        assert "run[/]x\\x1b]52" in screen


@flow
async def test_empty_says_what_to_press_and_fills_when_jobs_come() -> None:
    pane = CurvesPane()
    host = Host(pane)
    async with host.driven() as pilot:
        assert any("r trains" in line for line in shown(pilot))
        await ready(pilot, host, pane, grid())
        assert not any("r trains" in line for line in shown(pilot))


@flow
async def test_a_window_of_any_size_is_no_crash() -> None:
    pane = CurvesPane()
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, host, pane, grid())
        for size in ((1, 1), (20, 5), (200, 60), (3, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            pane.redraw()
            await pilot.pause()


SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", ["one", "marked", "light", "ascii", "empty"])
def test_pictures(snap_compare: Any, size: tuple[int, int], name: str) -> None:
    pane = CurvesPane()
    host = Host(pane, LIGHT.name) if name == "light" else Host(pane)

    async def before(pilot: Any) -> None:
        pane.ascii = name == "ascii"
        if name == "empty":
            return
        host.posted = {}
        pane.snapshot = snapshot(*grid(), progress={grid()[5].id: Progress(6, 100, 375, 0.05, 0.98)})
        await pilot.pause()
        pane.histories = {job.id: history(job.epoch, place) for place, job in enumerate(grid()) if job.epoch}
        pane.picker.focus()
        await pilot.pause()
        if name in ("marked", "light"):
            await pilot.press("j", "a", "j", "j", "a", "right", "right", "right", "right")
        pane.redraw()
        await pilot.pause()

    assert snap_compare(host, terminal_size=size, run_before=before)
