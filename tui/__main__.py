"""`labtop [experiments.toml]`: the console."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tui.options import QUEUE_FILE, Options

DUMB = "labtop needs a terminal that can place its cursor. Without one: engine run {file}, engine status, engine attach"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the console to its end. Returns the exit code."""
    asked = parser().parse_args(arguments)
    file = asked.file or QUEUE_FILE
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown", "") or not (sys.stdin.isatty() and sys.stderr.isatty()):
        print(DUMB.format(file=file), file=sys.stderr)  # noqa: T201
        return 3
    # A key waits for the next frame, twice where one thing leads to another: at 60 frames a second that can be felt.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    # While another thread reads or loads, keys wait for it this long, several times each.
    sys.setswitchinterval(0.0005)
    # Nothing that is loaded now is ever garbage: looking for some would only take time.
    gc.disable()
    from tui.app import Labtop  # noqa: PLC0415 - Textual: what a refusal and --help need not load

    plain = asked.ascii or not (sys.stdout.encoding or "").lower().startswith("utf")
    app = Labtop(Options(file, read_only=asked.read_only, ascii=plain))
    from tui.terminal import end_at_once  # noqa: PLC0415

    end_at_once(app.keep_draft)
    app.run()
    print(app.farewell, file=sys.stderr) if app.farewell else None  # noqa: T201
    return app.return_code or 0


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    found = argparse.ArgumentParser(prog="labtop", description="An experiment console for the terminal.")
    found.add_argument("file", nargs="?", type=Path, help="the queue file, or a store; ./experiments.toml unless named")
    found.add_argument("--read-only", action="store_true", help="look only: nothing is edited, asked for or noted")
    found.add_argument("--ascii", action="store_true", help="draw with ASCII characters alone")
    return found


if __name__ == "__main__":
    sys.exit(main())
