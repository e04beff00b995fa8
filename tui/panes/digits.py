"""Digits: what does it still get wrong? The misclassified test digits of a job, and which was taken for which."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from engine.plan.jobs import JobStatus
from engine.results.digits import SORTS, chosen, confusion
from engine.results.rows import JobRow
from tui.keys import with_keys
from tui.messages import Told
from tui.panes.digits_keys import KEYS
from tui.panes.digits_pictures import STYLES, DigitPictures, suited
from tui.panes.digits_views import ChurnView, ErrorsView, MissedView
from tui.panes.digits_words import EMPTY, FLAWLESS, READING, about, comparing, enlarged, unseen
from tui.panes.looking_pane import LookingPane, View
from tui.widgets.gallery import Gallery
from tui.widgets.keyline import offer
from tui.widgets.matrix import Matrix

if TYPE_CHECKING:
    from engine.results.mistakes import Mistakes

NARROW = 64
JOBS_WIDTH = 32


class DigitsPane(LookingPane):
    """A gallery, the confusion matrix that filters it, and the list of jobs; or a view of what was answered."""

    DEFAULT_CSS = """
    DigitsPane JobPicker { width: 32; }
    DigitsPane Gallery { padding: 0 1; }
    DigitsPane Matrix { padding: 0 1; border-left: solid $panel; }
    DigitsPane.-nomatrix Matrix { display: none; }
    DigitsPane.-message Matrix { display: none; }
    DigitsPane.-message Gallery { width: 1; max-width: 1; }
    DigitsPane .large { display: none; width: 1fr; height: 1fr; padding: 0 1; }
    DigitsPane.-large .large { display: block; }
    DigitsPane.-large Gallery { width: 1; max-width: 1; height: 1; }
    DigitsPane.-ascii Matrix { border-left: ascii $panel; }
    DigitsPane.-elsewhere #mistakes { display: none; }
    DigitsPane.-elsewhere Matrix { display: none; }
    DigitsPane.-elsewhere .large { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = KEYS
    PARTS = (Gallery, Matrix)
    WIDE = 150
    EMPTY = EMPTY
    ASKED = READING

    mistakes: reactive["Mistakes | None"] = reactive(None, repaint=False, always_update=True)
    problem: reactive[str] = reactive("", repaint=False, always_update=True)
    style_chosen: reactive[str] = reactive("", repaint=False)
    sort: reactive[str] = reactive(SORTS[1], repaint=False)
    cell: reactive[tuple[int | None, int | None]] = reactive((None, None), repaint=False)

    @dataclass
    class MistakesWanted(Message):
        """The misclassified digits of a job are needed; answered by setting `mistakes` or `problem`."""

        job_id: str

    @dataclass
    class StyleChosen(Message):
        """The person chose how digits are drawn; worth remembering."""

        style: str

    def listed(self, row: JobRow) -> bool:
        """Only jobs that were tested have mistakes."""
        return row.status is JobStatus.DONE

    def parts(self) -> ComposeResult:
        """The digits, one of them large, and the matrix."""
        yield Gallery(id="mistakes")
        yield Static(classes="large", markup=False)
        yield Matrix()
        yield ErrorsView()
        yield ChurnView()
        yield MissedView()

    @property
    def digits(self) -> Gallery:
        """The pictures."""
        return self.query_one("#mistakes", Gallery)

    def ask(self, job_id: str) -> None:
        """What it got wrong, and what the present view is about."""
        self.post_message(self.MistakesWanted(job_id))
        if self.view is not View.DIGITS:
            self.look()

    # what comes from above

    def on_resize(self) -> None:
        """A narrow window lacks the matrix until it is asked for."""
        self._share()

    def _share(self) -> None:
        """The pictures come first: the matrix has what the list of jobs leaves."""
        jobs = JOBS_WIDTH if self.picker.listed else 0
        self.set_class(self.size.width - jobs < NARROW, "-nomatrix")
        self.call_after_refresh(self._draw)
        self.call_after_refresh(self.draw_view)

    def watch_ascii(self, value: bool) -> None:
        """How to draw."""
        super().watch_ascii(value)
        self._draw()
        self.draw_view()

    def watch_mistakes(self, mistakes: "Mistakes | None") -> None:
        """The mistakes of the chosen job are there."""
        if mistakes is None or not self.ready:
            return
        self.query_one(Matrix).counts = confusion(mistakes)
        self.set_reactive(DigitsPane.cell, (None, None))
        self.message("" if len(mistakes.indices) else FLAWLESS)
        # The gallery has its room only once the message is away.
        self.call_after_refresh(self._draw)

    def watch_problem(self, problem: str) -> None:
        if problem and self.ready:
            self.message(problem, wrong=True)

    # what comes from below

    def on_matrix_chosen(self, message: Matrix.Chosen) -> None:
        """The cell is the filter."""
        message.stop()
        self.cell = (message.row, message.column)

    def on_gallery_moved(self, message: Gallery.Moved) -> None:
        message.stop()
        self.say()
        self._enlarge()

    def on_gallery_opened(self, message: Gallery.Opened) -> None:
        message.stop()
        self.toggle_class("-large")
        self._enlarge()

    # keys

    def watch_view(self) -> None:
        """What was chosen in another view holds for the digits; keys for pictures are offered where these are."""
        super().watch_view()
        if self.ready:
            self.call_after_refresh(self._draw)
            self._offer()

    def _offer(self) -> None:
        """Keys that would change nothing in sight are not offered."""
        offer(self, ("sort", "matrix"), shown=self.view is View.DIGITS)
        offer(self, ("style",), shown=self.drawn)
        self.refresh_bindings()

    @property
    def drawn(self) -> bool:
        """Whether the present view has pictures."""
        return self.view is not View.ERRORS or self.query_one(ErrorsView).has_class("-beside")

    def action_style(self) -> None:
        if not self.drawn:
            self.post_message(Told("<digits.style> is for pictures: <digits.errors> goes back to the digits"))
            return
        if self.ascii:
            self.post_message(Told("only ASCII is drawn here"))
            return
        now = self._style()
        self.style_chosen = STYLES[(STYLES.index(now) + 1) % len(STYLES)]
        self.post_message(self.StyleChosen(self.style_chosen))

    def _of_digits(self, key: str) -> bool:
        """Whether the key of a binding has what it is for in sight; says so where it has not."""
        if self.view is not View.DIGITS:
            self.post_message(Told(f"<digits.{key}> is for the digits of one job: <digits.back> goes back to them"))
        return self.view is View.DIGITS

    def action_sort(self) -> None:
        if not self._of_digits("sort"):
            return
        self.sort = SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)]

    def action_matrix(self) -> None:
        if not self._of_digits("matrix"):
            return
        self.toggle_class("-nomatrix")
        if self.has_class("-nomatrix") and self.query_one(Matrix).has_focus:
            self.main.focus()
        self.call_after_refresh(self._draw)

    def action_jobs(self) -> None:
        super().action_jobs()
        self._share()

    def action_back(self) -> None:
        if self.leave_view():
            return
        if self.has_class("-large"):
            self.remove_class("-large")
        elif self.cell != (None, None):
            self.query_one(Matrix).chosen = (0, 0)
            self.cell = (None, None)

    # drawing

    def watch_style_chosen(self) -> None:
        self._draw()
        self.draw_view()

    def watch_sort(self) -> None:
        self._draw()

    def watch_cell(self) -> None:
        self._draw()

    @property
    def style_now(self) -> str:
        """How digits are drawn, where a person chose that and the terminal can show it."""
        return self.style_chosen if self.style_chosen in STYLES and not self.ascii else ""

    def _style(self) -> str:
        now = self.digits.pictures
        if self.style_now or self.mistakes is None:
            return self.style_now or STYLES[0]
        if self.has_class("-large") and isinstance(now, DigitPictures):
            return now.style
        return suited(self.mistakes, self.digits.size.width, self.digits.size.height, ascii_only=self.ascii)

    def _draw(self) -> None:
        """Hand the gallery what is to be seen; the digit of the cursor stays the one of the cursor."""
        found = self.mistakes
        if not self.ready or found is None or not self.digits.size.width or self.view is not View.DIGITS:
            return
        now, style = self.digits.pictures, self._style()
        places = chosen(found, *self.cell, sort=self.sort)
        kept = now if isinstance(now, DigitPictures) and now.found is found else None
        if kept is None or (places, style) != (kept.places, kept.style):
            at = kept.places[self.digits.cursor] if kept is not None and len(kept) else -1
            made = DigitPictures(found, places, style)
            empty = not places and self.cell != (None, None)
            self.digits.nothing = with_keys(self.app, unseen(made, self.cell)) if empty else ""
            self.digits.show(made, places.index(at) if at in places else 0)
        self.say()
        self._enlarge()

    def _enlarge(self) -> None:
        """One digit as large as the window has room for."""
        made = self.digits.pictures
        if self.has_class("-large") and isinstance(made, DigitPictures) and len(made):
            plain = self.ascii or self.style_chosen == "ascii"
            room = (self.size.width // 2, self.size.height - 3)
            place = min(self.digits.cursor, len(made) - 1)
            text = enlarged(made.found.images[made.places[place]], made.words(place), room, plain)
            self.query_one(".large", Static).update(text)

    def about(self, job: JobRow) -> Text:
        """Which job, and what of its mistakes is shown."""
        if self.view is not View.DIGITS:
            return self.about_view(job, self.size.width)
        if self.first is not None and self.first.id != job.id:
            return comparing(self.first, job, self.picker.lines.labels, self.size.width)
        made = self.digits.pictures
        shown = made if isinstance(made, DigitPictures) and not self.has_class("-message") else None
        labels = self.picker.lines.labels
        told = about(job, labels, shown, self.digits.cursor, self.cell, self.sort, self.size.width - 2)
        return told if self.first is None else Text.assemble(("A is this one: [ ] to another, then =  ", "bold"), told)
