"""Names, notes and errors from data reach a terminal as text; streams, colours and pipes are honoured."""

import shlex
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.cli import streams
from engine.cli.index import VERBS
from engine.cli.layout import Column, table
from engine.record.ledger import Ledger
from engine.text import columns_of, cut
from tests.builders import add, done, epoch, started, tell
from tests.cli.conftest import Engine

HOSTILE = "\x1b]52;c;aGk=\x07\x9b2J\u202e[red]x[/]\n=cmd|'/c'!A1"
SHOWN = "\\x1b]52;c;aGk=\\x07\\x9b2J\\u202e[red]x[/]\\n=cmd|'/c'!A1"


@pytest.fixture
def hostile(ledger: Ledger) -> str:
    job_id = add(ledger, 0, HOSTILE, model="mlp")
    tell(ledger.paths, job_id, started(), epoch(1), done())
    ledger.ingest(job_id)
    return job_id


@pytest.mark.parametrize(
    "words",
    [
        ["status"],
        ["leaderboard"],
        ["leaderboard", "--by", "job"],
        ["leaderboard", "--md"],
        ["leaderboard", "--csv", "-"],
        ["leaderboard", "--filter", HOSTILE],
        ["show", "JOB"],
        ["show", HOSTILE + "y"],
        ["run", HOSTILE],
        [HOSTILE],
    ],
)
def test_nothing_that_acts_reaches_the_terminal(engine: Engine, hostile: str, words: list[str]) -> None:
    told = engine(*(hostile if word == "JOB" else word for word in words))
    for char in "\x1b\x07\x9b\u202e":
        assert char not in told.out + told.err
    assert len(told.err.splitlines()) <= 3


def test_a_hostile_name_is_shown_as_it_is_written(engine: Engine, hostile: str) -> None:
    assert SHOWN in engine("show", hostile).out
    assert SHOWN in engine("leaderboard", "--csv", "-").out


def test_colours_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = SimpleNamespace(isatty=lambda: False)
    terminal = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert (streams.colours(terminal), streams.colours(pipe)) == (True, False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert streams.colours(pipe)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not streams.colours(terminal)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert (streams.colours(terminal), streams.live(terminal)) == (False, False)


def test_the_board_is_coloured_only_where_asked(
    engine: Engine, jobs: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" not in engine("leaderboard").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1m 0.99000\x1b[0m" in engine("leaderboard").out, "the best of a column is bold"


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(folder: Path) -> None:
    command = [sys.executable, "-m", "engine.cli.main", "schema"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_a_terminal_without_utf_8_is_written_to_in_escapes(folder: Path, ledger: Ledger) -> None:
    job_id = add(ledger, 0, "数字", model="mlp")
    tell(ledger.paths, job_id, started(), epoch(1), epoch(2), done())
    ledger.ingest(job_id)
    command = [sys.executable, "-m", "engine.cli.main", "show", job_id]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin"}
    told = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert told.stderr == b""
    assert b"of \\u6570\\u5b57" in told.stdout


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; from engine.cli import main; main.call(['--help']); "
        "print([name for name in ('pydantic', 'numpy', 'rich', 'plotext', 'tensorflow', 'sqlite3', 'psutil')"
        " if name in sys.modules], file=sys.stderr)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stderr == "[]\n"


@pytest.mark.parametrize(
    ("verb", "light"),
    [
        ("status", ("engine.plan.settings", "numpy", "scipy", "rich", "plotext", "tensorflow")),
        # Rows of one repeat each are compared by their predictions, which are arrays.
        ("leaderboard", ("engine.plan.settings", "rich", "plotext", "tensorflow")),
    ],
)
def test_reading_commands_load_only_what_they_need(
    folder: Path, jobs: SimpleNamespace, verb: str, light: tuple[str, ...]
) -> None:
    script = (
        f"import sys; from engine.cli import main; main.call(['{verb}']); "
        f"print([name for name in {light} if name in sys.modules], file=sys.stderr)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stderr == "[]\n"


def test_every_verb_is_where_the_index_says() -> None:
    import importlib

    for place, _ in VERBS.values():
        module, _, function = place.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_wide_characters_keep_the_columns() -> None:
    lines = list(table([Column("name", ["数字", "é", "plain"]), Column("n", ["1", "22", "3"], numeric=True)]))
    assert [columns_of(line) for line in lines] == [9, 9, 9, 9]
    assert cut("数字数字", 5) == "数.."
    assert cut("plain", 5) == "plain"


def test_the_last_column_is_wrapped_below_itself() -> None:
    columns = [Column("n", ["1"], numeric=True), Column("what", ["a=1 b=2 c=3 d=4 e=5 f=6"])]
    assert list(table(columns, width=20)) == ["n  what", "1  a=1 b=2 c=3 d=4", "   e=5 f=6"]


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-"])
def test_a_stream_that_is_closed_changes_nothing(closed: str, tmp_path: Path) -> None:
    command = f"{shlex.join([sys.executable, '-m', 'engine.cli.main', 'status'])} {closed}"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ("" if closed.startswith(">") else "no jobs in runs\n")


def test_ctrl_c_before_anything_began_says_nothing(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from engine.cli import main\n"
        "class Slow:\n"
        "    def find_spec(self, name, *more):\n"
        "        if name == 'engine.cli.calling':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "sys.argv[1:] = ['status']; main.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")
