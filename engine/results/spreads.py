"""What a board can be sorted by beside its figures: how far the test accuracies of a row's repeats lie apart."""

from engine.results.boardrows import LeaderboardRow
from engine.results.figures import best_of

FIGURE = "test_accuracy"
SPREADS = {f"{FIGURE}_std": False, f"{FIGURE}_best": True, f"{FIGURE}_interval": True}
"""Each column with whether its highest values stand first; of an interval the lower end counts."""


def spread_of(row: LeaderboardRow, column: str) -> float | None:
    """What counts of a row for one of `SPREADS`; None where it has none, as the std of a single training."""
    if column == f"{FIGURE}_std":
        return row.figure(FIGURE).std
    if column == f"{FIGURE}_best":
        return best_of(row.figure(FIGURE), FIGURE)
    interval = row.interval(FIGURE)
    return None if interval is None else interval.low
