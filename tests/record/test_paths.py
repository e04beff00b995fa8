"""Files that were written aside by somebody who never came to rename them."""

import os
import subprocess

import psutil

from engine.record.paths import sweep_up


def test_what_a_writer_that_is_gone_left_is_swept_up_and_nothing_else(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    unasked = subprocess.Popen(["true"])
    while psutil.Process(unasked.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    kept = [tmp_path / f".a.{os.getpid()}.part", tmp_path / "a.part", tmp_path / "config.toml"]
    left = [tmp_path / f".a.{pid}.part" for pid in (ended.pid, unasked.pid, "no-number")]
    for path in (*kept, *left):
        path.touch()
    sweep_up(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(kept)
    unasked.wait()
