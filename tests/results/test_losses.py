"""A board, a map or effects ranked by a loss say so where the losses of their jobs are not one quantity."""

from dataclasses import replace

import pytest

from engine.results.columns import notes
from engine.results.leaderboard import rank
from engine.results.losses import LOSSES, loss_words
from engine.results.maptext import map_notes
from engine.results.metrics import METRICS
from engine.results.rows import JobRow
from engine.results.sweepmap import places_of, sweep_map, swept
from tests.results.rows_made import CONFIG, job


def rows(**changed: object) -> list[JobRow]:
    """Two jobs, of which the second has other settings."""
    whole = CONFIG | {"label_smoothing": 0.0, "l2": 0.0}
    return [replace(job(1), config=whole), replace(job(2), config=whole | {"dropout": 0.3} | changed)]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("changed", [{}, {"label_smoothing": 0.1}, {"l2": 1e-4}, {"label_smoothing": 0.1, "l2": 1e-4}])
def test_it_is_said_once_where_the_figure_is_a_loss_and_a_part_of_it_differs(
    metric: str, changed: dict[str, float]
) -> None:
    jobs = rows(**changed)
    [board] = rank(jobs, rank_by=metric)
    told = [note for note in notes(board, list(board.rows), ()) if "not comparable" in note]
    assert len(told) == (metric in LOSSES and bool(changed))
    assert all(name in note for name in changed for note in told)
    places = places_of(jobs)
    found = sweep_map(places, ["dropout"], metric=metric)
    assert [note for note in map_notes(found, swept(places)) if "comparable" in note] == told


def test_every_loss_is_a_metric_and_every_metric_of_that_name_a_loss() -> None:
    assert {name for name in METRICS if name.endswith("loss")} == LOSSES


def test_one_or_both_are_named() -> None:
    [one] = loss_words("test_loss", ("l2",))
    assert one == "l2 differs, which is part of test_loss: where so, the losses are not comparable"
    [both] = loss_words("loss", ("l2", "label_smoothing"))
    assert both.startswith("label_smoothing and l2 differ, which are part of loss")
