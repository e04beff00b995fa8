"""Maps and main effects of sweeps whose figures follow a known formula."""

import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.plan.jobs import Job, JobStatus
from engine.results.effects import main_effects
from engine.results.effecttext import effect_rows, effects_text
from engine.results.maptext import cell_text, head_text, legend, map_notes
from engine.results.rows import JobRow
from engine.results.sweepmap import Place, fixed_at, places_of, sweep_map, swept, values_of
from tests.results.rows_made import job

DROPOUTS, NORMS, EPOCHS = (0.1, 0.3), (True, False), (10, 20, 30)
EFFECT = {0.1: 0.02, 0.3: -0.02, True: 0.05, False: -0.05, 10: -0.01, 20: 0.0, 30: 0.01}
MEAN = 0.9


def figure(dropout: float, norm: bool, epochs: int) -> float:
    return MEAN + EFFECT[dropout] + EFFECT[norm] + EFFECT[epochs]


def grid(seeds: int = 2) -> list[JobRow]:
    """Every combination, with figures that add up."""
    combinations = itertools.product(DROPOUTS, NORMS, EPOCHS, range(seeds))
    rows = []
    for number, (dropout, norm, epochs, seed) in enumerate(combinations):
        config = {"dataset": "mnist", "model": "cnn", "dropout": dropout, "batch_norm": norm, "epochs": epochs}
        row = job(number, seed, test_accuracy=figure(dropout, norm, epochs))
        rows.append(JobRow(**{**vars(row), "config": config}))
    return rows


def as_(row: JobRow, **changed: object) -> JobRow:
    return JobRow(**{**vars(row), **changed})  # type: ignore[arg-type]


def test_a_cell_is_the_mean_over_all_other_fields() -> None:
    found = sweep_map(places_of(grid()), ["dropout", "batch_norm"])
    assert (found.down_values, found.across_values) == (DROPOUTS, NORMS)
    for line, dropout in zip(found.cells, DROPOUTS, strict=True):
        for cell, norm in zip(line, NORMS, strict=True):
            assert cell.figure.mean == pytest.approx(MEAN + EFFECT[dropout] + EFFECT[norm])
            assert (cell.n, len(cell.places), cell.states, cell.left) == (6, 6, {"done": 6}, ())
    heat = [found.heat(cell) for line in found.cells for cell in line]
    assert heat == pytest.approx([1.0, 0.04 / 0.14, 0.10 / 0.14, 0.0])


def test_a_fixed_field_is_no_longer_averaged() -> None:
    places = places_of(grid())
    found = sweep_map(places, ["dropout", "batch_norm"], {"epochs": fixed_at(places, "epochs", "30")})
    assert found.cells[0][0].figure.mean == pytest.approx(figure(0.1, True, 30))
    assert found.cells[0][0].n == 2
    assert fixed_at(places, "dropout", "0.10") == 0.1
    assert fixed_at(places, "batch_norm", "true") is True
    with pytest.raises(UsageError, match="allowed: 10, 20, 30"):
        fixed_at(places, "epochs", "40")
    with pytest.raises(UsageError, match="did you mean dropout"):
        sweep_map(places, ["dropuot"])


def test_where_less_is_better_the_least_is_the_best() -> None:
    rows = [as_(row, test_loss=float(row.config["epochs"])) for row in grid()]
    found = sweep_map(places_of(rows), ["epochs"], metric="test_loss")
    assert [found.heat(cell) for cell in found.cells[0]] == [1.0, 0.5, 0.0]
    assert (found.down, found.down_values) == ("", ("",))


def test_what_is_missing_or_failed_is_left_and_what_waits_is_not() -> None:
    rows = grid(seeds=1)
    statuses = [JobStatus.DONE, JobStatus.FAILED, JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.STOPPED]
    rows = [as_(row, status=statuses[at % 5]) for at, row in enumerate(rows)]
    wanted = [Job(row.id, row.config, row.seed) for row in rows]
    places = places_of([row for at, row in enumerate(rows) if at != 0], wanted)
    assert [place.id for place in places] == [row.id for row in rows]
    left = {place.id for place in places if place.is_left}
    assert left == {row.id for at, row in enumerate(rows) if at == 0 or at % 5 in (1, 4)}
    found = sweep_map(places, ["epochs"])
    states = [dict(cell.states) for cell in found.cells[0]]
    assert sum(each.get("new", 0) for each in states) == 1
    assert {place.id for cell in found.cells[0] for place in cell.left} == left
    assert all(cell.status is JobStatus.RUNNING for cell in found.cells[0] if "running" in cell.states)


