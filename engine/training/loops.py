"""A loop over batches as a compiled function, or as XLA programs where that is faster: on a GPU."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import tensorflow as tf

from engine.training.device import is_out_of_memory

Sums = tuple[Any, Any]
Piece = Callable[[Any, Any], Any]


def no_sums() -> Sums:
    """Summed loss and correct predictions before the first step. They are handed on from span to span, so that where
    an epoch was cut into spans cannot change a bit of its figures."""
    return tf.zeros([], tf.float64), tf.zeros([], tf.float64)


def ragged(size: int) -> Piece:
    """What takes the samples of step `index` out of `values`: `size` of them, or what is left at the end."""
    return lambda values, index: values[index * size : (index + 1) * size]


def whole(size: int) -> Piece:
    """The same for steps that have `size` samples each."""
    return lambda values, index: _cut(values, index * size, size)


def rest(size: int) -> Piece:
    """The same for the step at the end that has fewer."""

    def last(values: Any, _: Any) -> Any:
        count = tf.shape(values)[0]
        return _cut(values, count - count % size, count % size)

    return last


def _cut(values: Any, first: Any, count: Any) -> Any:
    """So many from `first` on, as a slice whose shape XLA can know."""
    beyond = range(1, len(values.shape))
    return tf.slice(values, [first, *(0 for _ in beyond)], [count, *(tf.shape(values)[axis] for axis in beyond)])


class Loop:
    """A loop over an epoch's batches, compiled as one function or, since XLA wants every shape fixed, as one program
    for the steps that have whole batches and one for the step that has what is left.

    `refused` tells why XLA could not compile it (a person's own model may hold an operation that it does not know).
    XLA says so before anything is trained, and then the one function does it all.
    """

    def __init__(
        self, body: Callable[..., Sums], inputs: Sequence[Any], size: int, *, xla: bool, iterations: Any
    ) -> None:
        """`body` takes `inputs`, whose second are the labels, then start, end, sums and `piece`. `iterations` is the
        optimizer's count of steps: while it stands still, nothing was trained."""
        number, total = tf.TensorSpec([], tf.int32), tf.TensorSpec([], tf.float64)
        signature = [*inputs, number, number, (total, total)]

        def compiled(piece: Piece, *, jit: bool) -> Any:
            function = partial(body, piece=piece)
            return tf.function(function, autograph=False, input_signature=signature, jit_compile=jit)

        self._size, self._iterations = size, iterations
        self._plain = compiled(ragged(size), jit=False)
        self._programs = [compiled(piece(size), jit=True) for piece in (whole, rest)] if xla else []
        self.refused = ""

    def __call__(self, *arguments: Any) -> Sums:
        """The steps from start to end - 1, after the inputs and before the sums: `sums` with these steps added."""
        *inputs, start, end, sums = arguments
        if self._programs and not self.refused:
            wholes = min(int(end), inputs[1].shape[0] // self._size)
            for program, last in zip(self._programs, (wholes, int(end)), strict=True):
                if start < last and not self.refused:
                    start, sums = self._run(program, inputs, start, tf.constant(last), sums)
        if start < end:
            sums = self._plain(*inputs, start, end, sums)
        return sums  # type: ignore[no-any-return]

    def _run(self, program: Any, inputs: Sequence[Any], start: Any, last: Any, sums: Sums) -> tuple[Any, Sums]:
        """Where the next step is after these, and the new sums; both as they were where XLA refuses."""
        trained = int(self._iterations)
        try:
            return last, program(*inputs, start, last, sums)
        except tf.errors.OpError as error:
            if is_out_of_memory(error) or int(self._iterations) != trained:
                raise
            self.refused = str(error.message).strip().partition("\n")[0]
            return start, sums
