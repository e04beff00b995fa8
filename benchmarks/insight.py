"""1,000 finished jobs with 10,000 predictions each: all that issue 6 tells of them, and the memory that it takes.

The board with intervals, strips and ties, a row a configuration and a row a job; what refine would add; errors, churn,
missed samples, the map, the report; and the time that is left. Most commands read the predictions anew, since each is
called as by a person: only the system's cache and the modules are warm.

python -m benchmarks.insight
"""

import io
import json
import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np

from benchmarks.measure import in_turns
from engine.cli import main as command
from engine.plan.jobs import Job
from engine.plan.settings import DEFAULTS
from engine.plan.sweep import make_job
from engine.record import events
from engine.record.events import AttemptEnded, AttemptStarted, EpochEnded
from engine.record.ledger import Ledger, Wish
from engine.record.paths import StorePaths
from engine.results.documents import leaderboard_document
from engine.results.leaderboard import rank
from engine.results.rows import JobRow
from engine.results.ties import compared
from engine.session import Session

ROUNDS = 5
SAMPLES = 10_000
DROPOUTS = [n / 20 for n in range(10)]
FILTERS = [8 * n for n in range(1, 11)]
SEEDS = 10
JOBS = len(DROPOUTS) * len(FILTERS) * SEEDS
HARD, EASY_WRONG = 20, 80
REACH = 1.0
EPOCHS = 30
ENVIRONMENT = {"device": "CPU", "threads": "2", "tensorflow": "2.21.0"}