def test_a_cell_in_text_has_mean_count_and_state() -> None:
    rows = grid(seeds=1)
    rows[0] = as_(rows[0], status=JobStatus.FAILED, test_accuracy=None)
    found = sweep_map(places_of(rows), ["dropout", "batch_norm"])
    assert cell_text(found, found.cells[0][0]) == "@@ 0.97500 2/3 !"
    assert cell_text(found, found.cells[1][1]) == ".. 0.83000 3/3 +"
    never = sweep_map(places_of([], [Job("a", {"epochs": 1}, 0), Job("b", {"epochs": 2}, 0)]), ["epochs"])
    assert cell_text(never, never.cells[0][0]) == "         . 0/1 -"


def test_main_effects_of_a_whole_sweep_are_those_that_made_it_largest_first() -> None:
    found = main_effects(places_of(grid()), ["dropout", "batch_norm", "epochs"])
    assert found is not None
    assert [(each.field, pytest.approx(each.spread)) for each in found.fields] == [
        ("batch_norm", 0.10),
        ("dropout", 0.04),
        ("epochs", 0.02),
    ]
    assert (found.n, found.mean, found.told_apart) == (24, pytest.approx(MEAN), True)
    for each in found.fields:
        for level in each.levels:
            assert level.effect == pytest.approx(EFFECT[level.value])
            assert level.mean == pytest.approx(MEAN + EFFECT[level.value])
            assert level.n == 24 // len(each.levels)
    assert [row[0] for row in effect_rows(found) if row[0]] == ["batch_norm", "dropout", "epochs"]


@given(st.integers(0, 10_000), st.floats(0.2, 0.7))
def test_main_effects_are_found_in_what_is_left_of_a_sweep(seed: int, share: float) -> None:
    draw = random.Random(seed)
    rows = [row for row in grid() if draw.random() < share]
    found = main_effects(places_of(rows), ["dropout", "batch_norm", "epochs"])
    if found is None or not found.told_apart or swept(places_of(rows)) != ("dropout", "batch_norm", "epochs"):
        return
    for each in found.fields:
        offset = sum(EFFECT[level.value] for level in each.levels) / len(each.levels)
        for level in each.levels:
            assert level.effect == pytest.approx(EFFECT[level.value] - offset, abs=1e-9)


def test_fields_that_changed_only_together_cannot_be_told_apart() -> None:
    rows = [row for row in grid() if (row.config["dropout"] == 0.1) == row.config["batch_norm"]]
    found = main_effects(places_of(rows), ["dropout", "batch_norm"])
    assert found is not None
    assert not found.told_apart


def test_a_cell_with_jobs_never_handed_in_says_so_unless_something_tells_more() -> None:
    rows = grid(seeds=1)[:4]
    wanted = [Job(row.id, row.config, row.seed) for row in rows]

    def status(*known: JobRow) -> JobStatus | None:
        found = sweep_map(places_of(known, wanted), ["dropout"])
        assert ("- never run" in legend(found)) == (found.cells[0][0].status is None)
        return found.cells[0][0].status

    assert status(*rows) is JobStatus.DONE
    assert status(*rows[:2]) is None
    assert status(rows[0], as_(rows[1], status=JobStatus.QUEUED)) is None
    assert status(rows[0], as_(rows[1], status=JobStatus.FAILED)) is JobStatus.FAILED
    assert status(rows[0], as_(rows[1], status=JobStatus.RUNNING)) is JobStatus.RUNNING


@given(st.lists(st.sampled_from([None, *JobStatus]), min_size=1, max_size=6))
def test_what_a_cell_says_is_the_state_of_one_of_its_jobs(states: list[JobStatus | None]) -> None:
    made = grid()[: len(states)]
    rows = [as_(row, status=status) for row, status in zip(made, states, strict=True) if status is not None]
    wanted = [Job(row.id, row.config, row.seed) for row in made]
    cell = sweep_map(places_of(rows, wanted), ["dropout"]).cells[0][0]
    assert cell.status in states
    assert (cell.status is JobStatus.DONE) == (set(states) == {JobStatus.DONE})


