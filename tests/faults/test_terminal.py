"""Whatever becomes of the terminal, training goes on; whatever the terminal is, it is written to as it can be."""

import random
import re
import signal
import subprocess
import termios

import pytest

from engine.cli import main
from engine.record.ledger import Ledger
from engine.run import logind, machine
from tests import builders
from tests.builders import done, epoch, started, tell
from tests.faults import longrun
from tests.faults.amounts import amount
from tests.faults.injecting import end_all, whole
from tests.faults.longrun import goes_on
from tests.faults.terminals import Terminal, engine, environ, labtop
from tests.tiny import Place

RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l", b"\x1b[?2004l")


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    """A job that trains for as long as these tests take; its store is whole when they are over."""
    place = Place(tmp_path_factory.mktemp("long"))
    longrun.train(place)
    yield place
    end_all(place.session.paths)
    whole(place.session.paths)


def state(place: Place) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(place.folder / "state"), "XDG_CONFIG_HOME": str(place.folder / "config")}


def console(place: Place, **more) -> Terminal:
    terminal = Terminal(*labtop(), folder=place.folder, environment=state(place), **more)
    terminal.until(b"long")
    terminal.until(b"\x1b[?2004h")
    return terminal


ENDS = {
    "killed": lambda t: t.process.kill(),
    "SIGHUP": lambda t: t.process.send_signal(signal.SIGHUP),
    "SIGTERM": lambda t: t.process.send_signal(signal.SIGTERM),
    "closed": lambda t: t.close(),
}


@pytest.mark.parametrize("ignored", [False, True], ids=["", "SIGHUP ignored"])
@pytest.mark.parametrize("how", ENDS)
def test_the_console_ends_at_once_and_training_never_notices(training, faults, how, ignored):
    terminal = console(training, ignore_hangup=ignored)
    terminal.still()
    faults.inject()
    ENDS[how](terminal)
    if how == "closed":
        terminal.process.wait(20)
    else:
        terminal.ended(20)
        assert terminal.process.returncode != 0
    if how in ("SIGHUP", "SIGTERM"):
        assert all(part in terminal.seen for part in RESTORED)
        assert termios.tcgetattr(terminal.slave)[3] == terminal.before[3]
    terminal.kill()
    goes_on(training)


def test_what_follows_a_run_ends_with_its_terminal_and_training_goes_on(training, faults):
    for words in (["run"], ["attach"], ["run", "--json"]):
        terminal = Terminal(*engine(*words), folder=training.folder)
        terminal.until(b"epoch" if "--json" in words else b"long")
        faults.inject()
        terminal.close()
        assert terminal.process.wait(20) != 0
        goes_on(training)


def test_a_storm_of_sizes_down_to_one_cell(training, faults):
    draw = random.Random(7)
    terminal = console(training, size=(24, 80))
    for tab in "12345":
        terminal.press(tab)
        for _ in range(amount(12, 200)):
            size = draw.choice([(1, 1), (1, 80), (24, 1), (2, 2), (3, 7), (400, 500), (24, 80)])
            terminal.resize(*size if draw.random() < 0.7 else (draw.randint(1, 60), draw.randint(1, 200)))
            faults.inject()
            if draw.random() < 0.3:
                terminal.read(0.02)
            assert terminal.process.poll() is None, terminal.seen[-3000:]
    terminal.resize(24, 80)
    terminal.still()
    terminal.press("q")
    assert terminal.ended() == 0, terminal.seen[-3000:]
    assert b"Traceback" not in terminal.seen
    assert all(part in terminal.seen for part in RESTORED)
    terminal.kill()
    goes_on(training)


@pytest.mark.parametrize("rows", [1, 2])
def test_a_run_is_followed_on_a_terminal_of_one_cell(training, faults, rows):
    terminal = Terminal(*engine("attach"), folder=training.folder, size=(rows, 1))
    terminal.read(2.0)
    faults.inject()
    assert terminal.process.poll() is None, terminal.seen
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.ended() == 130
    assert b"Traceback" not in terminal.seen
    terminal.kill()


@pytest.mark.parametrize("term", ["dumb", "", None, "unknown"])
def test_a_dumb_terminal_gets_lines_and_the_console_names_the_commands(training, faults, term):
    environment = state(training) | {"TERM": term}
    terminal = Terminal(*labtop(), folder=training.folder, environment=environment)
    assert terminal.ended() == 3
    assert b"engine run experiments.toml" in terminal.seen and b"\x1b" not in terminal.seen
    terminal.kill()
    for words in (["status"], ["leaderboard"], ["validate"]):
        terminal = Terminal(*engine(*words), folder=training.folder, environment=environment)
        assert terminal.ended() == 0
        assert b"\x1b" not in terminal.seen
        terminal.kill()
    terminal = Terminal(*engine("attach"), folder=training.folder, environment=environment)
    terminal.until(b"epoch")
    assert b"\x1b" not in terminal.seen
    terminal.kill()
    faults.inject(5)


