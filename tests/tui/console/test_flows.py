"""What a person does, by keys alone, and what stands in the file and on the screen then."""

import asyncio
import threading
from dataclasses import replace
from functools import wraps

import pytest
from textual.widgets import Static

from engine.plan.jobs import JobStatus
from engine.plan.settings import DEFAULTS
from engine.session import Session, Submission
from tests.tui.console.stage import (
    CPU,
    FILE,
    GPU,
    TEXT,
    busy,
    console,
    done,
    main_of,
    read,
    rows_of,
    screen_text,
    snapshot,
    until,
)
from tui.editing.replacing import FileChanged
from tui.feed import Feed
from tui.panes.queue import QueuePane
from tui.screens.dialogs import Ask, Choose
from tui.screens.form import FormScreen
from tui.widgets.fieldpanel import FieldPanel


def played(test):
    """Run an async test."""

    @wraps(test)
    def run(*args, **kwargs):
        asyncio.run(test(*args, **kwargs))

    return run


@pytest.fixture
def asked(monkeypatch):
    """What was asked of the session, instead of asking it."""
    told = []

    def submit(self, queue, **options):
        told.append(("submit", [e.name for e in queue.experiments if e.enabled], options))
        return Submission("r1")

    monkeypatch.setattr(Session, "submit", submit)
    for verb in ("stop", "hold", "release", "retry", "reorder"):
        monkeypatch.setattr(Session, verb, lambda _, ids, verb=verb, **more: told.append((verb, list(ids), more)))
    return told


async def field(pilot, name):
    """Put the cursor of the form on a field."""
    pilot.app.screen.form.choose(name)
    await pilot.pause()


def told(pilot):
    """What was said in passing."""
    return [notification.message for notification in pilot.app._notifications]


async def typed(pilot, text):
    for char in text:
        await pilot.press(
            {" ": "space", ".": "full_stop", ",": "comma", "-": "minus", "/": "slash", "[": "left_square_bracket"}.get(
                char, char
            )
        )


@played
async def test_a_new_experiment_with_two_sweeps_is_saved_and_run(asked):
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await typed(pilot, "quick")
        await pilot.press("enter")
        await until(pilot, lambda: "is taken by the experiment at line 6" in screen_text(pilot))
        await pilot.press("ctrl+u", "enter")
        await until(pilot, lambda: "an experiment needs a name" in screen_text(pilot))
        await typed(pilot, "experiment-mine")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await field(pilot, "dropout")
        await pilot.press("enter")
        await pilot.press("ctrl+u")
        await typed(pilot, "0..0.4 lin 3")
        await until(pilot, lambda: "3 values: 0.0, 0.2, 0.4" in screen_text(pilot))
        await until(pilot, lambda: "3 jobs; 36 epochs at most" in screen_text(pilot))
        await pilot.press("enter")
        await field(pilot, "activation")
        await pilot.press("enter", "space", "j", "j", "space", "enter")
        await until(pilot, lambda: main.document.queue.experiments[-1].sweep.get("activation") == ("relu", "tanh"))
        await pilot.press("escape", "ctrl+s")
        await until(pilot, lambda: "experiment-mine" in FILE.read_text())
        assert FILE.read_text() == TEXT + (
            '\n[[experiment]]\nname = "experiment-mine"\n'
            'sweep = { dropout = [0.0, 0.2, 0.4], activation = ["relu", "tanh"] }\n'
        )
        await pilot.press("r")
        await until(pilot, lambda: asked)
        assert asked == [
            ("submit", ["quick", "bn-dropout-grid", "final-10", "experiment-mine"], {"only": (), "allow_code": False})
        ]


@played
async def test_the_cost_is_what_the_command_tells_with_as_many_at_once():
    text = TEXT + f'[[experiment]]\nname = "big"\nsweep = {{ l2 = {[n / 2000 for n in range(2000)]} }}\n'
    app = console("[run]\nslots = 2\n\n" + text)
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot, busy(), devices=(CPU, GPU))
        assert main.at_once == 2
        await pilot.press("j", "j", "j", "j")
        await until(pilot, lambda: "2,000 jobs; 24,000 epochs at most, about" in screen_text(pilot))
        assert ", 2 at once" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        assert "2,000 jobs; 24,000 epochs at most, about" in screen_text(pilot)


