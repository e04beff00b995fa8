import itertools
import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.plan.jobs import JobStatus
from engine.results import filters
from engine.results.leaderboard import rank
from engine.results.metrics import METRICS, better_than
from tests.results.rows_made import job
from tests.results.strategies import job_rows


def test_the_decks_ten_trainings_come_out_as_one_row() -> None:
    values = [0.9952, 0.9957, 0.9957, 0.9959, 0.9961, 0.9957, 0.9954, 0.9937, 0.9949, 0.9952]
    rows = [job(number, number, test_accuracy=value) for number, value in enumerate(values)]
    (board,) = rank(reversed(rows))
    (row,) = board.rows
    found = row.figure("test_accuracy")
    assert found.mean == pytest.approx(0.99535, abs=1e-12)
    assert found.std == pytest.approx(statistics.stdev(values))
    assert found.values == tuple(values), "in the order of the seeds"
    assert (row.rank, row.n, row.differs) == (1, 10, {})


def test_differs_holds_only_what_tells_the_rows_apart() -> None:
    rows = [job(1, dropout=0.2), job(2, dropout=0.25), job(3, dropout=0.25, batch_norm=False)]
    (board,) = rank(rows)
    assert board.fields == ("dropout", "batch_norm")
    assert {tuple(row.differs) for row in board.rows} == {("dropout", "batch_norm")}


def test_by_job_the_seed_tells_repeats_apart() -> None:
    (board,) = rank([job(1, 0), job(2, 1)], by="job")
    assert [row.differs for row in board.rows] == [{"seed": 0}, {"seed": 1}]


def test_a_setting_of_another_version_is_a_difference() -> None:
    older = job(1)
    newer = job(2)
    newer = type(newer)(**{**newer.__dict__, "config": {**newer.config, "cutout": 4}})
    (board,) = rank([older, newer])
    assert board.fields == ("cutout",)
    assert len(board.rows) == 2


def test_only_done_jobs_are_ranked() -> None:
    assert rank([job(1, status=status) for status in JobStatus if status is not JobStatus.DONE]) == []


def test_equal_figures_share_a_rank_and_the_next_one_is_skipped() -> None:
    accuracies = [0.99, 0.98, 0.99, 0.97]
    (board,) = rank([job(n, dropout=n / 10, test_accuracy=value) for n, value in enumerate(accuracies)])
    assert [row.rank for row in board.rows] == [1, 1, 3, 4]
    assert [row.jobs[0].id[-1] for row in board.rows] == ["0", "2", "1", "3"]


def test_a_row_without_the_figure_stands_last_and_unranked() -> None:
    rows = [
        job(1, val_accuracy=None),
        job(2, dropout=0.5, val_accuracy=0.1),
        job(3, dropout=0.6, val_accuracy=math.nan),
    ]
    (board,) = rank(rows, rank_by="val_accuracy")
    assert [row.rank for row in board.rows] == [1, None, None]


def test_one_repeat_without_a_figure_leaves_no_mean() -> None:
    (board,) = rank([job(1, 0), job(2, 1, test_accuracy=math.nan)])
    found = board.rows[0].figure("test_accuracy")
    assert (found.mean, found.std, found.values) == (None, None, (0.99, None))


def test_losses_and_times_rank_from_the_smallest() -> None:
    rows = [job(1, test_loss=0.03, seconds=5.0), job(2, dropout=0.5, test_loss=0.01, seconds=9.0)]
    assert [row.job_ids[0][-1] for row in rank(rows, rank_by="test-loss")[0].rows] == ["2", "1"]
    assert [row.job_ids[0][-1] for row in rank(rows, rank_by="seconds")[0].rows] == ["1", "2"]


def test_sorting_keeps_the_ranks() -> None:
    rows = [job(n, dropout=n / 10, test_accuracy=1 - n / 10) for n in range(3)]
    (board,) = rank(rows, sort="-dropout")
    assert [row.rank for row in board.rows] == [3, 2, 1]
    (board,) = rank(rows, sort="test_accuracy")
    assert [row.rank for row in board.rows] == [1, 2, 3]


