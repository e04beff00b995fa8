"""The sweep as a map: its cells, its fields, the jobs of a cell, what is missing; and refining, by keys alone."""

import itertools
from dataclasses import replace

import pytest
from textual.widgets import Static

from engine.plan.jobs import JobStatus
from engine.results.planning import Addition
from engine.results.rows import JobRow
from engine.session import Session, Submission
from tests.tui.console.stage import console, done, main_of, read, rows_of, screen_text, snapshot, until
from tests.tui.console.test_flows import played, told
from tui.panes.queue_drawn import drawn
from tui.panes.queue_list import QueueList
from tui.screens.refining import budget_of

SIZES = [(80, 24), (120, 40)]
TEXT = """\
[[experiment]]
name = "grid"
model = "mlp"
repeats = 2
sweep = { dropout = [0.1, 0.2, 0.3], activation = ["relu", "tanh"] }

[[experiment]]
name = "three"
model = "mlp"
sweep = { hidden_units = [16, 64], batch_norm = [true, false], learning_rate = [0.001, 0.01] }

[[experiment]]
name = "one"
model = "mlp"
sweep = { optimizer = ["sgd", "adam", "adamw"] }

[[experiment]]
name = "none"
model = "mlp"
repeats = 3
"""
FAILED = {"status": JobStatus.FAILED, "epoch": 2, "error": "diverged: the loss is nan"}
RUNNING = {"status": JobStatus.RUNNING, "epoch": 5}
GRID = [done(0.95), done(0.97), done(0.94), done(0.94), done(0.98), FAILED, RUNNING, {}, done(0.9), done(0.92)]
THREE = [done(0.9 + place / 100) for place in range(7)]


def stored(**more):
    return snapshot(rows_of(TEXT, grid=GRID, three=THREE, one=[done(0.5), done(0.9)], **more), runner=None)


@pytest.fixture
def asked(monkeypatch):
    """What was asked of the session, instead of asking it."""
    found = []

    def submit(self, queue, **options):
        found.append(("submit", options))
        return Submission("r1")

    def refine(self, experiment, additions, **options):
        found.append(("refine", experiment, tuple(additions), options))
        return Submission("r2")

    monkeypatch.setattr(Session, "submit", submit)
    monkeypatch.setattr(Session, "refine", refine)
    monkeypatch.setattr(Session, "retry", lambda _, ids: found.append(("retry", list(ids))))
    return found


def mapped(main):
    return main.query_one("#queue").detail._map


async def opened(pilot, *keys, found=None):
    main = await read(pilot, found or stored())
    await pilot.press(*keys, "m")
    await until(pilot, lambda: mapped(main).drawn is not None, "the map")
    await pilot.pause()
    return main


# the map


def test_every_job_of_a_sweep_lies_in_one_cell_of_each_pair_of_fields():
    from engine.plan import queuefile
    from tests.tui.console.stage import FILE

    queue = queuefile.parse(TEXT, FILE.absolute())
    sheet = type("Sheet", (), {"queue": queue})()
    jobs = stored().jobs
    item = next(item for item in QueueList().items(sheet, (), stored()) if item.name == "three")
    for fields in itertools.permutations(("hidden_units", "batch_norm", "learning_rate"), 2):
        made = drawn(item, jobs, fields)
        assert (made.found.down, made.found.across) == fields
        places = [place.id for line in made.found.cells for cell in line for place in cell.places]
        assert sorted(places) == sorted(slot.job.id for slot in item.slots)
    assert [effect.field for effect in made.effects.fields] == ["hidden_units", "batch_norm", "learning_rate"]
    assert len(made.left) == 1


def test_repeats_that_the_file_does_not_name_are_counted_too():
    from engine.plan import queuefile
    from tests.tui.console.stage import FILE

    sheet = type("Sheet", (), {"queue": queuefile.parse(TEXT, FILE.absolute())})()
    rows = rows_of(TEXT, grid=GRID)
    more = JobRow("f" * 16, rows[0].config, 7, JobStatus.DONE, ("grid",), epochs=12, test_accuracy=0.99)
    found = snapshot((*rows, more))
    item = next(item for item in QueueList().items(sheet, (), found) if item.name == "grid")
    cell = drawn(item, found.jobs, ("dropout", "activation")).found.cells[0][0]
    assert (cell.n, len(cell.places)) == (3, 3)


