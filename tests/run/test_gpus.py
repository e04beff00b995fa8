"""Several GPUs: a real worker each, which sees that one alone. The driver is faked, so each then trains on the CPU."""

import threading

import psutil

from engine.plan.jobs import JobStatus
from engine.record import events
from engine.record.events import AttemptStarted
from engine.record.locks import holder
from engine.results.rows import Device
from engine.run import devices, runner
from engine.run.process import device_of
from tests.tiny import Place
from tests.waiting import until

GPUS = [Device(f"GPU-{n}000", f"GPU{n}", "Card") for n in range(3)]


def test_each_gpu_gets_a_worker_of_its_own_and_a_strangers_is_left_alone(tmp_path, monkeypatch):
    place = Place(tmp_path)
    held = Device("GPU-2000", "GPU2", "Card", holders=(1,))
    monkeypatch.setattr(devices, "gpus", lambda: [*GPUS[:2], held])
    monkeypatch.setattr(place.session, "ensure_runner", lambda **_: None)
    place.write('[[experiment]]\nname = "a"\nepochs = 300\nrepeats = 3\nrequires_gpu = true\n')
    place.submit()
    thread = threading.Thread(target=runner.serve, args=(place.session.paths,))
    thread.start()
    try:
        running = until(lambda: [row for row in place.rows() if row.epoch], "two jobs to train") and until(
            lambda: [row for row in place.rows() if row.epoch][1:] and place.rows(), "two jobs to train"
        )
        owners = [holder(place.session.paths.job(row.id).lock) for row in running[:2]]
        assert {device_of(owner.pid) for owner in owners} == {"GPU-0000", "GPU-1000"}
        assert all(psutil.Process(owner.pid).environ()["TF_ENABLE_ONEDNN_OPTS"] == "1" for owner in owners)
        place.session.stop([row.id for row in place.rows()], now=True)
    finally:
        thread.join(120)
    assert not thread.is_alive()
    assert all(row.status in (JobStatus.INTERRUPTED, JobStatus.STOPPED, JobStatus.DONE) for row in place.rows())
    starts = [
        event
        for row in place.rows()
        for event, _ in events.read(place.session.paths.job(row.id).events)
        if isinstance(event, AttemptStarted)
    ]
    assert len({start.process["pid"] for start in starts}) == 2
