"""The least that a Textual program with tabs can be: what the console's start is measured against."""

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header, TabbedContent, TabPane


class Bare(App[None]):
    """Header, footer, five tabs, an empty table."""

    BINDINGS = [("q", "quit", "quit")]  # noqa: RUF012 - Textual's

    def compose(self) -> ComposeResult:
        """All of it."""
        yield Header()
        with TabbedContent():
            with TabPane("Queue"):
                yield DataTable[str]()
            for name in ("Curves", "Leaderboard", "Digits", "Log"):
                yield TabPane(name)
        yield Footer()


if __name__ == "__main__":
    Bare().run()
