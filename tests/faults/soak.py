"""The long set: `python -m tests.faults.soak`. Prints one table; docs/reliability.md keeps the last one.

`--kills 100 --seeds 1 2 3` kills a hundred times in a store of its own for each seed. `--record FILE` adds what was
measured to a file, and `--table FILE` prints the table of all that was added.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.faults.kills import Kills
from tests.faults.resuming import MODELS, resumed_at_every_epoch

HEADINGS = ("what was broken", "times", "seed", "what came of it", "minutes")
# These files break every byte, page and place where LABTOP_SOAK is set, and a sample of them where it is not.
FILES = (
    *("test_store", "test_disk", "test_resume", "test_workers", "test_runners", "test_clock", "test_changed"),
    *("test_devices", "test_queue_file", "test_queue_editing", "test_text", "test_terminal", "test_connection"),
    "test_people",
)

Row = dict[str, object]
FAULTS = ("lost", "duplicates", "damaged", "broken")


def killed(kills: int, seed: int) -> Row:
    """Random kills of runner and workers in one store, which is kept where a promise was broken."""
    folder = Path(tempfile.mkdtemp(prefix=f"labtop-soak-{seed}-"))
    counts = Kills(folder, seed).run(kills)
    if counts.are_good():
        shutil.rmtree(folder)
    told = asdict(counts)
    return {
        "part": "kills",
        "what": "runner and workers killed at random",
        "times": counts.kills,
        "seed": seed,
        "seconds": counts.seconds,
        "told": {name: len(value) if name == "broken" else value for name, value in told.items() if name != "seconds"},
        "faults": counts.broken,
    }


def resumed(model: str, seed: int) -> Row:
    """A real worker killed at every epoch of one job."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="labtop-soak-") as folder:
        times, same = resumed_at_every_epoch(Path(folder), model, seed)
    told = {"same": same}
    what = f"{model}: its worker killed at every epoch"
    return {
        "part": "resume",
        "what": what,
        "times": times,
        "seed": seed,
        "seconds": time.monotonic() - began,
        "told": told,
    }


def everywhere(name: str, seed: int) -> list[Row]:
    """One file of tests, at every place it knows. Raises FileNotFoundError where it could not even be run."""
    with tempfile.TemporaryDirectory(prefix="labtop-soak-") as folder:
        record = Path(folder) / "tried.json"
        env = os.environ | {"LABTOP_SOAK": "1", "LABTOP_SEED": str(seed), "LABTOP_FAULTS_TRIED": str(record)}
        command = [sys.executable, "-m", "pytest", "-q", "--timeout", "3600", f"tests/faults/{name}.py"]
        subprocess.run(command, env=env, stdout=sys.stderr, check=False)
        tried: dict[str, dict[str, float]] = json.loads(record.read_text())
    return [
        {
            "part": name,
            "what": test.partition("::")[2].removeprefix("test_").replace("_", " "),
            "times": int(told["tried"]),
            "seed": seed,
            "seconds": told["seconds"],
            "told": {"failed": int(told["failed"])},
        }
        for test, told in tried.items()
    ]


def lines(rows: Sequence[Row]) -> list[str]:
    """The table, as Markdown; runs that differ in their seed alone are added up."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["what"], []).append(row)
    told = [_line(what, group) for what, group in groups.items()]
    return ["| " + " | ".join(HEADINGS) + " |", "|---|---:|---|---|---:|", *told]


def _line(what: object, group: Sequence[Row]) -> str:
    total = {name: _added(name, [row["told"][name] for row in group]) for name in group[0]["told"]}
    if "lost" in total:
        came = (
            f"{total['lost']} committed epochs lost of {total['epochs']:,}, {total['duplicates']} trained twice, "
            f"{total['damaged']} files damaged, at most {total['most_repeated']} epoch repeated, "
            f"{total['broken']} invariants broken ({total['workers']} workers, {total['runners']} runners)"
        )
    elif "same" in total:
        came = "the same bits" if total["same"] == len(group) else "NOT the same bits"
    else:
        came = "as promised" if not total["failed"] else "NOT as promised"
    seeds = sorted({int(str(row["seed"])) for row in group})
    seed = str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    minutes = sum(float(str(row["seconds"])) for row in group) / 60
    times = sum(int(str(row["times"])) for row in group)
    return f"| {what} | {times:,} | {seed} | {came} | {minutes:.1f} |"


def _added(name: str, values: Sequence[int]) -> int:
    return max(values) if name == "most_repeated" else sum(values)


def main(arguments: Sequence[str]) -> int:
    """Exit status 0 where every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="random kills for each seed")
    parser.add_argument("--seeds", type=int, nargs="*", default=list(range(1, 11)))
    parser.add_argument("--parts", nargs="*", default=["kills", "resume", *FILES], help="what is tried; by default all")
    parser.add_argument("--record", type=Path, help="a file to which what was measured is added, a JSON line each")
    parser.add_argument("--table", type=Path, help="print the table of what such a file holds, and do nothing else")
    asked = parser.parse_args(arguments)
    if asked.table:
        say(lines([json.loads(line) for line in asked.table.read_text().splitlines()]))
        return 0
    work: list[Callable[[], Row | list[Row]]] = []
    for seed in asked.seeds:
        work += [lambda seed=seed: killed(asked.kills, seed)] if "kills" in asked.parts else []
    for model in MODELS if "resume" in asked.parts else ():
        work.append(lambda model=model: resumed(model, asked.seeds[0]))
    for name in (name for name in FILES if name in asked.parts):
        work.append(lambda name=name: everywhere(name, asked.seeds[0]))
    rows: list[Row] = []
    for each in work:
        came = each()
        new = came if isinstance(came, list) else [came]
        rows += new
        if asked.record:
            with asked.record.open("a") as file:
                file.writelines(json.dumps(row) + "\n" for row in new)
        say(lines(new)[2:])
    say(["", *lines(rows)])
    return int(any(not kept(row) for row in rows))


def say(told: Sequence[str]) -> None:
    """Lines on stdout, at once."""
    sys.stdout.write("".join(f"{line}\n" for line in told))
    sys.stdout.flush()


def kept(row: Row) -> bool:
    """Whether what was promised held."""
    told = row["told"]
    if "lost" in told:
        return not any(told[name] for name in FAULTS) and told["most_repeated"] <= 1
    return bool(told.get("same", 1)) and not told.get("failed", 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
