"""errors, churn, missed, map and report over jobs whose answers were written down by hand."""

import json
import tomllib
from pathlib import Path

import pytest

from engine.plan import queuefile, sweep
from engine.plan.jobs import Job
from engine.plan.settings import DEFAULTS
from engine.record.ledger import Ledger, Wish
from tests.builders import done, epoch, started, tell
from tests.cli.conftest import Engine
from tests.cli.stored import trained
from tests.results.predictions_made import said, wrong_at

TRUE = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
# What each job of the grid gets wrong: sample 3 always, 4 with dropout 0.3, 5 with tanh.
ANSWERS = {
    (0.1, "relu"): {3: 8},
    (0.1, "tanh"): {3: 8, 5: 6},
    (0.3, "relu"): {3: 5, 4: 9},
    (0.3, "tanh"): {3: 8, 4: 9, 5: 6},
}
COMMON = {"model": "mlp", "early_stopping": False}


@pytest.fixture
def grid(ledger: Ledger) -> dict[tuple[float, str], str]:
    return {
        (dropout, activation): trained(
            ledger, "grid", wrong_at(TRUE, wrong), dropout=dropout, activation=activation, **COMMON
        )
        for (dropout, activation), wrong in ANSWERS.items()
    }


def test_errors_in_json_are_whole(engine: Engine, grid: dict[tuple[float, str], str]) -> None:
    told = json.loads(engine("errors", grid[0.3, "tanh"], "--json").out)
    assert (told["version"], told["dataset"], told["n"], told["wrong"], told["accuracy"]) == (1, "mnist", 10, 3, 0.7)
    assert told["matrix"][3] == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert told["classes"][8] == {
        "class": 8, "true": 1, "predicted": 2, "right": 1, "precision": 0.5, "recall": 1.0, "f1": 2 / 3
    }  # fmt: skip
    assert {(each["true"], each["predicted"]) for each in told["confusions"]} == {(3, 8), (4, 9), (5, 6)}
    assert told["calibration"]["error"] == pytest.approx(0.05)
    assert told["calibration"]["overconfidence"] == pytest.approx(0.05)
    assert [each["index"] for each in told["mistakes"]] == [3, 4, 5]


def test_errors_in_text_fit_a_terminal_and_show_pictures(engine: Engine, grid: dict[tuple[float, str], str]) -> None:
    told = engine("errors", grid[0.3, "tanh"], "--limit", "1", "--style", "ascii")
    assert "3 of 10 wrong, accuracy 0.70000" in told.out
    assert "True: 3, Pred: 8  0.75 #3" in told.out.replace("\n", "  ").replace("    ", "  ")
    assert "Pred: 9" not in told.out
    assert "expected calibration error 0.0500: surer than right by 0.0500 overall" in told.out
    assert max(map(len, told.out.splitlines())) <= 80


def test_many_classes_are_told_in_pairs(engine: Engine, ledger: Ledger) -> None:
    true = list(range(60))
    job = trained(ledger, "wide", wrong_at(true, {7: 8}), **COMMON)
    assert "1 x  7 taken for 8" in engine("errors", job).out


def test_churn_tells_what_a_mends_and_breaks(engine: Engine, grid: dict[tuple[float, str], str]) -> None:
    told = json.loads(engine("churn", grid[0.1, "tanh"], grid[0.3, "relu"], "--json").out)
    assert [each["index"] for each in told["mended"]] == [4]
    assert [each["index"] for each in told["broken"]] == [5]
    assert told["mended"][0]["taken"] == [{"predicted": 9, "count": 1}]
    assert (told["both_wrong"], told["both_right"], told["p"]) == (1, 7, 1.0)
    assert told["a"]["accuracy"] == told["b"]["accuracy"] == 0.8
    text = engine("churn", grid[0.1, "tanh"], grid[0.3, "relu"], "--style", "ascii").out
    assert "they differ in 2 samples of 10; McNemar's exact test: p = 1" in text
    assert "       1  A mends: right in A, wrong in B" in text
    assert "mended: A right, B wrong" in text


