"""The views of answers in the Digits tab: classes and calibration, two jobs beside each other, what most jobs miss."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from textual.scrollbar import ScrollBar

from engine.errors import DataError, UsageError
from engine.record.ledger import Ledger
from engine.results.churn import churn
from engine.results.looking import errors_of
from engine.results.predictions import Predictions
from engine.results.rows import JobRow
from engine.session import Session, Snapshot
from tests.cli.stored import trained
from tests.results.predictions_made import said, wrong_at
from tests.tui.made import Host, flow, grid, mistakes, row, shown, snapshot, until
from tui.messages import Told
from tui.panes.digits import DigitsPane
from tui.panes.digits_answers import (
    Answer,
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
from tui.panes.digits_pictures import SamplePictures
from tui.panes.looking_pane import LookingPane, View
from tui.screens.looking import answered
from tui.widgets.gallery import Gallery
from tui.widgets.plain import PlainBars

VIEWS = ("errors", "churn", "missed")
TRUE = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

# what is looked up


def row_of(session: Session, job_id: str) -> JobRow:
    return next(row for row in session.rows() if row.id == job_id)


def told(read: int, of: int) -> bool:
    return True


def test_errors_are_those_of_the_job_and_the_surest_come_first(ledger: Ledger) -> None:
    job_id = trained(ledger, "grid", wrong_at(TRUE, {3: 8, 4: 9}, [0.5] * 4 + [0.9] + [0.5] * 5))
    session = Session(ledger.paths)
    found = answered(session, ErrorsOf(row_of(session, job_id)), told)
    assert isinstance(found, ErrorsFound)
    assert (found.errors.wrong, found.errors.n) == (2, 10)
    assert [sample.words for sample in found.surest] == [
        ("True: 4, Pred: 9", "0.90 #4"),
        ("True: 3, Pred: 8", "0.50 #3"),
    ]
    assert found.surest[0].image.max() == 104


def test_churn_of_two_jobs_and_of_all_their_repeats(ledger: Ledger) -> None:
    a = [trained(ledger, "a", wrong_at(TRUE, wrong), seed) for seed, wrong in enumerate(({3: 8}, {3: 8}, {4: 9}))]
    b = [trained(ledger, "b", wrong_at(TRUE, {5: 6}), seed, dropout=0.5) for seed in range(3)]
    session = Session(ledger.paths)
    alone = answered(session, ChurnOf(*(Side(job, (row_of(session, job),)) for job in (a[2], b[0]))), told)
    sides = (Side(name, tuple(row_of(session, job) for job in jobs)) for name, jobs in (("a", a), ("b", b)))
    whole = answered(session, ChurnOf(*sides), told)
    assert isinstance(alone, ChurnFound) and isinstance(whole, ChurnFound)
    assert (alone.churn.mended, alone.churn.broken) == ((5,), (4,))
    assert alone.mended[0].words == ("True: 5, Pred: 6", "0.75 #5")
    assert (whole.churn.mended, whole.churn.broken) == ((5,), (3,))
    assert whole.broken[0].words == ("True: 3 #3  2 of 3", "8 x2")


def test_jobs_of_two_test_sets_are_not_compared(ledger: Ledger) -> None:
    a = trained(ledger, "a", said(TRUE, TRUE))
    b = trained(ledger, "b", said(TRUE[::-1], TRUE[::-1]), dropout=0.5)
    session = Session(ledger.paths)
    sides = [Side(job, (row_of(session, job),)) for job in (a, b)]
    with pytest.raises(UsageError, match="different states of mnist"):
        answered(session, ChurnOf(*sides), told)
    session.paths.job(a).predictions.unlink()
    with pytest.raises(DataError, match="cannot be read"):
        answered(session, ChurnOf(*sides), told)


def test_what_most_miss_is_counted_over_the_jobs_that_can_be_read(ledger: Ledger) -> None:
    for seed in range(4):
        trained(ledger, "a", wrong_at(TRUE, {3: 8} if seed else {3: 5, 7: 1}), seed)
    lost = trained(ledger, "a", said(TRUE, TRUE), 9)
    session = Session(ledger.paths)
    session.paths.job(lost).predictions.unlink()
    found = answered(session, MissedOf("all", session.rows()), told)
    assert isinstance(found, MissedFound)
    assert found.told == (
        "2 of 10 samples missed by 1 or more of 4 jobs",
        "1 job left out, whose predictions cannot be read",
    )
    assert [sample.words for sample in found.samples] == [
        ("True: 3 #3  4 of 4", "8 x3, 5 x1"),
        ("True: 7 #7  1 of 4", "1 x1"),
    ]


def test_reading_ends_where_nobody_wants_it_any_more(ledger: Ledger) -> None:
    job_id = trained(ledger, "a", said(TRUE, TRUE))
    session = Session(ledger.paths)
    asked: list[int] = []

    def enough(read: int, of: int) -> bool:
        asked.append(read)
        return False

    rows = (row_of(session, job_id),) * 1200
    found = answered(session, MissedOf("all", rows), enough)
    assert asked == [500] and isinstance(found, MissedFound)
    assert found.told == ("0 of 10 samples missed by 1 or more of 499 jobs",)


# the pane


def predictions() -> Predictions:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 10, 400)
    predicted = np.where(rng.random(400) < 0.9, true, rng.integers(0, 10, 400))
    return said(list(true), list(predicted), list(rng.uniform(0.5, 1, 400)))


def samples(count: int, *words: str) -> list[Sample]:
    images = mistakes([(at % 10, 0) for at in range(count)]).images
    return [Sample(images[at] if at else None, words) for at in range(count)]


def found_for(question: Question) -> Found:
    if isinstance(question, ErrorsOf):
        return ErrorsFound(errors_of(predictions()), samples(6, "True: 4, Pred: 9", "0.98 #1234"))
    if isinstance(question, ChurnOf):
        right = np.zeros(400, bool)
        right[:390] = True
        found = churn(right, np.roll(right, 5))
        names = question.a.name, question.b.name
        return ChurnFound(
            names, found, samples(5, "True: 4, Pred: 9", "0.98 #12"), samples(5, "True: 4, Pred: 1", "0.5 #9")
        )
    told = f"7 of 400 samples missed by 1 or more of {len(question.rows)} jobs"
    return MissedFound((told,), samples(7, "True: 6 #2654  4 of 5", "1 x3, 4 x1  label?"))


async def answer(pilot: Any, host: Host, pane: DigitsPane) -> Question:
    """Let the pane have what it asked for last."""
    await until(pilot, lambda: host.told(LookingPane.AnswerWanted))
    question: Question = host.told(LookingPane.AnswerWanted)[-1].question
    pane.answer = Answer(question, found_for(question))
    await pilot.pause()
    await pilot.pause()
    return question


async def ready(pilot: Any, host: Host, pane: DigitsPane) -> None:
    pane.snapshot = snapshot(*grid())
    await until(pilot, lambda: host.told(DigitsPane.MistakesWanted))
    pane.mistakes = mistakes()
    pane.main.focus()
    await pilot.pause()


@flow
async def test_classes_and_calibration_of_the_job_under_the_cursor() -> None:
    pane = DigitsPane()
    host = Host(pane)
    async with host.driven((120, 40)) as pilot:
        await ready(pilot, host, pane)
        await pilot.press("e")
        await pilot.pause()
        assert any("Reading what was said" in line for line in shown(pilot))
        question = await answer(pilot, host, pane)
        assert question == ErrorsOf(pane.picker.job)
        text = "\n".join(shown(pilot))
        for words in ("precision   recall       F1", "expected calibration error", "# right, | sure", "0.98 #1234"):
            assert words in text
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: len(host.told(LookingPane.AnswerWanted)) == 2)
        pane.answer = Answer(question, found_for(question))
        await pilot.pause()
        assert any("Reading what was said" in line for line in shown(pilot)), "an answer about another job is not shown"
        asked = host.told(LookingPane.AnswerWanted)[-1].question
        pane.answer = Answer(asked, None, "there are no predictions of this job")
        await pilot.pause()
        assert any("there are no predictions" in line for line in shown(pilot))
        pane.mistakes = mistakes()
        await pilot.press("escape")
        await pilot.pause()
        assert any("8 wrong" in line for line in shown(pilot))
        assert pane.digits.has_focus


@flow
async def test_two_jobs_beside_each_other() -> None:
    pane = DigitsPane()
    host = Host(pane)
    async with host.driven((120, 40)) as pilot:
        await ready(pilot, host, pane)
        first = pane.picker.job
        await pilot.press("equals_sign", "right_square_bracket")
        await pilot.pause()
        assert "= compares A" in shown(pilot)[0]
        await pilot.press("equals_sign")
        question = await answer(pilot, host, pane)
        assert isinstance(question, ChurnOf)
        assert (question.a.rows, question.b.rows) == ((first,), (pane.picker.job,))
        text = "\n".join(shown(pilot))
        assert "A right, B wrong: 5" in text and "A wrong, B right: 5" in text
        assert "they differ in 10 samples of 400; McNemar's exact test: p = 1" in text
        assert any("(no picture)" in line for line in shown(pilot))
        assert "two repeats of one configuration" in shown(pilot)[0]
        await pilot.press("b")
        assert "of one configuration" in host.told(Told)[-1].text, "all repeats of both would be the same jobs"
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: len(host.told(LookingPane.AnswerWanted)) == 2)
        await answer(pilot, host, pane)
        await pilot.press("b")
        again = await answer(pilot, host, pane)
        assert isinstance(again, ChurnOf) and {len(side.rows) for side in (again.a, again.b)} == {2}
        assert any("majority of 2 jobs: " in line for line in shown(pilot))
        await pilot.press("tab", "l", "enter")
        await pilot.pause()
        assert any("esc all" in line for line in shown(pilot))
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert (pane.view, pane.first) == (View.DIGITS, first)
        await pilot.press("escape")
        assert pane.first is None


@flow
async def test_two_that_answer_alike_leave_the_focus_on_the_left_and_no_rule() -> None:
    pane = DigitsPane()
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, host, pane)
        await pilot.press("equals_sign", "right_square_bracket", "equals_sign")
        await until(pilot, lambda: host.told(LookingPane.AnswerWanted))
        question = host.told(LookingPane.AnswerWanted)[-1].question
        right = np.ones(400, bool)
        pane.answer = Answer(question, ChurnFound(("a", "b"), churn(right, right), [], []))
        await until(pilot, lambda: any("the same samples right" in line for line in shown(pilot)))
        assert not any("│" in line for line in shown(pilot))
        assert pane.query_one("#mended", Gallery).has_focus


@flow
async def test_what_is_chosen_in_a_view_holds_for_the_digits_and_what_does_nothing_there_says_so() -> None:
    pane = DigitsPane()
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, host, pane)
        await pilot.press("m")
        await answer(pilot, host, pane)
        before = pane.digits.pictures.style
        await pilot.press("a")
        assert pane.style_chosen not in ("", before)
        await pilot.press("m", "e")
        await answer(pilot, host, pane)
        assert pane.digits.pictures.style == pane.style_chosen
        offered = {each.binding.description for each in host.screen.active_bindings.values() if each.binding.show}
        assert not {"drawn as", "sort", "matrix"} & offered and "per class" in offered
        sort = pane.sort
        await pilot.press("a", "s", "v")
        assert [
            any(way in told.text for way in ("<digits.errors> goes back", "<digits.back> goes back"))
            for told in host.told(Told)
        ] == [True] * 3
        await pilot.press("e", "s")
        assert pane.sort != sort


@flow
async def test_the_picture_at_its_largest_is_the_one_of_the_cursor_after_another_answer() -> None:
    pane = DigitsPane()
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, host, pane)
        await pilot.press("m")
        question = await answer(pilot, host, pane)
        await pilot.press("tab", "l", "enter")
        await until(pilot, lambda: any("esc all" in line for line in shown(pilot)))
        for name in ("first", "second", "third"):
            await pilot.press("b")
            await until(pilot, lambda last=question: host.told(LookingPane.AnswerWanted)[-1].question != last)
            question = host.told(LookingPane.AnswerWanted)[-1].question
            pane.answer = Answer(question, MissedFound((name,), [Sample(None, (f"{name} sample",), 5)]))
            await until(pilot, lambda name=name: any(f"{name} sample" in line for line in shown(pilot)))


@flow
async def test_what_most_jobs_miss_of_all_of_the_experiment_of_the_configuration() -> None:
    pane = DigitsPane()
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, host, pane)
        await pilot.press("b")
        assert "<digits.whose> is for" in host.told(Told)[-1].text
        counts = []
        await pilot.press("m")
        for _ in range(3):
            question = await answer(pilot, host, pane)
            assert isinstance(question, MissedOf)
            counts.append(len(question.rows))
            assert any("4 of 5" in line for line in shown(pilot))
            await pilot.press("b")
            await pilot.pause()
        assert counts[:2] == [5, 5] and counts[2] in (1, 2)
        pane.progress = (500, 900)
        await pilot.press("m", "m")
        pane.answer = None
        await pilot.press("m", "m")
        pane.progress = (500, 1000)
        await pilot.pause()
        assert any("500 of 1,000" in line for line in shown(pilot))


@flow
async def test_what_most_jobs_miss_is_counted_anew_when_another_job_is_done() -> None:
    pane = DigitsPane()
    host = Host(pane)

    def now(*more: JobRow) -> Snapshot:
        return replace(snapshot(*grid(), *more), counts={"done": 5 + len(more)})

    async with host.driven() as pilot:
        await ready(pilot, host, pane)
        pane.snapshot = now()
        await pilot.press("m")
        question = await answer(pilot, host, pane)
        old = [Sample(None, (f"True: 6 #{place}",), place) for place in (3, 5, 8)]
        pane.answer = Answer(question, MissedFound(("3 of 400",), old))
        await pilot.pause()
        await pilot.press("tab", "l", "l")
        assert pane.main.cursor == 2
        pane.snapshot = now(row(0xAA, 2, dropout=0.2, test_accuracy=0.9951))
        await until(pilot, lambda: len(host.told(LookingPane.AnswerWanted)) == 2)
        await pilot.pause()
        assert any("#8" in line for line in shown(pilot)), "what was known is in sight until more is"
        pane.snapshot = now(row(0xAA, 2, dropout=0.2), row(0xAB, 3, dropout=0.2))
        await pilot.pause()
        assert len(host.told(LookingPane.AnswerWanted)) == 2, "it is read to its end before it is read again"
        question = host.told(LookingPane.AnswerWanted)[-1].question
        new = [Sample(None, (f"True: 6 #{place}",), place) for place in (8, 3)]
        pane.answer = Answer(question, MissedFound(("2 of 400",), new))
        await until(pilot, lambda: pane.main.cursor == 0)
        assert [each.question.count for each in host.told(LookingPane.AnswerWanted)] == [5, 6, 7]


SIZES = ((120, 40), (1, 1), (2, 3), (12, 5), (200, 60), (40, 2), (7, 40), (80, 24))


@pytest.mark.parametrize("keys", [("e",), ("equals_sign", "right_square_bracket", "equals_sign"), ("m",)], ids=VIEWS)
def test_no_size_is_too_small_and_ascii_will_do(keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    @flow
    async def look() -> None:
        pane = DigitsPane()
        host = Host(pane)
        monkeypatch.setattr(ScrollBar, "renderer", PlainBars)
        async with host.driven() as pilot:
            host.set_class(True, "-ascii")
            pane.ascii = True
            # Chosen once, in another terminal.
            pane.style_chosen = "half"
            await ready(pilot, host, pane)
            await pilot.press(*keys)
            await answer(pilot, host, pane)
            for enlarged in (False, True):
                if enlarged:
                    await pilot.press("tab", "enter")
                for size in SIZES:
                    await pilot.resize_terminal(*size)
                    await pilot.pause()
                    assert len(shown(pilot)) == size[1]
                    assert "".join(shown(pilot)).isascii()

    look()


def test_samples_of_a_gallery_have_one_size() -> None:
    made = SamplePictures(samples(7, "True: 6 #2654  4 of 5", "1 x3, 4 x1  label?"), "half")
    for place in range(len(made)):
        assert max(map(len, [*made.picture(place), *made.caption(place)])) <= made.width
        assert len(made.picture(place)) + len(made.caption(place)) <= made.height


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", ["errors", "calibration", "churn", "missed", "missed-ascii", "one", "comparing"])
def test_pictures(snap_compare: Any, size: tuple[int, int], name: str) -> None:
    pane = DigitsPane()
    host = Host(pane)
    keys = {
        "errors": ("e",),
        "calibration": ("e",),
        "churn": ("equals_sign", "right_square_bracket", "equals_sign"),
        "missed": ("m",),
        "missed-ascii": ("m",),
        "one": ("m",),
        "comparing": ("equals_sign", "right_square_bracket"),
    }

    async def before(pilot: Any) -> None:
        pane.ascii = name == "missed-ascii"
        pane.snapshot = snapshot(*grid())
        await pilot.pause()
        pane.main.focus()
        await pilot.press(*keys[name])
        pane.mistakes = mistakes()
        question = pane.question()
        if question is not None:
            pane.answer = Answer(question, found_for(question))
            await pilot.pause()
        await pilot.press(*{"calibration": ("G",), "one": ("l", "enter")}.get(name, ()))
        await pilot.pause()

    assert snap_compare(host, terminal_size=size, run_before=before)
