"""What of a person's own choices cannot be used, once all that they may speak of is loaded."""

from textual.app import App

from engine.plan.words import did_you_mean
from tui.config import Config, config_path
from tui.screens.help import bindings


def unusable(app: App[None], config: Config) -> str:
    """A theme that is none, keys for actions that are none; empty where all is well."""
    wrong = []
    if config.theme not in app.available_themes:
        wrong.append(f"there is no theme {config.theme!r}{_meant(config.theme, list(app.available_themes))}")
    known = [binding.id for _, found in bindings(app) for binding in found if binding.id]
    wrong += [f"no key is called {name!r}{_meant(name, known)}" for name in config.keys if name not in known]
    return f"{config_path()}: " + "; ".join(wrong) if wrong else ""


def _meant(word: str, known: list[str]) -> str:
    meant = did_you_mean(word, known)
    return f", did you mean {meant!r}?" if meant else ""
