"""The form of an experiment: what it says while one types, what it keeps, and what fits into its lines."""

import pytest
from rich.cells import cell_len

from tests.tui.console.stage import FILE, TEXT, busy, console, read, screen_text, until
from tests.tui.console.test_flows import field, played, typed
from tui.feed import Feed
from tui.screens.form import FormScreen
from tui.widgets.form import FormTitle


async def form_of(pilot, place=0):
    """Open the form of an experiment."""
    await pilot.press(*"j" * place, "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, FormScreen))
    await pilot.pause()


def last(pilot, lines=6):
    """The panel and the keys below the form."""
    return "\n".join(screen_text(pilot).splitlines()[-lines:])


@played
async def test_that_a_list_or_a_range_sweeps_is_said_until_something_is_typed():
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await form_of(pilot, 1)
        await field(pilot, "epochs")
        await pilot.press("enter")
        await until(pilot, lambda: "a list 0.2, 0.25, 0.2 or a range" in screen_text(pilot))
        await typed(pilot, ", 13")
        await until(pilot, lambda: "2 values: 12, 13" in screen_text(pilot))
        assert "or a range" not in screen_text(pilot)


@played
async def test_saving_takes_what_is_being_typed_unless_it_is_wrong():
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await form_of(pilot, 1)
        await field(pilot, "epochs")
        await typed(pilot, "7")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "epochs = 7" in FILE.read_text())
        await typed(pilot, "-1")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "-1 is out of range" in screen_text(pilot))
        assert "= -1" not in FILE.read_text() and pilot.app.screen.panel.typing


@played
async def test_a_sweep_is_not_thrown_away_for_the_next_choice():
    text = TEXT + '\n[[experiment]]\nname = "swept"\nsweep = { optimizer = ["sgd", "adam"] }\n'
    async with console(text).run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await form_of(pilot, 4)
        await field(pilot, "optimizer")
        for key in ("space", "left", "right"):
            await pilot.press(key)
            await until(pilot, lambda: "x takes the sweep away" in screen_text(pilot))
        assert main.document.text == text
        await pilot.press("x", "space")
        await until(pilot, lambda: main.document.queue.experiments[4].settings.optimizer == "adam")


@played
async def test_the_top_line_tells_of_the_file_and_the_queue_here_too():
    async with console().run_test(size=(120, 40)) as pilot:
        main = await read(pilot, busy())
        await form_of(pilot)
        top = lambda: screen_text(pilot).splitlines()[0]  # noqa: E731 - one line
        await until(pilot, lambda: "experiments.toml  " in top() and "1 running" in top())
        await field(pilot, "enabled")
        await pilot.press("space")
        await until(pilot, lambda: "experiments.toml *" in top())
        FILE.write_text("[[experiment]\n")
        main.post_message(Feed.FileSeen(FILE.read_bytes()))
        await until(pilot, lambda: "experiments.toml * !" in top())
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main and "experiments.toml:1" in screen_text(pilot))


@played
async def test_who_may_only_look_sees_every_setting_and_changes_none():
    async with console(read_only=True).run_test(size=(80, 24)) as pilot:
        main = await read(pilot, busy())
        await form_of(pilot)
        await until(pilot, lambda: last(pilot, 1).startswith(" esc done"))
        assert "default" not in last(pilot, 1) and "save" not in last(pilot, 1)
        await field(pilot, "epochs")
        for key in ("enter", "5", "space", "x", "z"):
            await pilot.press(key)
            await until(pilot, lambda: "start labtop without --read-only" in screen_text(pilot))
            assert not pilot.app.screen.panel.typing
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main)
        assert main.document.text == TEXT


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
@played
async def test_the_cost_stays_in_sight_whatever_the_name(size):
    name = "a name " * 12
    async with console(TEXT.replace('"quick"', f'"{name.strip()}"')).run_test(size=size) as pilot:
        await read(pilot)
        await form_of(pilot)
        title = pilot.app.screen.query_one(FormTitle).render()
        assert title.cell_len <= size[0] and "a name" in title.plain and "2 jobs; 6 epochs at most" in title.plain


@played
async def test_the_default_comes_first_and_a_long_choice_is_seen_to_its_end():
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await form_of(pilot, 1)
        await field(pilot, "initializer")
        await until(pilot, lambda: " glorot_uniform by default; glorot_uniform, he_uniform" in last(pilot))
        assert "he_normal" in last(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@played
async def test_help_stands_in_one_column_and_has_the_room_that_values_leave(size):
    text = TEXT.replace('"does it learn at all?"', '"学習するか 学習するか 学習するか 学習するか"')
    async with console(text).run_test(size=size) as pilot:
        await read(pilot)
        await form_of(pilot)
        form = pilot.app.screen.form
        lines = [line.plain for line in map(form.line, range(form.count))]
        found = {
            name: next(line for line in lines if f" {name} " in line) for name in ("notes", "repeats", "learning_rate")
        }
        ends = ("anything to remember", "trainings of each", "2 values")
        assert len({cell_len(line[: line.index(end)]) for line, end in zip(found.values(), ends, strict=True)}) == 1
        if size[0] == 200:
            assert max(map(cell_len, lines)) < 200
