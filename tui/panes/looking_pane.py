"""A pane about jobs with views of what they said of the test set: of one job, of two, of all."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.text import Text
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from engine.plan.jobs import JobStatus
from engine.results.errortext import voted
from engine.results.labels import ID_SHOWN
from engine.results.rows import JobRow
from engine.results.states import same_states
from engine.session import Snapshot
from tui.keys import with_keys
from tui.messages import Told
from tui.panes import looking_words
from tui.panes.digits_answers import Answer, ChurnFound, ChurnOf, ErrorsFound, ErrorsOf, MissedFound, MissedOf, Side
from tui.panes.digits_views import ChurnView, ErrorsView, MissedView, SampleView
from tui.panes.job_pane import JobPane

if TYPE_CHECKING:
    from tui.panes.digits_answers import Found, Question


class View(StrEnum):
    """What of a job is looked at."""

    DIGITS = "digits"
    ERRORS = "errors"
    CHURN = "churn"
    MISSED = "missed"


# Beside id and accuracy, in a line of 80 columns.
NAMED = 56
# Answers about so many jobs are read anew by themselves, whenever others are done.
RENEWED = 400
OF_MISSED = ("all", "experiment", "configuration")
VIEWS: dict[View, type[SampleView]] = {View.ERRORS: ErrorsView, View.CHURN: ChurnView, View.MISSED: MissedView}
FITTING: dict[View, type] = {View.ERRORS: ErrorsFound, View.CHURN: ChurnFound, View.MISSED: MissedFound}


class LookingPane(JobPane):
    """The digits of the job under the cursor, or one of the views of answers; asked for once, and while it is shown."""

    DEFAULT_CSS = """
    LookingPane SampleView { display: none; }
    LookingPane.-errors ErrorsView { display: block; }
    LookingPane.-churn ChurnView { display: block; }
    LookingPane.-missed MissedView { display: block; }
    LookingPane.-message SampleView { width: 1; max-width: 1; }
    LookingPane.-message ErrorsView Gallery { border-left: none; }
    LookingPane.-message ChurnView #broken-side { border-left: none; }
    LookingPane.-ascii ErrorsView Gallery { border-left: ascii $panel; }
    LookingPane.-ascii ChurnView #broken-side { border-left: ascii $panel; }
    LookingPane.-ascii SampleView .told { text-overflow: clip; }
    """

    view: reactive[View] = reactive(View.DIGITS, repaint=False)
    answer: reactive[Answer | None] = reactive(None, repaint=False, always_update=True)
    progress: reactive[tuple[int, int]] = reactive((0, 0), repaint=False)

    @dataclass
    class AnswerWanted(Message):
        """Something about answers is to be looked up; answered by setting `progress`, then `answer`."""

        question: "Question"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.first: JobRow | None = None
        self.by_configuration = False
        self.missed_of = OF_MISSED[0]
        self._question: Question | None = None
        self._asked: Question | None = None
        self._own = ("", False)
        self._counted = 0
        self.found: Found | None = None
        """What the present view shows."""

    @property
    def shown(self) -> SampleView | None:
        """The view that is shown; None where it is the digits."""
        return self.query_one(VIEWS[self.view]) if self.view in VIEWS else None

    @property
    def main(self) -> Widget:
        """The part that the cursor goes to from the list."""
        shown = self.shown
        return self.digits if shown is None else shown.main

    @property
    @abstractmethod
    def digits(self) -> Widget:
        """The part that shows the digits of the job."""

    # what is asked

    def question(self) -> "Question | None":
        """What the present view is about, as the jobs stand now. Looks at all of them where it is about many."""
        job = self.picker.job
        if job is None:
            return None
        if self.view is View.ERRORS:
            return ErrorsOf(job)
        if self.view is View.CHURN and self.first is not None:
            whole = self.by_configuration and not self._repeats(job)
            return ChurnOf(self._side(self.first, whole=whole), self._side(job, whole=whole))
        return self._missed(job) if self.view is View.MISSED else None

    def _done(self) -> Sequence[JobRow]:
        jobs = self.snapshot.jobs if self.snapshot is not None else ()
        return [row for row in jobs if row.status is JobStatus.DONE]

    def _repeats(self, job: JobRow) -> bool:
        """Whether the job is a repeat of the one it is compared with: all repeats of both would be the same jobs."""
        return self.first is not None and self.first.config == job.config

    def _side(self, job: JobRow, *, whole: bool) -> Side:
        told = self.picker.lines.labels.short(job, NAMED)
        if not whole:
            return Side(f"{job.id[:ID_SHOWN]} {told}", (job,))
        rows = tuple(row for row in self._done() if same_states(row, job) and row.config == job.config)
        if len(rows) < 2:
            return Side(told, (job,))
        words = told.removesuffix(f" seed={job.seed}").removesuffix(f" s={job.seed}")
        return Side(voted(words, len(rows)), rows)

    def _missed(self, job: JobRow) -> MissedOf:
        """Of the jobs on the data set of this one, or of those of its experiments or its configuration."""
        dataset = job.config.get("dataset")
        if self.missed_of == "configuration":
            scope = f"repeats of {self.picker.lines.labels.short(job, NAMED)}"
            rows = [row for row in self._done() if same_states(row, job) and row.config == job.config]
        elif self.missed_of == "experiment":
            scope, named = " ".join(job.experiments), set(job.experiments)
            rows = [r for r in self._done() if r.config.get("dataset") == dataset and named & set(r.experiments)]
        else:
            scope = f"all of {dataset}"
            rows = [row for row in self._done() if row.config.get("dataset") == dataset]
        return MissedOf(scope, tuple(rows))

    def look(self) -> None:
        """Show what the present view is about, or have it looked up."""
        self.set_class(self.view is View.ERRORS, "-errors")
        self.set_class(self.view is View.CHURN, "-churn")
        self.set_class(self.view is View.MISSED, "-missed")
        self.set_class(self.view is not View.DIGITS, "-elsewhere")
        question = self._question = self.question()
        self.found = None
        if question is None:
            super().message(self._own[0], wrong=self._own[1])
        elif self.answer is not None and self.answer.question == question:
            self.watch_answer(self.answer)
        elif question != self._asked:
            self._asked = question
            super().message(looking_words.reading(question))
            self.post_message(self.AnswerWanted(question))
        self.say()

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """What is about many jobs may be about more of them by now."""
        super().watch_snapshot(snapshot)
        done = snapshot.counts.get(JobStatus.DONE, 0) if snapshot is not None else 0
        if done != self._counted:
            self._counted = done
            self.renew()

    def on_show(self) -> None:
        """Jobs may have ended meanwhile."""
        self.renew()

    def renew(self) -> None:
        """Ask again where the answer that is shown is about jobs that are not all by now; it stays until then."""
        if not self.ready or self._asked is not None or not self.is_on_screen or self.found is None:
            return
        question = self.question()
        if isinstance(question, MissedOf):
            jobs = question.count
        elif isinstance(question, ChurnOf):
            jobs = len(question.a.rows) + len(question.b.rows)
        else:
            return
        if question != self._question and jobs <= RENEWED:
            self._question = self._asked = question
            self.post_message(self.AnswerWanted(question))

    def watch_progress(self, progress: tuple[int, int]) -> None:
        """Reading what many jobs said takes a while."""
        if self.ready and self._asked is not None:
            super().message(f"Reading what jobs said of the test set: {progress[0]:,} of {progress[1]:,}.")

    def watch_answer(self, answer: Answer | None) -> None:
        """What was asked for is there, if it is still asked for."""
        shown = self.shown
        if answer is None or shown is None or answer.question != self._question:
            return
        self._asked = None
        found, self.found = answer.found, None
        if found is None or not isinstance(found, FITTING[self.view]):
            super().message(with_keys(self.app, answer.problem), wrong=True)
            return
        self.found = found
        super().message(shown.nothing(found))
        self.call_after_refresh(self.draw_view)
        self.say()
        self.renew()

    def draw_view(self) -> None:
        """Hand the view what it shows, for the room and the style that there are."""
        if self.ready and self.shown is not None and self.found is not None:
            self.shown.show(self.found, self.style_now, ascii_only=self.ascii)

    @property
    @abstractmethod
    def style_now(self) -> str:
        """How digits are drawn, where a person chose that."""

    def message(self, text: str, *, wrong: bool = False) -> None:
        """Words in the place of the digits; of a view they are its own."""
        self._own = text, wrong
        self.waits_no_more()
        if self.view is View.DIGITS or self.picker.job is None:
            super().message(text, wrong=wrong)

    # keys

    def watch_view(self) -> None:
        """Another view; the cursor goes with it unless it is in the list of jobs."""
        if not self.ready:
            return
        inside = self.has_focus_within and not self.picker.has_focus
        self._asked = None
        self.look()
        if inside:
            self.main.focus()

    def action_errors(self) -> None:
        """The classes of the job and its calibration, or back to its digits."""
        self.view = View.DIGITS if self.view is View.ERRORS else View.ERRORS

    def action_missed(self) -> None:
        """What most jobs miss, or back to the digits of one."""
        self.view = View.DIGITS if self.view is View.MISSED else View.MISSED

    def action_churn(self) -> None:
        """The first press remembers the job, the second, on another, compares both; one more ends that."""
        job = self.picker.job
        if job is None:
            return
        if self.first is None or self.first.id == job.id or self.view is View.CHURN:
            self.first = None if self.first is not None else job
            self.view = View.DIGITS
        else:
            self.view = View.CHURN
        self.say()

    def action_whose(self) -> None:
        """A job or all its repeats; of always missed: all jobs, those of the experiment, or of the configuration."""
        if self.view is View.MISSED:
            self.missed_of = OF_MISSED[(OF_MISSED.index(self.missed_of) + 1) % len(OF_MISSED)]
        elif self.view is View.CHURN:
            job = self.picker.job
            if job is not None and self._repeats(job):
                self.post_message(Told(looking_words.REPEATS))
                return
            self.by_configuration = not self.by_configuration
        else:
            self.post_message(
                Told("<digits.whose> is for <digits.churn> and <digits.missed>: whose answers are counted")
            )
            return
        self.look()

    def leave_view(self) -> bool:
        """Back to the digits; then forget the job to be compared. False where there is nothing to leave."""
        if self.shown is not None and self.shown.close():
            return True
        left = self.view is not View.DIGITS or self.first is not None
        if self.view is View.DIGITS:
            self.first = None
        self.view = View.DIGITS
        self.say()
        return left

    # words

    def about_view(self, job: JobRow, width: int) -> Text:
        """The line above a view: what it is about."""
        if self.view is View.ERRORS:
            label = self.picker.lines.labels.short(job, max(24, width - 44))
            return looking_words.per_class(label, job.id[:ID_SHOWN])
        if self.view is View.CHURN:
            return looking_words.beside(whole=self.by_configuration, repeats=self._repeats(job))
        return looking_words.missed(self._question) if isinstance(self._question, MissedOf) else Text()
