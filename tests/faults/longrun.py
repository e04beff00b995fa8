"""A training that lasts as long as one looks, and whether it goes on."""

from tests.tiny import Place
from tests.waiting import until

LONG = '[[experiment]]\nname = "long"\nepochs = 100000\n'


def epochs_of(place: Place) -> int:
    rows = place.rows()
    return rows[0].epoch if rows else 0


def goes_on(place: Place) -> None:
    """More epochs come, from the same attempt."""
    before = epochs_of(place)
    until(lambda: epochs_of(place) > before + 1, "the training to go on")
    assert [row.attempts for row in place.rows()] == [1]
