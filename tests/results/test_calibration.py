"""Calibration of answers whose reliability is known by construction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.results.calibration import calibration, reliability
from engine.results.errortext import calibration_line


def answers(*groups: tuple[float, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """For each (confidence, right, wrong) so many answers."""
    confidence = [sure for sure, right, wrong in groups for _ in range(right + wrong)]
    hits = [hit for _, right, wrong in groups for hit in [True] * right + [False] * wrong]
    return np.array(confidence, np.float16), np.array(hits)


def test_a_job_that_is_as_often_right_as_it_is_sure_has_no_error() -> None:
    found = calibration(*answers((0.75, 75, 25), (0.5, 5, 5), (1.0, 9, 0)), bins=10)
    assert found.error == 0
    assert found.overconfidence == 0
    assert calibration_line(found) == "expected calibration error 0.0000: as sure as right overall"


def test_the_error_is_the_mean_gap_over_samples() -> None:
    # 100 answers are 0.25 too sure and 300 are 0.25 not sure enough: gaps add up, on the whole they cancel.
    found = calibration(*answers((0.75, 50, 50), (0.5, 225, 75)), bins=10)
    assert found.error == pytest.approx(0.25)
    assert found.overconfidence == pytest.approx((100 * 0.25 - 300 * 0.25) / 400)
    assert calibration_line(found).endswith(": less sure than right by 0.1250 overall")


def test_within_a_bin_gaps_cancel() -> None:
    assert calibration(*answers((0.625, 3, 1), (0.875, 3, 1)), bins=1).error == 0
    assert calibration(*answers((0.625, 3, 1), (0.875, 3, 1)), bins=4).error == pytest.approx(0.125)


def test_a_bin_holds_its_upper_edge_and_not_its_lower_one() -> None:
    found = calibration(*answers((0.5, 1, 0), (0.0, 0, 1), (1.0, 1, 0)), bins=2)
    assert [(each.low, each.high, each.n) for each in found.bins] == [(0.0, 0.5, 2), (0.5, 1.0, 1)]


def test_what_is_no_number_does_not_count() -> None:
    found = calibration(np.array([np.nan, 1.0], np.float16), np.array([False, True]))
    assert (found.n, found.error) == (1, 0.0)
    nothing = calibration(np.array([np.nan], np.float16), np.array([False]))
    assert (nothing.n, nothing.error, nothing.overconfidence) == (0, None, None)


def test_the_chart_has_a_bar_as_long_as_the_bin_is_right_and_a_mark_where_it_should_end() -> None:
    head, low, high = reliability(calibration(*answers((0.5, 1, 9), (1.0, 3, 1)), bins=2), 47)
    assert low == "0.00-0.50       10  0.5000  0.1000  #    |"
    assert high == "0.50-1.00        4  1.0000  0.7500  ########  |"
    assert head.split("  #")[0].split() == ["confidence", "n", "sure", "right"]


@given(st.lists(st.tuples(st.floats(0, 1, width=16), st.booleans()), min_size=1, max_size=100), st.integers(1, 40))
def test_every_answer_lies_in_one_bin_within_its_edges(pairs: list[tuple[float, bool]], bins: int) -> None:
    confidence, right = (np.array(each) for each in zip(*pairs, strict=True))
    found = calibration(confidence.astype(np.float16), right, bins)
    assert sum(each.n for each in found.bins) == len(pairs) == found.n
    assert found.error is not None
    assert 0 <= abs(found.overconfidence or 0.0) <= found.error + 1e-12 <= 1 + 1e-12
    for each in found.bins:
        if each.confidence is not None:
            assert each.low - 1e-9 <= each.confidence <= each.high + 1e-9


def test_answers_surer_than_certain_are_drawn_at_the_end() -> None:
    *_, last = reliability(calibration(*answers((3.0, 5, 5)), bins=2), 47)
    assert last.endswith("|")
