"""Data, code or settings that change under a job: it is refused, named with path and hash, and never mixed."""

import shutil

import pytest

from engine.datasets.files import digest
from engine.plan.jobs import JobStatus
from engine.record.events import AttemptEnded
from engine.record.ledger import Ledger
from engine.run import process, runner
from engine.zoo import custom
from tests import builders, tiny
from tests.faults.injecting import whole
from tests.faults.training import Bench, Life, behind

MODEL = """
import keras

def build(settings, shape, classes):
    image = keras.Input(shape)
    return keras.Model(image, keras.layers.Dense(classes, activation="softmax")(keras.layers.Flatten()(image)))
"""
QUEUE = '[[experiment]]\nname = "a"\ndataset = "tiny.npz"\nepochs = 3\n'


@pytest.fixture
def no_worker(monkeypatch):
    monkeypatch.setattr(process, "start", lambda *_: pytest.fail("a worker was started"))


@pytest.mark.parametrize("change", ["flip", "cut", "gone", "another"])
def test_damaged_or_missing_data_is_named_before_a_device_is_claimed(tmp_path, no_worker, change, faults):
    data = tiny.write_data(tmp_path)
    good, expected = data.read_bytes(), digest(data)
    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, QUEUE, digests={str(data): expected})
    if change == "flip":
        data.write_bytes(good[:999] + bytes([good[999] ^ 1]) + good[1000:])
    elif change == "cut":
        data.write_bytes(good[:-1])
    elif change == "gone":
        data.unlink()
    else:
        tiny.write_data(tmp_path, samples=60)
    faults.inject()
    runner.Runner(ledger).run()
    [row] = ledger.jobs()
    assert (row.status, row.attempts) == (JobStatus.FAILED, 0)
    assert str(data) in row.error
    assert expected in row.error
    if change != "gone":
        assert digest(data) in row.error
    whole(ledger.paths)
    ledger.close()


def test_data_that_was_moved_is_found_where_it_is_now(tmp_path, faults):
    data = tiny.write_data(tmp_path)
    expected = digest(data)
    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, QUEUE, digests={str(data): expected})
    [row] = ledger.jobs()
    (tmp_path / "moved").mkdir()
    moved = tmp_path / "moved" / "tiny.npz"
    shutil.move(data, moved)
    faults.inject()
    builders.submit(ledger, QUEUE.replace("tiny.npz", "moved/tiny.npz"), digests={str(moved): expected})
    [now] = ledger.jobs()
    assert (now.id, now.status, now.config["dataset"]) == (row.id, JobStatus.QUEUED, str(moved))
    told = ledger.file(row.id)
    assert told.job.digests == {str(moved): expected}
    assert f'dataset = "{moved}"' in ledger.paths.job(row.id).config.read_text()
    assert runner.Runner(ledger).intact.fault(told) == ""
    whole(ledger.paths)
    ledger.close()


def test_code_that_changed_before_a_resume_is_refused(tmp_path, monkeypatch, faults):
    bench = Bench(tmp_path, monkeypatch)
    module = tmp_path / "mine.py"
    module.write_text(MODEL)
    bench.digests["mine:build"] = custom.digest("mine:build", tmp_path)
    ledger = Ledger(builders.store(tmp_path))
    text = f'[[experiment]]\nname = "a"\ndataset = "{bench.data}"\nmodel = "mine:build"\nepochs = 4\nbatch_size = 16\n'
    builders.submit(ledger, text, digests=bench.digests)
    life = Life(bench, ledger)
    assert not life.train(behind(1))
    module.write_text(MODEL.replace('"softmax"', '"sigmoid"'))
    faults.inject()
    assert life.train(fresh=True)
    *_, last = life.told()
    assert isinstance(last, AttemptEnded)
    assert last.status == "failed"
    assert str(module) in last.error
    assert life.epochs() == [1]
    module.write_text(MODEL)
    assert life.train(fresh=True)
    assert life.epochs() == [1, 2, 3, 4]
    assert life.attempts()[-1].resumed_epoch == 1
    life.end()


def test_settings_that_changed_before_a_resume_are_refused(tmp_path, monkeypatch, faults):
    bench = Bench(tmp_path, monkeypatch)
    life = bench.life('model = "mlp"\nhidden_units = 8\nepochs = 3')
    assert not life.train(behind(1))
    good = life.job.config.read_text()
    for before, after in (("dropout = 0.2", "dropout = 0.3"), ("seed = 0", "seed = 1"), ("epochs = 3", "epochs = 2")):
        assert before in good
        life.job.config.write_text(good.replace(before, after))
        faults.inject()
        assert life.train()
        *_, last = life.told()
        assert (last.status, "settings have changed" in last.error) == ("failed", True)
    life.job.config.write_text(good)
    assert life.train()
    assert life.epochs() == [1, 2, 3]
    life.end()


def test_other_libraries_or_another_device_are_said_to_be_not_exact(tmp_path, monkeypatch, faults):
    bench = Bench(tmp_path, monkeypatch)
    for name in ("tensorflow", "keras", "numpy", "device", "threads", "onednn"):
        life = bench.life('model = "mlp"\nhidden_units = 8\nepochs = 2')
        assert not life.train(behind(1))
        lines = life.job.events.read_bytes()
        was = life.attempts()[0].environment[name]
        life.job.events.write_bytes(lines.replace(f'"{name}":"{was}'.encode(), f'"{name}":"x{was}'.encode()))
        faults.inject()
        assert life.train()
        *_, last = life.attempts()
        assert (last.exact, last.inexact.startswith(f"{name} was x{was}")) == (False, True), last.inexact
        life.ledger.close()
