"""What a queue costs: jobs, epochs, time; by looking at each job, and by multiplying, which must come to the same."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plan import queuefile
from engine.plan.jobs import JobStatus
from engine.plan.settings import DEFAULTS
from engine.plan.sweep import count, jobs
from engine.results.cost import Cost, cost, work_of
from engine.results.devices import jobs_at_once
from engine.results.estimate import Pace, Span, pace, shape
from engine.results.multiplied import work_of_many
from engine.results.rows import Device, JobRow

SECONDS = 2.0


def experiment(text):
    head = '[[experiment]]\nname = "grid"\nmodel = "mlp"\n'
    return queuefile.parse(head + text, Path("experiments.toml").absolute()).experiments[0]


def row(job, status=JobStatus.DONE, epoch=None):
    epochs = int(job.config["epochs"])
    epoch = epochs if epoch is None else epoch
    return JobRow(
        job.id, job.config, job.seed, status, ("grid",), epoch, epochs, device="CPU", seconds=SECONDS * epoch, ended=1.0
    )


GRID = """
repeats = 3
seed = 5
sweep = { epochs = [2, 4], dropout = [0.1, 0.2], hidden_units = [8, 16], early_stopping = [true, false] }
"""
STATES = st.sampled_from([None, JobStatus.DONE, JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.FAILED])


@given(st.lists(STATES, min_size=48, max_size=48), st.integers(0, 1))
def test_multiplying_comes_to_what_looking_at_each_job_does(states, epoch):
    asked = experiment(GRID)
    wanted = list(jobs(asked))
    rows = {}
    for job, status in zip(wanted, states, strict=True):
        if status is not None:
            rows[job.id] = row(job, status, None if status is JobStatus.DONE else epoch)
    other = replace(row(wanted[0]), id="f" * 16, seed=99)
    looked, told = work_of((job, rows.get(job.id)) for job in wanted), work_of_many(asked, [*rows.values(), other])
    assert (told.jobs, told.done, told.epochs) == (looked.jobs, looked.done, looked.epochs)
    measured = pace(rows.values())
    each, multiplied = cost(looked, measured), cost(told, measured)
    assert (each.measured, each.longest) == (multiplied.measured, multiplied.longest)
    assert multiplied.work.likely == pytest.approx(each.work.likely)
    assert multiplied.work.most == pytest.approx(each.work.most)


@pytest.mark.parametrize(
    ("asks", "trained", "done"),
    [
        ("sweep = { dropout = [0.1, 0.4] }", "", 0),
        ("sweep = { dropout = [0.1, 0.4] }", "dropout = 0.4", 1),
        ('optimizer = "adam"\nmomentum = 0.5', 'optimizer = "adam"', 1),
        ("momentum = 0.5", "", 0),
    ],
)
def test_a_default_counts_where_the_experiment_names_it_or_it_changes_nothing(asks, trained, done):
    [job] = jobs(experiment(trained))
    assert work_of_many(experiment(asks), [row(job)]).done == done


def test_a_million_jobs_are_told_without_being_made():
    asked = experiment(
        f"early_stopping = false\nsweep = {{ l2 = {[n / 1000 for n in range(1000)]}, epochs = {list(range(1, 1001))} }}"
    )
    assert count(asked) == 1_000_000
    told = cost(work_of_many(asked, []), Pace({(shape(DEFAULTS | {"model": "mlp"}), ""): SECONDS}))
    assert (told.jobs, told.epochs, told.measured) == (1_000_000, 500_500_000, 1_000_000)
    assert told.time(1).likely == pytest.approx(SECONDS * told.epochs)


def test_of_too_many_kinds_of_jobs_only_the_time_is_not_told():
    values = list(range(1, 61))
    asked = experiment(f"epochs = 3\nsweep = {{ hidden_units = {values}, batch_size = {values} }}")
    told = cost(work_of_many(asked, []), Pace({(shape(DEFAULTS | {"model": "mlp"}), ""): SECONDS}))
    assert (told.jobs, told.epochs, told.measured, told.time(1)) == (3600, 10_800, 0, None)


def test_of_other_states_of_the_data_nothing_is_done(tmp_path):
    (tmp_path / "a.npz").touch()
    asked = experiment(f"dataset = '{tmp_path}/a.npz'\nrepeats = 2000")
    before, now = ({f"{tmp_path}/a.npz": digest * 64} for digest in "ab")
    rows = [row(job) for job in list(jobs(asked, before))[:3] + list(jobs(asked, now))[:1]]
    assert work_of_many(asked, rows, now).done == 1


def test_what_is_at_once_takes_its_part_and_no_less_than_the_longest():
    told = Cost(10, 0, 100, 10, Span(100.0, 50.0, 200.0), Span(40.0, 5.0, 80.0))
    assert told.time(1) == Span(100.0, 50.0, 200.0)
    assert told.time(2) == Span(50.0, 25.0, 100.0)
    assert told.time(8) == Span(40.0, 6.25, 80.0)
    assert Cost().time(4) is None


@pytest.mark.parametrize(
    ("found", "at_once", "words"),
    [
        (Cost(6, 6), 1, "6 jobs, 6 done"),
        (Cost(6, 4, failed=2), 1, "6 jobs, 4 done, 2 failed (R tries again)"),
        (Cost(1, 0, 30), 1, "1 job; 30 epochs at most, time not measured yet"),
        (Cost(6, 4, 60, 2, Span(80.0, 80.0, 80.0)), 1, "6 jobs, 4 done; 60 epochs at most, about 80 s"),
        (Cost(6, 0, 60, 4, Span(80.0, 80.0, 80.0)), 2, "6 jobs; 60 epochs at most, about 40 s for 4 of 6, 2 at once"),
        (
            Cost(1, 0, 9, 1, Span(80.0, 8.0, 80.0), Span(80.0, 8.0, 80.0)),
            2,
            "1 job; 9 epochs at most, about 80 s (8 s to 80 s)",
        ),
    ],
)
def test_it_is_said_in_a_line(found, at_once, words):
    assert found.words(at_once, "R") == words


def test_jobs_at_once_are_slots_times_devices():
    cpu, cards = Device("cpu", "CPU", ""), [Device(f"GPU-{n}", f"GPU{n}", "H100") for n in range(3)]
    assert jobs_at_once([cpu], 2) == 2
    assert jobs_at_once([cpu, *cards], 2) == 6
    assert jobs_at_once([cpu, *cards], 2, "cpu") == 2
    assert jobs_at_once([cpu, *cards], 1, "auto", [0, "GPU-2"]) == 2
    assert jobs_at_once([], 3) == 3
