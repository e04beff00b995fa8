"""Time left from epochs of the same shape and device; with early stopping, from the soonest end to the last."""

import pytest

from engine.plan.jobs import JobStatus
from engine.results.estimate import Span, left, pace, seconds_left
from tests.results.rows_made import CONFIG, job

PLAIN = CONFIG | {"early_stopping": False}
STOPPING = CONFIG | {"early_stopping": True, "patience": 3}


def row(number, config=PLAIN, **more):
    made = job(number, **more)
    return type(made)(**{**made.__dict__, "config": config, "epochs": config["epochs"]})


def likely(found, config, **more):
    span = found.span(config, **more)
    return None if span is None else span.likely


def test_of_the_last_jobs_of_a_shape_the_quicker_half_tells():
    compiled = row(1, epoch=4, seconds=12.0, device="CPU", ended=1.0)
    warm = row(2, epoch=1, seconds=2.0, device="CPU", status=JobStatus.RUNNING)
    assert likely(pace([compiled]), PLAIN) == pytest.approx(90.0)
    assert likely(pace([compiled, warm]), PLAIN) == pytest.approx(60.0)
    assert likely(pace([compiled, warm]), PLAIN, done=28) == pytest.approx(4.0)
    assert likely(pace([compiled]), PLAIN, done=40) == 0.0
    busy = [row(10 + n, epoch=10, seconds=90.0, device="CPU", ended=5.0 + n) for n in range(8)]
    assert likely(pace([compiled, *busy]), PLAIN) == pytest.approx(270.0), "what was long ago is forgotten"


def test_what_was_measured_elsewhere_tells_nothing_of_a_device():
    rows = [row(1, epoch=10, seconds=100.0, device="CPU")]
    assert likely(pace(rows), PLAIN, device="CPU") == pytest.approx(300.0)
    assert likely(pace(rows), PLAIN, device="H100") is None
    assert likely(pace(rows), PLAIN | {"model": "mlp"}) is None


def test_a_job_without_a_device_goes_where_the_last_of_its_shape_went():
    cpu = row(1, epoch=10, seconds=100.0, device="CPU", ended=50.0)
    gpu = row(2, epoch=10, seconds=10.0, device="H100", ended=90.0)
    assert likely(pace([gpu, cpu]), PLAIN) == pytest.approx(30.0)
    running = row(3, epoch=1, seconds=10.0, device="CPU", status=JobStatus.RUNNING)
    assert likely(pace([gpu, cpu, running]), PLAIN) == pytest.approx(300.0)


def test_early_stopping_gives_a_range():
    measured = [row(n, STOPPING, epoch=epoch, seconds=2.0 * epoch, device="CPU") for n, epoch in enumerate((8, 12))]
    assert pace(measured).span(STOPPING) == Span(20.0, 8.0, 60.0)
    assert pace(measured).span(STOPPING, done=11) == Span(0.0, 0.0, 38.0)
    begun = [row(1, STOPPING, epoch=1, seconds=2.0, device="CPU", status=JobStatus.RUNNING)]
    assert pace(begun).span(STOPPING) == Span(60.0, 8.0, 60.0), "where none ended, all epochs are likely"
    assert pace(begun).span(STOPPING | {"patience": 0}) == Span(60.0, 4.0, 60.0)
    assert pace(begun).span(STOPPING | {"patience": 100}) == Span(60.0, 60.0, 60.0)


def test_who_ran_all_epochs_was_not_ended_by_early_stopping():
    whole = STOPPING | {"epochs": 10}
    rows = [row(n, whole, epoch=10, seconds=20.0, device="CPU") for n in range(2)]
    assert pace(rows).span(STOPPING | {"epochs": 200}) == Span(400.0, 8.0, 400.0)
    rows.append(row(2, STOPPING, epoch=7, seconds=14.0, device="CPU"))
    # One of three ended early, after 7 epochs; the others would go on to the 100th.
    assert pace(rows).span(STOPPING | {"epochs": 100}).likely == pytest.approx(2.0 * (7 + 2 * 100) / 3)


def test_the_range_is_said_and_a_sure_time_has_none():
    assert Span(1260.0, 240.0, 2460.0).words == "21 min (4 min to 41 min)"
    assert Span(1260.0, 1260.0, 1260.0).words == "21 min"


def test_what_is_left_counts_what_runs_and_what_can():
    rows = [
        row(1, epoch=10, seconds=20.0, device="CPU", status=JobStatus.RUNNING),
        row(2, epoch=0, seconds=0.0, status=JobStatus.QUEUED),
        row(3, PLAIN | {"model": "mlp"}, epoch=0, seconds=0.0, status=JobStatus.QUEUED),
        row(4, epoch=0, seconds=0.0, status=JobStatus.QUEUED, waits_for="a GPU"),
        row(5, epoch=0, seconds=0.0, status=JobStatus.HELD),
        row(6, epoch=30, seconds=60.0, device="CPU"),
    ]
    found = left(rows)
    # 20 epochs and 30 at 2 s each; the job whose like was never measured is taken to be like these.
    assert (found.jobs, found.measured, found.span.likely) == (3, 2, pytest.approx(150.0))
    assert seconds_left(rows) == pytest.approx(150.0)
    assert seconds_left(rows[1:2]) is None
    assert left([]).jobs == 0


def test_two_at_once_take_half_the_time():
    rows = [row(n, epoch=10, seconds=20.0, device="CPU", status=JobStatus.RUNNING) for n in range(2)]
    assert seconds_left(rows) == pytest.approx(40.0)


def test_more_at_once_take_no_less_than_the_longest():
    running = [row(n, epoch=10 + 9 * n, seconds=20.0 + 18 * n, device="CPU", status=JobStatus.RUNNING) for n in (0, 2)]
    # 20 epochs and 2 at 2 s each: the work of two is 22 s each, but one of them takes 40 s.
    assert seconds_left(running) == pytest.approx(40.0)


def test_one_that_has_just_begun_on_a_device_goes_by_its_like():
    rows = [
        row(1, epoch=30, seconds=60.0, device="CPU"),
        row(2, epoch=0, seconds=0.0, device="H100", status=JobStatus.RUNNING),
    ]
    assert seconds_left(rows) == pytest.approx(60.0)


def test_a_running_jobs_own_pace_stands_for_the_epoch_that_compiled():
    begun = row(1, PLAIN, epoch=1, seconds=9.0, device="CPU", status=JobStatus.RUNNING)
    assert seconds_left([begun]) == pytest.approx(29 * 9.0)
    assert seconds_left([begun], {begun.id: 2.0}) == pytest.approx(29 * 2.0)
    held_out = row(1, PLAIN | {"validation_split": 0.25}, epoch=1, seconds=9.0, device="CPU", status=JobStatus.RUNNING)
    # A third of the samples that are trained are evaluated too, each in a third of the time.
    assert seconds_left([held_out], {held_out.id: 2.0}) == pytest.approx(29 * 2.0 * (1 + 1 / 9))
