"""The bottom line: the keys of what has focus, made from the bindings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
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
    urgent: str = ""
    """An action that stands before all others."""

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
        return sorted(found.values(), key=lambda hint: hint.action != self.urgent)

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


def offer(node: DOMNode, actions: Collection[str], shown: bool = True) -> None:
    """Show these actions of a node in the line, or not; in any case their keys work, if only to say why they do not."""
    for keys, bindings in node._bindings.key_to_bindings.items():
        offered = [replace(each, show=shown) if each.action in actions else each for each in bindings]
        node._bindings.key_to_bindings[keys] = offered


def offer_only(node: DOMNode, words: Mapping[str, str]) -> None:
    """Show these actions of a node in the line and no other, under other words where some are given."""
    kind = BindingsMap(node.__class__.BINDINGS).key_to_bindings
    written = {each.id: each.description for found in kind.values() for each in found}
    for keys, bindings in node._bindings.key_to_bindings.items():
        node._bindings.key_to_bindings[keys] = [
            replace(
                each,
                show=each.action in words,
                description=words.get(each.action) or written.get(each.id, each.description),
            )
            for each in bindings
        ]


def _in_order(screen: "Screen[object]") -> list[Binding]:
    """The bindings to be shown, in the order in which they were written, those that a person remapped too."""
    shown = [
        (node, binding) for node, binding, enabled, _ in screen.active_bindings.values() if binding.show and enabled
    ]
    focused = screen.focused
    if focused is not None and focused.check_consume_key("a", "a"):
        # Textual overlooks characters whose keys have a name of their own, as `slash`.
        shown = [(node, each) for node, each in shown if node is focused or len(screen.app.get_key_display(each)) > 1]
    nodes = list(dict.fromkeys(node for node, _ in shown))
    shown.sort(key=lambda found: (nodes.index(found[0]), _written(found[0].__class__).get(found[1].id, 0)))
    return [binding for _, binding in shown]


@cache
def _written(kind: type[DOMNode]) -> dict[str | None, int]:
    """The place of each binding of a class among those that are written there."""
    return {binding.id: place for place, (_, binding) in enumerate(BindingsMap(kind.BINDINGS))}


def _width(hint: Hint) -> int:
    return cell_len(hint.keys) + 1 + cell_len(hint.words)
