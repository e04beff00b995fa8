"""The queue file as it is edited: its text, every step that led there, and the file on disk that it came from."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from engine.errors import EngineError, EnvironmentFault, Fault, QueueFileError
from engine.plan import queuefile
from engine.plan.queuefile import QueueFile
from tui.editing.history import History
from tui.editing.merge import Answers, Conflict, merge
from tui.editing.replacing import LOOKS, FileChanged, read_settled, replace_file, writable

BOM = b"\xef\xbb\xbf"
# How often a file may change while it is being saved.
TRIES = 20
FIRST = """\
# The queue: what to train. labtop never writes status into it.

[defaults]
dataset = "mnist"

# A first look, in seconds: does it learn, and does the learning rate matter?
[[experiment]]
name = "first"
model = "mlp"
epochs = 3
early_stopping = false
sweep = { learning_rate = [0.001, 0.01] }
"""


class BeingWritten(EnvironmentFault):
    """Somebody was writing the file a moment ago: what stands in it may not be what they mean."""


class Came(Enum):
    """What became of a file that changed on disk."""

    NOTHING = "nothing"
    TAKEN = "taken"
    MERGED = "merged"
    TOUCHES = "touches"
    BROKEN = "broken"
    GONE = "gone"


@dataclass(frozen=True)
class Sheet:
    """The document as the panes see it: the last good plan, and what is wrong with the file on disk."""

    path: Path
    queue: QueueFile | None
    unsaved: bool = False
    problem: str = ""
    exists: bool = True
    editable: bool = True
    readable: bool = True
    """Whether the plan is what stands on disk, or will be merged with that."""


class Document:
    """One queue file. Its text is always one that the parser of the file accepts."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._viewed = read_only
        self.base: str | None = None
        self.queue: QueueFile | None = None
        self.problem = ""
        self.touching = False
        self._history: History[str] = History("")
        self._bom = False
        self._disk: bytes | None = None
        self._saved: bytes | None = None

    @property
    def text(self) -> str:
        """What would be written."""
        return self._history.now

    @property
    def unsaved(self) -> bool:
        """Whether it differs from what was last read or written."""
        return self.queue is not None and self.text != (self.base if self.base is not None else "")

    @property
    def read_only(self) -> bool:
        """Whether it is only looked at, by choice or since the file is; what was changed before may still be saved."""
        return self._viewed or (self._locked and not self.unsaved)

    @property
    def gone(self) -> bool:
        """Whether there was a file that is no more."""
        return self._disk is None and self.base is not None

    @property
    def _locked(self) -> bool:
        return not writable(self.path)

    @property
    def lock(self) -> str:
        """Why the file cannot be written, and what lets it be; empty where it can."""
        if not self._locked:
            return ""
        folder = self.path.absolute().parent
        if not folder.exists():
            return f"there is no folder {folder}: mkdir -p makes it"
        if self._disk is None:
            return f"{folder} is read-only: chmod u+w lets a file be made in it"
        return f"{self.path} is read-only, so editing is off: chmod u+w lets you change it"

    @property
    def sheet(self) -> Sheet:
        """What the panes see."""
        editable = not self.read_only and self.queue is not None
        problem = self.problem or ("" if self._viewed else self.lock)
        return Sheet(self.path, self.queue, self.unsaved, problem, self._disk is not None, editable, not self.problem)

    # editing

    def try_edit(self, edit: Callable[[str], str]) -> QueueFile:
        """The plan as it would be after an edit; nothing is changed. Raises EngineError with what is wrong with it."""
        return queuefile.parse(edit(self.text), self.path)

    def apply(self, label: str, edit: Callable[[str], str]) -> QueueFile:
        """Make an edit, a step that can be undone. Raises EngineError; then nothing is changed."""
        text = edit(self.text)
        queue = queuefile.parse(text, self.path)
        self._history.go(label, text)
        self.queue = queue
        return queue

    def undo(self) -> str | None:
        """Take the last step back. Returns what it was."""
        return self._stepped(self._history.undo())

    def redo(self) -> str | None:
        """Make the last step that was taken back again. Returns what it was."""
        return self._stepped(self._history.redo())

    def _stepped(self, label: str | None) -> str | None:
        if label is not None:
            self.queue = queuefile.parse(self.text, self.path)
        return label

    def begin(self) -> None:
        """A first queue file, not yet saved. Raises EngineError."""
        self.apply("a first queue file", lambda _: FIRST)

    # the file on disk

    def seen(self, data: bytes | None, problem: str = "") -> Came:
        """Take in what the file on disk holds now; None where there is no file.

        Changes that do not touch ours are merged; where they touch, `touching` holds until `save` settles it.
        """
        if problem:
            self.problem = problem
            return Came.BROKEN
        self._disk = data
        if data is None:
            gone = f"{self.path}: the file is gone; what stood in it is kept here, <queue.save> writes it"
            self.problem = gone if self.gone else ""
            return Came.GONE
        try:
            text, bom = _decoded(data, self.path)
            theirs = queuefile.parse(text, self.path)
        except QueueFileError as error:
            self.problem = told(error)
            return Came.BROKEN
        self.problem = ""
        self._bom = bom
        if text == self.base and self.queue is not None:
            self.touching = False
            return Came.NOTHING
        if self.queue is None:
            self.base, self.queue = text, theirs
            self._history = History(text)
            return Came.TAKEN
        return self._join(text)

    def holds(self, data: bytes | None) -> bool:
        """Whether these bytes are what was last read or written."""
        return data == self._disk

    def _join(self, theirs: str) -> Came:
        clean = not self.unsaved
        try:
            found = merge(self.base or "", self.text, theirs)
        except EngineError:
            found = None
        if found is None or found.text is None or not self._step("changes from disk", found.text):
            self.touching = True
            self.problem = f"{self.path} changed on disk where it was changed here: <queue.save> settles it"
            return Came.TOUCHES
        self.base = theirs
        self.touching = False
        return Came.TAKEN if clean else Came.MERGED

    def _step(self, label: str, text: str) -> bool:
        try:
            self.apply(label, lambda _: text)
        except EngineError:
            return False
        return True

    # saving

    def conflicts(self, looks: int = LOOKS) -> list[Conflict]:
        """What both sides changed, each in its own way, as the file stands on disk now. Raises EngineError.

        It looks `looks` times, and sleeps in between, until nobody has written the file for a moment; else it raises
        BeingWritten.
        """
        theirs, _ = self._read(looks)
        return [] if theirs is None else merge(self.base or "", self.text, theirs).conflicts

    def save(self, answers: Answers | None = None, *, force: bool = False, looks: int = LOOKS) -> None:
        """Write the text, merged with what changed on disk meanwhile; `answers` decides where both changed the same.

        `force` writes it whatever stands there; `looks` as in `conflicts`. Raises EngineError; then the file is as it
        was.
        """
        for _ in range(TRIES):
            try:
                self._write(answers or {}, force=force, looks=looks)
            except FileChanged:
                continue
            return
        hint = "wait until nobody writes it, then save again"
        raise EnvironmentFault("the file changes again and again", where=str(self.path), hint=hint)

    def _write(self, answers: Answers, *, force: bool, looks: int) -> None:
        text, was = self.text, None
        if not force:
            theirs, was = self._read(looks)
            if theirs is not None and theirs != self.base:
                found = merge(self.base or "", text, theirs, answers)
                if found.text is None:
                    hint = "save again to decide which stays"
                    told = "the file changed on disk where it was changed here"
                    raise EnvironmentFault(told, where=str(self.path), hint=hint)
                text = found.text
        queue = queuefile.parse(text, self.path)
        data = (BOM if self._bom else b"") + text.encode()
        replace_file(self.path, data, was, force=force)
        self._history.go("merged with changes from disk", text)
        self.base, self.queue, self._disk, self._saved = text, queue, data, data
        self.problem, self.touching = "", False

    def _read(self, looks: int) -> tuple[str | None, bytes | None]:
        """Text and bytes on disk, None where there is no file. Raises EngineError where it cannot be used."""
        try:
            data = read_settled(self.path, self._saved, looks)
        except FileNotFoundError:
            return None, None
        except FileChanged:
            hint = "save again once it is written"
            raise BeingWritten("somebody is writing the file", where=str(self.path), hint=hint) from None
        except OSError as error:
            hint = "make it readable"
            raise EnvironmentFault(
                f"the file cannot be read: {error.strerror}", where=str(self.path), hint=hint
            ) from None
        text, self._bom = _decoded(data, self.path)
        queuefile.parse(text, self.path)
        return text, data


def _decoded(data: bytes, path: Path) -> tuple[str, bool]:
    return queuefile.decode(data, path), data.startswith(BOM)


def told(error: EngineError) -> str:
    """The first fault, with where it stands, and how many more there are."""
    first: Fault = error.faults[0]
    more = len(error.faults) - 1
    return f"{first}" + (f"\n  and {more} more" if more else "")
