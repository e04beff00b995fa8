"""What of a person's own choices cannot be used, once all that they may speak of is loaded."""

from textual.app import App
from textual.dom import DOMNode

from engine.plan.words import did_you_mean
from tui.config import Config, config_path
from tui.screens.dialogs import Ask, Choose, Page
from tui.screens.help import bindings, own
from tui.screens.pick import Pick
from tui.widgets.bigtable import BigTable
from tui.widgets.fieldpanel import FieldPanel
from tui.widgets.line import Line
from tui.widgets.prompt import Prompt

# Their keys stand in no list of the help, since the bottom line shows them all, but may be chosen as well.
UNLISTED: tuple[type[DOMNode], ...] = (BigTable, Line, Prompt, FieldPanel, Pick, Choose, Ask, Page)


def unusable(app: App[None], config: Config) -> str:
    """A theme that is none, keys for actions that are none; empty where all is well."""
    wrong = []
    if config.theme not in app.available_themes:
        wrong.append(f"there is no theme {config.theme!r}{_meant(config.theme, list(app.available_themes))}")
    listed = [binding for _, found in bindings(app) for binding in found]
    known = [each.id for each in (*listed, *(each for part in UNLISTED for each in own(part))) if each.id]
    wrong += [f"no key is called {name!r}{_meant(name, known)}" for name in config.keys if name not in known]
    return f"{config_path()}: " + "; ".join(wrong) if wrong else ""


def _meant(word: str, known: list[str]) -> str:
    meant = did_you_mean(word, known)
    return f", did you mean {meant!r}?" if meant else ""
