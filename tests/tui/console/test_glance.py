"""What a first paint knows of an experiment is what the model of the settings says of it later, or nothing."""

from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from engine.plan import queuefile
from engine.plan.jobs import JobStatus
from engine.results.rows import JobRow
from tui.editing import expected
from tui.editing.glance import glance
from tui.editing.outline import outline

PATH = Path("/q/experiments.toml")
VALUES = {
    "dropout": [0, 0.2, 0.25],
    "batch_norm": [True, False],
    "optimizer": ["sgd", "rmsprop", "adam"],
    "activation": ["relu", "tanh"],
    "epochs": [3, 30],
    "model": ["cnn", "mlp"],
    "learning_rate": [0.001, 1],
    "early_stopping": [True, False],
    "patience": [3, 4],
}
tables = st.dictionaries(st.sampled_from([*VALUES]), st.integers(0, 2)).map(
    lambda chosen: {name: VALUES[name][place % len(VALUES[name])] for name, place in chosen.items()}
)
sweeps = st.dictionaries(st.sampled_from([*VALUES]), st.integers(1, 3), max_size=3).map(
    lambda chosen: {name: VALUES[name][:count] for name, count in chosen.items()}
)


def read(text):
    """The first experiment as the model has it, with its slots, and as a glance at the file has it."""
    queue = queuefile.parse(text, PATH)
    experiment = queue.experiments[0]
    return expected.plan(experiment, queue.defaults), expected.slots(experiment), outline(text.encode())[0]


def rows_of(slots):
    return {
        slot.job.id: JobRow(slot.job.id, slot.job.config, slot.job.seed, JobStatus.DONE, ("grid",)) for slot in slots
    }


@given(defaults=tables, own=tables, sweep=sweeps, repeats=st.integers(1, 3), seed=st.integers(0, 5))
def test_it_is_what_the_model_says_or_nothing(defaults, own, sweep, repeats, seed):
    table = {"name": "grid", **own, "repeats": repeats, "seed": seed, "sweep": sweep}
    plan, slots, entry = read(tomli_w.dumps({"defaults": defaults, "experiment": [table]}))
    found = glance(entry, rows_of(slots))
    if found is None:
        return
    assert found[1] == slots
    named = ("given", "sweep", "defaults", "repeats", "count")
    assert [getattr(found[0], name) for name in named] == [getattr(plan, name) for name in named]
    assert found[0].values == plan.values


@given(own=st.sampled_from([{}, {"dropout": 0}, {"model": "mlp", "epochs": 3}]), count=st.integers(1, 3))
def test_a_plain_experiment_is_known(own, count):
    table = {"name": "grid", **own, "repeats": 2, "sweep": {"hidden_units": [32, 64, 96][:count]}}
    _, slots, entry = read(tomli_w.dumps({"experiment": [table]}))
    rows = rows_of(slots)
    found = glance(entry, rows)
    assert found is not None
    assert [slot.job.id for slot in found[1]] == [*rows]


@pytest.mark.parametrize(
    "own",
    [
        'activation = "ReLU"\nsweep = { initializer = ["Xavier", "he"] }',
        "epochs = 3\nsweep = { dropout = [0.2, 0.2] }",
        'model = "compact"\nfilters = 8',
    ],
)
def test_what_the_model_reads_otherwise_is_left_to_it(own):
    _, slots, entry = read(f'[[experiment]]\nname = "grid"\n{own}\n')
    assert glance(entry, rows_of(slots)) is None


def test_one_job_that_the_store_lacks_is_enough_to_wait():
    _, slots, entry = read('[[experiment]]\nname = "grid"\nsweep = { epochs = [3, 4] }\n')
    rows = rows_of(slots)
    del rows[slots[1].job.id]
    assert glance(entry, rows) is None


@pytest.mark.parametrize(
    "own", ["dropout = true", "l2 = false", "sweep = { nothing = [1] }", "sweep = 3", "epochs = []"]
)
def test_faults_are_left_to_the_parser(own):
    entry = outline(f'[[experiment]]\nname = "grid"\n{own}\n'.encode())
    assert not entry or glance(entry[0], {"a": JobRow("a", {}, 0, JobStatus.DONE)}) is None
