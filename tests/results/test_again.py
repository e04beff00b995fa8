"""A queue file made from jobs yields just these jobs."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.plan import queuefile, sweep
from engine.plan.jobs import Job
from engine.plan.settings import DEFAULTS, effective
from engine.results.again import queue_text
from engine.results.sweepmap import Place

VALUES = {"dropout": [0.1, 0.2, 1e-5], "batch_norm": [True, False], "activation": ["relu", "tanh"], "epochs": [3, 30]}


def ids(text: str) -> list[str]:
    queue = queuefile.parse(text, Path("again.toml"))
    return [job.id for experiment in queue.experiments for job in sweep.jobs(experiment)]


def made(jobs: list[Job]) -> str:
    return queue_text("grid", [(Place(job.id, job.config, None), job.seed) for job in jobs])


def test_jobs_of_which_some_lack_a_setting_come_back_one_by_one() -> None:
    text = '[[experiment]]\nname = "grid"\nmodel = "mlp"\nsweep = { dropout = [0.1, 0.2] }\n'
    [experiment] = queuefile.parse(text, Path("grid.toml")).experiments
    jobs = list(sweep.jobs(experiment))
    old = Job(jobs[0].id, {name: value for name, value in jobs[0].config.items() if name != "dropout"}, 0)
    assert len(queuefile.parse(made([old, jobs[1]]), Path("again.toml")).experiments) == 2


def test_a_sweep_comes_back_as_one_experiment() -> None:
    text = """
[[experiment]]
name = "grid"
repeats = 2
seed = 7
model = "mlp"
sweep = { dropout = [0.1, 0.3], l2 = [0.0, 1e-4] }
"""
    [experiment] = queuefile.parse(text, Path("a.toml")).experiments
    jobs = list(sweep.jobs(experiment))
    again = made(jobs)
    assert again.count("[[experiment]]") == 1
    assert sorted(ids(again)) == sorted(job.id for job in jobs)


@settings(max_examples=40, deadline=None)
@given(
    st.sets(
        st.tuples(*(st.sampled_from(values) for values in VALUES.values()), st.integers(0, 4)), min_size=1, max_size=12
    )
)
def test_any_jobs_come_back_each_once(chosen: set[tuple]) -> None:
    jobs = []
    for *values, seed in sorted(chosen, key=repr):
        config = effective(DEFAULTS | dict(zip(VALUES, values, strict=True)))
        jobs.append(sweep.make_job(config, seed, {}))
    assert sorted(ids(made(jobs))) == sorted(job.id for job in jobs)
