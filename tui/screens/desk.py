"""Where the queue file is edited: what a person asks for becomes an edit of the document, told and undoable."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.plan.experiment import Experiment
from engine.plan.jobs import Configuration
from engine.results.cost import cost, work_of
from engine.results.multiplied import work_of_many
from tui.editing import draft, edits
from tui.editing.document import Came, Document
from tui.editing.edits import Place
from tui.editing.expected import Found, slots
from tui.editing.tables import free_name
from tui.measured import PACE
from tui.panes.queue import QueuePane, Verb
from tui.panes.queue_list import Item
from tui.panes.queue_words import MEND
from tui.screens import drafts
from tui.screens.dialogs import Ask, Choice, Choose

if TYPE_CHECKING:
    from tui.screens.console import Console

CAME = {
    Came.TAKEN: "the queue file changed on disk: taken over",
    Came.MERGED: "the queue file changed on disk: merged with what was changed here",
}
WAITS = "the queue file changed on disk: it is taken in once what is open here is closed"


class Desk:
    """Holds the document and speaks for it to the main screen."""

    def __init__(self, screen: "Console", document: Document | None) -> None:
        self.screen = screen
        self.document = document
        self._later: tuple[bytes | None, str] | None = None

    def refresh(self) -> None:
        """Let the panes see the document as it is now."""
        if self.document is not None:
            sheet = self.document.sheet
            if self._later is not None and (self._later[1] or not self.document.holds(self._later[0])):
                sheet = replace(sheet, problem=sheet.problem or WAITS)
            self.screen.sheet = sheet
            self.keep_draft()

    def keep_draft(self) -> None:
        """Nothing that was typed is lost with the terminal."""
        if self.document is not None:
            draft.keep(self.document)

    def drop_draft(self) -> None:
        """What was changed is not wanted."""
        if self.document is not None:
            draft.drop(self.document.path)

    # the file on disk

    def file_seen(self, data: bytes | None, problem: str = "") -> None:
        """Take in what is on disk; while a dialog or a form is open it waits: those speak of places in the text."""
        if self.document is None:
            return
        if self.screen.app.screen is not self.screen:
            self._later = data, problem
            self.refresh()
            return
        first = self.document.queue is None
        came = self.document.seen(data, problem)
        if not first and came in CAME:
            self.screen.tell(CAME[came])
        self.refresh()
        if first and self.document.queue is not None and not self.document.read_only:
            drafts.offer(self, self.document)

    def back(self) -> None:
        """The main screen is on top again."""
        if self._later is not None:
            later, self._later = self._later, None
            self.file_seen(*later)

    # what the person asks for

    def asked(self, event: QueuePane.Asked) -> bool:
        """Do what concerns the file. Returns whether it does."""
        number = event.item.number if event.item is not None else -1
        kind = event.item.kind if event.item is not None else ""
        if event.verb is Verb.NEW:
            self._new()
        elif event.verb is Verb.EDITOR:
            self._editor(event.item)
        elif event.verb is Verb.EDIT:
            self._edit(event.item)
        elif event.verb in (Verb.DUPLICATE, Verb.DELETE, Verb.UP, Verb.DOWN, Verb.SWITCH):
            if kind != "experiment":
                self.screen.tell("choose an experiment of the file first")
            elif event.item is not None:
                self._change(event.verb, number, event.item)
        else:
            return False
        return True

    def _editable(self) -> Document | None:
        """The document, if it may be changed now; else it is said why not."""
        document = self.document
        if document is None or document.read_only:
            self.screen.tell(self.screen.refusal, wrong=True)
        elif document.queue is None and document.sheet.exists:
            self.screen.tell(MEND, wrong=True)
        else:
            return document
        return None

    def do(self, label: str, edit: Callable[[str], str]) -> bool:
        """Make an edit, if the document may be changed. Returns whether it was made; else it is said why not."""
        document = self._editable()
        if document is None:
            return False
        try:
            document.apply(label, edit)
        except EngineError as error:
            self.screen.tell(str(error), wrong=True)
            return False
        self.refresh()
        return True

    def _new(self) -> None:
        document = self._editable()
        if document is None:
            return
        if document.queue is None:
            document.begin()
            self.refresh()
            return
        from tui.screens.form_table import said_of  # noqa: PLC0415 - a first paint does without

        name = free_name("experiment", edits.names(document.text))

        def fault(answer: str) -> str:
            if not answer:
                return "an experiment needs a name"
            try:
                document.try_edit(lambda text: edits.new(text, answer))
            except EngineError as error:
                return said_of(error, "name")
            return ""

        def named(answer: str | None) -> None:
            if answer and self.do(f"new {answer}", lambda text: edits.new(text, answer)):
                self._form(("experiment", len(edits.names(document.text)) - 1))

        self.screen.app.push_screen(Ask("New experiment", name, "its name", fault), named)

    def _change(self, verb: Verb, number: int, item: Item) -> None:
        document = self.document
        assert document is not None, "an experiment of the file was chosen"
        count = len(edits.names(document.text))
        to = number
        if verb is Verb.DUPLICATE:
            to = number + 1
            self.do(f"copy of {item.name}", lambda text: edits.duplicate(text, number))
        elif verb is Verb.DELETE:
            if self.do(f"{item.name} deleted", lambda text: edits.delete(text, number)):
                self.screen.tell(f"{item.name} deleted; <queue.undo> takes it back")
                # Behind the last one stands none to be chosen.
                self.screen.choose_experiment(min(number, count - 2))
            return
        elif verb is Verb.SWITCH and item.experiment is not None:
            on = not item.experiment.enabled
            self.do(f"{item.name} {'on' if on else 'off'}", lambda text: edits.switch(text, number, enabled=on))
        else:
            to = number + (1 if verb is Verb.DOWN else -1)
            if not 0 <= to < count:
                self.screen.tell(f"{item.name} is the {'first' if to < 0 else 'last'} in the file already")
                return
            self.do(f"{item.name} moved", lambda text: edits.move(text, number, to))
        self.screen.choose_experiment(to)

    def _edit(self, item: Item | None) -> None:
        if item is None:
            self._new()
        elif item.kind == "experiment":
            self._form(("experiment", item.number))
        elif item.kind == "defaults":
            self._form(("defaults",))
        elif item.kind == "run":
            self._form(("run",))
        elif item.kind == "stored":
            more = "" if self.screen.refusal else "; <board.adopt> in the Leaderboard makes an experiment of a row"
            self.screen.tell(f"{item.name} is not in the file{more}")
        else:
            keys = ", <queue.down> <queue.up> reorder, <queue.hold> holds, <queue.stop> stops"
            self.screen.tell(
                f"these are jobs: <focus.next> goes to them{'' if self.screen.options.read_only else keys}"
            )

    def _form(self, place: Place) -> None:
        # What may only be looked at is shown whole.
        looked_at = self.document if self.document is not None and self.document.read_only else None
        document = looked_at if looked_at is not None and looked_at.queue is not None else self._editable()
        if document is None:
            return
        from tui.screens.form import FormScreen  # noqa: PLC0415 - a first paint does without

        if len(place) == 2:
            self.screen.choose_experiment(place[1])
        self.screen.app.push_screen(FormScreen(self, document, place))

    def cost(self, experiment: Experiment) -> str:
        """What an experiment comes to, from what was measured here."""
        found = Found(self.screen.snapshot.jobs if self.screen.snapshot else ())
        wanted = slots(experiment)
        if wanted:
            work = work_of(zip((slot.job for slot in wanted), found.rows(experiment, wanted), strict=True))
        else:
            work = work_of_many(experiment, found.named(experiment.name))
        return cost(work, PACE.of(self.screen.snapshot)).words(self.screen.at_once, "")

    def adopt(self, config: Configuration, *, as_defaults: bool) -> None:
        """A configuration that was trained becomes an experiment, or the defaults."""
        document = self._editable()
        if document is None:
            return
        if as_defaults:
            if self.do("defaults adopted", lambda text: edits.adopt_defaults(text, config)):
                self.screen.tell(
                    "the defaults are now those of this row; <queue.undo> takes them back, <queue.save> saves"
                )
            return
        name = free_name("adopted", edits.names(document.text))
        if self.do(f"new {name}", lambda text: edits.adopt(text, name, config)):
            self.screen.tell(f"{name} is now in the queue; <queue.undo> takes it back, <queue.save> saves")

    # undo, save

    def undo(self) -> None:
        """One step back."""
        self._step("undone", "nothing to undo", Document.undo)

    def redo(self) -> None:
        """One step forward."""
        self._step("redone", "nothing to redo", Document.redo)

    def _step(self, done: str, nothing: str, step: Callable[[Document], str | None]) -> None:
        document = self._editable()
        if document is not None:
            before = edits.names(document.text)
            label = step(document)
            self.screen.tell(f"{done}: {label}" if label is not None else nothing)
            self.refresh()
            came = [place for place, name in enumerate(edits.names(document.text)) if name not in before]
            if came:
                self.screen.choose_experiment(came[0])

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Write the file, asking where both sides changed the same; `then` follows once it is written."""
        from tui.screens.saving import Saving  # noqa: PLC0415 - a first paint does without

        document = self._editable()
        if document is not None:
            Saving(self, document, then).begin()

    def _editor(self, item: Item | None) -> None:
        from tui.screens.saving import open_editor  # noqa: PLC0415 - a first paint does without

        document = self.document
        if document is None or document.read_only:
            self.screen.tell(self.screen.refusal, wrong=True)
            return
        line = item.experiment.line if item is not None and item.experiment is not None else 1

        def edit() -> None:
            open_editor(self.screen, document.path, line)

        if not document.unsaved:
            edit()
            return
        choices = [Choice("s", "save them, then open the file", "save")]
        if document.sheet.exists:
            choices.append(Choice("o", "open what is on disk; both are merged afterwards", "open"))

        def answered(how: str | None) -> None:
            if how == "save":
                self.save(edit)
            elif how == "open":
                edit()

        self.screen.app.push_screen(Choose(f"{document.path.name} has unsaved changes", choices), answered)
