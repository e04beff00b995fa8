"""Warm reuse: what a worker keeps from one job must not show in the next."""

from typing import Any

import pytest

from engine.record.paths import JobPaths
from engine.training import compiled, trainer
from engine.training.compiled import Warm
from engine.training.data import WarmData
from tests.training.conftest import MakeJob

REUSED = {
    "seed": 5,
    "initializer": "he_normal",
    "learning_rate": 0.02,
    "lr_schedule": "one_cycle",
    "lr_decay": 0.5,
    "warmup": 0.4,
    "epochs": 3,
    "early_stopping": False,
    "monitor": "loss",
    "patience": 1,
    "min_delta": 0.5,
    "restore_best_weights": False,
}

COMPILED = {
    "train_samples": 100,
    "validation_split": 0.5,
    "model": "cnn",
    "activation": "tanh",
    "dropout": 0.5,
    "batch_norm": False,
    "hidden_units": 7,
    "l2": 0.1,
    "optimizer": "adam",
    "momentum": 0.5,
    "weight_decay": 0.1,
    "batch_size": 10,
    "eval_batch_size": 9,
    "label_smoothing": 0.2,
    "augment_shift": 1,
    "augment_rotate": 9.0,
    "augment_zoom": 0.2,
    "ema": 0.5,
    "precision": "mixed_bfloat16",
}


def bits(paths: JobPaths, warm: Warm) -> tuple[bytes, ...]:
    trainer.run(paths, warm, WarmData(), lambda _: None)
    return paths.weights.read_bytes(), paths.predictions.read_bytes(), paths.mistakes.read_bytes()


@pytest.fixture(scope="module")
def warm() -> Warm:
    return Warm()


@pytest.mark.parametrize("name", REUSED)
def test_a_reused_model_trains_as_a_fresh_one(name: str, make: MakeJob, warm: Warm) -> None:
    base: dict[str, Any] = {"epochs": 2, "ema": 0.5}
    changed = base | {name: REUSED[name]}
    bits(make(store="before", **base, seed=77), warm)
    kept = warm.last
    found = bits(make(store="warm", **changed), warm)
    assert warm.last is kept
    assert found == bits(make(store="fresh", **changed), Warm())


@pytest.mark.parametrize("name", COMPILED)
def test_what_is_compiled_in_is_compiled_again(name: str, make: MakeJob, warm: Warm) -> None:
    base: dict[str, Any] = {"epochs": 1, "filters": 3}
    bits(make(store="before", **base), warm)
    kept = warm.last
    bits(make(store="warm", **base | {name: COMPILED[name]}), warm)
    assert warm.last is not kept


def test_a_model_that_others_came_between_trains_as_a_fresh_one(make: MakeJob) -> None:
    warm = Warm()
    bits(make(store="first", activation="tanh", seed=5), warm)
    kept = warm.last
    for number, activation in enumerate(("relu", "elu", "gelu")):
        bits(make(store="between", activation=activation, seed=number), warm)
    found = bits(make(store="again", activation="tanh", dropout=0.2, seed=6), warm)
    assert warm.last is kept
    assert found == bits(make(store="fresh", activation="tanh", dropout=0.2, seed=6), Warm())


def test_deterministic_kernels_are_that_jobs_alone(make: MakeJob) -> None:
    digits = {"dataset": "mnist", "train_samples": 600, "epochs": 1}
    alone = [bits(make(store="fresh", deterministic=wanted, **digits), Warm()) for wanted in (False, True)]
    warm = Warm()
    for turn in range(2):
        for wanted in (True, False):
            found = bits(make(store=f"turn-{turn}", deterministic=wanted, **digits), warm)
            assert found == alone[wanted]


def test_no_more_models_are_kept_than_there_is_room_for(make: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "MOST_KEPT", 2)
    warm = Warm()
    for activation in ("relu", "elu", "tanh"):
        bits(make(store="kept", activation=activation), warm)
    assert len(warm._kept) == 2
    monkeypatch.setattr(compiled, "MOST_PARAMETERS_KEPT", 0)
    bits(make(store="kept", activation="gelu"), warm)
    assert len(warm._kept) == 1


def test_the_two_tables_name_every_setting_that_acts_here() -> None:
    from engine.plan.settings import NAMES
    from engine.training.compiled import NOT_COMPILED

    elsewhere = {"dataset", "filters", "kernel_size", "lr_step", "deterministic"}
    assert set(REUSED) | set(COMPILED) | elsewhere == {*NAMES, "seed"}
    assert set(REUSED) | {"lr_step"} == NOT_COMPILED


def test_a_person_s_own_model_is_reused_for_nothing_but_another_seed(make: MakeJob, tmp_path: Any) -> None:
    from engine.zoo.custom import digest

    (tmp_path / "mine.py").write_text(
        "import keras\n"
        "def deep(settings, shape, classes):\n"
        "    images = keras.Input(shape)\n"
        "    x = keras.layers.Flatten()(images)\n"
        "    for _ in range(settings['epochs']):\n"
        "        x = keras.layers.Dense(4)(x)\n"
        "    return keras.Model(images, keras.layers.Dense(classes, activation='softmax')(x))\n"
    )
    own = {"model": "mine:deep", "digests": {"mine:deep": digest("mine:deep", tmp_path)}}
    warm = Warm()
    bits(make(epochs=1, **own), warm)
    kept = warm.last
    bits(make(epochs=1, seed=1, **own), warm)
    assert warm.last is kept
    bits(make(epochs=2, **own), warm)
    assert warm.last is not kept
