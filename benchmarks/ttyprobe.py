"""Drive a terminal program on a real pseudo-terminal and measure what a person would feel.

    python -m benchmarks.ttyprobe [--size 120x40] [--term xterm-256color] STEP ... -- COMMAND ...

Steps, carried out in order, each reported as one JSON line with seconds since the step began:

    wait:TEXT       until TEXT stands on the screen (fails after --timeout seconds)
    gone:TEXT       until it no longer stands there
    key:NAME        send a key: a character, or up down left right enter esc tab backspace ctrl+x f1
    press:NAME:TEXT send a key, and time until TEXT stands on the screen, as paint_s (fails if it stands there already)
    type:TEXT       send text as typed
    idle:SECONDS    wait; report bytes received per second, and the process tree's CPU share and memory
    resize:WxH      change the window's size
    shot            print the screen
    hup             close the terminal; report how long the program lives on
    kill            kill -9 the program

Exit status 0 if every step held, 1 otherwise.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.terminal import Terminal, cpu_seconds, memory_bytes

Report = dict[str, Any]
Step = Callable[[Terminal, str, float], Report]


def wait(terminal: Terminal, text: str, timeout: float) -> Report:
    """Until a text is there."""
    return {"ok": terminal.until(text, timeout) is not None}


def gone(terminal: Terminal, text: str, timeout: float) -> Report:
    """Until a text is no longer there."""
    return {"ok": terminal.until(text, timeout, present=False) is not None}


def press(terminal: Terminal, words: str, timeout: float) -> Report:
    """A key, and what it is to bring."""
    key, _, text = words.partition(":")
    terminal.pump(0.02)
    if terminal.shows(text):
        return {"ok": False, "paint_s": None}
    terminal.press(key)
    painted = terminal.until(text, timeout)
    return {"ok": painted is not None, "paint_s": None if painted is None else round(painted, 4)}


def send_key(terminal: Terminal, key: str, _: float) -> Report:
    """A key, whatever it does."""
    terminal.press(key)
    terminal.pump(0.05)
    return {"ok": True}


def send_text(terminal: Terminal, text: str, _: float) -> Report:
    """Text, as typed."""
    terminal.type(text.encode())
    terminal.pump(0.05)
    return {"ok": True}


def idle(terminal: Terminal, words: str, _: float) -> Report:
    """Nothing; what does the program do?"""
    seconds, before, processes = float(words), terminal.received, terminal.processes()
    cpu = cpu_seconds(processes)
    terminal.rest(seconds)
    return {
        "ok": True,
        "bytes_per_s": round((terminal.received - before) / seconds, 1),
        "cpu_share": round((cpu_seconds(processes) - cpu) / seconds, 4),
        "rss_mib": round(memory_bytes(processes) / 2**20, 1),
    }


def resize(terminal: Terminal, words: str, _: float) -> Report:
    """Another window."""
    terminal.resize(*map(int, words.split("x")))
    terminal.pump(0.2)
    return {"ok": True}


def shot(terminal: Terminal, _: str, __: float) -> Report:
    """The screen as text."""
    print("\n".join(terminal.screen.display))
    return {"ok": True}


def hup(terminal: Terminal, _: str, timeout: float) -> Report:
    """The terminal goes; does the program?"""
    begun = time.perf_counter()
    terminal.hang_up()
    while terminal.alive():
        if time.perf_counter() - begun > timeout:
            return {"ok": False}
        time.sleep(0.02)
    return {"ok": True}


def kill(terminal: Terminal, _: str, __: float) -> Report:
    """At once."""
    terminal.kill()
    return {"ok": True}


STEPS: dict[str, Step] = {
    "wait": wait,
    "gone": gone,
    "press": press,
    "key": send_key,
    "type": send_text,
    "idle": idle,
    "resize": resize,
    "shot": shot,
    "hup": hup,
    "kill": kill,
}


def run_step(terminal: Terminal, step: str, timeout: float) -> Report:
    """Carry out one step. Raises SystemExit where there is none of that name."""
    name, _, words = step.partition(":")
    if name not in STEPS:
        raise SystemExit(f"ttyprobe: no such step: {step}")
    begun = time.perf_counter()
    report: Report = {"step": step, **STEPS[name](terminal, words, timeout)}
    report["s"] = round(time.perf_counter() - begun, 4)
    report["since_start"] = round(time.perf_counter() - terminal.started, 4)
    report["bytes"] = terminal.received
    return report


def main() -> int:
    """Carry out the steps of the command line, as far as they hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="120x40")
    parser.add_argument("--term", default="xterm-256color")
    parser.add_argument("--timeout", type=float, default=20.0)
    parser.add_argument("--raw", type=Path, help="write every byte received to this file")
    parser.add_argument("steps", nargs="+")
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options = parser.parse_args(sys.argv[1:split])
    command = sys.argv[split + 1 :]
    if not command:
        parser.error("no command after --")
    columns, rows = map(int, options.size.split("x"))
    terminal = Terminal(command, columns, rows, env={**os.environ, "TERM": options.term})
    held = True
    for step in options.steps:
        report = run_step(terminal, step, options.timeout)
        print(json.dumps(report), flush=True)
        if not report["ok"]:
            held = False
            print("\n".join(terminal.screen.display), file=sys.stderr)
            break
    if options.raw:
        options.raw.write_bytes(b"".join(chunk.data for chunk in terminal.chunks))
    terminal.close()
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
