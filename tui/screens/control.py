"""What a person asks of the runner: run, stop, hold, retry, reorder; each leaves a request, off the UI thread."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.plan.jobs import MANY, JobStatus
from engine.plan.queuefile import QueueFile
from engine.plan.sweep import count
from engine.results.durations import counted
from engine.results.rows import JobRow, Note
from tui.editing.code import code_of, fingerprint
from tui.editing.handing import ON, handed_in
from tui.keys import key_of
from tui.panes.queue import QueuePane, Verb
from tui.panes.queue_words import MEND
from tui.screens.dialogs import Choice, Choose

if TYPE_CHECKING:
    from tui.screens.console import Console
    from tui.screens.refining import Refining


class Control:
    """Speaks to the session for the main screen."""

    def __init__(self, screen: "Console") -> None:
        self.screen = screen

    def asked(self, event: QueuePane.Asked) -> None:
        """Do what concerns jobs and the runner."""
        if event.verb is Verb.INSPECT:
            self._inspect(event)
        elif self.screen.options.read_only:
            self.screen.tell(self.screen.refusal, wrong=True)
        elif event.verb is Verb.RUN:
            self._run(())
        elif event.verb is Verb.ONLY:
            if event.item is not None and event.item.kind == "experiment":
                self._run((event.item.name,))
            else:
                self.screen.tell("choose an experiment of the file first")
        elif event.verb is Verb.MISSING:
            self._missing(event)
        elif event.verb is Verb.REFINE:
            self._refine(event)
        elif event.verb is Verb.STOP:
            self._stop(event.jobs)
        else:
            self._tend(event.verb, event.jobs)

    def _rows(self, jobs: Sequence[str]) -> list[JobRow]:
        wanted = set(jobs)
        return [row for row in self.screen.snapshot.jobs if row.id in wanted] if self.screen.snapshot else []

    def request(self, ask: Callable[[], object], done: str | Callable[[], str], meanwhile: str = "") -> None:
        """Leave a request in a thread, since starting a runner takes a moment; tell how that went.

        `done` says so, or makes the words in the thread before it asks; `meanwhile` stands there until then.
        """
        app = self.screen.app
        if meanwhile:
            self.screen.tell(meanwhile)

        def over(words: str, *, wrong: bool = False) -> None:
            self.screen.untell(meanwhile)
            self.screen.tell(words, wrong=wrong)

        def work() -> None:
            try:
                words = done if isinstance(done, str) else done()
                ask()
            except EngineError as error:
                app.call_from_thread(over, str(error), wrong=True)
            else:
                app.call_from_thread(over, words)
                self.screen.feed.look()

        self.screen.run_worker(work, thread=True, group="requests", exit_on_error=False)

    # run

    def _missing(self, event: QueuePane.Asked) -> None:
        """Of an experiment, what nothing will come of by itself: jobs of the file are run, others queued again."""
        item = event.item
        if item is None or not event.jobs:
            self.screen.tell("nothing is missing or failed here" if item is not None else "choose an experiment first")
            return
        own = {slot.job.id for slot in item.slots} | {row.id for row in item.rows if row is not None}
        added = [job for job in event.jobs if item.kind != "experiment" or job not in own]
        if len(added) == len(event.jobs):
            self._tend(Verb.RETRY, added)
            return
        if added:
            self._tend(Verb.RETRY, added)
        self._run((item.name,), left=len(event.jobs) - len(added))

    def _refine(self, event: QueuePane.Asked) -> None:
        if event.item is None or event.item.kind not in ("experiment", "stored"):
            self.screen.tell("choose an experiment first")
        else:
            self.refining.ask(event.item.name)

    @cached_property
    def refining(self) -> "Refining":
        """Who adds repeats."""
        from tui.screens.refining import Refining  # noqa: PLC0415 - rarely needed

        return Refining(self.screen)

    def allows(self, name: str) -> bool:
        """Whether the code that an experiment of the file would run was allowed by a person."""
        document = self.screen.document
        queue = document.queue if document is not None else None
        return (
            queue is not None
            and bool(code_of(queue, (name,)))
            and fingerprint(queue) in self.screen.kept.config.allowed
        )

    def _run(self, only: tuple[str, ...], left: int | None = None) -> None:
        """Hand in; with `left`, so many of its jobs, those that are missing or failed."""
        document = self.screen.document
        if document is None or document.queue is None:
            self.screen.tell(
                self.screen.refusal or "there is no queue file to run: <queue.new> writes a first one", wrong=True
            )
        elif document.problem and not document.touching and not document.gone:
            self.screen.tell(MEND, wrong=True)
        elif document.unsaved or document.gone:
            choices = [Choice("s", "save it, then run", True)]
            title = "The queue file is gone" if document.gone else "The queue file has unsaved changes"
            self.screen.app.push_screen(
                Choose(title, choices, "What runs is what stands in the file."),
                lambda yes: self.screen.desk.save(lambda: self._run(only, left)) if yes else None,
            )
        else:
            self._confirm(document.queue, only, left)

    def _confirm(self, queue: QueueFile, only: tuple[str, ...], left: int | None) -> None:
        jobs = sum(count(experiment) for experiment in queue.chosen(only))
        if not jobs:
            self.screen.tell(
                "nothing to run: every experiment is off"
                if not only
                else f"{only[0]} is off: <queue.switch> turns it on"
            )
            return
        code = code_of(queue, only)
        mark = fingerprint(queue) if code else ""
        allowed = self.screen.kept.config.allowed
        if code and mark not in allowed:
            self._allow(queue, only, code, mark, left)
        elif jobs > MANY:
            choices = [Choice("y", f"hand in all {counted(jobs, 'job')}", True)]
            self.screen.app.push_screen(
                Choose(f"These are {counted(jobs, 'job')}", choices, "More than 1,000 are asked about first."),
                lambda yes: self._submit(queue, only, bool(code), left) if yes else None,
            )
        else:
            self._submit(queue, only, bool(code), left)

    def _allow(self, queue: QueueFile, only: tuple[str, ...], code: Sequence[str], mark: str, left: int | None) -> None:
        text = (
            "It would run:\n"
            + "\n".join(f"  {name}" for name in code)
            + "\nLook at it first. Allowed once, this content stays allowed."
        )
        choices = [Choice("a", "allow it, and run", True)]

        def answered(yes: bool | None) -> None:
            if yes:
                self.screen.keep(allowed=(*self.screen.kept.config.allowed, mark))
                self._confirm(queue, only, left)

        self.screen.app.push_screen(Choose("The queue file names code of its own", choices, text), answered)

    def _submit(self, queue: QueueFile, only: tuple[str, ...], allow_code: bool, left: int | None) -> None:
        snapshot = self.screen.snapshot
        rows, runs = (snapshot.jobs, snapshot.runner is not None) if snapshot is not None else ((), False)

        def done() -> str:
            if left is not None:
                return f"{counted(left, 'job')} missing or failed handed in; {ON}"
            return handed_in(queue.chosen(only), rows, runs=runs)

        def ask() -> None:
            session = self.screen.session
            if left is None:
                submission = session.submit(queue, only=only, allow_code=allow_code)
            else:
                submission = session.submit(queue, only=only, allow_code=allow_code, retry_failed=True)
            self.screen.feed.follow(submission)

        self.request(ask, done, "handing in ...")

    # jobs

    def _stop(self, jobs: Sequence[str]) -> None:
        rows = [row for row in self._rows(jobs) if row.status is JobStatus.RUNNING or row.status.waits()]
        running = [row for row in rows if row.status is JobStatus.RUNNING]
        ids = [row.id for row in rows]
        if not rows:
            self.screen.tell("nothing here runs or waits")
        elif not running:
            self.request(lambda: self.screen.session.stop(ids), f"{counted(len(ids), 'waiting job')} stopped")
        else:
            waiting = f", and {counted(len(rows) - len(running), 'waiting one')}" if len(rows) > len(running) else ""
            choices = [
                Choice("e", "after the running epoch, which is kept", False),
                Choice("n", "now; the running epoch is lost", True),
            ]

            def answered(now: bool | None) -> None:
                if now is not None:
                    told = f"{counted(len(ids), 'job')} asked to stop"
                    self.request(lambda: self.screen.session.stop(ids, now=now), told)

            title = f"Stop {counted(len(running), 'running job')}{waiting}?"
            self.screen.app.push_screen(
                Choose(
                    title,
                    choices,
                    f"{key_of(self.screen.app, 'queue.run')} goes on with them later, at their last epoch.",
                ),
                answered,
            )

    def _tend(self, verb: Verb, jobs: Sequence[str]) -> None:
        session = self.screen.session
        fits: dict[Verb, Callable[[JobStatus], bool]] = {
            Verb.HOLD: lambda status: status is JobStatus.QUEUED,
            Verb.RELEASE: lambda status: status is JobStatus.HELD,
            Verb.RETRY: lambda status: status.is_failure() or status.goes_on_with_run(),
            Verb.REORDER: lambda status: status.waits(),
        }
        ask = {
            Verb.HOLD: session.hold,
            Verb.RELEASE: session.release,
            Verb.RETRY: session.retry,
            Verb.REORDER: session.reorder,
        }
        told = {Verb.HOLD: "held", Verb.RELEASE: "released", Verb.RETRY: "queued again"}
        possible = {row.id for row in self._rows(jobs) if fits[verb](row.status)}
        ids = [job_id for job_id in jobs if job_id in possible]
        if ids:
            words = f"{counted(len(ids), 'job')} {told[verb]}" if verb is not Verb.REORDER else "moved in the queue"
            self.request(lambda: ask[verb](ids), words)
        else:
            nothing = {
                Verb.HOLD: "nothing here waits",
                Verb.RELEASE: "nothing here is held",
                Verb.RETRY: "nothing here failed, stopped or was interrupted",
                Verb.REORDER: "only jobs that wait can be moved",
            }
            self.screen.tell(nothing[verb])

    def note(self, name: str, note: Note) -> None:
        """Keep a note."""
        if self.screen.options.read_only:
            self.screen.tell(self.screen.refusal, wrong=True)
            return
        try:
            self.screen.session.write_note(name, note)
        except EngineError as error:
            self.screen.tell(str(error), wrong=True)
        self.screen.feed.look()

    # looking into data and models

    def _inspect(self, event: QueuePane.Asked) -> None:
        from tui.screens.inspect import InspectPage  # noqa: PLC0415 - a first paint does without

        experiment = event.item.experiment if event.item is not None else None
        if experiment is None:
            unread = event.item is not None and event.item.kind == "experiment"
            first = "choose an experiment of the file first"
            self.screen.tell("the file is still being read: press it again in a moment" if unread else first)
            return
        self.screen.app.push_screen(InspectPage(experiment, self.screen.session.inspect, ascii_only=self.screen.ascii))