@played
async def test_the_list_is_edited_and_everything_can_be_undone():
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        names = lambda: [e.name for e in main.document.queue.experiments]  # noqa: E731
        before = names()
        await pilot.press("d")
        await until(pilot, lambda: "quick-2" in names())
        await pilot.press("J", "K", "K")
        await until(pilot, lambda: names()[0] == "quick-2")
        await pilot.press("space", "D")
        await until(pilot, lambda: names() == before)
        await pilot.press("z")
        await until(pilot, lambda: names()[0] == "quick-2" and not main.document.queue.experiments[0].enabled)
        for _ in range(5):
            await pilot.press("z")
        await until(pilot, lambda: main.document.text == TEXT)
        for _ in range(4):
            await pilot.press("Z")
        await until(pilot, lambda: names()[0] == "quick-2")
        assert "nothing to undo" not in told(pilot)


@played
async def test_what_is_out_of_range_is_said_while_it_is_typed():
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await field(pilot, "learning_rate")
        await typed(pilot, "-3")
        await until(
            pilot, lambda: "-3 is out of range" in screen_text(pilot) and "a number above 0" in screen_text(pilot)
        )
        await pilot.press("enter")
        assert app.screen.query_one(FieldPanel).typing and main.document.text == TEXT
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is main)


@played
async def test_choices_and_switches_by_one_key_and_back_to_the_default():
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        settings = lambda: main.document.queue.experiments[1].settings  # noqa: E731
        await field(pilot, "optimizer")
        await pilot.press("space")
        await until(pilot, lambda: settings().optimizer == "adam")
        await pilot.press("left", "left")
        await until(pilot, lambda: settings().optimizer == "sgd")
        await field(pilot, "deterministic")
        await pilot.press("space")
        await until(pilot, lambda: settings().deterministic)
        await pilot.press("x")
        await until(pilot, lambda: not settings().deterministic)
        assert "deterministic" not in main.document.text
        await pilot.press("z", "z", "z", "z", "z")
        await until(pilot, lambda: main.document.text == TEXT)


@played
async def test_defaults_and_run_options_have_forms_too():
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await pilot.press("G", "enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await field(pilot, "gpus")
        await pilot.press("enter")
        await typed(pilot, "0, 2")
        await pilot.press("enter")
        await until(pilot, lambda: main.document.queue.run.gpus == [0, 2])
        await pilot.press("escape", "k", "enter")
        await field(pilot, "batch_size")
        await typed(pilot, "64")
        await pilot.press("enter")
        await until(pilot, lambda: main.document.queue.defaults["batch_size"] == 64)


@played
async def test_a_change_on_disk_is_merged_or_asked():
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await pilot.press("space")
        FILE.write_text(TEXT.replace("repeats = 10", "repeats = 7"))
        main.post_message(Feed.FileSeen(FILE.read_bytes()))
        await until(pilot, lambda: main.document.queue.experiments[2].repeats == 7)
        assert not main.document.queue.experiments[0].enabled and main.sheet.unsaved
        main.document.apply("", lambda text: text.replace("repeats = 7", "repeats = 8"))
        main.desk.refresh()
        FILE.write_text(TEXT.replace("repeats = 10", "repeats = 9"))
        main.post_message(Feed.FileSeen(FILE.read_bytes()))
        await until(pilot, lambda: "ctrl+s settles it" in screen_text(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Choose) and "final-10: repeats" in screen_text(pilot))
        await pilot.press("d")
        await until(pilot, lambda: "enabled = false" in FILE.read_text() and "repeats = 9" in FILE.read_text())
        await until(pilot, lambda: not main.sheet.unsaved and not main.sheet.problem)


@played
async def test_what_changes_while_a_form_is_open_waits_for_it():
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        FILE.write_text(TEXT.replace("epochs = 12", "epochs = 13"))
        main.post_message(Feed.FileSeen(FILE.read_bytes()))
        await pilot.pause()
        assert main.document.text == TEXT
        await pilot.press("escape")
        await until(pilot, lambda: "epochs = 13" in main.document.text)


@played
async def test_a_broken_file_keeps_the_plan_and_says_where():
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        FILE.write_text("[[experiment]]\nname = \n")
        main.post_message(Feed.FileSeen(FILE.read_bytes()))
        await until(pilot, lambda: "experiments.toml:2" in screen_text(pilot))
        assert "bn-dropout-grid" in screen_text(pilot) and "E opens the file" in screen_text(pilot)


@played
async def test_leaving_with_unsaved_changes_asks():
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot, busy())
        await pilot.press("space", "q")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("s")
        await until(pilot, lambda: app._exit)
    assert "enabled = false" in FILE.read_text()
    assert app.farewell.startswith("training goes on: 1 running, ")
    assert app.farewell.endswith("\nlabtop shows it again, engine stop --all ends it")


