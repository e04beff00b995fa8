"""Shows one of several widgets; the change is painted once, by the layout that it brings."""

from textual.reactive import reactive
from textual.widgets import ContentSwitcher


class Switcher(ContentSwitcher):
    """Textual's own, but it does not also paint itself before it is laid out anew."""

    current: reactive[str | None] = reactive(None, init=False, repaint=False)