def test_repeats_that_lie_close_stand_first_by_their_std_and_a_single_training_last() -> None:
    rows = [job(1, 0, test_accuracy=0.99), job(2, 1, test_accuracy=0.95)]
    rows += [job(3, 0, dropout=0.5, test_accuracy=0.97), job(4, 1, dropout=0.5, test_accuracy=0.96)]
    rows += [job(5, 0, dropout=0.6, test_accuracy=0.98)]
    first = {
        name: [row.jobs[0].id[-1] for row in rank(rows, sort=name)[0].rows]
        for name in ("test_accuracy_std", "test_accuracy_best", "test_accuracy_interval", "-test_accuracy_best")
    }
    assert first == {
        "test_accuracy_std": ["3", "1", "5"],
        "test_accuracy_best": ["1", "5", "3"],
        "test_accuracy_interval": ["5", "3", "1"],
        "-test_accuracy_best": ["3", "5", "1"],
    }


@pytest.mark.parametrize(
    ("words", "meant"),
    [({"rank_by": "test_acuracy"}, "test_accuracy"), ({"by": "jobs"}, "job"), ({"sort": "lr_dropout"}, "dropout")],
)
def test_a_name_that_is_none_is_a_usage_error_with_the_one_meant(words: dict[str, str], meant: str) -> None:
    with pytest.raises(UsageError, match=f"did you mean {meant}"):
        rank([job(1)], **words)


def test_nan_never_beats_anything() -> None:
    for name in METRICS:
        assert not better_than(name, math.nan, 0.5)
        assert not better_than(name, None, None)
        assert better_than(name, 0.5, math.nan)
    assert better_than("loss", 0.1, 0.2)
    assert not better_than("accuracy", 0.1, 0.2)


@given(job_rows(), st.sampled_from(["config", "job"]), st.sampled_from(sorted(METRICS)), st.randoms())
def test_the_board_depends_on_the_rows_not_on_their_order(
    rows: list, by: str, rank_by: str, chance: random.Random
) -> None:
    boards = rank(rows, by=by, rank_by=rank_by)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    again = rank(shuffled, by=by, rank_by=rank_by)
    # NaN is unequal to itself, so rows are compared by what names them.
    told = [[(row.rank, row.job_ids, row.differs) for row in board.rows] for board in boards]
    assert told == [[(row.rank, row.job_ids, row.differs) for row in board.rows] for board in again]


@given(job_rows(), st.sampled_from(["config", "job"]), st.sampled_from(sorted(METRICS)))
def test_every_done_job_stands_once_and_no_row_above_a_better_one(rows: list, by: str, rank_by: str) -> None:
    boards = rank(rows, by=by, rank_by=rank_by)
    shown = [job.id for board in boards for row in board.rows for job in row.jobs]
    assert sorted(shown) == sorted(row.id for row in rows if row.status is JobStatus.DONE)
    for board in boards:
        means = [row.figure(rank_by).mean for row in board.rows]
        for upper, lower in itertools.pairwise(means):
            assert not better_than(rank_by, lower, upper)
        for row in board.rows:
            assert all(job.config == row.config for job in row.jobs)
            assert row.rank is None or row.rank == 1 + sum(
                better_than(rank_by, mean, row.figure(rank_by).mean) for mean in means
            )


def test_a_page_is_the_same_rows() -> None:
    (board,) = rank([job(n, dropout=n / 10) for n in range(5)])
    assert list(board.rows[1:3]) == list(board.rows)[1:3]
    assert board.rows[-1] == list(board.rows)[-1]


def test_a_filter_decides_before_the_ranking() -> None:
    rows = [job(n, dropout=n / 10, test_accuracy=1 - n / 10) for n in range(4)]
    (board,) = rank(rows, where=filters.parse("dropout>=0.2"))
    assert [(row.rank, row.config["dropout"]) for row in board.rows] == [(1, 0.2), (2, 0.3)]
    assert rank(rows, where=filters.parse("dropout>5")) == []


@pytest.mark.parametrize("counts", [(1, 3), (3, 1), (7, 2)])
@pytest.mark.parametrize("figure", [0.9957, 0.1, 0.9957000017166138])
def test_equal_means_rank_equally_however_many_repeats_there_are(counts, figure):
    rows = [
        job(100 * which + seed, seed, dropout=which / 10, test_accuracy=figure, test_loss=figure)
        for which, count in enumerate(counts)
        for seed in range(count)
    ]
    for rank_by in ("test_accuracy", "test_loss"):
        assert [row.rank for row in rank(rows, rank_by=rank_by)[0].rows] == [1, 1]
