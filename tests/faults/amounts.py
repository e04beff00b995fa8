"""How much is tried: enough for every change, or, with LABTOP_SOAK set, for a night."""

import os


def amount(quick: int, long: int) -> int:
    """`quick`, or `long` in the soak."""
    return long if os.environ.get("LABTOP_SOAK") else quick
