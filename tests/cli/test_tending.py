"""`hold`, `release`, `retry`, `rm` and `prune`: what they do to the queue, and what they say."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.cli import asking, sizes, store_option
from engine.plan.jobs import JobStatus
from engine.record.ledger import Ledger
from engine.record.locks import FileLock
from engine.session import Session
from tests.builders import add, done, epoch, started, tell
from tests.cli.conftest import Engine

pytestmark = pytest.mark.usefixtures("obedient")


def status(ledger: Ledger, job_id: str) -> JobStatus | None:
    return next((row.status for row in ledger.jobs([job_id])), None)


def test_what_is_held_waits_until_it_is_released(engine: Engine, jobs: SimpleNamespace, ledger: Ledger) -> None:
    assert engine("hold", "big").err == "1 job held\n"
    assert status(ledger, jobs.waiting) is JobStatus.HELD
    assert engine("hold", jobs.waiting[:6]).err == "nothing of it waits\n"
    assert engine("release", "--all").err == "1 job released\n"
    assert status(ledger, jobs.waiting) is JobStatus.QUEUED
    assert engine("release", "--all").err == "nothing of it is held\n"


def test_hold_all_leaves_alone_what_runs(engine: Engine, jobs: SimpleNamespace, ledger: Ledger) -> None:
    other = add(ledger, 3, "more", filters=8)
    assert engine("hold", "--all").err == "2 jobs held\n"
    assert [status(ledger, job_id) for job_id in (jobs.waiting, other)] == [JobStatus.HELD] * 2
    assert status(ledger, jobs.running) is JobStatus.RUNNING


def test_retry_puts_failures_back(engine: Engine, jobs: SimpleNamespace, ledger: Ledger) -> None:
    assert engine("retry", "--failed").err == "1 job back in the queue\n"
    assert status(ledger, jobs.failed) is JobStatus.QUEUED
    assert engine("retry", jobs.best).err == "nothing of it has failed or stopped\n"


def test_retry_goes_on_with_what_was_stopped(engine: Engine, jobs: SimpleNamespace, ledger: Ledger) -> None:
    ledger.set_status(jobs.waiting, JobStatus.STOPPED)
    ledger.set_status(jobs.running, JobStatus.INTERRUPTED)
    assert engine("retry", "big", "long").err == "2 jobs back in the queue\n"
    assert engine("retry", "--failed").err == "1 job back in the queue\n"


def test_rm_lists_with_sizes_and_deletes_only_with_yes(
    engine: Engine, jobs: SimpleNamespace, ledger: Ledger, folder: Path
) -> None:
    place = folder / "runs" / "jobs" / jobs.best
    (place / "weights.npz").write_bytes(b"w" * 2_000_000)
    told = engine("rm", "grid")
    assert (told.code, told.err) == (2, "nothing is deleted without --yes\n")
    lines = told.out.splitlines()
    assert lines[1].split()[:3] == [jobs.best[:8], "+", "done"]
    assert "2.0 MB  grid" in lines[1]
    assert lines[-1] == "2.0 MB in all"
    assert place.exists()
    assert engine("rm", "grid", "--yes").err == "deleted 2 jobs: 2.0 MB\n"
    assert not place.exists()
    assert (status(ledger, jobs.best), status(ledger, jobs.other)) == (None, None)
    assert len(ledger.jobs()) == 3


def test_rm_refuses_what_runs(engine: Engine, jobs: SimpleNamespace, ledger: Ledger) -> None:
    worker = FileLock(ledger.paths.job(jobs.running).lock)
    assert worker.acquire()
    told = engine("rm", "long", "grid", "--yes")
    worker.release()
    assert told.code == 2
    assert told.err.splitlines() == [f"error: 1 job of it run: {jobs.running[:8]}", "  engine stop ends them first"]


def test_rm_says_what_began_between_the_list_and_the_deed(engine: Engine, jobs: SimpleNamespace) -> None:
    told = engine("rm", "long", "grid", "--yes")
    assert told.err.splitlines()[1:] == ["1 job began meanwhile: engine stop ends what runs"]
    assert told.err.startswith("deleted 2 jobs: ")


def test_prune_takes_failures_what_was_withdrawn_and_what_was_set_aside(
    engine: Engine, jobs: SimpleNamespace, ledger: Ledger, folder: Path
) -> None:
    withdrawn = add(ledger, 5, "gone", filters=4)
    ledger.set_status(withdrawn, JobStatus.WITHDRAWN)
    old = folder / "runs" / "old" / f"{jobs.best}.1"
    old.mkdir(parents=True)
    (old / "weights.npz").write_bytes(b"w" * 5000)
    told = engine("prune")
    assert told.code == 2
    assert [line.split()[0] for line in told.out.splitlines()[1:-1]] == [jobs.failed[:8], withdrawn[:8], "old"]
    assert engine("prune", "--yes").err.startswith("deleted 2 jobs and runs/old: 5.")
    assert not old.parent.exists()
    assert {row.id for row in ledger.jobs()} == {jobs.best, jobs.other, jobs.running, jobs.waiting}
    assert engine("prune").err == "there is nothing to delete\n"


def test_a_long_list_is_cut_and_its_sum_is_of_all(engine: Engine, ledger: Ledger) -> None:
    for seed in range(45):
        job_id = add(ledger, seed, "many", epochs=1)
        tell(ledger.paths, job_id, started(), epoch(1), done())
        ledger.ingest(job_id)
    lines = engine("rm", "many").out.splitlines()
    assert len(lines) == 1 + 40 + 1 + 1
    assert lines[-2].split()[:3] == ["...", "5", "more"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["hold"], "name jobs or experiments, or use --all"),
        (["hold", "big", "--all"], "--all leaves nothing to name"),
        (["retry"], "name jobs or experiments, or use --failed"),
        (["release", "bgi"], "did you mean big?"),
        (["rm"], "see: engine rm --help"),
        (["rm", "gird"], "did you mean grid?"),
    ],
)
def test_a_wrong_word_changes_nothing(engine: Engine, jobs: SimpleNamespace, words: list[str], told: str) -> None:
    found = engine(*words)
    assert (found.code, found.out) == (2, "")
    assert told in found.err
    assert len(found.err.splitlines()) <= 3


def test_a_runner_that_does_not_answer_is_not_waited_for_for_ever(
    engine: Engine, jobs: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deaf(Session):
        def ensure_runner(self, *, trains: bool = True) -> None:
            """It reads nothing."""

    clock = iter(range(0, 1000, 4))
    monkeypatch.setattr(store_option, "Session", Deaf)
    monkeypatch.setattr(asking, "time", SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda _: None))
    assert engine("hold", "big").err == "asked; the runner has not got to it yet: engine status shows when it has\n"


def test_sizes_are_said_in_units() -> None:
    assert [sizes.size_words(count) for count in (0, 999, 1000, 3_400_000, 2e12)] == [
        "0 bytes",
        "999 bytes",
        "1.0 KB",
        "3.4 MB",
        "2.0 TB",
    ]


def test_a_size_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(b"x" * 100)
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert 100 <= sizes.size_of(tmp_path / "a") < 1000
    assert sizes.size_of(tmp_path / "nothing") == 0