@played
async def test_more_than_a_thousand_jobs_are_asked_about(asked):
    app = console(TEXT.replace("repeats = 10", "repeats = 2000"))
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("r")
        await until(pilot, lambda: "These are 2,008 jobs" in screen_text(pilot))
        await pilot.press("escape")
        assert not asked
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("y")
        await until(pilot, lambda: asked)


@played
async def test_code_runs_only_once_it_is_allowed(asked):
    app = console(TEXT.replace('model = "mlp"', 'model = "own:build"'))
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await pilot.press("o")
        await until(pilot, lambda: "own:build" in screen_text(pilot) and isinstance(app.screen, Choose))
        await pilot.press("a")
        await until(pilot, lambda: asked)
        assert asked[0][2] == {"only": ("quick",), "allow_code": True}
        await pilot.press("o")
        await until(pilot, lambda: len(asked) == 2)
        assert app.screen is main


@played
async def test_jobs_are_stopped_held_released_and_reordered(asked):
    app = console()
    found = busy()
    ids = {(row.experiments[0], place): row.id for place, row in enumerate(found.jobs)}
    grid = [job_id for (name, _), job_id in ids.items() if name == "bn-dropout-grid"]
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot, found)
        await pilot.press("j", "s")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("n")
        await until(pilot, lambda: asked)
        assert asked.pop() == ("stop", [grid[2], grid[3], grid[4]], {"now": True})
        await pilot.press("h")
        await until(pilot, lambda: asked)
        assert asked.pop() == ("hold", [grid[3]], {})
        await pilot.press("tab", "down", "right", "H")
        await until(pilot, lambda: asked)
        assert asked.pop() == ("release", [grid[4]], {})
        await pilot.press("K")
        await until(pilot, lambda: asked)
        assert asked.pop() == ("reorder", [grid[4], grid[3]], {})
        await pilot.press("right", "R")
        await until(pilot, lambda: asked)
        assert asked.pop() == ("retry", [grid[5]], {})


@played
async def test_read_only_refuses_every_change(asked):
    app = console(read_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot, busy())
        for key in ("n", "d", "D", "J", "space", "r", "s", "h", "ctrl+s", "z", "E"):
            await pilot.press(key)
        await until(pilot, lambda: any("this is read-only" in words for words in told(pilot)))
        assert not asked and main.document.text == TEXT and app.screen is main
        offered = screen_text(pilot).splitlines()[-1]
        assert "inspect" in offered and "new" not in offered and "run" not in offered


@played
async def test_a_store_alone_is_shown(still):
    (still / "somewhere").mkdir()
    (still / "somewhere" / "labtop.db").touch()
    app = console(None, path=still / "somewhere")
    async with app.run_test(size=(80, 24)) as pilot:
        main = main_of(pilot)
        main.post_message(Feed.Changed(snapshot(rows_of(TEXT, quick=[{}, {}]), runner=None)))
        await until(pilot, lambda: "quick" in screen_text(pilot) and "not in this file" in screen_text(pilot))
        await pilot.press("n")
        await until(pilot, lambda: any("this is read-only" in words for words in told(pilot)))


