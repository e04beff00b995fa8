"""Axes, thinning and drawing: what a chart is before it is on the screen, and how little of it is painted anew."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.made import Host, flow, painting
from tui.widgets.difference import changed
from tui.widgets.plot import Plot
from tui.widgets.plot_axes import clock_ticks, count_ticks, drawable, log_ticks, snapped, thinned, tick_labels, ticks
from tui.widgets.plot_drawing import Band, Chart, Line, Mark, drawing

numbers = st.floats(-1e100, 1e100)
values = st.one_of(st.none(), st.just(math.nan), st.just(math.inf), st.just(1e308), numbers)
positive = st.floats(1e-99, 1e100)


@given(st.lists(values))
def test_snapped_bounds_hold_every_number(found: list[float | None]) -> None:
    low, high = snapped(found)
    assert low < high or not any(drawable(value) for value in found)
    assert all(low <= value <= high for value in found if drawable(value))


@given(st.lists(positive, min_size=1))
def test_snapped_exponents_hold_every_positive_number(found: list[float]) -> None:
    low, high = snapped(found, log=True)
    assert low < high
    assert all(low - 1e-9 <= math.log10(value) <= high + 1e-9 for value in found)


@pytest.mark.parametrize(
    ("found", "bounds"),
    [
        ([0.981, 0.9957], (0.98, 1.0)),
        ([0.02, 0.31], (0.0, 0.4)),
        ([], (0.0, 1.0)),
        ([0.5], (0.46, 0.54)),
        ([2.3], (2.15, 2.45)),
    ],
)
def test_bounds_are_round(found: list[float], bounds: tuple[float, float]) -> None:
    low, high = snapped(found)
    assert low <= min(found, default=low)
    assert high >= max(found, default=high)
    if len(found) != 1:
        assert (low, high) == pytest.approx(bounds)


def test_one_more_point_within_the_bounds_moves_no_axis() -> None:
    assert snapped([0.02, 0.31, 0.15]) == snapped([0.02, 0.31, 0.15, 0.011])


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_ticks_stand_within_the_bounds_and_are_no_more_than_allowed(low: float, size: float, most: int) -> None:
    bounds = (low, low + size)
    found = ticks(bounds, most)
    assert len(found) <= most
    assert all(low - size * 1e-6 <= place <= low + size * (1 + 1e-6) for place in found)
    assert len(tick_labels(found)) == len(found)


@given(st.integers(1, 500), st.integers(2, 20))
def test_epochs_have_whole_ticks_from_the_first_to_the_last(last: int, most: int) -> None:
    found = count_ticks((1.0, float(last)), most)
    assert found == sorted(set(found))
    assert found[0] == 1
    assert found[-1] == last or last == 1
    assert all(place == int(place) for place in found)
    assert len(found) <= most + 2


def test_seconds_have_the_ticks_of_a_clock() -> None:
    assert clock_ticks((0, 600), 6) == [0, 120, 240, 360, 480, 600]
    assert clock_ticks((0, 1e7), 4)


@given(st.floats(-100, 100), st.floats(0.01, 200), st.integers(1, 12))
def test_log_ticks_are_few(low: float, size: float, most: int) -> None:
    found = log_ticks((low, min(100.0, low + size)), most)
    assert 1 <= len(found) <= max(2, most)
    assert len(tick_labels(found, log=True)) == len(found)


@given(st.lists(values, min_size=0, max_size=400), st.integers(1, 60))
def test_thinning_keeps_the_extremes_the_order_and_the_gaps(found: list[float | None], columns: int) -> None:
    points = [(float(place), value) for place, value in enumerate(found, start=1)]
    kept = thinned(points, (1.0, max(2.0, len(points))), columns)
    drawn = [y for _, y in kept if y is not None]
    known = [y for _, y in points if drawable(y)]
    assert [x for x, _ in kept] == sorted(x for x, _ in kept)
    assert all(y is None or math.isfinite(y) for _, y in kept)
    assert (min(drawn), max(drawn)) == (min(known), max(known)) if known else not drawn
    assert bool([y for _, y in kept if y is None]) == (len(known) < len(points))


def test_ten_thousand_points_become_two_a_column() -> None:
    points = [(float(x), math.sin(x / 400)) for x in range(10_000)]
    assert len(thinned(points, (0.0, 9_999.0), 100)) <= 202


def chart(**more: object) -> Chart:
    points = tuple((float(x), 1 / x) for x in range(1, 31))
    return Chart("loss", (1.0, 30.0), (0.0, 1.0), (Line(points, "#e69f00", "a"),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(12, 4), (40, 10), (117, 31)])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_drawing_has_its_size_and_alphabet(size: tuple[int, int], ascii_only: bool) -> None:
    band = Band(tuple((float(x), 0.4 / x, 1 / x) for x in range(1, 31)), "#554400")
    marks = (Mark(9.0, 1 / 9, "◆", "#", "#ffffff"), Mark(20.0, None, "┊", ":", "#ffffff"))
    drawn = drawing(chart(bands=(band,), marks=marks), *size, ascii=ascii_only)
    assert drawn is not None
    assert [len(line) for line in drawn.grid] == [size[0]] * size[1]
    text = "".join(char for line in drawn.grid for char, _ in line)
    assert text.isascii() is ascii_only
    assert ("#" if ascii_only else "◆") in text


def test_what_is_too_small_is_not_drawn() -> None:
    assert drawing(chart(), 11, 30) is None
    assert drawing(chart(), 80, 3) is None


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 30))
def test_marks_stand_where_plotext_puts_the_point(epoch: int) -> None:
    line = Line(((float(epoch), 1 / epoch),), "#010203", context=True)
    drawn = drawing(Chart("", (1.0, 30.0), (0.0, 1.0), (line,)), 60, 14)
    assert drawn is not None
    place = next((y, x) for y, row in enumerate(drawn.grid) for x, (_, colour) in enumerate(row) if colour == "#010203")
    assert place == (drawn.row(1 / epoch), drawn.column(epoch))


def test_a_gap_parts_the_line() -> None:
    points = tuple((float(x), None if 10 <= x <= 20 else 0.5) for x in range(1, 31))
    drawn = drawing(Chart("", (1.0, 30.0), (0.0, 1.0), (Line(points, "#e69f00"),)), 64, 12)
    assert drawn is not None
    row = next(row for row in drawn.grid if any(colour for _, colour in row))
    painted = [x for x, (_, colour) in enumerate(row) if colour]
    between = range(drawn.column(10) or 0, drawn.column(20) or 0)
    assert painted
    assert not set(painted) & set(between)


def test_a_figure_of_nothing_at_all_is_drawn_as_an_empty_frame() -> None:
    for log in (False, True):
        empty = Chart("loss", (1.0, 2.0), snapped([], log), (Line((), "#e69f00"),), log=log)
        assert drawing(empty, 40, 10) is not None


@flow
async def test_only_the_cells_that_differ_are_painted() -> None:
    plot = Plot()
    host = Host(plot)
    async with host.driven((60, 16)) as pilot:
        plot.chart = chart()
        await pilot.pause()
        painted = painting(plot)
        plot.chart = chart()
        assert painted == []
        points = (*chart().lines[0].points[:-1], (30.0, 0.5))
        plot.chart = Chart("loss", (1.0, 30.0), (0.0, 1.0), (Line(points, "#e69f00", "a"),))
        assert painted
        assert all(region.width < 12 for region in painted)


@flow
async def test_the_cursor_is_a_line_that_leaves_the_curve_alone() -> None:
    plot = Plot()
    async with Host(plot).driven((60, 16)) as pilot:
        plot.chart = chart()
        await pilot.pause()
        before = [plot.render_line(y) for y in range(16)]
        plot.cursor = 15.0
        regions = [region for y in range(16) if (region := changed(before[y], plot.render_line(y), y))]
        assert regions
        assert all(region.width == 1 for region in regions)
