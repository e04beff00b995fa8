"""Samples that many jobs miss, and two sides compared, over answers whose tally is known."""

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.results import missed as module
from engine.results.churn import churn, compared, surest
from engine.results.errortext import missed_caption
from engine.results.missed import Tally
from tests.results.predictions_made import said, wrong_at
from tests.results.rows_made import job

TRUE = [0, 1, 2, 3, 4, 5]


def tally(*answers: dict[int, int], confidence: float = 0.75) -> Tally:
    found = Tally(np.array(TRUE, np.uint8))
    for each in answers:
        found.add(wrong_at(TRUE, each, confidence))
    return found


def test_the_hardest_come_first_with_what_they_were_taken_for() -> None:
    found = tally({3: 8, 1: 7}, {3: 8}, {3: 5, 1: 7}, {3: 8, 4: 9})
    hardest, second, third = found.missed(found.hardest())
    assert (hardest.index, hardest.true, hardest.missed, hardest.jobs) == (3, 3, 4, 4)
    assert hardest.taken == ((8, 3), (5, 1))
    assert (hardest.agreed, hardest.confidence) == (0.75, 0.75)
    assert (second.index, second.taken, third.index, third.taken) == (1, ((7, 2),), 4, ((9, 1),))
    assert found.hardest(least=2) == [3, 1]
    assert found.wrong.tolist() == [0, 2, 0, 4, 1, 0]
    assert missed_caption(hardest) == "True: 3  #3  4 of 4 miss it  8 x3, 5 x1"


def test_of_those_missed_equally_often_the_surest_wrong_answers_come_first() -> None:
    found = Tally(np.array(TRUE, np.uint8))
    found.add(said(TRUE, [9, 9, 2, 3, 4, 9], [0.5, 1.0, 1, 1, 1, 0.5]))
    assert found.hardest() == [1, 0, 5]


def test_a_witness_is_a_job_that_missed_it() -> None:
    found = tally({0: 9}, {}, {2: 9}, {})
    assert [each.witness for each in found.missed([0, 2])] == [0, 2]


def test_a_label_is_doubtful_where_nearly_all_jobs_say_another_class() -> None:
    agree = tally(*([{0: 6}] * 9), {0: 5})
    assert agree.missed([0])[0].label_doubtful
    assert missed_caption(agree.missed([0])[0]).endswith("label?")
    assert not tally(*([{0: 6}] * 8), {0: 5}, {0: 5}).missed([0])[0].label_doubtful
    assert not tally({0: 6}).missed([0])[0].label_doubtful


def test_jobs_over_other_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="not tested on the same samples"):
        tally().add(said([1, 1, 2, 3, 4, 5], TRUE))
    with pytest.raises(ValueError, match="not tested on the same samples"):
        compared(tally({}), Tally(np.array([1, 2], np.uint8)))


def test_counts_are_the_same_however_seldom_they_are_brought_together(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(3)
    answers = [{place: draw.randrange(6, 10) for place in draw.sample(range(6), 3)} for _ in range(50)]
    late = tally(*answers)
    monkeypatch.setattr(module, "PENDING", 4)
    early = tally(*answers)
    assert early.missed(early.hardest()) == late.missed(late.hardest())
    for each in early.missed(early.hardest()):
        told = Counter(answer[each.index] for answer in answers if each.index in answer)
        assert dict(each.taken) == dict(told)


def test_a_side_of_several_has_right_what_more_than_half_have_right() -> None:
    found = tally({0: 9, 1: 9, 2: 9}, {0: 9, 1: 9}, {0: 9}, {})
    # Missed by 3, 2 and 1 of 4.
    assert found.usually_right().tolist() == [False, False, True, True, True, True]


def test_what_one_side_mends_and_breaks() -> None:
    a, b = tally({0: 9, 1: 9}), tally({1: 9, 2: 9, 3: 9})
    found = compared(a, b)
    assert (found.mended, found.broken, found.both_wrong, found.both_right) == ((2, 3), (0,), 1, 2)
    assert (found.n, found.accuracy_a, found.accuracy_b) == (6, 4 / 6, 3 / 6)
    assert found.p == 1.0
    assert [each.index for each in surest(b, found.mended)] == [2, 3]


def test_equal_accuracies_are_not_equal_networks() -> None:
    right = np.ones(1000, bool)
    a, b = right.copy(), right.copy()
    a[:20], b[20:40] = False, False
    found = churn(a, b)
    assert found.accuracy_a == found.accuracy_b == 0.98
    assert (len(found.mended), len(found.broken), found.p) == (20, 20, 1.0)


@given(st.data())
def test_churn_counts_every_sample_once(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 50))
    rights = st.lists(st.booleans(), min_size=size, max_size=size)
    a, b = np.array(data.draw(rights), bool), np.array(data.draw(rights), bool)
    found = churn(a, b)
    assert found.n == size
    assert set(found.mended) == {place for place in range(size) if a[place] and not b[place]}
    back = churn(b, a)
    assert (back.mended, back.broken, back.p) == (found.broken, found.mended, found.p)


def test_test_sets_are_never_counted_together() -> None:
    from engine.results.testsets import TestSets

    sets = TestSets()
    sets.add(job(1), wrong_at(TRUE, {0: 9}))
    sets.add(job(2, dataset="other"), wrong_at(TRUE, {1: 9}))
    sets.add(job(3), wrong_at([1, 1, 2, 3, 4, 5], {2: 9}))
    sets.add(job(4), wrong_at(TRUE, {0: 8}))
    told = [(each.dataset, [row.id for row in each.jobs], each.tally.wrong.tolist()) for each in sets]
    assert told == [
        ("mnist", [job(1).id, job(4).id], [2, 0, 0, 0, 0, 0]),
        ("mnist", [job(3).id], [0, 0, 1, 0, 0, 0]),
        ("other", [job(2).id], [0, 1, 0, 0, 0, 0]),
    ]
    assert len({each.labels_sha256 for each in sets}) == 2
