"""A real SSH connection that drops: what was shown over it ends, and training goes on."""

import os
import shlex
import shutil
import socket
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.faults import longrun
from tests.faults.injecting import end_all, whole
from tests.faults.longrun import LONG, epochs_of, goes_on
from tests.faults.terminals import Terminal, engine, environ, labtop
from tests.tiny import Place
from tests.waiting import until

SSHD, SSH, KEYGEN = (
    shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin") for name in ("sshd", "ssh", "ssh-keygen")
)
needs_ssh = pytest.mark.skipif(not (SSHD and SSH and KEYGEN), reason="OpenSSH is not here: make test-packages")


class Server:
    """An OpenSSH server on loopback with a key, a configuration and a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o700)
        for name in ("host", "user"):
            subprocess.run([KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        shutil.copy(folder / "user.pub", folder / "authorized_keys")
        (folder / "authorized_keys").chmod(0o600)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        (folder / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1:{self.port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized_keys\n"
            f"PidFile {folder}/pid\nStrictModes no\nUsePAM no\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
            "PermitRootLogin prohibit-password\nPermitUserEnvironment no\nPrintMotd no\nLogLevel ERROR\n"
        )
        # The folder that sshd gives its unprivileged half.
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        words = [SSHD, "-D", "-e", "-f", str(folder / "sshd_config")]
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(words, stderr=self.log, stdin=subprocess.DEVNULL, start_new_session=True)
        until(self.answers, "the SSH server to answer", 20)

    def answers(self) -> bool:
        if self.process.poll() is not None:
            pytest.skip(f"no SSH server starts here: {(self.folder / 'log').read_text()[-300:]}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def command(self, line: str) -> list[str]:
        options = [
            "UserKnownHostsFile=/dev/null",
            "StrictHostKeyChecking=no",
            "LogLevel=ERROR",
            "IdentitiesOnly=yes",
            "BatchMode=yes",
        ]
        return [
            *(SSH, "-tt", "-F", "none", "-p", str(self.port), "-i", str(self.folder / "user")),
            *(word for option in options for word in ("-o", option)),
            *("127.0.0.1", line),
        ]

    def children(self) -> list[psutil.Process]:
        """The connections, and all that was started over them and is still tied to them."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def close(self) -> None:
        for process in [*self.children(), psutil.Process(self.process.pid)]:
            process.kill()
        self.process.wait(20)
        self.log.close()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    yield server
    server.close()


def remote(folder: Path, words: list[str]) -> str:
    """A command line for the other side, with this test's environment."""
    kept = {
        name: value
        for name, value in environ().items()
        if name in ("PATH", "PYTHONPATH", "TERM", "PYTHONUTF8", "LC_ALL", "HOME")
    }
    kept |= {"XDG_STATE_HOME": str(folder / "state"), "XDG_CONFIG_HOME": str(folder / "config")}
    pairs = " ".join(f"{name}={shlex.quote(value)}" for name, value in kept.items())
    return f"cd {shlex.quote(str(folder))} && exec env {pairs} {shlex.join(words)}"


def connections(server: Server) -> list[psutil.Process]:
    return psutil.Process(server.process.pid).children()


def cut_off(how: str, terminal: Terminal, server: Server) -> None:
    """End a connection in one of its ways."""
    if how == "the client is killed":
        terminal.process.kill()
    elif how == "the terminal is closed":
        terminal.close()
    else:
        for connection in connections(server):
            connection.kill()


CUTS = ("the client is killed", "the terminal is closed", "the server's half is killed")


@needs_ssh
@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("what", ["run", "labtop"])
def test_a_connection_that_drops_ends_what_was_shown_and_nothing_else(tmp_path_factory, server, faults, cut, what):
    place = Place(tmp_path_factory.mktemp("far"))
    try:
        if what == "labtop":
            longrun.train(place)
        else:
            place.write(LONG)
        words = engine("run") if what == "run" else labtop()
        terminal = Terminal(*server.command(remote(place.folder, words)), size=(24, 80))
        terminal.until(b"long")
        until(lambda: epochs_of(place) >= 1, "the first epoch")
        shown = [process for process in server.children() if words[-1] in process.cmdline()]
        assert shown, "it runs on the other side"
        faults.inject()
        cut_off(cut, terminal, server)
        until(lambda: not any(alive(process) for process in shown), "what was shown to end", 30)
        terminal.kill()
        goes_on(place)
    finally:
        end_all(place.session.paths)
    whole(place.session.paths)


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
