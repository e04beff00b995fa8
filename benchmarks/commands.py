"""How long a person waits for `engine --help` and for `engine status`.

python -m benchmarks.commands
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import in_turns
from engine.plan.settings import DEFAULTS
from engine.plan.sweep import make_job
from engine.record.ledger import Ledger, Wish
from engine.record.paths import StorePaths

ROUNDS = 7
JOBS = 100
REACH = {"engine --help": 0.4, "engine status": 0.6}


def build(paths: StorePaths) -> None:
    """A queue of some size, of which nothing is trained yet."""
    paths.create()
    ledger = Ledger(paths)
    with ledger.database.transaction():
        for seed in range(JOBS):
            job = make_job(DEFAULTS, seed, {})
            ledger.add(job, Wish(), seed)
            ledger.want("/q/experiments.toml", "grid", [job.id])
    ledger.close()


def seconds(words: list[str], folder: Path) -> float:
    """Of one command, from its start to its end."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "engine.cli.main", *words]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Print a line a command."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(StorePaths(folder / "runs"))
        commands = {"engine --help": ["--help"], "engine status": ["status"]}
        found = in_turns({what: lambda words=words: seconds(words, folder) for what, words in commands.items()}, ROUNDS)
    print("| what | median (spread) | reach | |\n|---|---|---|---|")
    for what, figure in found.items():
        held = "reached" if figure.median <= REACH[what] else "MISSED"
        print(f"| {what} | {figure} | <= {REACH[what]:g} s | {held} |")


if __name__ == "__main__":
    main()