@played
async def test_repeats_that_were_added_count_in_the_grid_and_stand_in_the_list():
    app = console(TEXT)
    rows = rows_of(TEXT, grid=[done(0.95), done(0.97)])
    first = JobRow("e" * 16, rows[0].config, 7, JobStatus.DONE, ("grid",), epochs=12, epoch=12, test_accuracy=0.93)
    other = JobRow("f" * 16, {**rows[0].config, "dropout": 0.9}, 7, JobStatus.DONE, ("grid",), test_accuracy=0.5)
    runs = replace(first, id="d" * 16, seed=8, status=JobStatus.RUNNING, test_accuracy=None)
    async with app.run_test(size=(200, 50)) as pilot:
        main = await read(pilot, snapshot((*rows, first, other), runner=None))
        await until(pilot, lambda: "2 done" in screen_text(pilot) and "; +1 repeat" in screen_text(pilot))
        # 0.95, 0.97 and 0.93; who trained another dropout is none of these.
        assert "dropout=0.1 >● 0.9500" in screen_text(pilot)
        await pilot.press("v")
        await until(pilot, lambda: "dropout=0.1 activation=relu seed 7" in screen_text(pilot))
        main.post_message(type(main.feed).Changed(snapshot((*rows, first, runs))))
        await until(pilot, lambda: "dropout=0.1 activation=relu seed 8" in screen_text(pilot))
        await pilot.press("s")
        await until(pilot, lambda: "Stop 1 running job" in screen_text(pilot))


@played
async def test_a_map_its_cells_and_the_jobs_of_one():
    app = console(TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        main = await opened(pilot)
        text = " ".join(screen_text(pilot).split())
        assert "mean test acc, dropout down, activation across; R runs 3 jobs missing or failed" in text
        assert "0.96000 2/2" in text and "0.98000 1/2" in text and ". 0/2" in text
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "seed 1 dropout=0.3 activation=relu" in screen_text(pilot))
        assert len(main.query_one("#queue").detail.chosen()) == 1
        await pilot.press("escape")
        await until(pilot, lambda: "dropout down" in screen_text(pilot))
        await pilot.press("x")
        await until(pilot, lambda: "activation down, dropout across" in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "dropout=0.1" in screen_text(pilot) and "down," not in screen_text(pilot))
        assert main.query_one("#queue").list.has_focus


@played
async def test_more_fields_are_averaged_and_their_effects_told():
    app = console(TEXT)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await opened(pilot, "j")
        about = str(mapped(main).query_one("#map-about", Static).content)
        assert about.startswith("mean test acc, hidden_units down, batch_norm across, over learning_rate")
        assert "main effects on test_accuracy, around" in screen_text(pilot)
        assert "least squares, additive, each job weighing the same" in screen_text(pilot)
        await pilot.press("y")
        await until(pilot, lambda: mapped(main).drawn.found.down == "learning_rate")
        await pilot.press("x")
        await until(pilot, lambda: mapped(main).drawn.found.across == "hidden_units")


@played
async def test_another_figure_over_the_same_fields():
    app = console(TEXT)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await opened(pilot, "j")
        await pilot.press("M")
        # Of these jobs no loss is known, nor anything of validation.
        await until(pilot, lambda: mapped(main).drawn.found.metric == "epochs_trained")
        assert (mapped(main).drawn.found.down, mapped(main).drawn.found.across) == ("hidden_units", "batch_norm")
        await pilot.press("M")
        await until(pilot, lambda: "mean seconds, hidden_units down" in screen_text(pilot))
        await until(pilot, lambda: "main effects on seconds, around" in screen_text(pilot))
        await pilot.press("escape", "k", "m")
        await until(pilot, lambda: "mean seconds, dropout down" in screen_text(pilot))


@played
async def test_who_may_only_look_is_told_what_is_missing_and_no_key_for_it():
    async with console(TEXT, read_only=True).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        text = " ".join(screen_text(pilot).split())
        assert "activation across; 3 jobs missing or failed" in text


@played
async def test_one_field_and_none():
    app = console(TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, "j", "j")
        assert "mean test acc, optimizer; R runs 1 job missing or failed" in screen_text(pilot)
        await pilot.press("escape", "j", "m")
        await until(pilot, lambda: "only in their seeds" in screen_text(pilot))


