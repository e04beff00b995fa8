"""Learning rates, step by step."""

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.plan.settings import DEFAULTS
from engine.training.schedules import epoch_rates

NAMES = ("constant", "exponential", "step", "cosine", "one_cycle")


def rates(epochs: int, steps: int, **values: Any) -> np.ndarray:
    config = DEFAULTS | {"epochs": epochs} | values
    return np.concatenate([epoch_rates(config, epoch, steps) for epoch in range(epochs)])


def test_exponential_is_keras_scheduler_s() -> None:
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch: 1e-3 * 0.95**epoch)
    found = rates(30, 2)
    for epoch in range(30):
        np.testing.assert_allclose(found[2 * epoch : 2 * epoch + 2], scheduler.schedule(epoch), rtol=1e-6)


def test_step_falls_every_lr_step_epochs() -> None:
    found = rates(7, 2, lr_schedule="step", lr_step=3, lr_decay=0.1, learning_rate=1.0)
    np.testing.assert_allclose(found, [1.0] * 6 + [0.1] * 6 + [0.01] * 2, rtol=1e-6)


@settings(deadline=None, max_examples=10)
@given(st.integers(1, 5), st.integers(1, 30))
def test_cosine_is_keras_cosine_decay(epochs: int, steps: int) -> None:
    decay = keras.optimizers.schedules.CosineDecay(0.01, epochs * steps)
    expected = [float(decay(step)) for step in range(epochs * steps)]
    found = rates(epochs, steps, lr_schedule="cosine", learning_rate=0.01)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("warmup", [0.2, 0.5])
def test_warm_up_then_cosine_is_keras_too(warmup: float) -> None:
    total = 100
    warm = int(warmup * total)
    decay = keras.optimizers.schedules.CosineDecay(0.0, total - warm, warmup_target=0.01, warmup_steps=warm)
    found = rates(5, 20, lr_schedule="cosine", learning_rate=0.01, warmup=warmup)
    np.testing.assert_allclose(found, [float(decay(step)) for step in range(total)], rtol=1e-4, atol=1e-8)


def test_one_cycle_rises_from_a_25th_and_sinks_to_a_10_000th() -> None:
    found = rates(10, 10, lr_schedule="one_cycle", learning_rate=0.5)
    assert found[0] == pytest.approx(0.02)
    assert found[30] == pytest.approx(0.5)
    assert found[-1] == pytest.approx(0.5 / 10_000)
    assert np.all(np.diff(found[:31]) > 0)
    assert np.all(np.diff(found[30:]) < 0)
    assert rates(10, 10, lr_schedule="one_cycle", warmup=0.6).argmax() == 60


@given(
    st.sampled_from(NAMES),
    st.integers(1, 6),
    st.integers(1, 20),
    st.floats(0, 0.99),
    st.floats(1e-6, 10),
    st.floats(0.01, 1),
)
def test_rates_are_finite_and_never_above_the_learning_rate(
    name: str, epochs: int, steps: int, warmup: float, rate: float, decay: float
) -> None:
    found = rates(epochs, steps, lr_schedule=name, warmup=warmup, learning_rate=rate, lr_decay=decay)
    assert found.shape == (epochs * steps,)
    assert found.dtype == np.float32
    assert np.all(np.isfinite(found))
    assert np.all(found >= 0)
    assert np.all(found <= np.float32(rate) * (1 + 1e-6))


@given(st.sampled_from(NAMES[:4]), st.integers(2, 5), st.integers(2, 20), st.floats(0.05, 0.9))
def test_warm_up_rises_linearly_from_0(name: str, epochs: int, steps: int, warmup: float) -> None:
    found = rates(epochs, steps, lr_schedule=name, warmup=warmup, learning_rate=1.0)
    warm = warmup * epochs * steps
    rising = np.arange(int(np.ceil(warm)))
    np.testing.assert_allclose(found[: len(rising)], rising / warm, rtol=1e-5, atol=1e-7)
