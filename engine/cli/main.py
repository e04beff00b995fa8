"""Entry of the `engine` script. What is slow to load is loaded once signals and streams are as they must be."""

import signal
import sys
from collections.abc import Sequence


def call(arguments: Sequence[str]) -> int:
    """Run one command line. Returns its exit code; whatever a person can cause is told on stderr."""
    from engine.cli import calling  # noqa: PLC0415 - loads Typer: 0.1 s

    return calling.call(arguments)


def main() -> None:
    """Run the command line of this process, and exit with its code."""
    # A reader that has seen enough (`engine ... | head`) ends this command as it ends any other, without a word.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    # And so does Ctrl-C while nothing has begun yet, where Python would tell what it was about to import.
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from engine.cli import calling, streams  # noqa: PLC0415 - loads Typer: 0.1 s

    streams.prepare()
    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    code = calling.call(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)


if __name__ == "__main__":
    main()