@played
async def test_a_field_is_fixed_at_a_value_and_averaged_again():
    app = console(TEXT)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await opened(pilot, "j")
        about = main.query_one("#map-about", Static)
        await pilot.press("F")
        await until(pilot, lambda: "learning_rate=0.01" in screen_text(pilot), "the values")
        await pilot.press("G", "enter")
        await until(pilot, lambda: "batch_norm across; learning_rate=0.01" in str(about.content))
        made = mapped(main).drawn
        # The seven that are done have 0.90 to 0.96: hidden_units slowest, learning_rate quickest.
        means = [[cell.figure.mean for cell in line] for line in made.found.cells]
        assert means == [[0.91, 0.93], [0.95, None]]
        assert "1 job missing or failed in the whole sweep" in str(about.content)
        assert made.effects is None, "two fields are left, which the map shows"
        await pilot.press("F", "g", "enter")
        await until(pilot, lambda: "; learning_rate=0.01; hidden_units=16" in str(about.content))
        assert (mapped(main).drawn.found.down, mapped(main).drawn.found.across) == ("", "batch_norm")
        for left in (1, 0):
            await pilot.press("F")
            await until(pilot, lambda: "fixed: average again" in screen_text(pilot))
            await pilot.press("enter")
            await until(pilot, lambda left=left: len(mapped(main).drawn.fixed) == left)
        assert "hidden_units down, batch_norm across, over learning_rate" in str(about.content)


def test_what_the_map_fixes_is_what_the_command_fixes():
    from engine.plan import queuefile
    from engine.results.sweepmap import places_of, sweep_map
    from tests.tui.console.stage import FILE

    sheet = type("Sheet", (), {"queue": queuefile.parse(TEXT, FILE.absolute())})()
    found = stored()
    item = next(item for item in QueueList().items(sheet, (), found) if item.name == "three")
    made = drawn(item, found.jobs, ("hidden_units", "batch_norm"), fixed={"learning_rate": 0.001, "epochs": 99})
    assert made.fixed == {"learning_rate": 0.001}, "a value that no job has fixes nothing"
    rows = [row for row in found.jobs if "three" in row.experiments]
    wanted = [slot.job for slot in item.slots]
    told = sweep_map(places_of(rows, wanted), ["hidden_units", "batch_norm"], {"learning_rate": 0.001})
    for mine, its in zip(made.found.cells, told.cells, strict=True):
        assert [(cell.figure, cell.states) for cell in mine] == [(cell.figure, cell.states) for cell in its]


@played
async def test_the_seed_of_a_cells_jobs_is_seen_however_narrow():
    app = console(TEXT)
    async with app.run_test(size=(40, 24)) as pilot:
        await opened(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "seed 0" in screen_text(pilot) and "seed 1" in screen_text(pilot))


# what is missing


@played
async def test_what_is_missing_or_failed_is_run_and_nothing_else(asked):
    app = console(TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("R")
        await until(pilot, lambda: asked)
        assert asked == [("submit", {"only": ("grid",), "allow_code": False, "retry_failed": True})]
        await until(pilot, lambda: any("3 jobs missing or failed handed in" in words for words in told(pilot)))


@played
async def test_of_an_experiment_that_left_the_file_what_failed_is_queued_again(asked):
    app = console(TEXT.replace('"grid"', '"other"'))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, "j", "j", "j", "j")
        await pilot.press("R")
        await until(pilot, lambda: asked)
        failed = next(row for row in stored().jobs if row.status is JobStatus.FAILED)
        assert asked == [("retry", [failed.id])]


# refining


def budgeted(*accuracies):
    """A store in which two configurations of `grid` have these accuracies a seed."""
    first, second = accuracies
    rows = rows_of(TEXT, grid=[done(each) for each in (*first, *second)])
    return snapshot(rows, runner=None)


