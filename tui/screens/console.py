"""What every part of the main screen needs: the session, the feed, and who edits and asks, loaded when first needed."""

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from textual.reactive import Reactive, reactive
from textual.screen import Screen
from textual.widget import Widget

from engine.results.devices import jobs_at_once
from engine.results.rows import Device
from engine.session import Session, Snapshot
from engine.text import visible
from tui.config import Kept
from tui.editing.outline import Entry
from tui.feed import Feed
from tui.keys import with_keys
from tui.options import Options
from tui.panes.header import Header
from tui.panes.nothing import pressing
from tui.panes.queue import QueuePane

if TYPE_CHECKING:
    from tui.editing.document import Document, Sheet
    from tui.screens.control import Control
    from tui.screens.desk import Desk

# The settings' model, pydantic, and all who use it: 0.2 s that a first paint does without.
HEAVY = ("tui.screens.desk", "tui.screens.control", "tui.editing.expected")

# So many things that were said in passing are in sight; more would lie over what they speak of.
MOST_SAID = 2


class Console(Screen[None]):
    """The state of the console, which goes down to the panes by reactives. Nothing here repaints the screen itself."""

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    sheet: reactive["Sheet | None"] = reactive(None, repaint=False)
    entries: reactive[tuple[Entry, ...]] = reactive((), repaint=False)
    devices: reactive[tuple[Device, ...]] = reactive((), repaint=False)
    at_once: reactive[int] = reactive(1, repaint=False)
    problem: reactive[str] = reactive("", repaint=False)
    ascii: reactive[bool] = reactive(False, repaint=False)
    refined: reactive[Mapping[str, str]] = reactive(dict, repaint=False)
    """How refining goes, or went, by experiment."""
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual's, which would paint the whole screen as the focus moves; those that it concerns paint themselves."""

    def __init__(self, options: Options, kept: Kept) -> None:
        super().__init__()
        self.options = options
        self.kept = kept
        self.session, self.queue_file = opened(options.path)
        self.feed = Feed(self.session, self.queue_file, self.post_message)
        self.rank_by = "test_accuracy"
        """What the Leaderboard is ranked by, and so what repeats are added for."""
        self.set_reactive(Console.ascii, options.ascii)

    def compute_at_once(self) -> int:
        """How many jobs of the file train at once here."""
        run = self.sheet.queue.run if self.sheet is not None and self.sheet.queue is not None else None
        return jobs_at_once(self.devices, run.slots, run.device, run.gpus) if run is not None else 1

    @cached_property
    def document(self) -> "Document | None":
        """The queue file, where there is to be one."""
        from tui.editing.document import Document  # noqa: PLC0415 - see HEAVY

        return Document(self.queue_file, read_only=self.options.read_only) if self.queue_file is not None else None

    @cached_property
    def desk(self) -> "Desk":
        """Who edits the queue file."""
        from tui.screens.desk import Desk  # noqa: PLC0415 - see HEAVY

        return Desk(self, self.document)

    @cached_property
    def control(self) -> "Control":
        """Who asks the runner."""
        from tui.screens.control import Control  # noqa: PLC0415 - see HEAVY

        return Control(self)

    @property
    def loaded(self) -> bool:
        """Whether there is a desk yet."""
        return "desk" in self.__dict__

    def load(self) -> None:
        """Load what the desk needs; meant for a thread."""
        for name in HEAVY:
            import_module(name)

    def header(self, *, elsewhere: bool = False) -> Header:
        """A top line; one that stands `elsewhere`, in another screen, follows this one."""
        found = Header(self if elsewhere else None)
        found.file = self.queue_file.name if self.queue_file is not None else str(self.options.path)
        found.read_only = self.options.read_only or self.queue_file is None
        return found

    def choose_experiment(self, number: int) -> None:
        """Put the cursor of the queue on an experiment of the file."""
        self.query_one(QueuePane).choose(number)

    @property
    def refusal(self) -> str:
        """Why nothing can be changed here, and what to do; empty where it can."""
        if self.options.read_only:
            return "this is read-only: start labtop without --read-only to change anything"
        if self.queue_file is None:
            return "this is read-only: there is no queue file here; labtop FILE opens one with its store"
        document = self.desk.document if self.loaded else None
        if document is not None and document.read_only:
            return document.lock
        return ""

    @property
    def press(self) -> str:
        """What to do where nothing was trained yet."""
        exists = self.sheet is None or self.sheet.exists
        return with_keys(self.app, pressing(exists=exists, refused=self.options.read_only or self.queue_file is None))

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say something in passing, in the place of what was said before of the same matter."""
        words = self.worded(text)
        said = list(self.app._notifications)
        if any(still.message == words for still in said):
            return
        others = [still for still in said if _matter(still.message) != _matter(words)]
        for old in said:
            if old not in others[-MOST_SAID + 1 :]:
                self.app._unnotify(old)
        self.notify(words, severity="error" if wrong else "information", timeout=8 if wrong else 4, markup=False)

    def untell(self, text: str) -> None:
        """What was said in passing holds no more."""
        words = self.worded(text)
        for still in [each for each in self.app._notifications if each.message == words]:
            self.app._unnotify(still)

    def worded(self, text: str) -> str:
        """What is said, with the keys that do now what it speaks of, and nothing that would act on the terminal."""
        return "\n".join(map(visible, with_keys(self.app, text).split("\n")))

    def keep(self, **choices: object) -> None:
        """Remember a person's choices for the next time; where that fails, they hold for this time."""
        problem = self.kept.keep(**choices)
        if problem:
            self.tell(problem, wrong=True)


def _matter(words: str) -> str:
    """What is spoken of: the words before a colon."""
    return words.partition(": ")[0]


def opened(path: Path) -> tuple[Session, Path | None]:
    """The session of a queue file, of a folder with one, or of a store alone; and the queue file, if any."""
    if not path.is_dir():
        return Session.beside(path), path
    file = path / "experiments.toml"
    if (path / "labtop.db").exists() and not file.exists():
        return Session.at(path), None
    return Session.beside(file), file
