"""Early stopping against Keras' own."""

import keras
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.training.stopping import EarlyStopping

FIGURES = st.one_of(st.integers(0, 20).map(lambda n: n / 20), st.floats(-10, 10, width=32), st.just(float("nan")))


class Recorded:
    """Stands where Keras wants a model: weights are the number of the epoch they came from."""

    stop_training = False

    def __init__(self) -> None:
        self.epoch = 0

    def get_weights(self) -> int:
        return self.epoch

    def set_weights(self, weights: int) -> None:
        self.epoch = weights


@settings(deadline=None)
@example("val_loss", 2, 0.0, 0.0, [-3.629363022601276e-43])
@example("accuracy", 0, 0.0, 0.0, [1e-38, 1.1754944e-38, 1.2e-38])
@given(
    st.sampled_from(["val_accuracy", "val_loss", "accuracy", "loss"]),
    st.integers(0, 4),
    st.sampled_from([0.0, 0.05, 0.2]),
    st.floats(-1, 1, width=32),
    st.lists(FIGURES, max_size=15),
)
def test_the_same_decisions(monitor: str, patience: int, min_delta: float, first: float, rest: list[float]) -> None:
    mode = "min" if monitor.endswith("loss") else "max"
    theirs = keras.callbacks.EarlyStopping(
        monitor, min_delta=min_delta, patience=patience, restore_best_weights=True, mode=mode
    )
    model = Recorded()
    theirs.set_model(model)
    theirs.on_train_begin()
    ours = EarlyStopping(monitor, patience, min_delta)
    best = 0
    for epoch, value in enumerate([first, *rest], start=1):
        model.epoch = epoch
        theirs.on_epoch_end(epoch - 1, {monitor: value})
        if ours.update(epoch, value):
            best = epoch
        assert ours.stopped == model.stop_training
        assert ours.wait == theirs.wait
        ours = EarlyStopping(**ours.state())
        if ours.stopped:
            break
    theirs.on_train_end()
    assert best == ours.best_epoch == model.epoch


def test_nan_in_the_first_epoch_is_beaten_by_any_number() -> None:
    stopping = EarlyStopping("val_loss", 3, 0.0)
    assert stopping.update(1, float("nan"))
    assert stopping.best_epoch == 1
    assert stopping.update(2, 1e9)
    assert stopping.best_epoch == 2
    assert not stopping.update(3, float("nan"))
    assert stopping.best_epoch == 2
