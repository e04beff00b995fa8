"""The help: every key, made from the bindings themselves, under the part of the console that has it."""

from collections.abc import Iterable, Iterator
from textwrap import wrap

from rich.text import Text
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

from tui.screens.dialogs import Page
from tui.screens.tabs import TABS, pane_class
from tui.widgets.rows import Rows

Line = tuple[str, str]
KEYS_WIDTH = 18
FORM = "form of an experiment"


def bindings(app: App[None]) -> Iterator[tuple[str, list[Binding]]]:
    """Each part of the console with all that a key does there."""
    from tui.screens.form import FormScreen  # noqa: PLC0415 - heavy, needed only here
    from tui.screens.main import MainScreen  # noqa: PLC0415 - the main screen shows this help

    palette = Binding(app.COMMAND_PALETTE_BINDING, "command_palette", "every action, by name", id="app.palette")
    yield "everywhere", [*own(MainScreen), palette, *own(type(app))]
    yield "in every list", own(Rows)
    for name in TABS:
        yield name, pane_bindings(pane_class(name.lower()))
    yield FORM, own(FormScreen)


def sections(app: App[None]) -> Iterator[tuple[str, list[Line]]]:
    """Each part of the console with its keys and what they do, keys remapped by the person as they are now."""
    for title, found in bindings(app):
        yield title, lines(app, found)


def pane_bindings(pane: type[DOMNode]) -> list[Binding]:
    """The bindings of a pane, and of the parts that it names in `PARTS`, but for those that move in every list."""
    parts: tuple[type[DOMNode], ...] = getattr(pane, "PARTS", ())
    more = (binding for part in parts for binding in own(part))
    return [*own(pane), *(binding for binding in more if not (binding.id or "").startswith("list."))]


def own(node: type[DOMNode]) -> list[Binding]:
    """The bindings that a class itself defines."""
    return [binding for binding in node.__dict__.get("BINDINGS", ()) if isinstance(binding, Binding)]


def lines(app: App[None], told: Iterable[Binding]) -> list[Line]:
    """Keys and what they do, one line an action."""
    remapped = getattr(app, "_keymap", {})
    found = []
    for binding in told:
        if binding.system or not (binding.tooltip or binding.description):
            continue
        keys = remapped.get(binding.id or "", binding.key).split(",")
        if keys == [binding.key]:
            shown = app.get_key_display(binding)
        else:
            shown = " ".join(app.get_key_display(binding.with_key(key.strip(), None)) for key in keys)
        found.append((shown, binding.tooltip or binding.description))
    return found


def help_page(app: App[None], part: str = "") -> Page:
    """The page that `?` opens, at the part of the console that the person is in."""
    text: list[Text] = []
    accent = app.theme_variables["accent"]
    # A page has a frame, and a mark at its edge.
    room = max(20, app.size.width * 96 // 100 - 5 - KEYS_WIDTH - 2)
    at = 0
    for title, keys in sections(app):
        if text:
            text.append(Text(""))
        if title == part:
            at = len(text)
        text.append(Text(title, style="bold"))
        for shown, words in keys:
            first, *rest = wrap(words, room)
            text.append(Text.assemble((f"  {shown:<{KEYS_WIDTH}}", f"bold {accent}"), first))
            text += [Text(" " * (KEYS_WIDTH + 2) + more) for more in rest]
    return Page("Every key", text, at)
