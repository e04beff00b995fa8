"""The shipped `compact` experiment over ten seeds: test accuracy and seconds of each.

python -m benchmarks.recipe [SEEDS] [STORE]       a store that is there already is gone on with
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path

from engine.plan import editor, queuefile

ROOT = Path(__file__).parents[1]


def queue(seeds: int) -> str:
    """The shipped file with `compact` alone, repeated."""
    text = (ROOT / "experiments.toml").read_text("utf-8")
    names = [experiment.name for experiment in queuefile.read(ROOT / "experiments.toml").experiments]
    for number in reversed(range(len(names))):
        if names[number] != "compact":
            text = editor.delete_experiment(text, number)
    return editor.set_value(text, ("experiment", 0), "repeats", seeds)


def main(seeds: int, folder: Path) -> None:
    """Train, then print one line a seed and the means."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "experiments.toml"
    file.write_text(queue(seeds))
    command = [sys.executable, "-P", "-m", "engine.cli.main"]
    subprocess.run([*command, "run", str(file), "--quiet"], check=True, stdout=subprocess.DEVNULL)
    told = subprocess.run(
        [*command, "leaderboard", "--by", "job", "--json", "--store", str(folder / "runs")],
        check=True,
        stdout=subprocess.PIPE,
    )
    rows = json.loads(told.stdout)["rows"]
    accuracies = [row["test_accuracy"]["mean"] for row in rows]
    seconds = [row["seconds"] for row in rows]
    for accuracy, took in zip(accuracies, seconds, strict=True):
        print(f"{accuracy:.2%}  {took:.1f} s")
    print(f"mean {statistics.mean(accuracies):.3%}, standard deviation {statistics.stdev(accuracies):.3%}")
    print(f"median {statistics.median(seconds):.1f} s ({min(seconds):.1f} to {max(seconds):.1f})")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10, Path(sys.argv[2] if len(sys.argv) > 2 else "/tmp/labtop-recipe")
    )
