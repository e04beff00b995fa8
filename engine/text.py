"""Names, notes and log lines come from data: here they become text that no terminal obeys."""

import unicodedata

# Control, format (bidi marks, zero widths, tags), half of a pair, unassigned, and the two invisible line breaks.
ACTIVE = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """`text` with every character that would act instead of show written out, such as `\\x1b` or `\\u202e`.

    What shows as itself is left alone, so the function changes nothing when it is applied twice.
    """
    if text.isprintable():
        return text
    return "".join(_written_out(char) if unicodedata.category(char) in ACTIVE else char for char in text)


def visible_line(line: str) -> str:
    """A line of a log: tabs reach to their stops, the line's own end is dropped, all else as in `visible`."""
    return "\t".join(visible(part) for part in line.rstrip("\r\n").split("\t")).expandtabs(8)


def brief(text: str, longest: int = 40) -> str:
    """The beginning of a text, with dots where some of it is left out."""
    return text if len(text) <= longest else text[: longest - 3] + "..."


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes: two for a wide character, none for one that combines."""
    if text.isascii():
        return len(text)
    return sum(_columns_of_char(char) for char in text)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` columns, with two dots where something is missing."""
    if columns_of(text) <= width:
        return text
    kept = text[: max(0, width - 2)]
    while kept and columns_of(kept) > width - 2:
        kept = kept[:-1]
    return kept + ".."[: max(0, width)]


def _columns_of_char(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _written_out(char: str) -> str:
    if char in SHORT:
        return SHORT[char]
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
