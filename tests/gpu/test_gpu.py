"""On a real GPU: the same bits again, memory that is full, a stranger's GPU, two workers on one."""

import pytest

from engine.plan.jobs import JobStatus
from engine.record import events
from engine.record.events import AttemptEnded, AttemptStarted
from engine.record.ledger import Ledger
from engine.run import process
from tests import builders
from tests.faults.injecting import processes, whole
from tests.faults.resuming import MODELS, resumed_at_every_epoch, work
from tests.waiting import until

EPOCHS = 2
SECONDS = 300.0
UNSEEN = "a process outside this container"
GREEDY = """
import keras

def greedy(settings, shape, classes):
    inputs = keras.Input(shape)
    hidden = keras.layers.Dense(400_000)(keras.layers.Flatten()(inputs))
    return keras.Model(inputs, keras.layers.Dense(classes)(keras.layers.Dense(400_000)(hidden)))
"""


def told(place, row):
    return [event for event, _ in events.read(place.session.paths.job(row.id).events)]


def devices_of(place):
    return [event.device for row in place.rows() for event in told(place, row) if isinstance(event, AttemptStarted)]


def at_rest(place):
    until(place.at_rest, "the runner to end", SECONDS)
    whole(place.session.paths)


def test_tensorflow_lists_the_gpus_that_nvml_does(gpu):
    assert [device.name for device in process.gpus()] == [gpu.name]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("model", MODELS)
def test_deterministic_trainings_killed_at_every_epoch_have_the_bits_of_the_unbroken_one(tmp_path, gpu, model):
    assert resumed_at_every_epoch(tmp_path, model, 11, epochs=EPOCHS, device=gpu) == (EPOCHS, True)


@pytest.mark.timeout(900)
def test_two_jobs_at_a_time_share_a_gpu_and_a_stopped_one_goes_on(place, gpu):
    place.write('[[experiment]]\nname = "a"\nepochs = 400\nrepeats = 2\nrequires_gpu = true\n')
    place.submit(slots=2)
    until(lambda: all(row.epoch for row in place.rows()) and place.rows(), "two jobs to train", SECONDS)
    # The runner and both of its workers.
    assert len(processes(place.session.paths)) == 3
    first = place.rows()[0]
    place.session.stop([first.id], now=True)
    until(lambda: place.session.snapshot().jobs[0].status is JobStatus.INTERRUPTED, "one to stop", SECONDS)
    at_rest(place)
    place.session.retry([first.id])
    at_rest(place)
    assert place.statuses() == ["done", "done"]
    assert devices_of(place) == [gpu.name] * 3


@pytest.mark.timeout(900)
def test_what_does_not_fit_ends_alone_and_the_next_job_is_trained_on_the_same_gpu(place, gpu):
    (place.folder / "mine.py").write_text(GREEDY)
    place.write(
        '[[experiment]]\nname = "greedy"\nmodel = "mine:greedy"\nepochs = 1\n'
        '[[experiment]]\nname = "good"\nepochs = 2\n'
    )
    place.submit(allow_code=True)
    at_rest(place)
    greedy, good = place.rows()
    assert (greedy.status, greedy.attempts) == (JobStatus.OUT_OF_MEMORY, 1), greedy.error
    assert (good.status, devices_of(place)[-1]) == (JobStatus.DONE, gpu.name)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("left", [600, 20])
def test_a_gpu_that_others_have_filled_ends_a_job_for_want_of_memory_and_it_is_trained_once_there_is_room(
    place, gpu, occupied, left
):
    place.write(
        '[[experiment]]\nname = "a"\nmodel = "cnn"\nepochs = 1\ndataset = "mnist"\ntrain_samples = 8192\n'
        "batch_size = 4096\neval_batch_size = 1000\n"
    )
    ledger = Ledger(builders.store(place.folder))
    builders.submit(ledger, place.file.read_text())
    [row] = ledger.jobs()
    ledger.close()
    job = place.session.paths.job(row.id)
    with occupied(left):
        assert work(place.session.paths, job, gpu) == 0
    [end] = [event for event, _ in events.read(job.events) if isinstance(event, AttemptEnded)]
    assert end.status == "out_of_memory", end
    place.session.retry([row.id])
    at_rest(place)
    assert place.statuses() == ["done"]
    assert devices_of(place)[-1] == gpu.name


@pytest.mark.timeout(900)
def test_a_gpu_that_somebody_computes_on_is_waited_for_and_then_used(place, gpu, occupied):
    place.write('[[experiment]]\nname = "a"\nepochs = 2\n')
    with occupied(1000) as pid:
        place.submit()
        row = until(lambda: next((row for row in place.rows() if row.waits_for), None), "the job to wait", SECONDS)
        assert row.status is JobStatus.QUEUED
        # In a container the driver tells other numbers than the ones seen from here.
        assert row.waits_for in (f"{gpu.label} (held by {who})" for who in (f"process {pid}", UNSEEN))
    at_rest(place)
    assert (place.statuses(), devices_of(place)) == (["done"], [gpu.name])