def test_configurations_answer_by_majority(engine: Engine, ledger: Ledger, grid: dict[tuple[float, str], str]) -> None:
    settings = {"dropout": 0.1, "activation": "relu"} | COMMON
    for seed, wrong in ((1, {3: 8, 0: 9}), (2, {0: 9})):
        trained(ledger, "more", wrong_at(TRUE, wrong), seed, **settings)
    told = json.loads(engine("churn", grid[0.1, "relu"], grid[0.1, "tanh"], "--by", "config", "--json").out)
    assert len(told["a"]["job_ids"]) == 3
    # Sample 0 is missed by two repeats of three, sample 3 by two of three.
    assert told["a"]["accuracy"] == 0.8
    assert [each["index"] for each in told["broken"]] == [0]
    assert (told["broken"][0]["missed"], told["broken"][0]["jobs"]) == (2, 3)
    lines = engine("churn", grid[0.1, "relu"], grid[0.1, "tanh"], "--by", "config").out.splitlines()
    assert lines[0].startswith("A  0.80000  majority of 3 jobs: grid ")
    assert "majority" not in lines[1]
    more = json.loads(engine("churn", "more", grid[0.1, "tanh"], "--json").out)
    assert len(more["a"]["job_ids"]) == 2
    assert "several configurations" in engine("churn", "grid", "more").err


def test_other_test_sets_are_refused(engine: Engine, ledger: Ledger, grid: dict[tuple[float, str], str]) -> None:
    fashion = trained(ledger, "f", wrong_at(TRUE, {}), dataset="fashion_mnist", **COMMON)
    moved = trained(ledger, "m", wrong_at(TRUE[::-1], {}), dropout=0.6, **COMMON)
    told = engine("churn", grid[0.1, "relu"], fashion)
    assert (told.code, told.out) == (2, "")
    assert "A was tested on mnist and B on fashion_mnist" in told.err
    assert "different states of mnist" in engine("churn", grid[0.1, "relu"], moved).err


@pytest.fixture
def changed(ledger: Ledger) -> list[str]:
    """Two seeds on a data set of one's own, and the same two once its content was another."""
    own = "data/own.npz"
    return [
        trained(ledger, "own", wrong_at(true, wrong), seed, {own: state * 64}, dataset=own, **COMMON)
        for state, true, wrong in (("a", TRUE, {3: 1, 4: 1}), ("b", TRUE[::-1], {5: 6}))
        for seed in range(2)
    ]


def test_states_of_a_data_set_are_never_put_together(engine: Engine, changed: list[str]) -> None:
    board = json.loads(engine("leaderboard", "--json").out)["rows"]
    assert [(row["n"], row["test_accuracy"]["mean"], row["data_sha256"][:2]) for row in board] == [
        (2, 0.8, "aa"),
        (2, 0.9, "bb"),
    ]
    text = engine("leaderboard").out
    assert "data/own.npz (aaaaaaaa), ranked by" in text
    assert "data/own.npz (bbbbbbbb), ranked by" in text
    header, *lines = engine("leaderboard", "--csv", "-").out.splitlines()
    place = header.split(",").index("data")
    assert [line.split(",")[place] for line in lines] == ["a" * 8, "b" * 8]
    assert "### data/own.npz (bbbbbbbb)" in engine("leaderboard", "--md").out
    told = engine("report", "own")
    assert "2 jobs of another state of data/own.npz are left out" in told.out
    assert told.out.count("### data/own.npz") == 1
    assert "several states of their data set or code" in engine("churn", changed[0], "own").err
    both = json.loads(engine("churn", changed[0], changed[1], "--by", "config", "--json").out)
    assert both["a"]["job_ids"] == both["b"]["job_ids"] == changed[:2]
    heads = [line for line in engine("missed").out.splitlines() if line.startswith("data/own.npz")]
    assert len({head.partition(":")[0] for head in heads}) == 2, "two states have two heads"


