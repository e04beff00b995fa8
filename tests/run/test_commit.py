"""What git says of a folder, asked without doing anything to it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from engine.run.commit import commit

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *who, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    git(tmp_path, "init", "-q")
    (tmp_path / "file").write_text("1")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def test_a_commit_and_whether_files_differ_from_it(folder: Path) -> None:
    head = git(folder, "rev-parse", "HEAD")
    (folder / "other").write_text("not git's")
    assert commit(folder) == head
    (folder / "file").write_text("2")
    assert commit(folder) == f"{head}, with changes"


def test_a_folder_outside_of_git_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit(tmp_path) == ""


def test_a_program_that_the_repository_names_is_not_started(folder: Path) -> None:
    started = folder / "started"
    monitor = folder / "monitor.sh"
    monitor.write_text(f"#!/bin/sh\ntouch {started}\n")
    monitor.chmod(0o755)
    git(folder, "config", "core.fsmonitor", str(monitor))
    commit(folder)
    assert not started.exists()
    git(folder, "status")
    assert started.exists(), "the repository does start it where it is let"
