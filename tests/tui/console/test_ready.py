"""Tabs are made ready while nothing is typed; who types notices nothing of it."""

from tests.tui.console.stage import busy, console, read, screen_text, until
from tests.tui.console.test_flows import played
from tui.feed import Feed
from tui.screens import main
from tui.widgets.switcher import Switcher


def made(pilot):
    """The tabs that there are by now."""
    return [pane.id for pane in pilot.app.main.query_one(Switcher).children]


@played
async def test_tabs_are_made_before_they_are_asked_for_and_take_neither_sight_nor_focus(monkeypatch):
    monkeypatch.setattr(main, "QUIET", 0.01)
    app = console()
    async with app.run_test(size=(100, 30)) as pilot:
        await read(pilot)
        await pilot.press("tab")
        before, focused = screen_text(pilot), app.focused
        app.main.call_later(app.main._make_ready)
        await until(pilot, lambda: made(pilot) == ["queue", "curves", "leaderboard", "digits", "log"])
        await pilot.pause()
        assert screen_text(pilot) == before
        assert app.focused is focused
        await pilot.press("4")
        await until(pilot, lambda: "[4 Digits]" in screen_text(pilot))
        assert app.focused in app.main.query_one("#digits").query("*")
        assert made(pilot).count("digits") == 1


@played
async def test_while_somebody_types_none_is_made():
    app = console()
    async with app.run_test(size=(100, 30)) as pilot:
        await read(pilot)
        await pilot.press("j")
        assert app.quiet < main.QUIET
        await app.main._make_ready()
        assert made(pilot) == ["queue"]


@played
async def test_a_tab_asked_for_while_it_is_made_is_made_once():
    app = console()
    async with app.run_test(size=(100, 30)) as pilot:
        await read(pilot)
        app.main.call_later(app.main._make, "curves")
        await pilot.press("2")
        await until(pilot, lambda: "[2 Curves]" in screen_text(pilot))
        assert made(pilot) == ["queue", "curves"]


@played
async def test_a_tab_that_nobody_has_seen_lays_nothing_out_when_jobs_go_on(monkeypatch):
    app = console()
    async with app.run_test(size=(100, 30)) as pilot:
        await read(pilot, busy())
        await app.main._make("leaderboard")
        await pilot.pause()
        empty, updated = app.main.query_one("#leaderboard .empty"), []
        monkeypatch.setattr(empty, "update", updated.append)
        app.main.post_message(Feed.Changed(busy()))
        await pilot.pause()
        assert updated == []
