"""How well the time of a training is told after its first epoch: a queue of small trainings, judged by what they took.

python -m benchmarks.estimate
"""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.plan.jobs import JobStatus
from engine.results.estimate import pace, shape
from engine.results.rows import JobRow
from engine.session import Session

REACH = 0.20
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
train_samples = 6000
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


def train(folder: Path) -> tuple[list[JobRow], dict[str, float]]:
    """The jobs of a finished queue in the order in which they ended, and the seconds of each one's first epoch."""
    file = folder / "experiments.toml"
    file.write_text(QUEUE)
    command = [sys.executable, "-P", "-m", "engine.cli.main", "run", str(file), "--quiet"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    session = Session.beside(file)
    rows = sorted(session.rows(), key=lambda row: row.ended or 0.0)
    return rows, {row.id: session.history(row.id)[0].seconds for row in rows}


def judged(rows: Sequence[JobRow], firsts: dict[str, float]) -> list[tuple[JobRow, float, bool, bool]]:
    """Of each job: the error of its total as predicted when its first epoch had ended, as a fraction of the total;
    whether it was the first of its shape, which compiles as well; and whether the total lies in the range that was
    said.
    """
    found = []
    for place, row in enumerate(rows):
        begun = replace(row, status=JobStatus.RUNNING, epoch=1, seconds=firsts[row.id], ended=None)
        span = pace([*rows[:place], begun]).span(row.config, 1, row.device)
        assert span is not None, "its own first epoch was measured"
        cold = all(shape(other.config) != shape(row.config) for other in rows[:place])
        predicted = begun.seconds + span.likely
        # A hundredth is the noise of an epoch's own time.
        within = 0.99 * (begun.seconds + span.least) <= row.seconds <= 1.01 * (begun.seconds + span.most)
        found.append((row, abs(predicted - row.seconds) / row.seconds, cold, within))
    return found


def main() -> None:
    """Print each job, and the medians."""
    with tempfile.TemporaryDirectory() as folder:
        rows, firsts = train(Path(folder))
    found = judged(rows, firsts)
    print("| job | epochs | seconds | error after the first epoch | |\n|---|---|---|---|---|")
    for row, error, cold, within in found:
        told = ["compiled in its first epoch"] if cold else []
        told += [] if not row.config["early_stopping"] else ["within its range" if within else "outside its range"]
        print(f"| {row.experiments[0]} | {row.epoch} | {row.seconds:.1f} | {error:.0%} | {', '.join(told)} |")
    sure = [each for each in found if not each[0].config["early_stopping"]]
    median = statistics.median(error for _, error, _, _ in sure)
    warm = statistics.median(error for _, error, cold, _ in sure if not cold)
    first = statistics.median(error for _, error, cold, _ in sure if cold)
    print(f"\nearly stopping off, {len(sure)} jobs: median error {median:.0%}, ", end="")
    print(f"reach {REACH:.0%}: {'reached' if median <= REACH else 'MISSED'}")
    print(f"of these the first of their shape {first:.0%}, the others {warm:.0%}")


if __name__ == "__main__":
    main()
