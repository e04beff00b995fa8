"""What the views of answers say in words: the line above each, and what is said while it is read."""

from typing import TYPE_CHECKING

from rich.text import Text

from engine.results.durations import counted
from engine.text import visible
from tui.panes.digits_answers import MissedOf

if TYPE_CHECKING:
    from tui.panes.digits_answers import Question

REPEATS = "A and B are repeats of one configuration: [ ] to one of another for all of both"


def reading(question: "Question") -> str:
    """Until the answer comes."""
    if isinstance(question, MissedOf):
        return f"Reading what {counted(len(question.rows), 'job')} said of the test set."
    return "Reading what was said of the test set."


def per_class(label: str, job_id: str) -> Text:
    """Above the classes of a job."""
    return _line((label, "bold"), f"  per class, calibration  {job_id}")


def beside(*, whole: bool, repeats: bool) -> Text:
    """Above two jobs, `repeats` of one configuration or not, or the `whole` configurations of both."""
    each = "all repeats of each (b)" if whole else "a job each (b)"
    each = "two repeats of one configuration" if repeats else each
    return _line(("A beside B", "bold"), f", {each}; [ ] another B")


def missed(question: MissedOf) -> Text:
    """Above what most jobs miss."""
    return _line(("missed by most", "bold"), f" of {counted(question.count, 'job')}: {visible(question.scope)} (b)")


def _line(*parts: str | tuple[str, str]) -> Text:
    return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")
