"""The command that trains jobs again, from nothing but themselves."""

import json
import shlex
from collections.abc import Sequence
from itertools import count

from engine.plan.settings import DEFAULTS
from engine.results.rows import JobRow

Seeds = tuple[int, ...]


def command(*rows: JobRow) -> str:
    """A line for the shell: it writes a queue file of these jobs of one configuration, and runs it.

    Run where the jobs were, it finds them done, since the ids are the same; anywhere else it trains them. The file is
    named by the first one's id.
    """
    name = f"job-{rows[0].id[:8]}"
    runs = stretches([row.seed for row in rows])
    # What TOML writes for a string, a switch or a finite number is what JSON writes.
    config = rows[0].config.items()
    settings = [f"{field} = {json.dumps(value)}" for field, value in config if value != DEFAULTS.get(field)]
    lines = []
    for number, seeds in zip(count(1), runs, strict=False):
        lines += ["[[experiment]]", f'name = "{name}{f"-{number}" if len(runs) > 1 else ""}"', f"seed = {seeds[0]}"]
        lines += [f"repeats = {len(seeds)}"] if len(seeds) > 1 else []
        lines += settings
    return f"printf '%s\\n' {shlex.join(lines)} > {name}.toml && engine run {name}.toml"


def stretches(seeds: Sequence[int]) -> list[Seeds]:
    """Seeds in stretches without a gap, each a first seed and a number of repeats."""
    found: list[list[int]] = []
    for seed in sorted(set(seeds)):
        if found and seed == found[-1][-1] + 1:
            found[-1].append(seed)
        else:
            found.append([seed])
    return [tuple(run) for run in found]
