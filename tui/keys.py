"""The key that does something now, for words that tell a person to press it: whoever chose another is told that."""

from textual.app import App
from textual.binding import Binding


def key_of(app: App[None], name: str, usual: str) -> str:
    """How the key of the binding `name` is shown: the one of the person's own choice, else the usual one."""
    chosen = getattr(app, "_keymap", {}).get(name)
    if not chosen:
        return usual
    return app.get_key_display(Binding(chosen.split(",")[0].strip(), ""))
