"""The commands that queue files ask for at their end: each is started once, and none where somebody ended the queue."""

import logging
import subprocess
from collections.abc import Mapping, Sequence

from engine.record.ledger import Ledger
from engine.record.paths import StorePaths
from engine.run import process
from engine.run.inbox import Request

log = logging.getLogger("runner")

# By queue file: the submission that allowed the command, and the command.
COMMANDS = "commands"


def asked(ledger: Ledger) -> Mapping[str, tuple[str, str]]:
    """The commands that are to be started once the queue has ended."""
    return {file: (request, command) for file, (request, command) in ledger.recall(COMMANDS, {}).items()}


def ask(ledger: Ledger, file: str, request: str, command: str) -> None:
    """A queue file that was handed in asks for a command, or for none; what others ask for stays."""
    commands = {name: found for name, found in asked(ledger).items() if name != file}
    ledger.remember(COMMANDS, commands | ({file: (request, command)} if command else {}))


def drop(ledger: Ledger, file: str) -> None:
    """Somebody ended what a queue file asked for: it has not come to its end."""
    ask(ledger, file, "", "")


def drop_at_rest(ledger: Ledger) -> None:
    """Where nothing runs on or waits any more, somebody has ended the whole queue."""
    if not ledger.goes_on():
        ledger.remember(COMMANDS, {})


def finish(ledger: Ledger, request: Request) -> None:
    """The runner's own request: what these submissions asked for is started, or not worth it, and never again."""
    over = set(request.arguments["submissions"])
    ledger.remember(COMMANDS, {file: found for file, found in asked(ledger).items() if found[0] not in over})


def start(commands: Sequence[str], paths: StorePaths) -> None:
    """Start commands that nobody waits for."""
    for command in commands:
        begin(command, paths)


def begin(command: str, paths: StorePaths) -> subprocess.Popen[bytes] | None:
    """Start one command; None, and a word in the log, where it cannot be started."""
    log.info("on_finish: %s", command)
    try:
        return process.run_command(command, paths)
    except OSError as error:
        log.warning("on_finish cannot be started: %s", error)
        return None
