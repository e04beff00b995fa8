"""The command that trains a job again, from nothing but itself."""

import json
import shlex

from engine.plan.settings import DEFAULTS
from engine.results.rows import JobRow


def command(row: JobRow) -> str:
    """A line for the shell: it writes a queue file of this one job, named by its id, and runs it.

    Run where the job was, it finds the job done, since the id is the same; anywhere else it trains it.
    """
    short = row.id[:8]
    lines = ["[[experiment]]", f'name = "job-{short}"', f"seed = {row.seed}"]
    # What TOML writes for a string, a switch or a finite number is what JSON writes.
    lines += [f"{name} = {json.dumps(value)}" for name, value in row.config.items() if value != DEFAULTS.get(name)]
    file = f"job-{short}.toml"
    return f"printf '%s\\n' {shlex.join(lines)} > {file} && engine run {file}"
