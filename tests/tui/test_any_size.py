"""Every tab in every window, down to one character, with and without something to show, and in ASCII alone."""

from pathlib import Path
from typing import Any

import pytest
from textual.scrollbar import ScrollBar

from engine.plan.jobs import configuration_id
from engine.results.rows import Note
from tests.tui.made import Host, flow, grid, history, mistakes, row, shown, snapshot
from tui.panes.curves import CurvesPane
from tui.panes.digits import DigitsPane
from tui.panes.leaderboard import LeaderboardPane
from tui.panes.log import LogPane
from tui.widgets.plain import PlainBars

PANES: list[Any] = [CurvesPane, LeaderboardPane, DigitsPane, LogPane]
SIZES = ((80, 24), (1, 1), (2, 3), (12, 5), (200, 60), (40, 2), (7, 40), (80, 24))


async def fill(pilot: Any, pane: Any, path: Path) -> None:
    rows = (*grid(), row(1, experiments=("Überprüfung",), dropout=0.5))
    pane.snapshot = snapshot(*rows)
    await pilot.pause()
    if isinstance(pane, CurvesPane):
        pane.histories = {job.id: history(job.epoch) for job in rows if job.epoch}
        await pilot.press("a", "right")
    elif isinstance(pane, LeaderboardPane):
        pane.notes = {configuration_id(grid()[0].config): Note("größer", star=True)}
        await pilot.app.workers.wait_for_complete()
        await pilot.press("p", "full_stop", "equals_sign", "j", "equals_sign")
    elif isinstance(pane, DigitsPane):
        pane.mistakes = mistakes()
        await pilot.press("enter")
    else:
        path.write_text("Fehler: ungültig\n" * 100, "utf-8")
        pane.path = path
        await pilot.press("slash", *"ü", "enter")
    await pilot.pause()


@pytest.mark.parametrize("pane", PANES, ids=lambda pane: pane.__name__)
def test_no_size_is_too_small(pane: Any, tmp_path: Path) -> None:
    @flow
    async def resize() -> None:
        made = pane()
        async with Host(made).driven() as pilot:
            for filled in (False, True):
                if filled:
                    await fill(pilot, made, tmp_path / "worker.log")
                for size in SIZES:
                    await pilot.resize_terminal(*size)
                    await pilot.pause()
                    assert len(shown(pilot)) == size[1]

    resize()


@pytest.mark.parametrize("pane", PANES, ids=lambda pane: pane.__name__)
def test_in_ascii_nothing_else_is_shown(pane: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @flow
    async def look() -> None:
        made = pane()
        host = Host(made)
        monkeypatch.setattr(ScrollBar, "renderer", PlainBars)
        async with host.driven() as pilot:
            made.ascii = True
            await pilot.pause()
            assert "".join(shown(pilot)).isascii()
            await fill(pilot, made, tmp_path / "worker.log")
            assert "".join(shown(pilot)).isascii()

    look()