@played
async def test_a_first_file_is_offered():
    app = console(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await until(pilot, lambda: "There is no experiments.toml here" in screen_text(pilot))
        await pilot.press("n", "ctrl+s")
        await until(pilot, FILE.exists)
        assert 'name = "first"' in FILE.read_text()


@played
async def test_a_configuration_is_adopted():
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        main.desk.adopt(DEFAULTS | {"epochs": 12, "dropout": 0.35, "optimizer": "adam"}, as_defaults=False)
        await pilot.pause()
        assert main.document.text == TEXT + '\n[[experiment]]\nname = "adopted"\ndropout = 0.35\noptimizer = "adam"\n'
        main.desk.adopt(DEFAULTS | {"dropout": 0.35}, as_defaults=True)
        await pilot.pause()
        assert main.document.queue.defaults == {"dropout": 0.35}


@played
async def test_keys_are_remapped_and_the_help_knows(still):
    (still / "config.toml").write_text('[keys]\n"queue.duplicate" = "f5"\n')
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await pilot.press("d")
        await pilot.press("f5")
        await until(pilot, lambda: len(main.document.queue.experiments) == 5)
        await pilot.press("question_mark")
        await until(pilot, lambda: "Every key" in screen_text(pilot))
        lines = [str(app.screen.query_one("#page").line(n)) for n in range(app.screen.query_one("#page").count)]
        assert any("f5" in line and "copy of the experiment" in line for line in lines)


@played
async def test_names_from_a_stranger_are_text_and_nothing_else():
    hostile = TEXT.replace('"quick"', '"[red]x[/] \\u001b[31m \\u202e"').replace("does it", "[/bold] \\u009b")
    app = console(hostile)
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("d", "D", "k", "enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        text = screen_text(pilot)
        assert "[red]x[/] \\x1b[31m \\u202e" in text
        assert not set(text) & {"\x1b", "\u202e", "\x9b"}


@played
async def test_nothing_is_painted_while_nothing_changes(monkeypatch):
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot, busy())
        await until(pilot, lambda: "2/6" in screen_text(pilot))
        painted = []
        monkeypatch.setattr(app, "_display", lambda _, renderable: painted.append(renderable))
        main.post_message(Feed.Changed(busy()))
        main.post_message(Feed.DevicesRead(main.devices))
        await pilot.pause()
        await pilot.pause()
        assert not [update for update in painted if update]


def test_the_table_of_keys_is_whole():
    for binding in QueuePane.BINDINGS:
        assert binding.id and binding.tooltip, binding
    ids = [binding.id for binding in QueuePane.BINDINGS]
    assert len(ids) == len(set(ids))


@played
async def test_saving_is_offered_first_while_there_is_something_to_save():
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot, busy())
        keys = lambda: screen_text(pilot).splitlines()[-1]  # noqa: E731 - one line
        await until(pilot, lambda: "n new" in keys())
        assert "^s" not in keys()
        await pilot.press("space")
        await until(pilot, lambda: keys().startswith(" ^s save  n new"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: keys().startswith(" n new"))
        assert FILE.read_text().count("enabled = false") == 2


@played
async def test_what_still_stands_there_is_not_said_twice():
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("Z", "Z")
        await until(pilot, lambda: told(pilot) == ["nothing to redo"])


@played
async def test_saving_waits_for_who_writes_the_file_and_the_console_goes_on(monkeypatch):
    looked = []

    def written_now(path, known, looks):
        looked.append(looks)
        if len(looked) < 4:
            raise FileChanged
        return path.read_bytes()

    monkeypatch.setattr("tui.editing.document.read_settled", written_now)
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("space", "ctrl+s")
        await until(pilot, lambda: len(looked) > 1, "a second look")
        assert FILE.read_text() == TEXT
        await pilot.press("j")
        await until(pilot, lambda: ">  bn-dropout-grid" in screen_text(pilot))
        await until(pilot, lambda: FILE.read_text().count("enabled = false") == 2, "quick and wide to be off")
        assert set(looked) == {1}, "it never sleeps between looks"


@played
async def test_changes_that_were_taken_up_and_then_dropped_are_not_offered_again(monkeypatch):
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("space")
        await until(pilot, lambda: main_of(pilot).sheet.unsaved)
    monkeypatch.setattr("tui.editing.draft.RUN", "another")
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await until(pilot, lambda: "labtop ended before they were saved" in screen_text(pilot))
        await pilot.press("t")
        await until(pilot, lambda: app.screen is main and main.sheet.unsaved)
        await pilot.press("z", "q")
        await until(pilot, lambda: app._exit)
    monkeypatch.setattr("tui.editing.draft.RUN", "a third")
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await pilot.press("space")
        await until(pilot, lambda: main.sheet.unsaved)
        assert app.screen is main


@played
async def test_a_queue_that_is_handed_in_says_what_comes_of_it(asked):
    text = TEXT[: TEXT.index('[[experiment]]\nname = "final-10')]
    async with console(text).run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await pilot.press("r")
        await until(pilot, lambda: "8 jobs handed in; training goes on without this window" in told(pilot))
        assert "handing in ..." not in told(pilot)
        rows = [done(0.9)] * 6
        rows[0] = {"status": JobStatus.FAILED}
        found = rows_of(text, quick=[done(0.9), {"status": JobStatus.STOPPED}], bn_dropout_grid=rows)
        main.post_message(Feed.Changed(snapshot(found)))
        await pilot.press("r")
        await until(
            pilot, lambda: "1 job handed in; the others: 6 done, 1 failed; R tries again what failed" in told(pilot)
        )
        main.post_message(Feed.Changed(snapshot([replace(row, status=JobStatus.DONE) for row in found])))
        await pilot.press("r")
        await until(pilot, lambda: "nothing new: 8 done" in told(pilot))
        await pilot.press("o")
        await until(pilot, lambda: "nothing new: 2 done" in told(pilot))
        assert len(asked) == 4, "what was taken out of the file is withdrawn all the same"


@played
async def test_handing_in_is_answered_at_once(monkeypatch):
    begun, end = threading.Event(), threading.Event()

    def submit(*_, **__):
        begun.set()
        assert end.wait(20)
        return Submission("r1")

    monkeypatch.setattr(Session, "submit", submit)
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("r")
        await until(pilot, begun.is_set)
        assert told(pilot) == ["handing in ..."]
        end.set()
        await until(pilot, lambda: told(pilot) == ["18 jobs handed in; training goes on without this window"])


@played
async def test_the_cursor_stays_with_experiments_and_goes_to_what_came_back():
    async with console().run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        chosen = lambda: main.query_one(QueuePane).item.name  # noqa: E731 - one line
        await pilot.press("j", "j", "j", "D")
        await until(pilot, lambda: chosen() == "final-10")
        await pilot.press("g", "z")
        await until(pilot, lambda: chosen() == "wide")
        await pilot.press("K", "D", "g", "z")
        await until(pilot, lambda: chosen() == "wide")


@played
async def test_what_cannot_be_moved_says_why(asked):
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot, busy())
        await pilot.press("K")
        await until(pilot, lambda: "quick is the first in the file already" in told(pilot))
        await pilot.press("j", "tab", "J")
        await until(pilot, lambda: "only jobs that wait can be moved" in told(pilot))
        await pilot.press("down", "K")
        await until(pilot, lambda: "it is the first here that waits already" in told(pilot))
        await pilot.press("right", "J")
        await until(pilot, lambda: "it is the last here that waits already" in told(pilot))
        assert not asked


@played
async def test_what_failed_is_counted_beside_the_cost_and_a_cell_of_repeats_tells_the_epoch():
    repeated = TEXT.replace('name = "bn-dropout-grid"', 'name = "bn-dropout-grid"\nrepeats = 2')
    running = {"status": JobStatus.RUNNING, "epoch": 5}
    rows = rows_of(repeated, bn_dropout_grid=[done(0.9), running, {"status": JobStatus.FAILED}, done(0.9)])
    async with console(repeated).run_test(size=(80, 24)) as pilot:
        main = await read(pilot, snapshot(rows))
        await pilot.press("j")
        cost = main.query_one("#cost", Static)
        await until(pilot, lambda: "12 jobs, 2 done, 1 failed (R tries again)" in str(cost.content))
        await until(pilot, lambda: "1/2 ep 5/12" in screen_text(pilot))
