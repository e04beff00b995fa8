"""Sweeps: lazy, in order, counted without being expanded, with seeds shared between configurations."""

import itertools
import tracemalloc
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from engine.plan import queuefile, sweep
from engine.plan.experiment import Experiment
from engine.plan.jobs import job_id
from engine.plan.settings import DEFAULTS, Settings

HERE = Path("experiments.toml")


def read(body):
    return queuefile.parse(f'[[experiment]]\nname = "a"\n{body}\n', HERE).experiments[0]


def test_the_slides_grid_has_six_jobs_and_the_repeated_value_gets_the_next_seed():
    grid = read("sweep = { batch_norm = [true, false], dropout = [0.2, 0.25, 0.2] }")
    jobs = list(sweep.jobs(grid))
    assert sweep.count(grid) == 6
    assert [(job.config["batch_norm"], job.config["dropout"], job.seed) for job in jobs] == [
        (True, 0.2, 0),
        (True, 0.25, 0),
        (True, 0.2, 1),
        (False, 0.2, 0),
        (False, 0.25, 0),
        (False, 0.2, 1),
    ]
    assert len({job.id for job in jobs}) == 6


def test_repeats_share_their_seeds_over_all_configurations():
    jobs = list(sweep.jobs(read("repeats = 3\nseed = 5\nsweep = { dropout = [0.1, 0.2] }")))
    seeds = {value: [job.seed for job in jobs if job.config["dropout"] == value] for value in (0.1, 0.2)}
    assert seeds == {0.1: [5, 6, 7], 0.2: [5, 6, 7]}


@given(
    st.dictionaries(
        st.sampled_from(["dropout", "momentum", "l2"]),
        st.lists(st.sampled_from([0.1, 0.2, 0.3]), min_size=1, max_size=4),
    ),
    st.integers(1, 3),
)
def test_a_configuration_named_k_times_has_k_times_repeats_jobs(lists, repeats):
    experiment = Experiment(
        "a", Settings(), {name: tuple(values) for name, values in lists.items()}, {}, repeats=repeats, seed=2
    )
    jobs = list(sweep.jobs(experiment))
    assert len(jobs) == sweep.count(experiment)
    assert len({job.id for job in jobs}) == len(jobs)
    named = Counter(itertools.product(*lists.values()))
    for combination, times in named.items():
        chosen = dict(zip(lists, combination, strict=True))
        seeds = sorted(job.seed for job in jobs if all(job.config[name] == value for name, value in chosen.items()))
        assert seeds == list(range(2, 2 + times * repeats))
    assert [job.id for job in sweep.jobs(experiment)] == [job.id for job in jobs]


def test_a_million_jobs_are_counted_and_begun_in_little_memory():
    values = ", ".join(str(n / 1000) for n in range(100))
    huge = read(f"sweep = {{ dropout = [{values}], momentum = [{values}], l2 = [{values}] }}")
    tracemalloc.start()
    assert sweep.count(huge) == 1_000_000
    first = list(itertools.islice(sweep.jobs(huge), 5))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(first) == 5
    assert peak < 4 << 20


def test_what_has_no_effect_changes_no_id():
    plain = next(sweep.jobs(read('model = "compact"\nearly_stopping = false')))
    same = next(sweep.jobs(read('model = "compact"\nearly_stopping = false\nhidden_units = 9\npatience = 7')))
    other = next(sweep.jobs(read('model = "compact"\nearly_stopping = false\ndropout = 0.3')))
    assert plain.id == same.id
    assert plain.config == same.config
    assert plain.id != other.id


def test_ids_are_the_ones_that_were_given_out_before():
    # Frozen: a change here would make every finished job a stranger to its queue file.
    assert job_id({}, 0, {}) == "b3a333b3f3f6296f"
    assert sweep.make_job(DEFAULTS, 0, {}).id == job_id({}, 0, {})
    assert sweep.make_job(DEFAULTS | {"dropout": 0.25}, 3, {}).id == job_id({"dropout": 0.25}, 3, {})


def test_data_is_named_by_its_hash_not_its_place():
    config = DEFAULTS | {"dataset": "/one/own.npz"}
    moved = DEFAULTS | {"dataset": "/two/own.npz"}
    first = sweep.make_job(config, 0, {"/one/own.npz": "aa"})
    assert first.id == sweep.make_job(moved, 0, {"/two/own.npz": "aa"}).id
    assert first.id != sweep.make_job(config, 0, {"/one/own.npz": "bb"}).id
    code = DEFAULTS | {"model": "mine:build"}
    assert sweep.make_job(code, 0, {"mine:build": "aa"}).id != sweep.make_job(code, 0, {"mine:build": "bb"}).id
