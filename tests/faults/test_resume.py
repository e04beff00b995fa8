"""A resumed training is the unbroken one bit for bit, wherever it ended and whatever was trained in between."""

import errno
import os

import pytest

from engine.record.events import EpochEnded
from tests.faults.resuming import MODELS
from tests.faults.training import Bench, Killed, at, behind, places

PLAIN = "model = 'mlp'\nhidden_units = 8\nepochs = 3"


@pytest.fixture
def bench(tmp_path, monkeypatch):
    return Bench(tmp_path, monkeypatch)


@pytest.mark.parametrize("model", MODELS)
def test_killed_at_every_epoch_by_turns_in_a_fresh_and_a_warm_process(bench, model, faults):
    settings = MODELS[model] + "epochs = 4"
    unbroken = bench.life(settings)
    assert unbroken.train()
    expected = unbroken.result()
    unbroken.end()
    broken = bench.life(settings)
    epochs = len(expected[1])
    for turn in range(1, epochs + 1):
        assert not broken.train(behind(1), fresh=turn == 2)
        faults.inject()
        assert broken.epochs() == list(range(1, turn + 1))
        if turn == 1:
            other = bench.life(settings + "\nseed = 5\nlearning_rate = 0.01")
            assert other.train()
            other.end()
    assert broken.train()
    assert broken.result() == expected
    assert len(broken.attempts()) == epochs + 1
    broken.end()


def test_killed_between_any_two_of_write_fsync_rename_and_append_it_goes_on_at_the_last_commit(bench, faults):
    unbroken = bench.life(PLAIN)
    reached = places(unbroken)
    expected = unbroken.result()
    unbroken.end()
    assert {place.partition(":")[2] for place in reached} >= {"opened", "written", "synced", "renamed", "kept"}
    for turn, place in enumerate(reached):
        life = bench.life(PLAIN)
        assert not life.train(at(turn, Killed())), place
        faults.inject()
        before = life.epochs()
        ended = any(event.KIND == "attempt_ended" for event in life.told())
        if not ended:
            assert life.train(), place
            assert life.attempts()[-1].resumed_epoch == len(before), place
        assert life.epochs() == [1, 2, 3], place
        assert life.result() == expected, place
        life.end()


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_where_a_write_or_an_fsync_fails_nothing_counts_as_committed_and_the_next_attempt_does_it_again(
    bench, number, faults
):
    unbroken = bench.life(PLAIN)
    reached = places(unbroken)
    expected = unbroken.result()
    unbroken.end()
    refused = [
        turn
        for turn, place in enumerate(reached)
        if place.partition(":")[2] in ("opened", "written") and "config" not in place
    ]
    for turn in refused:
        place = reached[turn]
        life = bench.life(PLAIN)
        committed = sum(name.endswith(":committed") for name in reached[:turn])
        life.train(at(turn, OSError(number, os.strerror(number))))
        faults.inject()
        assert life.epochs() == list(range(1, committed + 1)), place
        assert life.train(), place
        assert life.epochs() == [1, 2, 3], place
        assert life.result() == expected, place
        life.end()


def test_where_every_checkpoint_is_gone_it_begins_anew_and_comes_to_the_same(bench, faults):
    unbroken = bench.life(PLAIN)
    unbroken.train()
    expected = unbroken.result()
    life = bench.life(PLAIN)
    assert not life.train(behind(2))
    for path in life.job.checkpoints().values():
        path.write_bytes(path.read_bytes()[:-1])
        faults.inject()
    assert life.train()
    assert life.epochs() == [1, 2, 1, 2, 3]
    assert life.result() == expected
    assert [event.epoch for event in life.told() if isinstance(event, EpochEnded)][-1] == 3
    life.end()
