"""Looks into what jobs said of the test set, for the Digits tab; meant for a thread, since it reads a file a job."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from engine.errors import DataError, UsageError
from engine.results.confusion import surest_mistakes
from engine.results.digits import caption
from engine.results.durations import counted
from engine.results.errortext import headline, taken_for
from engine.results.looking import errors_of
from engine.results.testsets import TestSet, refuse_others
from engine.session import Session
from tui.panes.digits_answers import (
    ChurnFound,
    ChurnOf,
    ErrorsFound,
    ErrorsOf,
    Found,
    MissedFound,
    MissedOf,
    Question,
    Sample,
    Side,
)

if TYPE_CHECKING:
    from engine.results.missed import Missed
    from engine.results.rows import JobRow

# More pictures than anybody walks through; each may be in another job's file.
MOST = 300
# After so many jobs it is told how far the reading has come.
STEP = 500
AGAIN = "engine run --again trains the job anew"

Tell = Callable[[int, int], bool]
"""Told how many of how many jobs were read; False where nobody wants to know any more."""


def answered(session: Session, question: Question, tell: Tell) -> Found:
    """What was asked. Raises EngineError where it cannot be told."""
    if isinstance(question, ErrorsOf):
        return _errors(session, question)
    return _churn(session, question, tell) if isinstance(question, ChurnOf) else _missed(session, question, tell)


def _errors(session: Session, question: ErrorsOf) -> ErrorsFound:
    job_id = question.row.id
    found = session.predictions(job_id)
    places = surest_mistakes(found, MOST)
    pictures = session.pictures([job_id], places)
    samples = []
    for at in places:
        words = caption(int(found.true[at]), int(found.predicted[at]), float(found.confidence[at]), at)
        samples.append(Sample(pictures.get(at), tuple(words.split("  ")), at))
    return ErrorsFound(errors_of(found), samples)


def _churn(session: Session, question: ChurnOf, tell: Tell) -> ChurnFound:
    from engine.results.churn import compared, surest  # noqa: PLC0415 - SciPy: 0.4 s

    a, b = (_tested(session, side, tell) for side in (question.a, question.b))
    refuse_others(a, b)
    found = compared(a.tally, b.tally)
    mended, broken = surest(b.tally, found.mended), surest(a.tally, found.broken)
    names = question.a.name, question.b.name
    return ChurnFound(names, found, _samples(session, b, mended), _samples(session, a, broken))


def _tested(session: Session, side: Side, tell: Tell) -> TestSet:
    sets = list(session.test_sets(_counting(side.rows, tell)))
    if not sets:
        where = str(session.paths.job(side.rows[0].id).predictions)
        raise DataError(f"the predictions of {side.name} cannot be read", where=where, hint=AGAIN)
    if len(sets) > 1:
        told = f"the jobs of {side.name} were tested on different states of {sets[0].dataset}"
        raise UsageError(told, hint="compare single jobs with <digits.whose>")
    return sets[0]


def _missed(session: Session, question: MissedOf, tell: Tell) -> MissedFound:
    sets = session.test_sets(_counting(question.rows, tell))
    found = next(iter(sets), None)
    if found is None:
        where = str(session.paths.root)
        raise DataError("the predictions of none of these jobs can be read", where=where, hint=AGAIN)
    told = [headline(found.tally)]
    if len(sets) > 1:
        others = len(question.rows) - len(sets.lost) - len(found.jobs)
        told.append(f"{counted(others, 'job')} left out, tested on another state of {found.dataset}")
    if sets.lost:
        told.append(f"{counted(len(sets.lost), 'job')} left out, whose predictions cannot be read")
    places = found.tally.hardest()
    if len(places) > MOST:
        told.append(f"{MOST} shown")
    return MissedFound(tuple(told), _samples(session, found, found.tally.missed(places[:MOST])))


def _counting(rows: "Sequence[JobRow]", tell: Tell) -> "Iterator[JobRow]":
    for place, row in enumerate(rows):
        if place % STEP == STEP - 1 and not tell(place + 1, len(rows)):
            return
        yield row


def _samples(session: Session, tested: TestSet, missed: "Iterable[Missed]") -> list[Sample]:
    """With who misses each and what for; of one job alone, how sure it was."""
    shown = list(missed)[:MOST]
    pictures = session.pictures([tested.jobs[each.witness].id for each in shown], [each.index for each in shown])
    return [Sample(pictures.get(each.index), words_of(each), each.index) for each in shown]


def words_of(missed: "Missed") -> tuple[str, str]:
    """`True: 6 #2654  38 of 41` over `1 x30, 4 x8  label?`, or `True: 4, Pred: 9` over `0.98 #1234`."""
    if missed.jobs == 1:
        words = caption(missed.true, missed.taken[0][0], missed.confidence or 0.0, missed.index).split("  ")
        return words[0], words[1]
    doubt = "  label?" if missed.label_doubtful else ""
    return f"True: {missed.true} #{missed.index}  {missed.missed:,} of {missed.jobs:,}", taken_for(missed) + doubt
