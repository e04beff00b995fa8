"""A store of 100,000 finished jobs of 30 epochs: the leaderboard's first page, its CSV, and a snapshot of the queue.

python -m benchmarks.leaderboard
"""

import itertools
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measure import Figure, in_turns
from engine.plan.jobs import Configuration
from engine.plan.settings import DEFAULTS
from engine.plan.sweep import make_job
from engine.record.database import Database
from engine.record.ledger import Ledger
from engine.record.paths import StorePaths
from engine.results.cells import cell
from engine.results.columns import STRIP, columns_shown, strips
from engine.results.csvtext import leaderboard_csv
from engine.results.leaderboard import Board
from engine.session import Session

ROUNDS = 5
EPOCHS = 30
PAGE = 50
JOBS = 100_000
GRID = {
    "filters": [8 * n for n in range(1, 11)],
    "hidden_units": [32 * n for n in range(1, 11)],
    "dropout": [n / 20 for n in range(10)],
    "learning_rate": [1e-4 * 2**n for n in range(10)],
    "batch_size": [16 * n for n in range(1, 11)],
}
REACH = {"first page by config": 0.150, "first page by job": 0.150, "CSV of all": 3.0}


def configurations(count: int) -> Iterator[Configuration]:
    """The first `count` of a grid of five settings, the last of them slowest."""
    values = itertools.product(*reversed(GRID.values()))
    for chosen in itertools.islice(values, count):
        yield DEFAULTS | dict(zip(GRID, reversed(chosen), strict=True))


def build(paths: StorePaths, distinct: int, jobs: int = JOBS, epochs: int = EPOCHS) -> None:
    """Fill a store with finished jobs: `distinct` configurations, and as many seeds of each as make up the number."""
    paths.create()
    ledger = Ledger(paths)
    draw = random.Random(7)
    with ledger.database.transaction():
        _fill(ledger, distinct, jobs // distinct, epochs, draw)
    ledger.close()


def _fill(ledger: Ledger, distinct: int, seeds: int, epochs: int, draw: random.Random) -> None:
    number = 0
    for config in configurations(distinct):
        for seed in range(seeds):
            put(ledger, {**config, "epochs": epochs}, seed, number, round(draw.gauss(0.99, 0.003), 4))
            number += 1


def put(ledger: Ledger, config: Configuration, seed: int, number: int, accuracy: float) -> str:
    """A finished job at place `number` of the queue, with what ranking looks at; returns its id."""
    key = ledger.rows.configurations.put(config)
    values = {"": sorted({"seed": seed} | config), "seed": seed, **config}
    rows = ((config["dataset"], name, json.dumps(value)) for name, value in values.items())
    ledger.database.write_many("INSERT OR IGNORE INTO varieties VALUES (?,?,?)", rows)
    job_id = make_job(config, seed, {}).id
    _job(ledger.database, job_id, (key, config["dataset"], seed, number), int(config["epochs"]), accuracy)
    return job_id


def _job(database: Database, job_id: str, named: tuple[object, ...], epochs: int, accuracy: float) -> None:
    draw = random.Random(job_id)
    figures = (epochs, epochs, 18, accuracy, draw.random(), accuracy - 0.001, draw.random(), accuracy, draw.random())
    columns = """id, configuration, dataset, seed, position, status, attempts, epochs, epoch, best_epoch, test_accuracy,
        test_loss, val_accuracy, val_loss, accuracy, loss, seconds, parameters, misclassified, device, reason, ended"""
    rest = (210.0 + draw.random(), 1_035_146, int(1e4 * (1 - accuracy)), "cpu", f"all {epochs} epochs", 1e9)
    marks = ",".join("?" * 22)
    database.write(f"INSERT INTO jobs ({columns}) VALUES ({marks})", (job_id, *named, "done", 1, *figures, *rest))
    database.write("INSERT INTO membership VALUES ('/q/experiments.toml', 'grid', ?, ?)", (job_id, named[3]))
    database.write_many(
        "INSERT INTO epochs VALUES (?,?,?,?,?,?,?,?)",
        ((job_id, epoch, *_learnt(epoch, accuracy), 1e-3, 7.0) for epoch in range(1, epochs + 1)),
    )


def _learnt(epoch: int, accuracy: float) -> tuple[float, ...]:
    """Loss and accuracy of training, then of validation, as they fall and rise."""
    return 0.3 / epoch, accuracy - 0.05 / epoch, 0.02 + 0.3 / epoch, accuracy - 0.06 / epoch


def seconds(work: Callable[[Session], object], paths: StorePaths) -> float:
    """How long a piece of work takes on a session that has read nothing yet."""
    session = Session(paths)
    began = time.perf_counter()
    work(session)
    taken = time.perf_counter() - began
    session.store.close()
    return taken


def first_page(boards: list[Board]) -> list[list[str]]:
    """The cells of the first rows, as a person sees them: intervals, strips and marks of ties too."""
    board, rows = boards[0], list(boards[0].rows[:PAGE])
    names = [name for name in columns_shown(board, sure=True) if name != STRIP]
    dots = strips(rows) if board.rows.repeated else [""] * len(rows)
    return [[strip, *(cell(row, name) for name in names)] for row, strip in zip(rows, dots, strict=True)]


def measures(paths: StorePaths) -> dict[str, Callable[[], float]]:
    """What is measured over one store."""
    return {
        "first page by config": lambda: seconds(lambda session: first_page(session.leaderboard("config")), paths),
        "first page by job": lambda: seconds(lambda session: first_page(session.leaderboard("job")), paths),
        "CSV of all": lambda: seconds(lambda session: sum(map(len, leaderboard_csv(session.leaderboard()))), paths),
        "CSV of all, by job": lambda: seconds(
            lambda session: sum(map(len, leaderboard_csv(session.leaderboard("job")))), paths
        ),
        "snapshot of the queue": lambda: seconds(lambda session: session.snapshot(), paths),
    }


def line(what: str, found: Figure) -> str:
    """One line of the table."""
    reach = REACH.get(what)
    told = f"<= {reach:g} s | {'reached' if found.median <= reach else 'MISSED'}" if reach else "|"
    return f"| {what} | {found} | {told} |"


def main() -> None:
    """Print a table for each of the two stores."""
    for distinct in (10_000, JOBS):
        with tempfile.TemporaryDirectory() as folder:
            paths = StorePaths(Path(folder) / "runs")
            print(f"building {JOBS:,} jobs of {distinct:,} configurations", file=sys.stderr)
            build(paths, distinct)
            found = in_turns(measures(paths), ROUNDS)
        print(f"\n{JOBS:,} jobs of {EPOCHS} epochs, {distinct:,} configurations\n")
        print("| what | median (spread) | reach | |\n|---|---|---|---|")
        for what, figure in found.items():
            print(line(what, figure))


if __name__ == "__main__":
    main()
