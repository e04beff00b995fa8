"""Values as they are typed: one, a list `0.2, 0.25, 0.2`, a range `1e-4..1e-2 log 5` or `0..0.5 lin 6`."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from engine.plan.jobs import Value

Kind: TypeAlias = Literal["bool", "int", "float", "text"]

MOST = 10_000
NUMBER = r"[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
RANGE = re.compile(rf"({NUMBER})\s*\.\.\s*({NUMBER})\s*(?:(log|lin)\s*(\d+)?)?")
BEGUN = re.compile(rf"({NUMBER})\s*\.\.")
PART = re.compile(r"""\s*("[^"]*"|'[^']*'|[^,]*)\s*(?:,|$)""")
YES, NO = ("true", "on", "yes"), ("false", "off", "no")


def values_of(text: str, kind: Kind) -> list[Value]:
    """The values that a text says, in its order, doubles kept. Raises ValueError, in words, where it says none.

    A word that does not fit the kind stays text, so that the parser of the file can say what is allowed.
    """
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1].strip()
    text = text.removesuffix(",")
    if not text:
        raise ValueError("type a value")
    found: list[Value] = []
    for part in _parts(text):
        found += _range(part, kind) if kind in ("int", "float") and BEGUN.match(part) else [_value(part, kind)]
        if len(found) > MOST:
            raise ValueError(f"more than {MOST:,} values")
    return found


def text_of(values: Sequence[Value]) -> str:
    """Values as they would be typed; `values_of` reads it back to the same."""
    return ", ".join(_written(value) for value in values)


def said(value: object) -> str:
    """A value as it is shown: `on`, `0.001`, `relu`."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ", ".join(map(said, value))
    return str(value)


def _written(value: Value) -> str:
    if not isinstance(value, str):
        return said(value)
    plain = value == value.strip() and value and "," not in value and value[0] not in "\"'[" and value[-1] != "]"
    return value if plain else f'"{value}"' if '"' not in value else f"'{value}'"


def _parts(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        match = PART.match(text, at)
        if match is None:
            raise ValueError("values are parted by commas")
        if not match[1].strip():
            raise ValueError("there is nothing between two commas")
        yield match[1].strip()
        at = match.end()


def _value(word: str, kind: Kind) -> Value:
    if word[0] in "\"'" and word[-1] == word[0] and len(word) > 1:
        return word[1:-1]
    if kind == "bool":
        return word.lower() in YES if word.lower() in YES + NO else word
    if kind in ("int", "float"):
        return _number(word)
    return word


def _number(word: str) -> Value:
    try:
        return int(word)
    except ValueError:
        pass
    try:
        number = float(word)
    except ValueError:
        return word
    return number


def _range(part: str, kind: Kind) -> list[Value]:
    match = RANGE.fullmatch(part)
    if match is None:
        raise ValueError("a range is first..last, then log or lin and how many, such as 1e-4..1e-2 log 5")
    low, high, how = float(match[1]), float(match[2]), match[3]
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("a range has two finite ends")
    if how is None:
        return _steps(low, high, kind)
    count = int(match[4][:6]) if match[4] else 0
    if count < 2:
        raise ValueError(f"say how many, 2 or more: {match[1]}..{match[2]} {how} 5")
    if count > MOST:
        raise ValueError(f"more than {MOST:,} values")
    if how == "log" and not (low > 0 and high > 0):
        raise ValueError("a log range has both ends above 0")
    shares = [place / (count - 1) for place in range(count)]
    if how == "log":
        between = [math.exp(math.log(low) + share * (math.log(high) - math.log(low))) for share in shares]
    else:
        between = [low * (1 - share) + high * share for share in shares]
    digits = 4 if how == "log" else 10
    numbers = [low, *(float(f"{number:.{digits}g}") for number in between[1:-1]), high]
    if kind == "int":
        # Rounding may make neighbours equal; a range names each number once.
        return list(dict.fromkeys(round(number) for number in numbers))
    return [*numbers]


def _steps(low: float, high: float, kind: Kind) -> list[Value]:
    if kind != "int" or low != int(low) or high != int(high):
        raise ValueError("say how the range is walked: log 5, or lin 6")
    if abs(high - low) >= MOST:
        raise ValueError(f"more than {MOST:,} values; say how many, such as lin 6")
    first, last = int(low), int(high)
    return list(range(first, last + 1) if first <= last else range(first, last - 1, -1))
