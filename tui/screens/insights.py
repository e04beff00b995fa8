"""Has what the Digits tab asks about the answers of jobs looked up in a thread, and gives it back."""

from typing import TYPE_CHECKING

from textual import work
from textual.worker import get_current_worker

from engine.errors import EngineError
from tui.feed import Feed
from tui.screens.answers import Answers

if TYPE_CHECKING:
    from tui.panes.digits_answers import Question
    from tui.panes.leaderboard_board import BoardPane
    from tui.panes.looking_pane import LookingPane


class Insights(Answers):
    """The part of the main screen that hears questions about answers."""

    def on_looking_pane_answer_wanted(self, event: "LookingPane.AnswerWanted") -> None:
        """The last question is the one that counts."""
        self._look_into(event.question)

    def on_feed_changed(self, event: Feed.Changed) -> None:
        """Repeats that were waited for may be over."""
        if self.refines:
            self.control.refining.saw(event.snapshot)

    def on_feed_refused(self, event: Feed.Refused) -> None:  # noqa: ARG002 - Textual's
        """Nothing comes of what was asked for."""
        if self.refines:
            self.control.refining.refused()

    def on_board_pane_rank_by_chosen(self, event: "BoardPane.RankByChosen") -> None:
        """What is refined from now on is refined by the figure that the board is ranked by."""
        self.rank_by = event.name

    @property
    def refines(self) -> bool:
        """Whether repeats were ever asked for."""
        return "control" in self.__dict__ and "refining" in self.control.__dict__

    # Without a description Textual makes one of the arguments, which would write out every job.
    @work(thread=True, exclusive=True, group="looking", description="looking", exit_on_error=False)
    def _look_into(self, question: "Question") -> None:
        from tui.panes.digits_answers import Answer  # noqa: PLC0415 - a first paint does without
        from tui.screens.looking import answered  # noqa: PLC0415 - NumPy: 0.1 s

        worker = get_current_worker()

        def tell(read: int, of: int) -> bool:
            if not worker.is_cancelled:
                self.app.call_from_thread(self.give, "digits", progress=(read, of))
            return not worker.is_cancelled

        try:
            answer = Answer(question, answered(self.session, question, tell))
        except (EngineError, OSError, ValueError) as error:
            answer = Answer(question, None, str(error))
        if not worker.is_cancelled:
            self.app.call_from_thread(self.give, "digits", answer=answer)
