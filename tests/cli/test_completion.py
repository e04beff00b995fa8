"""`engine completion`: what bash offers, asked of bash itself; the other shells' scripts name the same."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.cli import shells
from engine.cli.index import VERBS
from engine.record.ledger import Ledger
from tests.builders import add
from tests.cli.conftest import Engine

BASH = shutil.which("bash")
HOSTILE = ("$(touch hacked)", "`touch hacked`", "two words", "quote'd", "semi;colon", "\x1b[31mred", "line\nbreak")
ASK = """
engine() { "$PYTHON" -m engine.cli.main "$@"; }
source ./script
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_engine
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def script(engine: Engine, folder: Path) -> Path:
    told = engine("completion", "bash")
    assert (told.code, told.err) == (0, "")
    path = folder / "script"
    path.write_text(told.out)
    return path


def offered(script: Path, *words: str) -> list[str]:
    """What bash offers for the last of the words."""
    assert BASH is not None
    home = str(Path(__file__).parents[2])
    env = {**os.environ, "PYTHON": sys.executable, "PYTHONPATH": home}
    command = [BASH, "-c", ASK, "bash", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=script.parent, env=env)
    assert done.stderr == ""
    return [line for line in done.stdout.split("\n") if line]


needs_bash = pytest.mark.skipif(BASH is None, reason="there is no bash")


@needs_bash
def test_bash_offers_verbs_options_and_choices(script: Path) -> None:
    assert offered(script, "engine", "re") == ["refine", "report", "release", "retry", "rebuild"]
    assert "--retry-failed" in offered(script, "engine", "run", "--re")
    assert offered(script, "engine", "leaderboard", "--by", "") == ["config", "job"]
    assert offered(script, "engine", "digits", "--style", "b") == ["braille"]
    assert offered(script, "engine", "completion", "") == ["bash", "zsh", "fish"]
    assert offered(script, "engine", "inspect", "m") == ["model"]
    assert offered(script, "engine", "inspect", "model", "") == []
    assert offered(script, "engine", "leaderboard", "--rank-by", "val") == ["val_accuracy", "val_loss"]
    assert offered(script, "engine", "map", "--metric", "test_l") == ["test_loss"]


@needs_bash
def test_bash_offers_ids_and_experiments(script: Path, jobs: SimpleNamespace) -> None:
    assert offered(script, "engine", "show", jobs.best[:4]) == [jobs.best]
    assert offered(script, "engine", "run", "--only", "gr") == ["grid"]
    assert offered(script, "engine", "refine", "gr") == ["grid"]
    assert offered(script, "engine", "map", "gr") == ["grid"]
    for words in (["run", "--only"], ["refine"], ["report"]):
        assert offered(script, "engine", *words, "") == ["big", "broken", "grid", "long"]
    assert offered(script, "engine", "churn", jobs.best[:4]) == [jobs.best]
    everything = offered(script, "engine", "stop", "")
    assert everything[:4] == ["big", "broken", "grid", "long"]
    assert len(everything) == 4 + 5
    assert offered(script, "engine", "show", "--store", "runs", "gr") == ["grid"]
    assert offered(script, "engine", "show", "--store", "nowhere", "gr") == []


@needs_bash
def test_no_name_is_ever_run_by_the_shell(script: Path, ledger: Ledger, folder: Path) -> None:
    for seed, name in enumerate(HOSTILE):
        add(ledger, seed, name)
    told = [line for line in offered(script, "engine", "hold", "") if len(line) != 16]
    assert sorted(told) == sorted(
        [r"\$\(touch\ hacked\)", r"\`touch\ hacked\`", r"two\ words", r"quote\'d", r"semi\;colon"]
    )
    assert not (folder / "hacked").exists()


def test_every_script_names_every_verb_and_option(engine: Engine) -> None:
    verbs = shells.verbs()
    assert [verb.name for verb in verbs] == list(VERBS)
    for shell in ("bash", "zsh", "fish"):
        told = engine("completion", shell).out
        for verb in verbs:
            assert verb.name in told
            for option in verb.options:
                for word in option.spellings:
                    assert (f"-l {word[2:]}" if shell == "fish" else word) in told, (shell, verb.name, word)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_can_read_theirs(engine: Engine, folder: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    path = folder / "script"
    path.write_text(engine("completion", shell).out)
    subprocess.run([shell, "-n", str(path)], check=True)


def test_an_unknown_shell_is_told_which_there_are(engine: Engine) -> None:
    told = engine("completion", "tcsh")
    assert (told.code, told.out) == (2, "")
    assert "allowed: bash, zsh, fish" in told.err


def test_where_nothing_can_be_read_nothing_is_offered(engine: Engine, folder: Path) -> None:
    assert engine("completion", "names") == engine("completion", "names", "x", "--store", "nowhere")
    (folder / "runs").mkdir()
    (folder / "runs" / "labtop.db").write_bytes(b"damaged")
    told = engine("completion", "names")
    assert (told.code, told.out, told.err) == (0, "", "")