def test_missed_tells_the_hardest_first(engine: Engine, grid: dict[tuple[float, str], str]) -> None:
    [tested] = json.loads(engine("missed", "--json").out)["test_sets"]
    assert (tested["dataset"], tested["n"], tested["jobs"]) == ("mnist", 10, 4)
    assert [(each["index"], each["missed"]) for each in tested["missed"]] == [(3, 4), (4, 2), (5, 2)]
    assert tested["missed"][0]["taken"] == [{"predicted": 8, "count": 3}, {"predicted": 5, "count": 1}]
    text = engine("missed", "--at-least", "4", "--style", "ascii").out
    assert "mnist: 1 of 10 samples missed by all of 4 jobs" in text
    for part in ("True: 3", "#3", "4 of 4 miss it", "8 x3, 5 x1"):
        assert part in text
    [two] = json.loads(engine("missed", grid[0.1, "relu"], grid[0.1, "tanh"], "--json").out)["test_sets"]
    assert [(each["index"], each["missed"]) for each in two["missed"]] == [(3, 2), (5, 1)]
    assert "allowed: 1 to 4" in engine("missed", "--at-least", "5").err


def test_data_sets_are_told_apart_and_what_is_lost_is_said(
    engine: Engine, ledger: Ledger, grid: dict[tuple[float, str], str]
) -> None:
    trained(ledger, "f", wrong_at(TRUE, {0: 1}), dataset="fashion_mnist", **COMMON)
    ledger.paths.job(grid[0.1, "relu"]).predictions.unlink()
    told = engine("missed", "--json")
    sets = json.loads(told.out)["test_sets"]
    assert [(each["dataset"], each["jobs"]) for each in sets] == [("mnist", 3), ("fashion_mnist", 1)]
    assert f"1 job left out, whose predictions cannot be read: {grid[0.1, 'relu'][:8]}" in told.err
    assert engine("errors", grid[0.1, "relu"]).code == 3


def test_a_picture_that_no_job_kept_is_said_to_be_missing(
    engine: Engine, ledger: Ledger, grid: dict[tuple[float, str], str]
) -> None:
    for job_id in grid.values():
        ledger.paths.job(job_id).mistakes.unlink()
    told = engine("missed", "--at-least", "4")
    assert "(no picture is on disk)" in told.out
    assert "4 of 4 miss it" in told.out


def test_the_map_has_means_counts_and_states(engine: Engine, grid: dict[tuple[float, str], str]) -> None:
    told = json.loads(engine("map", "grid", "--json").out)
    assert (told["down"], told["across"]) == ("dropout", "activation")
    means = [[cell["mean"] for cell in line] for line in told["cells"]]
    assert means == [[pytest.approx(0.9), pytest.approx(0.8)], [pytest.approx(0.8), pytest.approx(0.7)]]
    assert {each["field"] for each in told["effects"]["fields"]} == {"activation", "dropout"}
    assert [each["spread"] for each in told["effects"]["fields"]] == [pytest.approx(0.1)] * 2
    assert told["run"] is None
    lines = engine("map", "grid").out.splitlines()
    assert lines[0] == "grid: mean test_accuracy"
    assert lines[2].split()[0] == "0.1"
    assert "0.90000 1/1 +" in lines[2]


def test_the_map_names_the_command_that_runs_what_is_left(
    engine: Engine, ledger: Ledger, grid: dict[tuple[float, str], str], folder: Path, obedient: None
) -> None:
    (folder / "experiments.toml").write_text(
        (folder / "experiments.toml").read_text().replace("[0.1, 0.3]", "[0.1, 0.3, 0.5]")
    )
    told = engine("map", "grid")
    assert "          . 0/1 -" in told.out
    assert "never run" in told.out
    command = "engine run experiments.toml --only grid --retry-failed"
    assert told.err == f"2 jobs missing or failed: {command} trains them\n"
    document = json.loads(engine("map", "grid", "--json").out)
    assert document["run"] == command
    missing = engine("map", "grid", "--missing").out.splitlines()
    [experiment] = [each for each in queuefile.read(Path("experiments.toml")).experiments if each.name == "grid"]
    wanted = [job.id for job in sweep.jobs(experiment)]
    assert [line.split()[0] for line in missing] == [job_id for job_id in wanted if job_id not in grid.values()]
    assert engine(*command.split()[1:], "--dry-run").code == 0


