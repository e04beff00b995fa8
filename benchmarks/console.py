"""How the console feels on a real terminal of 120 x 40: its start, its keys, what it sends, what it takes.

python -m benchmarks.console [PART …]: all of it, or some of start, keys, three, idle, curves, memory, large. Each is
measured ROUNDS times (an environment variable, 3 unless set).
"""

import os
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import console_store
from benchmarks.console_keys import lap, walk
from benchmarks.console_start import start
from benchmarks.measure import Figure, in_turns, row
from benchmarks.terminal import Terminal, cpu_seconds, memory_bytes

ROUNDS = int(os.environ.get("ROUNDS", "3"))
ROOT = Path(__file__).resolve().parent.parent
COLUMNS, ROWS = 120, 40
JOBS = 1_000
LARGE = 100_000
MIB = 1 << 20
# Seconds that a console is left alone before it is measured, and that what it does by itself is measured.
SETTLE, WATCH = 4.0, 30.0
FULL = ("100x10", "1,000 jobs, 1,000 done", "hidden_units=320  ●", "▁", "0 running  0 queued  1,000 done", "? help")
LOCKED = ("store is busy", "cannot be read now", "waiting:")
HEADER = "| what | median (spread) | reach | |\n|---|---|---|---|"


def environment(folder: Path) -> dict[str, str]:
    """The same for every program: a terminal with colours, and none of the person's own choices."""
    paths = {name: str(folder / "config") for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    told = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT), **paths}
    return {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | told


@contextmanager
def opened(folder: Path, *command: str) -> Iterator[Terminal]:
    """A program in `folder`, by default the console of its queue file."""
    words = command or ("-P", "-m", "tui", "experiments.toml")
    terminal = Terminal([sys.executable, *words], COLUMNS, ROWS, env=environment(folder), folder=folder)
    try:
        yield terminal
    finally:
        terminal.close()


@contextmanager
def settled(folder: Path, text: str) -> Iterator[Terminal]:
    """A console that shows `text`, and has been left alone for a while."""
    with opened(folder) as terminal:
        if terminal.until(text, 120.0) is None:
            raise RuntimeError(f"the console does not show {text}\n" + "\n".join(terminal.screen.display))
        terminal.rest(SETTLE)
        yield terminal


@contextmanager
def store(jobs: int, epochs: int, live: tuple[int, int] | None = None) -> Iterator[Path]:
    """A folder with a queue file and its store; `live` says how many of how many epochs four more jobs have done."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        console_store.finished(folder, jobs, epochs)
        if live is None:
            yield folder
            return
        console_store.add_live(folder, *live)
        with console_store.trained(folder, live[1]):
            yield folder


def line(what: str, values: Sequence[float], unit: str, reach: float, decimals: int = 1) -> str:
    """One line of the table."""
    low, middle, high = (f"{value:,.{decimals}f}" for value in (min(values), statistics.median(values), max(values)))
    held = "reached" if statistics.median(values) <= reach else "MISSED"
    return f"| {what} | {middle} {unit} ({low} to {high}) | <= {reach:g} {unit} | {held} |"


def tell(what: str, number: int, value: object) -> None:
    """Progress, beside the table."""
    print(f"  {number + 1}/{ROUNDS} {what}: {value}", file=sys.stderr, flush=True)


# the parts


def first_paint() -> list[str]:
    """From the start to the first whole screen, against the barest of Textual's programs, by turns."""

    def ours(folder: Path) -> float:
        with opened(folder) as terminal:
            return start(terminal, FULL).full

    def bare() -> float:
        with opened(ROOT, "-m", "benchmarks.console_bare") as terminal:
            return start(terminal, ["Queue", "palette"]).full

    with store(JOBS, 100) as folder:
        ours(folder), bare()  # what is read from disk is read by now
        found: dict[str, Figure] = in_turns({"bare": bare, "labtop": lambda: ours(folder)}, ROUNDS)
    what = "start to first full paint, 1,000 jobs; a bare Textual program"
    return [
        "| what | labtop | other | ratio | reach | |\n|---|---|---|---|---|---|",
        row(what, found["labtop"], found["bare"], 1.6),
    ]


def keys(epochs: int, consoles: int, what: str) -> list[str]:
    """The slowest but five in a hundred of two hundred keys, while four jobs are trained."""
    taken, locked = [], 0
    with store(JOBS, epochs, (10, 1_000)) as folder:
        for number in range(ROUNDS):
            with ExitStack() as open_ones:
                terminal = open_ones.enter_context(settled(folder, "4 running"))
                others = [open_ones.enter_context(settled(folder, "4 running")) for _ in range(consoles - 1)]
                for place, other in enumerate(others):
                    other.press("23"[place % 2])
                times, errors = watched(terminal, others, number)
            taken.append(1000 * statistics.quantiles(times, n=100, method="inclusive")[94])
            locked += errors
            longest, middle = 1000 * max(times), 1000 * statistics.median(times)
            tell(what, number, f"p95 {taken[-1]:.1f} ms, median {middle:.1f} ms, longest {longest:.0f} ms")
        locked += sum((folder / "runs/runner.log").read_text("utf-8").count(word) for word in LOCKED)
    lines = [line(f"{what}: p95", taken, "ms", 50)]
    return [*lines, line(f"{what}: lock errors", [locked], "", 0, 0)] if consoles > 1 else lines


def watched(terminal: Terminal, others: Sequence[Terminal], seed: int) -> tuple[list[float], int]:
    """The times of two laps in one console, and how often any of them spoke of a locked store."""
    over = threading.Event()

    def drain(other: Terminal) -> None:
        while not over.is_set():
            other.pump(0.1, draw=False)

    threads = [threading.Thread(target=drain, args=(other,), daemon=True) for other in others]
    for thread in threads:
        thread.start()
    try:
        times = walk(terminal, [*lap(), *lap()], seed)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    said = b"".join(chunk.data for each in (terminal, *others) for chunk in each.chunks).decode("utf-8", "replace")
    return times, sum(said.count(word) for word in LOCKED)


def idle() -> list[str]:
    """What goes over the line, and over the processor, while nothing happens."""
    sent, used = [], []
    with store(JOBS, 100) as folder:
        for number in range(ROUNDS):
            with settled(folder, FULL[1]) as terminal:
                before, cpu, processes = terminal.received, cpu_seconds(terminal.processes()), terminal.processes()
                terminal.rest(WATCH)
                sent.append((terminal.received - before) / WATCH)
                used.append(100 * (cpu_seconds(processes) - cpu) / WATCH)
            tell("idle", number, f"{sent[-1]:.1f} bytes a second, {used[-1]:.2f} % of a processor")
    return [line("idle: sent", sent, "bytes/s", 0), line("idle: processor", used, "%", 1, 2)]


def curves() -> list[str]:
    """What four growing curves, all shown, send over the line."""
    sent = []
    with store(JOBS, 100, (10, 200)) as folder:
        for number in range(ROUNDS):
            with settled(folder, "4 running") as terminal:
                for key in ("2", "space", "j", "space", "j", "space", "j", "space"):
                    terminal.press(key)
                    terminal.rest(0.7)
                terminal.rest(SETTLE)
                before = terminal.received
                terminal.rest(WATCH)
                sent.append((terminal.received - before) / WATCH / 1024)
            tell("curves", number, f"{sent[-1]:.2f} KiB a second")
    return [line("Curves, four live jobs marked, an epoch a second each: sent", sent, "KiB/s", 4, 2)]


def memory(jobs: int, epochs: int, reach: float) -> list[str]:
    """What the console holds once every tab was looked at."""
    held = []
    with store(jobs, epochs) as folder:
        for number in range(ROUNDS):
            with settled(folder, f"{jobs:,} done") as terminal:
                for key in "23451":
                    terminal.press(key)
                    terminal.rest(SETTLE)
                held.append(memory_bytes(terminal.processes()) / MIB)
            tell(f"memory at {jobs:,}", number, f"{held[-1]:.1f} MiB")
    return [line(f"memory at {jobs:,} jobs, every tab seen", held, "MiB", reach)]


PARTS: dict[str, Callable[[], list[str]]] = {
    "start": first_paint,
    "keys": lambda: [HEADER, *keys(100, 1, "200 keys, 1,000 jobs x 100 epochs, four live")],
    "three": lambda: keys(1_000, 3, "200 keys, 1,000 jobs x 1,000 epochs, four live, three consoles"),
    "idle": idle,
    "curves": curves,
    "memory": lambda: memory(JOBS, 100, 120),
    "large": lambda: memory(LARGE, 30, 250),
}


def main() -> None:
    """Print the table."""
    for name in sys.argv[1:] or PARTS:
        print("\n".join(PARTS[name]()), flush=True)


if __name__ == "__main__":
    main()
