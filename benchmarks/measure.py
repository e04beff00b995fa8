"""Measuring on shared, noisy machines: ratios within one run, turn by turn, medians with their spread."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Several measurements of one thing, in seconds."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        return f"{self.median:.3g} s ({min(self.values):.3g} to {max(self.values):.3g})"


def in_turns(measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Figure]:
    """Measure A, B, A, B … `rounds` times each, so that what slows the machine down slows down all of them."""
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(rounds):
        for name, measure in measures.items():
            taken[name].append(measure())
            print(f"  {number + 1}/{rounds} {name}: {taken[name][-1]:.3f} s", file=sys.stderr, flush=True)
    return {name: Figure(tuple(values)) for name, values in taken.items()}


def ratio(ours: Figure, theirs: Figure) -> tuple[float, float, float]:
    """The median of the ratios round by round, the smallest and the largest."""
    ratios = [a / b for a, b in zip(ours.values, theirs.values, strict=True)]
    return statistics.median(ratios), min(ratios), max(ratios)


def row(what: str, ours: Figure, theirs: Figure, reach: float) -> str:
    """One line of the table: what, both figures, the ratio with its spread, and whether it is reached."""
    middle, low, high = ratio(ours, theirs)
    held = "reached" if middle <= reach else "MISSED"
    return f"| {what} | {ours} | {theirs} | {middle:.2f} ({low:.2f} to {high:.2f}) | <= {reach} | {held} |"


def child(module: str, arguments: Sequence[str], *, stock: bool = False) -> float:
    """Seconds that a measurement in a process of its own prints as JSON; `stock` leaves TensorFlow's defaults alone.

    On the CPU, unless the environment names a GPU in `BENCH_GPU`.
    """
    env = {**os.environ, "CUDA_VISIBLE_DEVICES": os.environ.get("BENCH_GPU", "-1"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    env.pop("TF_ENABLE_ONEDNN_OPTS", None)
    if not stock:
        env["TF_ENABLE_ONEDNN_OPTS"] = "1"
    command = [sys.executable, "-m", module, *arguments]
    result = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    return float(json.loads(result.stdout.splitlines()[-1])["seconds"])


HEADER = "| what | labtop | other | ratio | reach | |\n|---|---|---|---|---|---|"
