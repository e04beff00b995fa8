"""The bottom line of the Queue shows what the keys do where the focus is, and a key does nothing else."""

from tests.tui.console.stage import TEXT, busy, console, read, screen_text, until
from tests.tui.console.test_flows import played


def offered(pilot):
    """The bottom line."""
    return screen_text(pilot).splitlines()[-1]


@played
async def test_the_line_follows_the_focus_from_the_list_to_jobs_map_and_cell():
    async with console().run_test(size=(100, 30)) as pilot:
        await read(pilot, busy())
        await pilot.press("j")
        await until(pilot, lambda: offered(pilot).startswith(" n new  enter edit  r run"))
        await pilot.press("tab")
        await until(pilot, lambda: offered(pilot).startswith(" r run  s stop  m map  f refine  J/K move"))
        assert "new" not in offered(pilot) and "on/off" not in offered(pilot) and "v grid/list" in offered(pilot)
        await pilot.press("m")
        words = " enter its jobs  s stop  R run missing  x across  y down  M figure  F fix  c copy  esc back"
        await until(pilot, lambda: offered(pilot).startswith(words))
        await pilot.press("enter")
        await until(pilot, lambda: offered(pilot).startswith(" s stop  J/K move  h hold  H release  R run missing"))
        assert "esc back" in offered(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: offered(pilot).startswith(words))
        await pilot.press("escape", "shift+tab")
        await until(pilot, lambda: offered(pilot).startswith(" n new  enter edit  r run"))


@played
async def test_with_a_job_focused_no_key_touches_the_experiment(monkeypatch):
    async with console().run_test(size=(80, 24)) as pilot:
        main = await read(pilot, busy())
        await pilot.press("j", "tab")
        said = []
        monkeypatch.setattr(main, "tell", lambda text, **_: said.append(text))
        await pilot.press("D", "space", "d")
        await until(pilot, lambda: len(said) == 3)
        assert all("<focus.next> goes back" in words for words in said)
        assert main.document.text == TEXT


@played
async def test_what_is_refused_is_offered_nowhere():
    async with console(read_only=True).run_test(size=(100, 30)) as pilot:
        await read(pilot, busy())
        await pilot.press("j", "tab")
        await until(pilot, lambda: offered(pilot).startswith(" m map  v grid/list  c copy"))
        await pilot.press("m")
        await until(pilot, lambda: offered(pilot).startswith(" enter its jobs  x across  y down  M figure"))
