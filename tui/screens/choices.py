"""What of a person's own choices cannot be used, once all that they may speak of is loaded."""

import unicodedata

from textual.app import App
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, _character_to_key

from engine.plan.words import did_you_mean
from tui.config import Config, config_path
from tui.screens.dialogs import Ask, Choose, Page
from tui.screens.help import FORM, bindings, own
from tui.screens.pick import Pick
from tui.screens.tabs import TABS
from tui.widgets.bigtable import BigTable
from tui.widgets.fieldpanel import FieldPanel
from tui.widgets.line import Line
from tui.widgets.prompt import Prompt

# Their keys stand in no list of the help, since the bottom line shows them all, but may be chosen as well.
UNLISTED: tuple[type[DOMNode], ...] = (BigTable, Line, Prompt, FieldPanel, Pick, Choose, Ask, Page)
MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
TOLD = 3
NAMES = frozenset({*KEY_NAME_REPLACEMENTS.values(), *(key.value for key in Keys)})


def unusable(app: App[None], config: Config) -> str:
    """A theme that is none, keys that are none or for actions that are none, keys of two; empty where all is well."""
    wrong = []
    if config.theme not in app.available_themes:
        wrong.append(f"there is no theme {config.theme!r}{_meant(config.theme, list(app.available_themes))}")
    listed = [binding for _, found in bindings(app) for binding in found]
    known = [each.id for each in (*listed, *(each for part in UNLISTED for each in own(part))) if each.id]
    wrong += [f"no key is called {name!r}{_meant(name, known)}" for name in config.keys if name not in known]
    wrong += [f"{name!r}: there is no key {key!r}" for name, keys in config.keys.items() for key in unknown(keys)]
    wrong += twice(app, config)
    return f"{config_path()}: " + "; ".join(wrong) if wrong else ""


def unknown(keys: str) -> list[str]:
    """What of `ctrl+r,f5` names no key."""
    return [key for key in _parted(keys) if not _is_key(key)]


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if not {*modifiers} <= MODIFIERS:
        return False
    if len(last) == 1 or last in NAMES:
        return True
    try:
        unicodedata.lookup(last.replace("_", " "))
    except KeyError:
        return False
    return True


def twice(app: App[None], config: Config) -> list[str]:
    """Keys that were chosen for one action, but do another in the same place."""
    parts = dict(bindings(app))
    always = [*parts["everywhere"], *parts["in every list"]]
    places = [always, *([*parts[name], *always] for name in TABS), [*parts[FORM], *parts["in every list"]]]
    found = {}
    for place in places:
        taken: dict[str, str] = {}
        for binding in place:
            name = binding.id or ""
            for key in map(_named, _parted(config.keys.get(name, binding.key))):
                other = taken.setdefault(key, name)
                if other != name and {other, name} & config.keys.keys():
                    found[other, name] = f"{other!r} and {name!r} are both on {key!r}"
    told = list(found.values())
    return told if len(told) <= TOLD else [*told[: TOLD - 1], f"and {len(told) - TOLD + 1} more are on one key"]


def _parted(keys: str) -> list[str]:
    return [key.strip() for key in keys.split(",") if key.strip()]


def _named(key: str) -> str:
    return _character_to_key(key) if len(key) == 1 else key


def _meant(word: str, known: list[str]) -> str:
    meant = did_you_mean(word, known)
    return f", did you mean {meant!r}?" if meant else ""
