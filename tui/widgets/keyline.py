"""The bottom line: the keys of what has focus, made from the bindings."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.screen import Screen


@dataclass(frozen=True)
class Hint:
    """One entry: the keys, what they do, and the action that a click runs."""

    keys: str
    words: str
    action: str


class KeyLine(Widget):
    """One line of keys; those that do not fit are left to the help."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; width: 1fr; background: $panel; color: $text-muted; }
    """

    hints: reactive[tuple[Hint, ...]] = reactive(())

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._updated)
        self.call_after_refresh(self._updated, self.screen)

    def _updated(self, screen: "Screen[object]") -> None:
        if self.is_attached and screen is self.screen and self.app.screen is screen:
            self.hints = tuple(self._found(screen))

    def _found(self, screen: "Screen[object]") -> list[Hint]:
        found: dict[str, Hint] = {}
        for binding in _in_order(screen):
            keys = self.app.get_key_display(binding)
            group = binding.group
            name = f"group {group.description}" if group else binding.action
            if name in found:
                if group and keys not in found[name].keys.split("/"):
                    found[name] = Hint(f"{found[name].keys}/{keys}", found[name].words, found[name].action)
                continue
            found[name] = Hint(keys, group.description if group else binding.description, binding.action)
        return list(found.values())

    def fitting(self, width: int) -> list[tuple[int, Hint]]:
        """The hints that fit into `width` columns, each with the column at which it begins; the last one always."""
        if not self.hints:
            return []
        *others, last = self.hints
        room = width - _width(last) - 2
        placed, at = [], 1
        for hint in others:
            if at + _width(hint) > room:
                break
            placed.append((at, hint))
            at += _width(hint) + 2
        return [*placed, (max(at, width - _width(last) - 1), last)]

    def render(self) -> Text:
        """Keys bright, words dim."""
        variables = self.app.theme_variables
        text = Text(no_wrap=True, overflow="crop", end="")
        for at, hint in self.fitting(self.size.width):
            text.append(" " * (at - text.cell_len))
            text.append(hint.keys, style=f"bold {variables['accent']}")
            text.append(" " + hint.words)
        return text

    async def on_click(self, event: events.Click) -> None:
        """Run the action under the mouse."""
        for at, hint in self.fitting(self.size.width):
            if at <= event.x < at + _width(hint):
                await self.run_hint(hint)

    async def run_hint(self, hint: Hint) -> None:
        """Run an entry's action where its key would have."""
        for node, binding, enabled, _ in self.screen.active_bindings.values():
            if binding.action == hint.action and enabled:
                await self.app.run_action(binding.action, node)
                return


def hide(node: DOMNode, actions: Collection[str]) -> None:
    """Offer these actions of a node no more; their keys go on to work, if only to say why they do not."""
    for keys, bindings in node._bindings.key_to_bindings.items():
        offered = [replace(each, show=each.show and each.action not in actions) for each in bindings]
        node._bindings.key_to_bindings[keys] = offered


def _in_order(screen: "Screen[object]") -> list[Binding]:
    """The bindings to be shown, in the order in which they were written, those that a person remapped too."""
    shown = [
        (node, binding) for node, binding, enabled, _ in screen.active_bindings.values() if binding.show and enabled
    ]
    nodes = list(dict.fromkeys(node for node, _ in shown))
    written = {
        (node, binding.id): place
        for node in nodes
        for place, (_, binding) in enumerate(BindingsMap(type(node).BINDINGS))
    }
    shown.sort(key=lambda found: (nodes.index(found[0]), written.get((found[0], found[1].id), 0)))
    return [binding for _, binding in shown]


def _width(hint: Hint) -> int:
    return cell_len(hint.keys) + 1 + cell_len(hint.words)
