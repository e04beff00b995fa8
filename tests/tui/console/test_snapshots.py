"""What every screen looks like, at 80x24 and 120x40, from rows made by hand."""

import pytest

from tests.tui.console.stage import FILE, GPU, TEXT, busy, console, curves, read, rows_of, snapshot, until
from tui.feed import Feed
from tui.screens.dialogs import Page
from tui.screens.inspect import data_lines, model_lines

SIZES = [(80, 24), (120, 40)]
both = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def played(*keys, found=busy, devices=(GPU,), then=None):
    """Read the store, press keys, wait for the screen to rest."""

    async def play(pilot):
        await read(pilot, found(), devices)
        await curves(pilot)
        for key in keys:
            await pilot.press(key)
        if then is not None:
            await then(pilot)
        await curves(pilot)
        pilot.app.clear_notifications()
        await pilot.pause()

    return play


def empty():
    return snapshot((), runner=None)


QUEUE = {
    "grid": played("j"),
    "list": played(),
    "jobs": played("j", "j", "tab"),
    "grid-focus": played("j", "tab", "down", "right"),
    "off": played("j", "j", "j", "space", "K"),
    "waiting": played("j", "j", "j", "j"),
    "run": played("G"),
    "not-run-yet": played(found=empty),
}


@both
@pytest.mark.parametrize("name", QUEUE)
def test_queue(snap_compare, size, name):
    assert snap_compare(console(), terminal_size=size, run_before=QUEUE[name])


@both
@pytest.mark.parametrize("text", [None, "", "# nothing yet\n"], ids=["no-file", "empty", "comment"])
def test_first_time(snap_compare, size, text):
    assert snap_compare(console(text), terminal_size=size, run_before=played(found=empty, devices=()))


FORMS = {
    "form": played("j", "enter"),
    "typing": played("j", "enter", "j", "j", "5"),
    "wrong": played("j", "enter", "j", "j", "0"),
    "sweep": played("j", "enter", *"jjjjjjjjjjjj", "enter", *"1", "full_stop", "full_stop", *"3"),
    "pick": played("j", "enter", *"jjjjjjjjjjjj", "enter", "space", "j", "space"),
    "defaults": played("G", "k", "enter"),
    "run-options": played("G", "enter"),
}


@both
@pytest.mark.parametrize("name", FORMS)
def test_form(snap_compare, size, name):
    assert snap_compare(console(), terminal_size=size, run_before=FORMS[name])


async def conflict(pilot):
    main = pilot.app.main
    await pilot.press("space")
    FILE.write_text(TEXT.replace('model = "mlp"', 'model = "mlp"\nenabled = true'))
    main.post_message(Feed.FileSeen(FILE.read_bytes()))
    await until(pilot, lambda: main.sheet.problem)


async def conflict_asked(pilot):
    await conflict(pilot)
    await pilot.press("ctrl+s")


async def broken(pilot):
    FILE.write_text('[[experiment]]\nname = "quick"\nlearning_rat = 1\nepochs = 0\n')
    pilot.app.main.post_message(Feed.FileSeen(FILE.read_bytes()))
    await until(pilot, lambda: pilot.app.main.sheet.problem)


async def unreadable(pilot):
    pilot.app.main.post_message(Feed.Failed("the store cannot be read now: database is locked"))
    await pilot.pause()


async def inspected(pilot):
    square = [[255 * (4 < x < 20 and 8 < y < 14) for x in range(28)] for y in range(28)]
    data = {
        "name": "mnist", "train_shape": [60000, 28, 28, 1], "test_shape": [10000, 28, 28, 1], "dtype": "uint8",
        "classes": 3,
        "class_counts_train": [5923, 6742, 5958], "batch_shapes": {"images": [128, 28, 28, 1], "labels": [128, 3]},
        "samples": [{"label": label, "image": square} for label in range(9)],
    }  # fmt: skip
    layers = [{"name": "dense", "type": "Dense", "output_shape": [None, 256], "parameters": 200_960}]
    model = {"layers": layers, "total": 200_960, "trainable": 200_960, "non_trainable": 0}
    from rich.text import Text

    lines = [*data_lines(data, pilot.app.size.width - 10, ascii_only=False), "", *model_lines(model)]
    pilot.app.push_screen(Page("quick: data and model", [Text(line) for line in lines]))


DIALOGS = {
    "new": played("n"),
    "stop": played("j", "s"),
    "leave": played("space", "q"),
    "run-unsaved": played("space", "r"),
    "conflict": played(then=conflict),
    "conflict-asked": played(then=conflict_asked),
    "broken": played(then=broken),
    "unreadable": played(then=unreadable),
    "inspect": played(then=inspected),
    "help": played("question_mark"),
}


@both
@pytest.mark.parametrize("name", DIALOGS)
def test_dialogs(snap_compare, size, name):
    assert snap_compare(console(), terminal_size=size, run_before=DIALOGS[name])


@both
def test_ascii(snap_compare, size):
    assert snap_compare(console(ascii=True), terminal_size=size, run_before=played("j"))


@both
def test_light(snap_compare, size):
    assert snap_compare(console(), terminal_size=size, run_before=played("j", "T"))


def test_read_only(snap_compare):
    assert snap_compare(console(read_only=True), terminal_size=SIZES[0], run_before=played("j"))


def test_no_colour(snap_compare, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(console(), terminal_size=SIZES[0], run_before=played("j"))


@pytest.mark.parametrize("size", [(1, 1), (20, 5), (40, 10), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_any_size_will_do(snap_compare, size):
    assert snap_compare(console(), terminal_size=size, run_before=played("j"))


def test_many_jobs(snap_compare):
    text = TEXT.replace("repeats = 10", "repeats = 900")
    found = snapshot(rows_of(text, final_10=[{} for _ in range(900)]))
    assert snap_compare(console(text), terminal_size=SIZES[0], run_before=played("j", "j", found=lambda: found))
