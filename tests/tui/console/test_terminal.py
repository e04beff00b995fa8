"""How the console ends, on a real pseudo-terminal: at once, and with the terminal as it was."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time

import pytest

RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l", b"\x1b[?2004l")


class Console:
    """labtop on a pseudo-terminal."""

    def __init__(self, folder, ignore_hup=False):
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(self.master, (24, 80))
        self.slave = slave
        self.before = termios.tcgetattr(slave)

        trap = "trap '' HUP; " if ignore_hup else ""
        environment = os.environ | {"TERM": "xterm-256color", "XDG_STATE_HOME": str(folder / "state")}
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", f'{trap}exec "$0" -m tui', sys.executable],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        self.seen = b""

    def until(self, text):
        deadline = time.monotonic() + 60
        while text not in self.seen:
            assert time.monotonic() < deadline, self.seen[-500:]
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 65536)

    def press(self, keys):
        os.write(self.master, keys.encode())

    def ended(self):
        """The exit code, once all that was written has been read, as a terminal does."""
        deadline = time.monotonic() + 20
        while (code := self.process.poll()) is None or select.select([self.master], [], [], 0)[0]:
            assert time.monotonic() < deadline
            if select.select([self.master], [], [], 0.02)[0]:
                self.seen += os.read(self.master, 65536)
        return code


@pytest.fixture
def place(still, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    (still / "experiments.toml").write_text('[[experiment]]\nname = "mine"\n')
    return still


def test_sigterm_ends_it_at_once_with_the_terminal_restored(place):
    console = Console(place)
    console.until(b"mine")
    console.until(b"\x1b[?2004h")
    console.process.send_signal(signal.SIGTERM)
    assert console.ended() == 128 + signal.SIGTERM
    assert all(part in console.seen for part in RESTORED)
    assert termios.tcgetattr(console.slave)[3] == console.before[3]


@pytest.mark.parametrize("ignored", [False, True])
def test_a_terminal_that_goes_away_leaves_no_process(place, ignored):
    console = Console(place, ignore_hup=ignored)
    console.until(b"mine")
    os.close(console.slave)
    os.close(console.master)
    assert console.process.wait(20) in (128 + signal.SIGHUP, -signal.SIGHUP)


def test_quitting_leaves_the_terminal_as_it_was(place):
    console = Console(place)
    console.until(b"mine")
    console.press("q")
    assert console.ended() == 0
    assert all(part in console.seen for part in RESTORED)


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_is_refused_with_what_to_use(place, term):
    environment = os.environ | {"TERM": term}
    found = subprocess.run([sys.executable, "-m", "tui"], capture_output=True, text=True, env=environment, check=False)
    assert found.returncode == 3 and "engine run experiments.toml" in found.stderr
