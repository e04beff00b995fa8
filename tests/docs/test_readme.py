"""What README and the shipped files say is what the program does."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.cli.index import VERBS
from engine.cli.main import call
from engine.plan import queuefile, schema, sweep
from engine.plan.editor import written
from engine.plan.experiment import ExperimentFields, allowed
from engine.plan.settings import Settings
from tui.app import Labtop
from tui.keys import USUAL
from tui.options import Options
from tui.screens.choices import unusable
from tui.screens.help import bindings, sections
from tui.screens.tabs import TABS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def fences(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def table_row(first):
    return next(line for line in README.splitlines() if line.startswith(f"| `{first}` |"))


@pytest.mark.parametrize("model", [Settings, ExperimentFields])
def test_every_field_stands_in_its_table_with_default_range_and_help(model):
    for name, field in model.model_fields.items():
        default = "" if field.is_required() else f"`{written(field.get_default(call_default_factory=True))}`"
        assert table_row(name) == f"| `{name}` | {default} | {allowed(model, name)} | {field.description} |"


def test_the_queue_file_that_readme_shows_is_one(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "letters.npz").touch()
    text = fences("toml")[0]
    queue = queuefile.parse(text, tmp_path / "experiments.toml")
    assert [sweep.count(experiment) for experiment in queue.experiments] == [8, 1]
    assert not queue.warnings


def test_every_command_is_told_and_every_told_one_exists_with_its_options(capsys):
    told = re.findall(r"`engine (\w+)", "\n".join(line for line in README.splitlines() if line.startswith("| `engine")))
    assert sorted(set(told)) == sorted(VERBS)
    for verb in VERBS:
        lines = [
            line
            for line in README.splitlines()
            if re.match(rf"^\| `engine {verb}\b", line) and "`, `engine" not in line
        ]
        options = {option for line in lines for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", line)}
        assert call([verb, "--help"]) == 0
        helped = capsys.readouterr().out
        assert {option for option in options if option not in helped} == set()


def test_make_has_the_targets_that_readme_names():
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"^\$ make (\w+)|`make (\w+)`", README, re.MULTILINE)):
        assert re.search(rf"^{''.join(target)}:", makefile, re.MULTILINE)
    assert "make check test" in (ROOT / ".ci/run").read_text()


def test_the_choices_that_readme_shows_can_be_made(tmp_path):
    (tmp_path / "config.toml").write_text(fences("toml")[1])
    app = Labtop(Options(Path("experiments.toml")), tmp_path / "config.toml")
    assert app.kept.problem == "" and unusable(app, app.kept.config) == ""
    assert app.kept.config.bell and app.theme == "labtop-light" and "queue.run" in app.kept.config.keys


def test_every_key_of_the_console_stands_in_its_table():
    app = Labtop(Options(Path("experiments.toml")), ROOT / "no settings of a person")
    for title, keys in sections(app):
        told = " · ".join(f"{' '.join(f'`{key}`' for key in shown.split())} {words}" for shown, words in keys)
        assert f"| {title} | {told} |" in README.splitlines()


def test_words_that_speak_of_a_key_speak_of_the_one_that_does_it():
    app = Labtop(Options(Path("experiments.toml")), ROOT / "no settings of a person")
    keys = {binding.id: binding for _, found in bindings(app) for binding in found if binding.id}
    for name, usual in USUAL.items():
        key = keys[name].key.split(",")[0]
        assert usual in (key, app.get_key_display(keys[name].with_key(key, None))), name


def test_the_pictures_are_whole_and_of_every_tab():
    for name in TABS:
        picture = ElementTree.parse(ROOT / "docs" / f"{name.lower()}.svg").getroot()
        words = "".join(picture.itertext()).replace("\N{NO-BREAK SPACE}", " ")
        assert f"{TABS.index(name) + 1} {name}]" in words
        assert "error" not in words.lower()
    assert {f"docs/{name}.svg" for name in ("queue", "leaderboard")} <= set(re.findall(r"\]\(([^)]+)\)", README))


def test_links_lead_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_shipped_queue_file_is_whole_and_names_its_schema():
    queue = queuefile.read(ROOT / "experiments.toml")
    assert not queue.warnings
    counts = {experiment.name: sweep.count(experiment) for experiment in queue.experiments}
    assert counts == {"quick": 4, "compact": 1, "bn-dropout-grid": 6, "final-10": 10}
    ids = [job.id for experiment in queue.experiments for job in sweep.jobs(experiment)]
    assert len(set(ids)) == 21
    assert queue.text.startswith("#:schema ./docs/experiments.schema.json")
    assert json.loads((ROOT / "docs/experiments.schema.json").read_text()) == schema.json_schema()
