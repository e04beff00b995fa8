"""What each module loads, seen in a fresh interpreter: names are cheap, TensorFlow is dear."""

import json
import pkgutil
import subprocess
import sys

import pytest

import engine
import tui

HEAVY = ("tensorflow", "keras")
# Modules that a command which only reads must do without: each costs a person 0.1 s or more.
SLOW = (*HEAVY, "numpy", "pydantic", "plotext", "pynvml", "textual")
CHECK = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
print(json.dumps([name for name in sys.modules]))
"""


def modules(package):
    return [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.") if not m.name.endswith("__main__")]


def loaded(module):
    out = subprocess.run([sys.executable, "-c", CHECK, module], capture_output=True, text=True, check=True)
    return set(json.loads(out.stdout))


LIGHT = [
    name
    for name in modules(engine) + modules(tui)
    if not name.startswith(("engine.training.", "engine.zoo.")) or name == "engine.training.inspect"
]


@pytest.mark.parametrize("module", LIGHT)
def test_no_front_end_and_no_runner_loads_tensorflow(module):
    found = loaded(module)
    assert not found & set(HEAVY)
    assert not any(name.startswith("engine.training") for name in found if name != module) or module.startswith(
        "engine.training"
    )


@pytest.mark.parametrize("module", ["engine.session", "engine.cli.main", "engine.results.leaderboard", "engine.run.inbox"])
def test_what_every_command_starts_with_is_light(module):
    assert not loaded(module) & set(SLOW)
