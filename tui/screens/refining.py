"""Adds repeats to an experiment where its rank is uncertain, a few at a time, as `engine refine` does."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.plan.jobs import JobStatus
from engine.results.durations import counted
from engine.results.planning import AT_ONCE, Addition, Plan, id_of, plan
from engine.results.rows import JobRow
from engine.session import Snapshot
from tui.screens.dialogs import Ask

if TYPE_CHECKING:
    from tui.screens.console import Console


@dataclass(frozen=True)
class Spending:
    """An experiment under way: so many repeats of its budget are added, of which `waited_for` are not over yet.

    `rank_by` is what the Leaderboard was ranked by as it began.
    """

    name: str
    budget: int
    rank_by: str
    spent: int = 0
    waited_for: tuple[Addition, ...] = ()


def budget_of(text: str) -> int | None:
    """How many repeats a person allows; None for what is no whole number above 0."""
    words = text.strip()
    return int(words) if words.isascii() and words.isdigit() and 0 < int(words) < 1_000_000 else None


def budget_fault(text: str) -> str:
    """What is wrong with a budget, if anything."""
    return "" if budget_of(text) else f"a budget is a whole number of trainings, 1 or more, not {text or 'nothing'}"


def wanted_by(name: str, snapshot: Snapshot | None) -> list[JobRow]:
    """Every job of an experiment that was not withdrawn."""
    jobs = snapshot.jobs if snapshot is not None else ()
    return [row for row in jobs if name in row.experiments and row.status is not JobStatus.WITHDRAWN]


def came_of(spending: Spending, snapshot: Snapshot) -> list[JobRow | None]:
    """The rows of the repeats that are waited for; None where one is not in the queue yet."""
    likes = {row.id: id_of(row) for row in snapshot.jobs}
    rows = {(id_of(row), row.seed): row for row in wanted_by(spending.name, snapshot)}
    return [rows.get((likes.get(each.like, ()), each.seed)) for each in spending.waited_for]


class Refining:
    """Goes on as long as the console is open; what was added trains on without it."""

    def __init__(self, screen: "Console") -> None:
        self.screen = screen
        self._under_way: dict[str, Spending] = {}

    def ask(self, name: str) -> None:
        """Ask for the budget, then begin; asked again of one under way, end that."""
        if name in self._under_way:
            del self._under_way[name]
            self._say(name, "no more repeats are added; those that were go on")
            return

        rank_by = self.screen.rank_by

        def answered(text: str | None) -> None:
            budget = budget_of(text or "")
            if budget:
                self.begin(name, budget, rank_by)

        figure = rank_by.replace("_", " ")
        text = f"Repeats where {figure} leaves the rank uncertain, {AT_ONCE} at a time, while labtop is open."
        self.screen.app.push_screen(
            Ask(f"Refine {name}: how many trainings at most?", "8", text, budget_fault), answered
        )

    def begin(self, name: str, budget: int, rank_by: str) -> None:
        """Spend so many trainings at most on an experiment."""
        self._under_way[name] = Spending(name, budget, rank_by)
        self._plan(name, self.screen.snapshot)

    def saw(self, snapshot: Snapshot) -> None:
        """Look at the board anew where all that was waited for is over, and all that was asked for was heard."""
        if snapshot.pending:
            return
        for name, spending in tuple(self._under_way.items()):
            rows = came_of(spending, snapshot) if spending.waited_for else [None]
            ended = [row for row in rows if row is not None and row.status.is_finished()]
            if any(not row.status.is_over() for row in ended):
                del self._under_way[name]
                self._say(name, "refining ended, since a repeat was stopped; <queue.refine> goes on")
            elif len(ended) == len(rows):
                self._plan(name, snapshot)

    def refused(self) -> None:
        """The runner took something not: nothing is waited for any more, and that is said."""
        for name in self._under_way:
            told = "refining ended, since the runner refused a request; <queue.refine> goes on"
            self.screen.refined = {**self.screen.refined, name: told}
        self._under_way.clear()

    def _plan(self, name: str, snapshot: Snapshot | None) -> None:
        spending = replace(self._under_way[name], waited_for=())
        self._under_way[name] = spending
        rows = wanted_by(name, snapshot)
        session, app = self.screen.session, self.screen.app
        allowed = self.screen.control.allows(name)

        def work() -> None:
            try:
                chosen = plan(rows, spending.rank_by, session.hits, spending.budget - spending.spent)
                if chosen.additions:
                    self.screen.feed.follow(session.refine(name, chosen.additions, allow_code=allowed))
            except EngineError as error:
                app.call_from_thread(self._ended, name, str(error), wrong=True)
            else:
                app.call_from_thread(self._planned, spending, chosen)
                self.screen.feed.look()

        self.screen.run_worker(work, thread=True, group="refining", exit_on_error=False)

    def _planned(self, spending: Spending, chosen: Plan) -> None:
        if not chosen.additions:
            self._ended(spending.name, f"refined: {chosen.why}")
            return
        spent = spending.spent + len(chosen.additions)
        if spending.name in self._under_way:
            self._under_way[spending.name] = replace(spending, spent=spent, waited_for=chosen.additions)
        repeats = counted(len(chosen.additions), "repeat")
        words = f"refining, {repeats} added, {spent} of {spending.budget}; <queue.refine> ends it: {chosen.why}"
        self._say(spending.name, words)

    def _say(self, name: str, words: str, *, wrong: bool = False) -> None:
        """In passing, and beside the experiment until there is something newer."""
        self.screen.tell(f"{name}: {words}", wrong=wrong)
        self.screen.refined = {**self.screen.refined, name: words}

    def _ended(self, name: str, told: str, *, wrong: bool = False) -> None:
        self._under_way.pop(name, None)
        self._say(name, told, wrong=wrong)