def test_a_terminal_without_utf_8_or_colour_is_written_to_in_ascii(training, faults):
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii", "NO_COLOR": "1"}
    terminal = Terminal(*labtop(), folder=training.folder, environment=state(training) | plain, size=(30, 100))
    terminal.until(b"long")
    terminal.still()
    for tab in "2345":
        terminal.press(tab)
        terminal.still()
    terminal.press("q")
    assert terminal.ended() == 0
    assert terminal.seen.isascii()
    colours = set(re.findall(rb"\x1b\[[0-9;]*m", terminal.seen))
    painted = {int(n) for c in colours for n in re.findall(rb"[34]8;5;(\d+)", c)}
    assert painted <= {0, 16, 231, *range(232, 256)}, "greys alone"
    assert not [c for c in colours if re.search(rb"[\[;](3[1-7]|4[1-7]|9\d|10\d|38;2|48;2)[;m]", c)], colours
    terminal.kill()
    for words in (["status"], ["leaderboard"], ["show", "long"], ["validate"]):
        terminal = Terminal(*engine(*words), folder=training.folder, environment=plain)
        assert terminal.ended() == 0
        assert terminal.seen.isascii() and b"\x1b" not in terminal.seen
        terminal.kill()
        faults.inject()


PIPED = [
    *(
        ["status"],
        ["leaderboard"],
        ["leaderboard", "--csv", "-"],
        ["leaderboard", "--json"],
        ["show", "JOB"],
        ["schema"],
    ),
    *(
        ["logs", "JOB"],
        ["validate"],
        ["run", "--dry-run"],
        ["completion", "bash"],
        ["doctor"],
        ["--help"],
        ["status", "--json"],
    ),
]


@pytest.mark.parametrize("lines", [0, 1])
def test_a_reader_that_has_seen_enough_ends_any_command_without_a_word(tmp_path, faults, lines):
    (tmp_path / "experiments.toml").write_text('[[experiment]]\nname = "a"\nrepeats = 400\nmodel = "mlp"\nepochs = 2\n')
    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, (tmp_path / "experiments.toml").read_text())
    rows = ledger.jobs()
    for row in rows:
        tell(ledger.paths, row.id, started(), epoch(1), epoch(2), done(2))
        ledger.ingest(row.id)
    ledger.paths.job(rows[0].id).log.write_text("a line\n" * 200_000)
    ledger.close()
    started_all = []
    for words in PIPED:
        command = engine(*(rows[0].id if word == "JOB" else word for word in words))
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environ())
        if lines:
            child.stdout.readline()
        child.stdout.close()
        started_all.append((words, child))
        faults.inject()
        if len(started_all) % 2 == 0:
            child.wait(60)
    for words, child in started_all:
        assert child.stderr.read() == b"", words
        # No training has left what these jobs should have, and the doctor says so.
        assert child.wait(60) in (0, 1, 3 if words == ["doctor"] else 0, -signal.SIGPIPE), words


def test_a_run_whose_reader_is_gone_leaves_its_training_alone(training, faults):
    command = engine("run", "--json")
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=training.folder, env=environ()
    )
    child.stdout.readline()
    child.stdout.close()
    faults.inject()
    assert child.stderr.read() == b""
    assert child.wait(60) == -signal.SIGPIPE
    goes_on(training)


def test_where_logout_ends_training_the_first_start_and_the_doctor_say_how_to_avoid_it(
    tmp_path, faults, monkeypatch, capsys
):
    root = tmp_path / "root"
    (root / "etc" / "systemd").mkdir(parents=True)
    (root / "proc" / "self").mkdir(parents=True)
    (root / "proc" / "self" / "cgroup").write_text("0::/user.slice/user-1000.slice/session-3.scope\n")
    (root / "etc" / "systemd" / "logind.conf").write_text("[Login]\nKillUserProcesses=yes\n")
    monkeypatch.setattr(logind, "ROOT", root)
    monkeypatch.setattr(logind, "_user", lambda: "ada")
    monkeypatch.chdir(tmp_path)
    faults.inject()
    paths = builders.store(tmp_path)
    assert "systemd-run --user --scope" in machine.warnings(paths)[0]
    main.call(["doctor"])
    assert "systemd-run --user --scope" in "".join(capsys.readouterr())
    (root / "proc" / "self" / "cgroup").write_text("0::/user.slice/user-1000.slice/user@1000.service/app.slice\n")
    assert machine.warnings(paths) == []