def test_what_is_missing_at_a_fixed_value_is_counted_apart(
    engine: Engine, ledger: Ledger, grid: dict[tuple[float, str], str], folder: Path, obedient: None
) -> None:
    (folder / "experiments.toml").write_text(
        (folder / "experiments.toml").read_text().replace("[0.1, 0.3]", "[0.1, 0.3, 0.5]")
    )
    told = engine("map", "grid", "--missing", "--fix", "activation=tanh")
    assert len(told.out.splitlines()) == 1
    command = "engine run experiments.toml --only grid --retry-failed"
    assert told.err == f"1 job missing or failed here, 2 in the whole sweep: {command} trains them\n"


def test_jobs_of_another_version_lack_a_setting_and_are_drawn(
    engine: Engine, ledger: Ledger, grid: dict[tuple[float, str], str]
) -> None:
    config = {name: value for name, value in DEFAULTS.items() if name != "activation"} | COMMON | {"dropout": 0.1}
    old = Job("f" * 16, config, 0)
    ledger.add(old, Wish(), ledger.next_position())
    ledger.want("/q/experiments.toml", "grid", [old.id])
    tell(ledger.paths, old.id, started(), epoch(1), done(1, 0.5))
    ledger.ingest(old.id)
    told = engine("map", "grid", "--fields", "dropout,activation")
    assert (told.code, "activation=unset" in told.out, "0.50000 1/1" in told.out) == (0, True, True)
    document = json.loads(engine("map", "grid", "--fields", "dropout,activation", "--json").out)
    assert document["across_values"] == ["relu", "tanh", None]
    assert engine("report", "grid").code == 0


def test_one_field_is_a_map_of_one_column_and_others_may_be_fixed(
    engine: Engine, grid: dict[tuple[float, str], str]
) -> None:
    told = json.loads(engine("map", "grid", "--fields", "dropout", "--fix", "activation=tanh", "--json").out)
    assert (told["down"], told["fixed"]) == (None, {"activation": "tanh"})
    assert [cell["mean"] for cell in told["cells"][0]] == [pytest.approx(0.8), pytest.approx(0.7)]
    assert "dropout\n0.1" in engine("map", "grid", "--fields", "dropout").out.replace("  ", "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["map", "gird"], "did you mean grid?"),
        (["map", "grid", "--fields", "a,b,c"], "allowed: one field, or two different"),
        (["map", "grid", "--fields", "dropuot"], "did you mean dropout?"),
        (["map", "grid", "--fix", "dropout"], "write it as field=value"),
        (["map", "grid", "--fix", "dropout=9"], "allowed: 0.1, 0.3"),
        (["map", "grid", "--metric", "acuracy"], "did you mean accuracy?"),
        (["churn", "grid", "grid"], "several configurations"),
        (["churn", "gird", "grid"], "did you mean grid?"),
        (["missed", "gird"], "did you mean grid?"),
        (["missed", "--style", "sixel"], "allowed: ascii, half, braille"),
        (["errors", "grid"], "grid has 4 jobs"),
        (["report", "gird"], "did you mean grid?"),
    ],
)
def test_a_wrong_word_is_told_in_three_lines(
    engine: Engine, grid: dict[tuple[float, str], str], words: list[str], told: str
) -> None:
    found = engine(*words)
    assert told in found.err
    assert (found.code, found.out) == (2, "")
    assert len(found.err.splitlines()) <= 3


def test_the_report_holds_every_part_and_yields_the_same_jobs_again(
    engine: Engine, grid: dict[tuple[float, str], str], folder: Path
) -> None:
    told = engine("report", "grid", "-o", "report.md")
    assert (told.code, told.out, told.err) == (0, "", "wrote report.md\n")
    text = (folder / "report.md").read_text("utf-8")
    assert text == engine("report", "grid").out
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads == [
        *("## What was tried", "## Leaderboard", "## Curves of the best job", "## Its errors"),
        *("## The hardest samples", "## The sweep", "## Environment", "## Again"),
    ]
    assert "| dropout | 0.1, 0.3 | varied |" in text
    assert "1 of 10 wrong, accuracy 0.90000" in text
    assert "4 of 4 miss it" in text
    assert "main effects on test\\_accuracy" not in text
    assert "8b4aac1638c992e4cd83a065746a676450d55bae4bcdd3d7890a0f8499f1e1dc" in text
    assert "engine run experiments.toml --only grid" in text
    again = text.split("<<'END'\n")[1].split("END\n")[0]
    assert tomllib.loads(again)["experiment"][0]["name"] == "grid"
    [experiment] = queuefile.parse(again, folder / "again.toml").experiments
    assert {job.id for job in sweep.jobs(experiment)} == set(grid.values())