def test_where_a_job_lacks_the_figure_there_is_no_mean_and_that_is_said() -> None:
    rows = grid()
    rows[0] = as_(rows[0], test_accuracy=math.nan)
    found = sweep_map(places_of(rows), ["dropout", "batch_norm"])
    assert (found.cells[0][0].figure.mean, found.cells[0][0].n, found.lacking) == (None, 6, 1)
    [note] = map_notes(found, ("dropout", "batch_norm"))
    assert note.startswith("1 job without test_accuracy: ")
    effects = main_effects(places_of(rows), ["dropout", "batch_norm", "epochs"])
    assert effects is not None
    # Its other repeat does not speak for it either.
    assert (effects.n, effects.lacking) == (22, 1)
    for each in effects.fields:
        for level in each.levels:
            assert level.effect == pytest.approx(EFFECT[level.value])
    assert not map_notes(sweep_map(places_of(grid()), ["dropout"]), ("dropout", "batch_norm"))
    assert main_effects(places_of([as_(row, test_accuracy=None) for row in grid()]), ["dropout"]) is None


def test_a_setting_that_some_jobs_lack_is_a_value_of_its_own() -> None:
    rows = grid()
    old = [as_(row, config={k: v for k, v in row.config.items() if k != "batch_norm"}) for row in rows[:2]]
    places = places_of([*old, *rows[2:]])
    assert values_of(places, "batch_norm") == (True, False, None)
    found = sweep_map(places, ["dropout", "batch_norm"])
    assert [cell.n for cell in found.cells[0]] == [4, 6, 2]
    assert head_text("batch_norm", None) == "batch_norm=unset"
    assert fixed_at(places, "batch_norm", "unset") is None
    assert sweep_map(places, ["dropout"], {"batch_norm": None}).cells[0][0].n == 2
    effects = main_effects(places, ["dropout", "batch_norm"])
    assert effects is not None
    assert "unset" in " ".join(effects_text(effects).rows)
    with pytest.raises(UsageError, match="no job has such a setting"):
        fixed_at(places, "colour", "unset")


def test_a_mean_over_several_data_sets_is_said_to_be_one() -> None:
    rows = [as_(row, config={**row.config, "dataset": ("mnist", "a.npz")[row.seed]}) for row in grid()]
    places = places_of(rows)
    varied = swept(places)
    assert len(map_notes(sweep_map(places, ["dropout"]), varied)) == 1
    for fields, fixed in ((["dropout", "dataset"], {}), (["dropout"], {"dataset": "mnist"})):
        assert map_notes(sweep_map(places, fields, fixed), varied) == []


def test_all_of_a_sweep_is_counted_once_whatever_is_fixed() -> None:
    places = places_of(grid())
    counts = [
        sum(cell.n for line in sweep_map(places, ["dropout", "batch_norm"], {"epochs": value}).cells for cell in line)
        for value in values_of(places, "epochs")
    ]
    assert counts == [8, 8, 8]


def test_the_best_cell_is_the_one_that_no_other_beats() -> None:
    found = sweep_map(places_of(grid()), ["dropout", "batch_norm"])
    assert [found.is_best(cell) for line in found.cells for cell in line] == [True, False, False, False]
    alike = sweep_map(places_of([as_(row, test_accuracy=0.5) for row in grid()]), ["dropout"])
    assert not any(alike.is_best(cell) for cell in alike.cells[0])


def test_effects_name_their_method_and_what_cannot_be_told() -> None:
    rows = [row for row in grid() if (row.config["dropout"] == 0.1) == row.config["batch_norm"]]
    found = main_effects(places_of(rows), ["dropout", "batch_norm"])
    assert found is not None
    text = effects_text(found)
    assert text.title.startswith("main effects on test_accuracy, around ")
    assert text.notes[0] == "least squares, additive, each job weighing the same"
    assert "changed only together" in text.notes[-1]
    assert len({len(line) for line in (text.head, *text.rows)}) == 1


def test_values_stand_in_the_order_in_which_a_person_reads_them() -> None:
    configs = [{"a": 10, "b": "relu"}, {"a": 9, "b": "elu"}, {"a": 0.5, "b": "relu"}]
    places = [Place(str(number), config, None) for number, config in enumerate(configs)]
    assert values_of(places, "a") == (0.5, 9, 10)
    assert values_of(places, "b") == ("relu", "elu")


def test_a_field_with_one_value_so_far_has_no_effect() -> None:
    found = main_effects(places_of(grid()[:2]), ["dropout"])
    assert found is not None
    assert effect_rows(found) == [("dropout", "0.00000", "0.1", "+0.00000", "0.96000", "2")]
    assert main_effects(places_of([]), ["dropout"]) is None


def test_cells_of_equal_figures_are_drawn_alike() -> None:
    rows = [
        job(10 * which + seed, seed, dropout=which / 10, test_loss=0.1)
        for which, count in enumerate((1, 3, 7))
        for seed in range(count)
    ]
    found = sweep_map(places_of(rows), ["dropout"], metric="test_loss")
    assert {found.heat(cell) for cell in found.cells[0]} == {1.0}
