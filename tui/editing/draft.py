"""Unsaved changes, kept aside until they are saved, so that a lost connection loses nothing."""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from tui.editing.document import Document
from tui.editing.merge import merge


def _folder() -> Path:
    home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(home).expanduser() / "labtop" / "drafts"


def _stem(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]


def _own(path: Path) -> Path:
    """Each console keeps its own: several may be open on one file."""
    return _folder() / f"{_stem(path)}-{os.getpid()}.json"


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


def found(document: Document) -> str | None:
    """What a console that is no more left unsaved, merged with the file as it is now; None where there is nothing."""
    for _, draft in _left(document.path):
        base, text = draft.get("base"), draft.get("text")
        if not isinstance(text, str) or not isinstance(base, str | None) or text == document.text:
            continue
        with contextlib.suppress(EngineError, ValueError):
            merged = merge(base or "", text, document.text).text
            if merged is not None and merged != document.text:
                return merged
    return None


def drop(path: Path) -> None:
    """What this console left unsaved is not wanted."""
    with contextlib.suppress(OSError):
        _own(path).unlink(missing_ok=True)


def forget(path: Path) -> None:
    """What consoles that are no more left unsaved is not wanted."""
    for kept, _ in _left(path):
        with contextlib.suppress(OSError):
            kept.unlink()


def _left(path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for kept in sorted(_folder().glob(f"{_stem(path)}-*.json")):
        if _alive(int(kept.stem.rpartition("-")[2])):
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
