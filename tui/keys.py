"""The key that does something now, for words that tell a person to press it: whoever chose another is told that."""

import re

from textual.app import App
from textual.binding import Binding

# The keys that words speak of, by the id of their binding; words that know no app name them `<queue.undo>`.
USUAL = {
    "app.help": "?",
    "tab.queue": "1",
    "board.adopt": "A",
    "app.quit": "q",
    "digits.back": "esc",
    "digits.churn": "=",
    "digits.errors": "e",
    "digits.matrix": "v",
    "digits.missed": "m",
    "digits.sort": "s",
    "digits.style": "a",
    "digits.whose": "b",
    "focus.next": "tab",
    "form.edit": "enter",
    "form.unset": "x",
    "queue.down": "J",
    "queue.editor": "E",
    "queue.fix": "F",
    "queue.hold": "h",
    "queue.new": "n",
    "queue.refine": "f",
    "queue.retry": "R",
    "queue.run": "r",
    "queue.save": "ctrl+s",
    "queue.stop": "s",
    "queue.switch": "space",
    "queue.undo": "z",
    "queue.up": "K",
}
NAMED = re.compile("|".join(f"<{re.escape(name)}>" for name in USUAL))


def key_of(app: App[None], name: str) -> str:
    """How the key of the binding `name` is shown: the one of the person's own choice, else the usual one."""
    chosen = getattr(app, "_keymap", {}).get(name)
    if not chosen:
        return USUAL[name]
    return app.get_key_display(Binding(chosen.split(",")[0].strip(), ""))


def with_keys(app: App[None], words: str) -> str:
    """`words` with the keys that they name, each in the place of its name."""
    return NAMED.sub(lambda found: key_of(app, found.group()[1:-1]), words)
