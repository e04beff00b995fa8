"""What a person chose for good, in `$XDG_CONFIG_HOME/labtop/config.toml`: theme, keys, style of the digits."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

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
            write(self.path, self.config)
        except OSError as error:
            return f"{self.path} cannot be written: {error.strerror}"
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


def write(path: Path, config: Config) -> None:
    """Keep the choices, beside whatever else stands in the file. Raises OSError."""
    import tomli_w  # noqa: PLC0415 - needed only here

    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        found = {}
    chosen = {
        "theme": config.theme,
        "digits": config.digits,
        "bell": config.bell,
        "keys": dict(config.keys),
        "allowed": [*config.allowed],
    }
    found = {name: value for name, value in (found | chosen).items() if value}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    aside.write_text(tomli_w.dumps(found), "utf-8")
    aside.replace(path)
