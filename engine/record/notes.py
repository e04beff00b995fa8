"""What people say about their results, in `notes.toml`: kept out of the database, which can be made anew."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import tomli_w

from engine.errors import DataError
from engine.record.paths import replace_file
from engine.results.rows import Note


def read(path: Path) -> dict[str, Note]:
    """Every note, by the id of its configuration or job. Raises DataError where the file is damaged."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
        return {
            name: Note(str(entry.get("note", "")), bool(entry.get("star")), tuple(map(str, entry.get("tags", ()))))
            for name, entry in document.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        hint = "mend the file, or move it away"
        raise DataError(f"the notes cannot be read: {error}", where=str(path), hint=hint) from None


def write(path: Path, notes: Mapping[str, Note]) -> None:
    """Replace the file; what says nothing is left out. Raises OSError."""
    document = {
        name: {"note": note.text, "star": note.star, "tags": list(note.tags)}
        for name, note in sorted(notes.items())
        if note != Note()
    }
    replace_file(path, tomli_w.dumps(document).encode())
