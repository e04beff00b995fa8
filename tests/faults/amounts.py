"""How much is tried: a sample for every change, or, with LABTOP_SOAK set, all there is."""

import os
import random

# `LABTOP_SEED` chooses other places and delays than the usual ones.
SEED = int(os.environ.get("LABTOP_SEED", "0"))

SOAK = bool(os.environ.get("LABTOP_SOAK"))


def amount(quick: int, long: int) -> int:
    """`quick`, or `long` in the soak."""
    return long if SOAK else quick


def spread(length: int, most: int) -> list[int]:
    """At most `most` of the places 0 to `length` - 1, the first and the last among them; every one in the soak."""
    if length <= most or SOAK:
        return list(range(length))
    inner = random.Random(SEED).sample(range(1, length - 1), most - 2)
    return [0, *sorted(inner), length - 1]
