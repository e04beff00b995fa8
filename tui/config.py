"""What a person chose for good, in `$XDG_CONFIG_HOME/labtop/config.toml`: theme, keys, style of the digits."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.errors import EngineError

DIGIT_STYLES = ("half", "braille", "ascii")
THEMES = ("labtop-dark", "labtop-light")


@dataclass(frozen=True)
class Config:
    """The choices; whatever is not chosen is as below."""

    theme: str = THEMES[0]
    """Any theme of the app."""
    digits: str = ""
    """How digits are drawn; empty takes what suits the terminal."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys by the id of their binding, such as `queue.run = "ctrl+r"`; several are parted by commas."""
    bell: bool = False
    """Whether the terminal's bell rings once the queue has ended."""
    allowed: tuple[str, ...] = ()
    """Fingerprints of the code that queue files may run."""


class Kept:
    """The choices of a person, read once, written whenever one is made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config, self.problem = read(path)

    def keep(self, **choices: object) -> str:
        """Make a choice. Returns what went wrong in keeping it, if anything; it holds in any case."""
        self.config = replace(self.config, **choices)  # type: ignore[arg-type]
        try:
            write(self.path, choices)
        except OSError as error:
            return f"{self.path} cannot be written: {error.strerror}"
        except (EngineError, ValueError, RecursionError) as error:
            return f"{self.path} is left as it is, so this holds only until labtop ends: mend it first\n{error}"
        return ""


def config_path() -> Path:
    """Where the choices are kept; it need not be there."""
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "labtop" / "config.toml"


def read(path: Path) -> tuple[Config, str]:
    """The choices, and what is wrong with the file, if anything; what is wrong counts as not chosen."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Config(), ""
    except (OSError, ValueError, RecursionError) as error:
        return Config(), f"{path} is not used: {error}"
    wrong: list[str] = []

    def taken(name: str, kind: type, otherwise: Any) -> Any:
        value = found.get(name, otherwise)
        if isinstance(value, kind):
            return value
        wrong.append(name)
        return otherwise

    chosen = taken("keys", dict, {})
    keys = {str(name): value for name, value in chosen.items() if isinstance(value, str) and value}
    if len(keys) < len(chosen):
        wrong.append('keys ("queue.run" = "ctrl+r", each in quotes)')
    allowed = tuple(word for word in taken("allowed", list, []) if isinstance(word, str))
    digits = taken("digits", str, "")
    style = digits if digits in DIGIT_STYLES else ""
    if digits != style:
        wrong.append("digits")
    config = Config(taken("theme", str, THEMES[0]), style, keys, taken("bell", bool, False), allowed)
    return config, f"{path}: {', '.join(dict.fromkeys(wrong))} cannot be used" if wrong else ""


def write(path: Path, choices: Mapping[str, Any]) -> None:
    """Make choices in the file, which keeps whatever else stands in it, comments too.

    Raises OSError, and EngineError or ValueError where the file cannot be read or would not survive it.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        text = ""
    for name, value in choices.items():
        text = chosen_in(text, name, value)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # What is a link, into a folder of dotfiles, stays one.
    path = path.resolve()
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    aside.write_bytes(text.encode())
    aside.replace(path)


def chosen_in(text: str, name: str, value: Any) -> str:
    """`text` with a choice of the top level made. Raises EngineError or ValueError."""
    from engine.plan.editor import set_value, written  # noqa: PLC0415 - a first paint does without
    from engine.plan.toml_layout import layout_of  # noqa: PLC0415

    meant = tomllib.loads(text) | {name: list(value) if isinstance(value, tuple) else value}
    layout = layout_of(text)
    if (name,) in layout.values:
        return set_value(text, (), name, value)
    newline = "\r\n" if "\r\n" in text else "\n"
    first = min((table.start for table in layout.tables), default=len(text))
    ends = [end for start, end in layout.pairs.values() if start < first]
    end = text.find("\n", max(ends)) + 1 if ends else 0
    # The last line may have no end.
    before = text[:end] if end or not ends else text + newline
    edited = f"{before}{name} = {written(value)}{newline}{text[len(before) :]}"
    if tomllib.loads(edited) != meant:
        raise ValueError(f"{name} cannot be put into it")
    return edited
