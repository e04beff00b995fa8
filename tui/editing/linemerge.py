"""Three-way merge of texts by lines, where no two changes touch."""

from difflib import SequenceMatcher


def merged_lines(base: str, ours: str, theirs: str) -> str | None:
    """`base` with both changes made, or None where they touch each other."""
    if theirs in (ours, base):
        return ours
    if ours == base:
        return theirs
    lines = base.splitlines(keepends=True)
    changes = [*_changes(lines, ours), *_changes(lines, theirs)]
    changes.sort(key=lambda change: change[:2])
    out, at = "", 0
    last: tuple[int, int, str] | None = None
    for change in changes:
        start, end, text = change
        if change == last:
            continue
        # Changes that only meet, such as two insertions at one place, have no order of their own.
        if last is not None and start <= last[1]:
            return None
        out += "".join(lines[at:start]) + text
        at, last = end, change
    return out + "".join(lines[at:])


def _changes(base: list[str], text: str) -> list[tuple[int, int, str]]:
    """What turns `base` into `text`: from line, to line, what stands there instead."""
    lines = text.splitlines(keepends=True)
    matcher = SequenceMatcher(None, base, lines, autojunk=False)
    return [(i1, i2, "".join(lines[j1:j2])) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]
