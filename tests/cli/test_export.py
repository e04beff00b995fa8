"""`engine export` before any TensorFlow: what it refuses."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.plan.settings import DEFAULTS
from engine.plan.sweep import make_job
from engine.record.jobfile import JobFile
from engine.record.paths import JobPaths
from engine.training import export
from tests.cli.conftest import Engine


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["{best}", "model.h5"], "allowed: a name that ends in .keras, which Keras asks for"),
        (["{best}", "there.keras"], "--force replaces it"),
        (["{failed}", "model.keras"], "only a job that is done was tested"),
        (["grid", "model.keras"], "grid has 2 jobs"),
    ],
)
def test_a_wrong_word_saves_nothing(
    engine: Engine, jobs: SimpleNamespace, folder: Path, words: list[str], told: str
) -> None:
    (folder / "there.keras").write_bytes(b"mine")
    found = engine("export", *(word.format(**vars(jobs)) for word in words))
    assert (found.code, found.out) == (2, "")
    assert told in found.err
    assert (folder / "there.keras").read_bytes() == b"mine"
    assert not (folder / "model.keras").exists()


def test_code_of_its_own_is_not_run_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = JobPaths(tmp_path / "job")
    paths.folder.mkdir()
    (tmp_path / "mine.py").write_text("raise SystemExit('it ran')")
    job = make_job(DEFAULTS | {"model": "mine:net"}, 0, {"mine:net": "0" * 64})
    JobFile(job, folder=str(tmp_path)).write(paths.config)
    assert export.main([str(paths.folder), str(tmp_path / "m.keras")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "the job's model is code of its own: mine:net"
    assert told[2].strip() == "it would run that code: look at it, then add --allow-code"