@played
async def test_repeats_are_added_until_one_leads_or_the_budget_is_spent(asked):
    app = console(TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        found = budgeted((0.95, 0.96), (0.955, 0.95))
        main = await read(pilot, found)
        await pilot.press("f")
        await until(pilot, lambda: "how many trainings at most" in screen_text(pilot))
        await pilot.press("x", "enter")
        await until(pilot, lambda: "a budget is a whole number of trainings, 1 or more, not x" in screen_text(pilot))
        await pilot.press("backspace", "2")
        await until(pilot, lambda: "a budget is" not in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: asked)
        first, second = found.jobs[0], found.jobs[2]
        additions = {Addition(first.id, 2), Addition(second.id, 2)}
        ((_, name, added, options),) = asked
        assert (name, set(added), options) == ("grid", additions, {"allow_code": False})
        await until(pilot, lambda: any("2 of 2" in words for words in told(pilot)))
        app.clear_notifications()
        await until(pilot, lambda: " refining, 2 repeats added, 2 of 2; f ends it" in screen_text(pilot))
        new = [
            JobRow(f"{at:016x}", row.config, 2, JobStatus.QUEUED, ("grid",), epochs=12)
            for at, row in enumerate((first, second))
        ]
        main.post_message(type(main.feed).Changed(snapshot((*found.jobs, *new))))
        await pilot.pause()
        assert len(asked) == 1, "nothing is planned before they are over"
        ended = [JobRow(**{**vars(row), **done(0.95)}) for row in new]
        main.post_message(type(main.feed).Changed(snapshot((*found.jobs, *ended), runner=None)))
        await until(pilot, lambda: any("the budget is spent" in words for words in told(pilot)))
        app.clear_notifications()
        await until(pilot, lambda: " refined: the budget is spent" in screen_text(pilot))
        assert len(asked) == 1


@played
async def test_asked_again_or_stopped_no_more_repeats_are_added(asked):
    app = console(TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        found = budgeted((0.95, 0.96), (0.955, 0.95))
        main = await read(pilot, found)
        await pilot.press("f", "enter")
        await until(pilot, lambda: any("of 8" in words for words in told(pilot)))
        await pilot.press("f")
        await until(pilot, lambda: any("no more repeats are added" in words for words in told(pilot)))
        await pilot.press("f", "enter")
        await until(pilot, lambda: len(asked) == 2)
        await until(pilot, lambda: main.control.refining._under_way["grid"].waited_for)
        stopped = JobRow("e" * 16, found.jobs[0].config, 2, JobStatus.STOPPED, ("grid",), epochs=12)
        main.post_message(type(main.feed).Changed(snapshot((*found.jobs, stopped))))
        await until(pilot, lambda: any("a repeat was stopped" in words for words in told(pilot)))


@played
async def test_repeats_are_added_by_the_figure_that_the_board_is_ranked_by(asked):
    app = console(TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        # By the test the first leads for certain, by validation nobody does.
        found = budgeted((0.99, 0.991), (0.5, 0.502))
        found = replace(found, jobs=tuple(replace(row, val_accuracy=0.9 + row.seed / 100) for row in found.jobs))
        main = await read(pilot, found)
        await pilot.press("f", "enter")
        await until(pilot, lambda: any("leads: told from" in words for words in told(pilot)))
        assert not asked
        await pilot.press("3", "v", "1", "f")
        await until(pilot, lambda: "Repeats where val accuracy leaves" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: asked)
        assert main.control.refining._under_way["grid"].rank_by == "val_accuracy"


@played
async def test_what_the_runner_refuses_ends_refining_and_is_said(asked):
    app = console(TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot, budgeted((0.95, 0.96), (0.955, 0.95)))
        await pilot.press("f", "enter")
        await until(pilot, lambda: any("of 8" in words for words in told(pilot)))
        main.post_message(type(main.feed).Refused("the file has faults"))
        await until(pilot, lambda: "refining ended, since the runner" in main.refined.get("grid", ""))
        assert not main.control.refining._under_way


@played
async def test_jobs_on_their_way_are_waited_for_and_said_so(asked):
    app = console(TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot, stored())
        await pilot.press("f", "enter")
        await until(pilot, lambda: any("of the experiment run or wait" in words for words in told(pilot)))
        assert not asked and not main.control.refining._under_way


def test_a_budget_is_a_whole_number_above_none():
    texts = ("8", " 12 ", "0", "-1", "1.5", "x", "", "９", "9999999")
    assert [budget_of(text) for text in texts] == [8, 12, None, None, None, None, None, None, None]


# pictures


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", ["map", "effects", "cell", "one-field", "map-ascii", "fix", "fixed", "refine"])
def test_pictures(snap_compare, size, name):
    keys = {"effects": ("j",), "one-field": ("j", "j"), "fix": ("j",), "fixed": ("j",)}

    async def play(pilot):
        if name == "refine":
            await read(pilot, stored())
            await pilot.press("f")
        else:
            await opened(pilot, *keys.get(name, ()))
        if name in ("fix", "fixed"):
            await pilot.press("F")
            await until(pilot, lambda: "one value of a field" in screen_text(pilot))
        if name == "fixed":
            await pilot.press("G", "enter")
            await until(pilot, lambda: mapped(main_of(pilot)).drawn.fixed)
        if name == "cell":
            await pilot.press("down", "down", "enter")
        await pilot.pause()
        pilot.app.clear_notifications()
        main_of(pilot).screen.refresh()
        await pilot.pause()

    assert snap_compare(console(TEXT, ascii=name == "map-ascii"), terminal_size=size, run_before=play)
