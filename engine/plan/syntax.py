"""What is wrong with a text that is no TOML: tomllib's findings in words that a person can act on."""

import re

from engine.errors import Fault

PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
HINT = "write it as TOML: key = value, text in quotes; https://toml.io shows how"
# tomllib names keys as Python's tuples: ('experiment', 'sweep').
TUPLE = re.compile(r"\((?:'(?:[^'\\]|\\.)*',? ?)+\)")
PART = re.compile(r"'((?:[^'\\]|\\.)*)'")
UNENDED = {
    r"Unterminated string": "a text without its closing quote",
    r"Unclosed array": "a list without its ]",
    r"Unclosed inline table": "a table without its }",
    r"Expected '(\]+)' at the end of (?:a table|an array) declaration": r"a header without its \1",
    r"Expected '=' after a key in a key/value pair": "a key without = and a value",
    r"Invalid value": "a value is missing, or is text without quotes",
    r"Invalid initial character for a key part": "there is no key where one is due",
    r"Expected .* after a statement": "more than one thing on a line",
    r"Unescaped '\\' in a string": "a backslash that stands for nothing: write two, or put the text in single quotes",
    r"Invalid hex value": "an escape that names no character",
}
WORDS = UNENDED | {
    r"Invalid statement": "this is neither a key, a table nor a comment",
    r"Escaped character is not a Unicode scalar value": "an escape that names no character",
    r"Cannot overwrite a value": "a key that was given before",
    r"Duplicate inline table key '(.*)'": r"the key \1 twice in one table",
    r"Cannot declare (.*) twice": r"the table \1 twice",
    r"Cannot (?:mutate immutable|redefine) namespace (.*)": r"the table \1, which was complete before",
    r"Illegal character '\\n'": "a text without its closing quote on this line",
    r"(?:Found invalid|Illegal) character (.*)": r"the character \1, which cannot stand here",
    r"Invalid date or datetime": "a date that is none",
}


def fault(error: ValueError, text: str, file: str) -> Fault:
    """What tomllib refused in a text, with its line and column."""
    message = str(error)
    match = PLACE.search(message)
    if match is None:
        return Fault("a number of thousands of digits", file, allowed="allowed: numbers that a training can take")
    line, column = match.groups()
    found = TUPLE.sub(lambda key: ".".join(PART.findall(key.group())), message[: match.start()])
    if line is None:
        early = any(re.fullmatch(known, found) for known in UNENDED)
        what = "the file ends too early" if early else "not TOML"
        return Fault(f"{what}: {_said(found)}", file, text.rstrip().count("\n") + 1, allowed=HINT)
    return Fault(f"not TOML: {_said(found)}, in column {column}", file, int(line), allowed=HINT)


def _said(found: str) -> str:
    for known, words in WORDS.items():
        match = re.fullmatch(known, found)
        if match is not None:
            return match.expand(words)
    return found[:1].lower() + found[1:]
