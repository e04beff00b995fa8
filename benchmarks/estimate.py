"""How well the time of a training is told after its first epoch: a queue of small trainings, judged by what they took.

python -m benchmarks.estimate
"""

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from engine.plan.jobs import JobStatus
from engine.results.estimate import pace, shape
from engine.results.rows import JobRow
from engine.session import Session, Snapshot

REACH = 0.20
POLL_SECONDS = 0.05
QUEUE = """
[defaults]
lr_schedule = "constant"

[[experiment]]
name = "sure-mlp"
model = "mlp"
epochs = 8
train_samples = 24000
early_stopping = false
sweep = { learning_rate = [0.0003, 0.001, 0.003], hidden_units = [64, 256] }

[[experiment]]
name = "sure-cnn"
model = "cnn"
filters = 8
epochs = 8
train_samples = 12000
early_stopping = false
sweep = { dropout = [0.1, 0.2, 0.3] }

[[experiment]]
name = "stopping"
model = "mlp"
hidden_units = 128
epochs = 12
patience = 2
train_samples = 12000
sweep = { learning_rate = [0.0003, 0.001, 0.003, 0.01] }
"""


@dataclass
class Guess:
    """What was said of a job's time while its second epoch ran: its total, the range, and whether the job was the first
    of its shape, which compiles as well.
    """

    total: float
    least: float
    most: float
    first: bool


def watched(folder: Path) -> tuple[list[JobRow], dict[str, Guess]]:
    """The jobs of a finished queue, and the last guess that was made of each one between its first and second epoch."""
    file = folder / "experiments.toml"
    file.write_text(QUEUE)
    command = [sys.executable, "-P", "-m", "engine.cli.main", "run", str(file), "--detach"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    session = Session.beside(file)
    guesses: dict[str, Guess] = {}
    while True:
        snapshot = session.snapshot()
        for row in snapshot.jobs:
            if row.status is JobStatus.RUNNING and row.epoch == 1:
                guesses[row.id] = guess(row, snapshot)
        if snapshot.jobs and all(row.status.is_finished() for row in snapshot.jobs):
            return list(snapshot.jobs), guesses
        time.sleep(POLL_SECONDS)


def guess(row: JobRow, snapshot: Snapshot) -> Guess:
    """As `engine status` would make it."""
    span = pace(snapshot.jobs, snapshot.pace).span(row.config, 1, row.device)
    assert span is not None, "its own first epoch was measured"
    first = not any(other.epoch > 1 and shape(other.config) == shape(row.config) for other in snapshot.jobs)
    return Guess(row.seconds + span.likely, row.seconds + span.least, row.seconds + span.most, first)


def main() -> None:
    """Print each job, and the medians."""
    with tempfile.TemporaryDirectory() as folder:
        rows, guesses = watched(Path(folder))
    print("| job | epochs | seconds | guessed after the first epoch | error | |\n|---|---|---|---|---|---|")
    errors: dict[bool, list[float]] = {True: [], False: []}
    for row in rows:
        said = guesses[row.id]
        error = abs(said.total - row.seconds) / row.seconds
        told = ["first of its shape"] if said.first else []
        if row.config["early_stopping"]:
            # A tenth is the noise of the epochs' own times.
            within = 0.9 * said.least <= row.seconds <= 1.1 * said.most
            told.append(f"said {said.least:.1f} to {said.most:.1f}: {'within' if within else 'OUTSIDE'}")
        else:
            errors[said.first].append(error)
        figures = f"{row.epoch} | {row.seconds:.1f} | {said.total:.1f} | {error:.0%}"
        print(f"| {row.experiments[0]} | {figures} | {', '.join(told)} |")
    median = statistics.median([*errors[True], *errors[False]])
    reached = "reached" if median <= REACH else "MISSED"
    print(f"\nearly stopping off: median error {median:.0%}, reach {REACH:.0%}: {reached}; ", end="")
    print(f"first of a shape {statistics.median(errors[True]):.0%}, others {statistics.median(errors[False]):.0%}")


if __name__ == "__main__":
    main()
