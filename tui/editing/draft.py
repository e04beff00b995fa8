"""Unsaved changes, kept aside until they are saved, so that a lost connection loses nothing."""

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from tui.editing.document import Document
from tui.editing.merge import merge

# A process's number comes again, in a container soon.
RUN = secrets.token_hex(4)


def _folder() -> Path:
    home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(home).expanduser() / "labtop" / "drafts"


def _stem(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]


def _own(path: Path) -> Path:
    """Each console keeps its own: several may be open on one file."""
    return _folder() / f"{_stem(path)}-{RUN}-{os.getpid()}.json"


def keep(document: Document) -> None:
    """Keep what is unsaved, or forget what was kept once it is saved. What cannot be kept is not."""
    if document.queue is None:
        return
    kept = _own(document.path)
    with contextlib.suppress(OSError):
        if not document.unsaved:
            kept.unlink(missing_ok=True)
            return
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = kept.with_suffix(".part")
        aside.write_text(json.dumps({"base": document.base, "text": document.text}), "utf-8")
        aside.replace(kept)


@dataclass(frozen=True)
class Left:
    """What a console that is no more left unsaved."""

    kept: Path
    text: str
    """The queue file with its changes."""
    at: float
    """When it was kept, in seconds since 1970."""


def found(document: Document) -> Left | None:
    """What a console that is no more left unsaved, merged with the file as it is now; None where there is nothing.

    Of several the oldest; what stands in the file by now is forgotten.
    """
    drafts = []
    for kept, draft in _left(document.path):
        base, text = draft.get("base"), draft.get("text")
        if not isinstance(text, str) or not isinstance(base, str | None):
            continue
        with contextlib.suppress(EngineError, ValueError, OSError):
            merged = merge(base or "", text, document.text).text
            if document.text in (text, merged):
                if not document.unsaved:
                    kept.unlink()
            elif merged is not None:
                drafts.append(Left(kept, merged, kept.stat().st_mtime))
    return min(drafts, key=lambda left: left.at, default=None)


def taken(document: Document, left: Left) -> None:
    """The document has it now: once this console keeps it itself, nobody else does."""
    keep(document)
    if _own(document.path).exists():
        forget(left)


def drop(path: Path) -> None:
    """What this console left unsaved is not wanted."""
    with contextlib.suppress(OSError):
        _own(path).unlink(missing_ok=True)


def forget(left: Left) -> None:
    """It is not wanted."""
    with contextlib.suppress(OSError):
        left.kept.unlink(missing_ok=True)


def _left(path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for kept in sorted(_folder().glob(f"{_stem(path)}-*.json")):
        pid = int(kept.stem.rpartition("-")[2])
        if kept == _own(path) or (pid != os.getpid() and _alive(pid)):
            continue
        with contextlib.suppress(OSError, ValueError):
            draft = json.loads(kept.read_text("utf-8"))
            if isinstance(draft, dict):
                yield kept, draft


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
