"""`engine doctor` and `engine rebuild`: what they find, and what they do about it."""

import json
from pathlib import Path

import pytest

from engine.cli import store_option
from engine.record import filesystem
from engine.record.ledger import Ledger
from engine.record.locks import FileLock
from engine.run import devices, logind, machine
from tests import builders
from tests.builders import submit
from tests.cli.conftest import Engine, InstantRunner

GRID = '[[experiment]]\nname = "grid"\nsweep = { dropout = [0.1, 0.3] }\n'


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without surprises; the folder stands for its root."""
    root = tmp_path / "root"
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text("0::/user.slice/user-7.slice/session-2.scope\n")
    monkeypatch.setattr(logind, "ROOT", root)
    monkeypatch.setattr(logind, "_user", lambda: "ada")
    monkeypatch.setattr(devices, "driver", lambda: "")
    return root


@pytest.fixture
def whole(folder: Path) -> Path:
    """A store that a runner made, with two jobs."""
    ledger = Ledger(builders.store(folder))
    submit(ledger, GRID)
    ledger.close()
    return folder / "runs"


def found(engine: Engine) -> dict[str, tuple[str, str]]:
    document = json.loads(engine("doctor", "--json").out)
    checks = [*document["environment"], *document["store"]]
    return {check["name"]: (check["state"], check["found"]) for check in checks}


def test_a_machine_and_a_store_that_are_well(engine: Engine, whole: Path) -> None:
    told = engine("doctor")
    assert (told.code, told.err) == (0, "")
    document = json.loads(engine("doctor", "--json").out)
    assert (document["version"], document["well"]) == (1, True)
    checks = found(engine)
    assert checks["GPU"] == ("well", "none: no GPU driver answers; jobs train on the CPU")
    assert checks["database"] == ("well", "whole: 2 jobs, 0 epochs, journal delete")
    assert checks["folders"] == ("well", "equal the database")
    assert checks["permissions"] == ("well", "the store is yours alone")
    assert {"Python", "tensorflow", "keras", "numpy", "oneDNN", "SQLite", "disk", "file system"} <= set(checks)


def test_without_a_store_there_is_nothing_wrong(engine: Engine, folder: Path) -> None:
    told = engine("doctor")
    assert told.code == 0
    assert "the store can be made here" in told.out
    assert not (folder / "runs").exists()


def test_gpus_are_named_with_their_driver(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "driver", lambda: "570.1")
    gpu = devices.Device("GPU-a", "GPU0", "H100", memory_total=80 * 2**30, holders=(1, 2))
    monkeypatch.setattr(devices, "gpus", lambda: [gpu])
    assert found(engine)["GPU0"] == ("well", "H100, 80 GiB, driver 570.1, 2 processes compute on it")


def test_a_folder_that_nobody_owns_is_a_fault(engine: Engine, whole: Path) -> None:
    (whole / "jobs" / "ffff").mkdir()
    told = engine("doctor")
    assert told.code == 3
    assert "! folders" in told.out
    assert "jobs/ffff: no job of this name is in the database" in told.out


def test_while_a_runner_runs_the_folders_are_left_for_later(engine: Engine, whole: Path) -> None:
    runner = FileLock(whole / "runner.lock")
    assert runner.acquire()
    checks = found(engine)
    runner.release()
    assert checks["folders"] == ("well", "not compared while jobs are trained")
    assert checks["runner"][1].startswith("process ")


@pytest.mark.parametrize("kind", ["nfs4", "fuse.sshfs"])
def test_a_network_file_system_is_a_plain_warning(
    engine: Engine, whole: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    mounts = whole.parent / "mounts"
    there = str(whole.parent).replace(" ", "\\040")
    mounts.write_text(f"21 1 8:1 / / rw - ext4 /dev/sda rw\n30 21 0:40 / {there} rw - {kind} server:/home rw\n")
    monkeypatch.setattr(filesystem, "MOUNTS", mounts)
    told = engine("doctor")
    assert told.code == 0
    assert f"? file system  {kind}, shared over a network" in told.out
    assert len(machine.warnings(builders.store(whole.parent))) == 1


def configure(root: Path, text: str, name: str = "etc/systemd/logind.conf") -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_a_logout_that_ends_training_is_told_with_what_avoids_it(engine: Engine, whole: Path, calm: Path) -> None:
    assert found(engine)["logout"] == ("well", "training goes on")
    configure(calm, "[Login]\nKillUserProcesses=yes\n")
    told = engine("doctor")
    assert told.code == 0
    assert "? logout" in told.out
    assert "systemd-run --user --scope engine run experiments.toml" in told.out


@pytest.mark.parametrize(
    ("files", "kills"),
    [
        ({"etc/systemd/logind.conf": "#KillUserProcesses=yes\n"}, False),
        ({"etc/systemd/logind.conf": "KillUserProcesses = true"}, True),
        ({"usr/lib/systemd/logind.conf": "KillUserProcesses=yes"}, True),
        ({"usr/lib/systemd/logind.conf": "KillUserProcesses=yes", "etc/systemd/logind.conf": ""}, False),
        (
            {
                "etc/systemd/logind.conf": "KillUserProcesses=no",
                "run/systemd/logind.conf.d/9.conf": "KillUserProcesses=1",
            },
            True,
        ),
        (
            {
                "usr/lib/systemd/logind.conf.d/9.conf": "KillUserProcesses=yes",
                "etc/systemd/logind.conf.d/9.conf": "KillUserProcesses=no",
            },
            False,
        ),
        ({"etc/systemd/logind.conf": "KillUserProcesses=yes\nKillExcludeUsers=root ada"}, False),
        ({"etc/systemd/logind.conf": "KillUserProcesses=yes\nKillOnlyUsers=bob"}, False),
        ({"etc/systemd/logind.conf": "KillUserProcesses=yes\nKillOnlyUsers=bob ada"}, True),
    ],
)
def test_logind_is_read_as_systemd_reads_it(calm: Path, files: dict[str, str], kills: bool) -> None:
    for name, text in files.items():
        configure(calm, text, name)
    assert bool(logind.warning()) is kills


def test_outside_of_a_login_session_nothing_is_ended(calm: Path) -> None:
    configure(calm, "KillUserProcesses=yes")
    (calm / "proc/self/cgroup").write_text("0::/user.slice/user-7.slice/user@7.service/app.slice/run-1.scope\n")
    assert logind.warning() == ""


def test_the_start_of_a_runner_warns_in_one_line(engine: Engine, instant: type[InstantRunner], calm: Path) -> None:
    configure(calm, "KillUserProcesses=yes")
    told = engine("run", "--only", "grid", "--quiet")
    assert told.code == 0
    [line] = told.err.splitlines()
    assert line.startswith("warning: KillUserProcesses=yes in ")
    assert "systemd-run --user --scope" in line


def test_rebuild_wants_a_yes_for_what_is_whole(engine: Engine, whole: Path) -> None:
    told = engine("rebuild")
    assert told.code == 2
    assert "the database is whole" in told.err
    told = engine("rebuild", "--yes")
    assert told.code == 0
    assert told.err.startswith(
        "the database was made anew from the folders (as was asked): 2 jobs; the old one is labtop.db."
    )
    assert engine("doctor").code == 0


def test_a_damaged_database_is_named_by_every_reading_command_and_rebuilt(engine: Engine, whole: Path) -> None:
    database = whole / "labtop.db"
    database.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    for verb in (
        ["status"],
        ["leaderboard"],
        ["show", "grid"],
        ["logs", "grid"],
        ["stop", "--all"],
        ["prune"],
        ["attach"],
    ):
        told = engine(*verb)
        assert (told.code, told.out) == (3, ""), verb
        assert len(told.err.splitlines()) == 3
        assert "the store's database is damaged" in told.err
        assert "engine rebuild makes it anew" in told.err
    told = engine("doctor")
    assert told.code == 3
    assert "! database" in told.out
    told = engine("rebuild")
    assert told.code == 0
    assert "2 jobs; the old one is labtop.db." in told.err
    assert engine("status", "--json").code == 0


def test_rebuild_is_refused_while_a_runner_runs(engine: Engine, whole: Path) -> None:
    runner = FileLock(whole / "runner.lock")
    assert runner.acquire()
    told = engine("rebuild", "--yes")
    runner.release()
    assert told.code == 3
    assert "is the runner of this store already" in told.err


@pytest.mark.usefixtures("folder")
def test_rebuild_without_a_store_has_nothing_to_do(engine: Engine) -> None:
    assert engine("rebuild").code == 3


def test_run_mends_a_damaged_database_and_says_so(
    engine: Engine, whole: Path, instant: type[InstantRunner], monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.run import mending

    class Mending(instant):  # type: ignore[valid-type, misc]
        def ensure_runner(self, *, trains: bool = True) -> None:
            mending.mend(self.paths)
            super().ensure_runner()

    from engine.cli import run

    monkeypatch.setattr(run, "Session", Mending)
    monkeypatch.setattr(store_option, "Session", Mending)
    (whole / "labtop.db").write_bytes(b"")
    told = engine("run", "--only", "grid", "--quiet")
    assert told.code == 0
    assert told.err.startswith("warning: the database was made anew from the folders")
    assert "warning: the database was made anew" in engine("status").err


def test_what_cannot_be_written_is_a_fault(engine: Engine, folder: Path) -> None:
    (folder / "runs").write_text("a file where the store would be")
    told = engine("doctor")
    assert told.code == 3
    assert "is no folder" in told.out