def test_a_report_takes_each_data_set_by_itself(
    engine: Engine, ledger: Ledger, grid: dict[tuple[float, str], str]
) -> None:
    for dropout, wrong in ((0.1, {0: 1, 3: 8, 4: 9, 5: 6}), (0.3, {3: 8, 4: 9, 5: 6})):
        best = trained(ledger, "grid", wrong_at(TRUE, wrong), dataset="fashion_mnist", dropout=dropout, **COMMON)
    text = engine("report", "grid").out
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads[2:6] == [
        f"## {part} on {dataset}"
        for dataset in ("mnist", "fashion\\_mnist")
        for part in ("Curves of the best job", "Its errors")
    ]
    assert heads[7:9] == ["## The sweep on mnist", "## The sweep on fashion\\_mnist"]
    curves = {part.split("\n")[0]: part for part in text.split("## Curves of the best job on ")[1:]}
    assert f"`{grid[0.1, 'relu']}`" in curves["mnist"]
    assert f"`{best}`" in curves["fashion\\_mnist"]
    mnist, fashion = (part.split("\n## ")[0] for part in text.split("## The sweep on ")[1:])
    assert "around 0.80000 over 4 jobs" in mnist
    assert "around 0.65000 over 2 jobs" in fashion
    assert "over dataset" not in mnist + fashion


def test_a_report_names_the_option_that_it_has(engine: Engine, grid: dict[tuple[float, str], str]) -> None:
    text = engine("report", "grid").out
    assert "flatters the first: engine report grid --metric val\\_accuracy" in text
    assert "--rank-by" not in text
    assert "Python, at writing" in text


def test_a_report_says_where_the_queue_file_no_longer_yields_its_jobs(
    engine: Engine, grid: dict[tuple[float, str], str], folder: Path
) -> None:
    file = folder / "experiments.toml"
    assert "Here, which finds what is done and trains the rest:" in engine("report", "grid").out
    file.write_text(file.read_text().replace("[0.1, 0.3]", "[0.1, 0.5]"))
    told = "Here, which trains what the queue file asks for now; of the jobs that are done 2 are not among that:"
    assert told in engine("report", "grid").out


def test_a_report_of_jobs_that_got_all_right_shows_no_empty_pictures(engine: Engine, ledger: Ledger) -> None:
    trained(ledger, "whole", wrong_at(TRUE, {}), **COMMON)
    text = engine("report", "whole").out
    assert "mnist: none of 10 samples is missed by any of 1 job." in text
    assert "the hardest, each with" not in text


def test_a_report_marks_up_nothing_that_came_from_a_name(engine: Engine, ledger: Ledger) -> None:
    name = "*a* ```\n<b>"
    trained(ledger, name, said(TRUE, TRUE), **COMMON)
    text = engine("report", name).out
    assert text.startswith("# \\*a\\* \\`\\`\\`\\\\n\\<b\\>\n")
    assert "\n<b>" not in text


def test_a_report_of_what_is_not_done_yet_says_so(engine: Engine, ledger: Ledger, folder: Path) -> None:
    text = engine("report", "gpu-only").out
    assert "16 jobs: 16 never run." in text
    assert "No job is done yet." in text


def test_no_name_acts_on_the_terminal(engine: Engine, ledger: Ledger, folder: Path) -> None:
    name = "a\x1b]0;title\x07\u202eb"
    for dropout in (0.1, 0.3):
        trained(ledger, name, wrong_at(TRUE, {0: 1}), dropout=dropout, **COMMON)
    text = f'[[experiment]]\nname = {json.dumps(name)}\nmodel = "mlp"\nearly_stopping = false\nepochs = 2\n'
    (folder / "experiments.toml").write_text(text + "sweep = { dropout = [0.1, 0.3, 0.5] }\n")
    for words in (["map", name], ["map", name, "--missing"], ["report", name], ["missed", name]):
        told = engine(*words)
        assert told.code == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(told.out + told.err), words
