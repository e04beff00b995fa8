"""The five tabs by name; a pane is loaded when it is first shown, since plotext and NumPy take their time."""

from importlib import import_module

from textual.widget import Widget

TABS = ("Queue", "Curves", "Leaderboard", "Digits", "Log")
PANES = {
    "queue": "tui.panes.queue:QueuePane",
    "curves": "tui.panes.curves:CurvesPane",
    "leaderboard": "tui.panes.leaderboard:LeaderboardPane",
    "digits": "tui.panes.digits:DigitsPane",
    "log": "tui.panes.log:LogPane",
}


def pane_class(name: str) -> type[Widget]:
    """The class of a pane."""
    module, _, found = PANES[name].partition(":")
    pane: type[Widget] = getattr(import_module(module), found)
    return pane


def make_pane(name: str) -> Widget:
    """A new pane."""
    return pane_class(name)()


def preload() -> None:
    """Load the panes before they are asked for; meant for a thread."""
    for name in TABS:
        pane_class(name.lower())
