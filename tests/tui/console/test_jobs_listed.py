"""The jobs of what is chosen in the Queue: their curves come at once, and an empty list takes no focus."""

from tests.tui.console.stage import busy, console, curves, done, main_of, read, rows_of, screen_text, snapshot, until
from tests.tui.console.test_flows import played
from tests.tui.console.test_map import GRID
from tests.tui.console.test_map import TEXT as MAPPED


async def wanted(pilot, ids):
    """Until the curves of these jobs are asked for."""
    main = main_of(pilot)
    await until(pilot, lambda: set(ids) <= set(main._wanted.get("queue", ())), f"curves of {ids}")


@played
async def test_curves_of_a_list_are_asked_for_as_soon_as_it_is_shown():
    found = busy()
    async with console().run_test(size=(80, 24)) as pilot:
        await read(pilot, found)
        await wanted(pilot, [row.id for row in found.jobs[:2]])
        await curves(pilot)
        line = lambda: screen_text(pilot).split("learning_rate=0.01 ")[1].split("\n")[0]  # noqa: E731 - one line
        await until(pilot, lambda: "0.9727 " in line() and "█" in line())


@played
async def test_curves_are_asked_for_where_a_grid_becomes_a_list_and_where_a_cell_opens():
    found = snapshot(rows_of(MAPPED, grid=GRID), runner=None)
    async with console(MAPPED).run_test(size=(80, 24)) as pilot:
        await read(pilot, found)
        await pilot.press("v")
        await wanted(pilot, [row.id for row in found.jobs[:3]])
        await pilot.press("v", "m")
        await until(pilot, lambda: "2/2" in screen_text(pilot))
        await pilot.press("down", "enter")
        await wanted(pilot, [row.id for row in found.jobs[4:5]])


@played
async def test_a_table_without_jobs_takes_no_focus():
    async with console().run_test(size=(80, 24)) as pilot:
        main = await read(pilot, snapshot(rows_of(quick=[done(0.9)] * 2), runner=None))
        await pilot.press("tab")
        assert main.focused.id == "jobs"
        await pilot.press("shift+tab", "G", "tab", "k")
        await until(pilot, lambda: ">  [defaults]" in screen_text(pilot) or "> [defaults]" in screen_text(pilot))
        assert main.focused.id == "experiment-list"
        await pilot.press("g", "tab")
        assert main.focused.id == "jobs"


@played
async def test_a_list_that_is_longer_than_its_window_is_made_for_the_room_beside_the_mark():
    text = "".join(f'[[experiment]]\nname = "number {n}"\n\n' for n in range(6))
    async with console(text).run_test(size=(80, 24)) as pilot:
        main = await read(pilot)
        await until(pilot, lambda: "number 5" in screen_text(pilot))
        queue = main.query_one("#queue")
        assert queue.list.width == queue.list.size.width
        for _ in range(3):
            await pilot.press("d")
        await until(pilot, lambda: queue.list.count == 11 and queue.list.width < queue.list.size.width)
        await until(pilot, lambda: all(queue.list.line(at).cell_len <= queue.list.width for at in range(9)))
        assert "…" not in screen_text(pilot)
        await pilot.resize_terminal(80, 50)
        await until(pilot, lambda: queue.list.width == 80 and queue.list.line(0).cell_len == 79)