def build(paths: StorePaths) -> None:
    """Jobs that all miss the first `HARD` samples, and `EASY_WRONG` others by turns, each taken for the next class."""
    paths.create()
    draw = np.random.default_rng(7)
    true = (np.arange(SAMPLES) % 10).astype(np.uint8)
    ledger = Ledger(paths)
    made = []
    with ledger.database.transaction():
        for number in range(JOBS):
            place, seed = divmod(number, SEEDS)
            dropout, filters = DROPOUTS[place // len(FILTERS)], FILTERS[place % len(FILTERS)]
            made.append(make_job(DEFAULTS | {"dropout": dropout, "filters": filters}, seed, {}))
            ledger.add(made[-1], Wish(), number)
        ledger.want("/q/experiments.toml", "grid", [job.id for job in made])
    for number, job in enumerate(made):
        _train(ledger, job, number, true, draw)
    ledger.close()


def wrong_of(number: int) -> np.ndarray:
    """The places that job `number` gets wrong."""
    turn = HARD + (number * EASY_WRONG + np.arange(EASY_WRONG)) % (SAMPLES - HARD)
    return np.concatenate([np.arange(HARD), np.sort(turn)])


def _train(ledger: Ledger, job: Job, number: int, true: np.ndarray, draw: np.random.Generator) -> None:
    paths = ledger.paths.job(job.id)
    paths.folder.mkdir()
    wrong = wrong_of(number)
    predicted = true.copy()
    predicted[wrong] = (predicted[wrong] + 1) % 10
    confidence = draw.random(SAMPLES).astype(np.float16)
    np.savez(paths.predictions, predicted=predicted, true=true, confidence=confidence)
    images = draw.integers(0, 256, (len(wrong), 28, 28, 1), np.uint8)
    mistakes = {"true": true[wrong], "predicted": predicted[wrong], "confidence": confidence[wrong]}
    np.savez(paths.mistakes, index=wrong.astype(np.uint32), image=images, **mistakes)
    process = {"host": "here", "boot": "b", "pid": 1, "started": 1.0}
    accuracy = 1 - len(wrong) / SAMPLES - 0.01 * job.config["dropout"]
    metrics = {"loss": 0.1, "accuracy": accuracy, "val_loss": 0.2, "val_accuracy": accuracy, "learning_rate": 1e-3}
    told = [
        AttemptStarted(1.0, 1, 0, "CPU", ENVIRONMENT, process, 1_035_146),
        *(EpochEnded(2.0, epoch, metrics, 7.0, "checkpoint", "0" * 64) for epoch in range(1, EPOCHS + 1)),
        AttemptEnded(3.0, "done", "all 30 epochs", 30, {"loss": 0.1, "accuracy": accuracy}, len(wrong)),
    ]
    paths.events.write_bytes(b"".join(map(events.encode, told)))
    ledger.file(job.id).write(paths.config)
    ledger.ingest(job.id)


def queue_file(folder: Path) -> None:
    """What asks for the jobs that are done, and for as many again of twice the epochs."""
    sweep = f"repeats = {SEEDS}\nsweep = {{ dropout = {DROPOUTS}, filters = {FILTERS} }}\n"
    more = f'[[experiment]]\nname = "more"\nepochs = {2 * EPOCHS}\n{sweep}'
    (folder / "experiments.toml").write_text(f'[[experiment]]\nname = "grid"\n{sweep}\n{more}')


def told(*words: str) -> str:
    """What a command prints, called in this process, where nothing that it reads was read before but by the system."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        assert command.call(words) == 0
    return out.getvalue()


def check(ids: list[str]) -> None:
    """The answers are those that the jobs were built to give."""
    [tested] = json.loads(told("missed", "--json", "--limit", "0"))["test_sets"]
    assert tested["jobs"] == JOBS
    assert sorted(each["index"] for each in tested["missed"][:HARD]) == list(range(HARD))
    assert all(each["missed"] == JOBS for each in tested["missed"][:HARD])
    assert all(each["taken"][0]["predicted"] == (each["true"] + 1) % 10 for each in tested["missed"])
    assert len(tested["missed"]) == SAMPLES
    errors = json.loads(told("errors", ids[3], "--json"))
    assert sorted(each["index"] for each in errors["mistakes"]) == wrong_of(3).tolist()
    churn = json.loads(told("churn", ids[0], ids[1], "--json"))
    assert (len(churn["mended"]), len(churn["broken"]), churn["both_wrong"]) == (EASY_WRONG, EASY_WRONG, HARD)
    sweep = json.loads(told("map", "grid", "--json"))
    dropout, filters = sweep["effects"]["fields"]
    assert dropout["field"] == "dropout"
    assert abs(dropout["spread"] - 0.01 * max(DROPOUTS)) < 1e-9
    assert filters["spread"] < 1e-9
    check_boards(len(ids))


def check_boards(jobs: int) -> None:
    """Ten configurations lead together, and no job is told from another by its answers: all have as many wrong."""
    rows = json.loads(told("leaderboard", "--json"))["rows"]
    assert len(rows) * SEEDS == jobs
    assert all(row["ci95"] is not None and row["n"] == SEEDS for row in rows)
    assert [row["tied_with_first"] for row in rows] == [None, *[True] * (len(FILTERS) - 1), *[False] * (len(rows) - 10)]
    rows = json.loads(told("leaderboard", "--by", "job", "--json"))["rows"]
    assert [row["tie"]["p"] for row in rows[1:]] == [1.0] * (jobs - 1)
    assert all(row["ci95_method"] == "Wilson" for row in rows)
    plan = json.loads(told("refine", "grid", "--budget", "8", "--dry-run", "--json").splitlines()[0])
    assert (len(plan["tied"]), len(plan["adds"])) == (len(FILTERS) - 1, 4)
    left = json.loads(told("validate", "--json"))["left"]
    assert (left["jobs"], left["epochs"], left["measured"]) == (jobs, 2 * EPOCHS * jobs, jobs)


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def memory(work: Callable[[Session, Sequence[JobRow]], object], count: int) -> float:
    """The most that Python and NumPy hold at once while `count` jobs are looked at, in MB."""
    session = Session(StorePaths(Path("runs")))
    rows = session.rows()[:count]
    work(Session(StorePaths(Path("runs"))), rows[:2])
    tracemalloc.start()
    work(session, rows)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def tallied(session: Session, rows: Sequence[JobRow]) -> object:
    """What most of these jobs miss."""
    return session.test_sets(rows)


def compared_all(session: Session, rows: Sequence[JobRow]) -> object:
    """A row a job, each compared with the first by their answers."""
    return leaderboard_document([compared(board, session.hits) for board in rank(rows, by="job")])


def main() -> None:
    """Print a line a command, their sum, and the memory."""
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        print(f"building {JOBS:,} jobs of {SAMPLES:,} predictions", file=sys.stderr)
        build(StorePaths(Path(name) / "runs"))
        queue_file(Path(name))
        session = Session(StorePaths(Path(name) / "runs"))
        ids = [row.id for row in session.rows()]
        stored = sum(session.paths.job(job_id).predictions.stat().st_size for job_id in ids)
        check(ids)
        commands = {
            "engine leaderboard": ["leaderboard"],
            "engine leaderboard --by job": ["leaderboard", "--by", "job"],
            "engine refine grid --dry-run": ["refine", "grid", "--budget", "8", "--dry-run"],
            "engine errors JOB": ["errors", ids[0]],
            "engine churn A B": ["churn", ids[0], ids[1]],
            "engine churn A B --by config": ["churn", ids[0], ids[-1], "--by", "config"],
            "engine missed": ["missed"],
            "engine map grid": ["map", "grid"],
            "engine report grid": ["report", "grid"],
            "engine validate": ["validate"],
            "engine status": ["status"],
        }
        measures = {what: lambda words=words: seconds(lambda: told(*words)) for what, words in commands.items()}
        measures["all of these"] = lambda: seconds(lambda: [told(*words) for words in commands.values()])
        found = in_turns(measures, ROUNDS)
        grown = {
            (what, count): memory(work, count)
            for what, work in (("tallied", tallied), ("compared", compared_all))
            for count in (JOBS // 10, JOBS)
        }
        os.chdir("/")
    print(f"\n{JOBS:,} jobs of {SAMPLES:,} predictions, {stored / 1e6:.0f} MB on disk, in a warm process\n")
    print("| what | median (spread) | reach | |\n|---|---|---|---|")
    for what, figure in found.items():
        judged = f"<= {REACH:g} s | {'reached' if figure.median <= REACH else 'MISSED'}" if "all" in what else "|"
        print(f"| {what} | {figure} | {judged} |")
    for (what, count), megabytes in grown.items():
        print(f"\n{count:,} jobs {what}: {megabytes:.1f} MB held at most")


if __name__ == "__main__":
    main()
