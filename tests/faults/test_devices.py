"""GPUs that somebody holds, drivers that fail, memory that runs out, losses that are no numbers."""

import threading
from pathlib import Path
from typing import ClassVar

import pytest

from engine.plan.jobs import JobStatus
from engine.results.rows import Device
from engine.run import devices, machine, present, process, runner
from engine.run.checks import State
from engine.run.present import Present
from tests import builders
from tests.faults.injecting import whole
from tests.waiting import until

CARD = Device("GPU-0000", "GPU0", "Card", use=0.5, memory_used=1, memory_total=2)
MODELS = """
import tensorflow as tf

def greedy(settings, shape, classes):
    raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
"""


@pytest.fixture
def driver(monkeypatch):
    """A driver that the test controls: `driver.gpus` is what it lists."""

    class Driver:
        gpus: ClassVar[list] = []

    monkeypatch.setattr(devices, "gpus", lambda: list(Driver.gpus))
    monkeypatch.setattr(devices, "has_driver", lambda: False)
    monkeypatch.setattr(present, "DEVICES_SECONDS", 0.0)
    return Driver


def test_out_of_memory_and_no_numbers_end_a_job_once_and_the_next_one_is_trained(place, faults):
    (place.folder / "mine.py").write_text(MODELS)
    place.write(
        '[run]\non_nan = "continue"\n'
        '[[experiment]]\nname = "greedy"\nmodel = "mine:greedy"\n'
        '[[experiment]]\nname = "mad"\nbatch_norm = false\noptimizer = "sgd"\nlearning_rate = 1e30\nepochs = 2\n'
        '[[experiment]]\nname = "good"\nepochs = 2\n'
    )
    place.submit(allow_code=True)
    faults.inject(2)
    until(place.at_rest, "the runner to end")
    greedy, mad, good = place.rows()
    # It ended before its model was there, and is told like any other attempt.
    assert (greedy.status, greedy.attempts) == (JobStatus.OUT_OF_MEMORY, 1)
    assert "OOM when allocating" in greedy.error
    assert (mad.status, good.status) == (JobStatus.DONE, JobStatus.DONE)
    [board] = place.session.leaderboard(rank_by="test_loss")
    assert [row.experiments for row in board.rows][-1] == ("mad",)
    whole(place.session.paths)
    # Nobody asked to try it again.
    place.submit(allow_code=True)
    until(place.at_rest, "the runner to end")
    assert [row.attempts for row in place.rows()] == [1, 1, 1]
    place.write('[[experiment]]\nname = "mad"\nbatch_norm = false\noptimizer = "sgd"\nlearning_rate = 1e29\n')
    place.submit(allow_code=True)
    faults.inject()
    until(place.at_rest, "the runner to end")
    row = next(row for row in place.rows() if row.status is JobStatus.FAILED)
    assert row.error.startswith("diverged: loss is ")
    assert row.attempts == 1
    whole(place.session.paths)


def test_a_gpu_that_somebody_holds_is_waited_for_and_its_holder_is_named(place, driver, faults):
    driver.gpus = [Device("GPU-0000", "GPU0", "Card", holders=(1,))]
    place.write('[[experiment]]\nname = "a"\nepochs = 2\n')
    place.submit(take=lambda: None)
    thread = threading.Thread(target=runner.serve, args=(place.session.paths,))
    thread.start()
    faults.inject()
    try:
        row = until(lambda: next((row for row in place.rows() if row.waits_for), None), "the job to wait")
        assert (row.status, row.waits_for) == (JobStatus.QUEUED, "GPU0 (held by process 1)")
        driver.gpus = [CARD]
        until(lambda: place.statuses() == ["done"], "the job to be done")
    finally:
        driver.gpus = []
        thread.join(60)
    assert not thread.is_alive()
    whole(place.session.paths)


def test_gpus_of_which_the_driver_tells_nothing_more_are_not_replaced_by_the_cpu(driver, faults):
    there = Present()
    driver.gpus = [CARD]
    assert [device.label for device in there.look([])] == ["GPU0", "CPU"]
    driver.gpus = []
    faults.inject()
    gpu, _ = there.look([])
    assert (gpu.key, gpu.use, gpu.memory_used, gpu.memory_total) == ("GPU-0000", None, None, 2)
    driver.gpus = [CARD]
    assert there.look([])[0] == CARD


def test_without_nvml_tensorflow_is_asked_once_and_that_is_said(driver, monkeypatch, faults):
    asked = []
    monkeypatch.setattr(devices, "has_driver", lambda: True)
    monkeypatch.setattr(devices, "driver", lambda: "")
    monkeypatch.setattr(process, "gpus", lambda: asked.append(1) or [Device("0", "GPU0", "Card")])
    there = Present()
    faults.inject()
    for _ in range(3):
        gpu, _ = there.look([])
        assert (gpu.label, gpu.memory_used) == ("GPU0", None)
    assert len(asked) == 1
    [told] = machine.gpus()
    assert told.state is State.WARNING
    assert "nobody knows whether they are in use" in told.told


def test_tensorflows_own_list_on_this_machine(faults, gpus_shown):
    faults.inject()
    assert bool(process.gpus()) == Path("/proc/driver/nvidia/version").exists()


def test_a_job_that_requires_a_gpu_waits_where_there_is_none(ledger, driver, monkeypatch, faults):
    builders.submit(ledger, '[[experiment]]\nname = "a"\nrequires_gpu = true\n')
    monkeypatch.setattr(process, "start", lambda *_: pytest.fail("a worker was started"))
    faults.inject()
    runner.Runner(ledger).run()
    [row] = ledger.jobs()
    assert (row.status, row.waits_for) == (JobStatus.QUEUED, "a GPU, and this machine has none")
    whole(ledger.paths)
