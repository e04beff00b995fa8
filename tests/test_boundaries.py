"""What each module loads, seen from a fresh interpreter: names are cheap, TensorFlow is dear."""

import json
import pkgutil
import subprocess
import sys

import pytest

import engine
import tui

HEAVY = {"tensorflow", "keras"}
# What a command that only reads must do without: each costs a person 0.1 s or more.
SLOW = HEAVY | {"numpy", "plotext", "pynvml", "textual", "engine.plan.settings"}
# What none of these tests is about, and what nearly every module would load again.
SHARED = "import pydantic, scipy.stats, textual.app, textual.widgets, typer"
# One interpreter forks a child for each module, which imports it and tells what came along.
LOOK = """
import importlib, json, os, sys
for name in sys.argv[1:]:
    reading, writing = os.pipe()
    if not os.fork():
        try:
            importlib.import_module(name)
            told = list(sys.modules)
        except BaseException as error:
            told = [f"{type(error).__name__}: {error}"]
        with os.fdopen(writing, "w") as pipe:
            json.dump(told, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        print(json.dumps([name, json.load(pipe)]), flush=True)
    os.wait()
"""


def names(package):
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [module.name for module in found if not module.name.endswith("__main__")]


def look(modules, shared=""):
    """What each of the modules brings along besides `shared`, by its name."""
    command = [sys.executable, "-c", f"{shared}\n{LOOK}", *modules]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {name: set(found) for name, found in map(json.loads, told.splitlines())}


@pytest.fixture(scope="module")
def loaded():
    """What each module of the front ends and the runner brings along, by its name."""
    everything = [*names(engine), *names(tui)]
    light = [name for name in everything if not name.startswith(("engine.training.", "engine.zoo."))]
    return look([*light, "engine.training.inspect"], SHARED)


def test_every_module_can_be_imported_alone(loaded):
    assert {name: modules for name, modules in loaded.items() if name not in modules} == {}


def test_no_front_end_and_no_runner_loads_tensorflow(loaded):
    assert {name: modules & HEAVY for name, modules in loaded.items() if modules & HEAVY} == {}


def test_nobody_loads_the_training(loaded):
    for name, modules in loaded.items():
        if not name.startswith("engine.training"):
            assert not [module for module in modules if module.startswith("engine.training.")], name


def test_what_every_command_starts_with_is_light():
    started = look(["engine.session", "engine.cli.main", "engine.results.leaderboard", "engine.run.inbox"])
    assert {name: modules & SLOW for name, modules in started.items() if modules & SLOW} == {}


def test_the_console_is_on_the_screen_before_what_is_slow_is_loaded():
    assert look(["tui.app"])["tui.app"] & (SLOW - {"textual"}) == set()
