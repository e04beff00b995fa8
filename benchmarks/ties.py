"""A board of 1,000 jobs with the predictions of 10,000 digits each: intervals, strips and ties, cold and warm.

python -m benchmarks.ties
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.leaderboard import configurations, put
from benchmarks.measure import Figure
from engine.cli.board import board_text
from engine.record.ledger import Ledger
from engine.record.paths import StorePaths
from engine.results.documents import leaderboard_document
from engine.session import Session

JOBS, DIGITS, ROUNDS = 1000, 10_000, 7
REACH = 1.0


def build(paths: StorePaths, distinct: int) -> None:
    """`JOBS` finished jobs of so many configurations, each with what it predicted."""
    paths.create()
    ledger = Ledger(paths)
    draw = np.random.default_rng(7)
    true = draw.integers(0, 10, DIGITS).astype(np.uint8)
    with ledger.database.transaction():
        for number, (config, seed) in enumerate(
            (config, seed) for config in configurations(distinct) for seed in range(JOBS // distinct)
        ):
            wrong = draw.random(DIGITS) < draw.normal(0.008, 0.001)
            predicted = np.where(wrong, (true + 1) % 10, true).astype(np.uint8)
            job_id = put(ledger, config, seed, number, float(1 - wrong.mean()))
            paths.job(job_id).folder.mkdir()
            confidence = draw.random(DIGITS).astype(np.float16)
            np.savez(paths.job(job_id).predictions, predicted=predicted, true=true, confidence=confidence)
    ledger.close()


def board(session: Session) -> float:
    """Seconds until the whole board is there as text and as JSON, every mark and interval of it."""
    began = time.perf_counter()
    boards = session.leaderboard()
    lines = [line for each in boards for line in board_text(each, 160)]
    document = leaderboard_document(boards)
    assert len(lines) > len(document["rows"])
    assert sum(row["tie"]["p"] is not None for row in document["rows"]) == len(document["rows"]) - 1
    return time.perf_counter() - began


def measured(paths: StorePaths) -> list[tuple[str, Figure]]:
    """In a session that has read nothing, and in one that has; the files are in the system's cache in both."""
    board(Session(paths))
    fresh, known = [], []
    session = Session(paths)
    board(session)
    for _ in range(ROUNDS):
        fresh.append(board(Session(paths)))
        known.append(board(session))
    return [("a session that has read nothing", Figure(tuple(fresh))), ("one that has", Figure(tuple(known)))]


def main() -> None:
    """Print a table."""
    print("| what | median (spread) | reach | |\n|---|---|---|---|")
    for distinct in (JOBS, JOBS // 10):
        with tempfile.TemporaryDirectory() as folder:
            paths = StorePaths(Path(folder) / "runs")
            print(f"building {JOBS:,} jobs of {distinct:,} configurations", file=sys.stderr)
            build(paths, distinct)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for what, figure in measured(paths):
                told = "reached" if figure.median <= REACH else "MISSED"
                print(f"| {distinct:,} configurations, {what} | {figure} | <= {REACH:g} s | {told} |")
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            print(f"| {distinct:,} configurations, memory at most | + {grown:.0f} MiB | | |")


if __name__ == "__main__":
    main()
