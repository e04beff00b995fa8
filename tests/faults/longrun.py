"""A training that lasts as long as one looks, and whether it goes on."""

import pytest

from engine.failpoints import VARIABLE
from tests.tiny import Place
from tests.waiting import until

LONG = '[[experiment]]\nname = "long"\nepochs = 100000\n'
# At a hundred epochs a second it would take a core from the tests beside it, and leave a journal long to read.
PACE = "epoch-*:committed=wait:0.2"


def train(place: Place) -> None:
    """Hand it in, and wait for its first epoch."""
    place.write(LONG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, PACE)
        place.submit()
    until(lambda: epochs_of(place) >= 1, "the first epoch")


def epochs_of(place: Place) -> int:
    rows = place.rows()
    return rows[0].epoch if rows else 0


def goes_on(place: Place) -> None:
    """More epochs come, from the same attempt."""
    before = epochs_of(place)
    until(lambda: epochs_of(place) > before + 1, "the training to go on")
    assert [row.attempts for row in place.rows()] == [1]
