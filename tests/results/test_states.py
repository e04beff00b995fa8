"""Of a data set or code that changed, jobs of one state are put together, and which are left out is said."""

import random

from hypothesis import given
from hypothesis import strategies as st

from engine.plan.jobs import Job, JobStatus
from engine.results.leaderboard import rank
from engine.results.planning import Addition, plan
from engine.results.rows import JobRow
from engine.results.states import Latest, several_codes
from engine.results.sweepmap import places_of, sweep_map
from tests.results.rows_made import job
from tests.results.strategies import job_rows

OWN, NET = "data/own.npz", "nets:small"
OLD, NEW = {OWN: "a" * 64}, {OWN: "b" * 64}


def own(number: int, seed: int, digests: dict[str, str], ended: float, **values: object) -> JobRow:
    return job(number, seed, dataset=OWN, digests=digests, ended=ended, **values)


def changed() -> list[JobRow]:
    """Two seeds of two dropouts on the data as it was, and two of the first on what it became."""
    before = [
        own(10 * which + seed, seed, OLD, 1.0, dropout=which / 10, test_accuracy=0.5 + which / 100 + seed / 100)
        for which in (1, 2)
        for seed in range(2)
    ]
    return [*before, *(own(100 + seed, seed, NEW, 2.0, dropout=0.1, test_accuracy=0.9) for seed in range(2))]


def test_a_map_holds_the_state_that_was_done_last() -> None:
    rows = changed()
    assert [place.row for place in places_of(rows)] == rows[4:]
    assert Latest(rows).left_out(rows) == f"4 jobs of another state of {OWN} are left out"
    assert Latest(rows[:4]).left_out(rows[:4]) == ""


def test_what_the_file_yields_counts_as_soon_as_one_of_it_is_there() -> None:
    rows = changed()
    old = [Job(row.id, row.config, row.seed, OLD) for row in rows[:4]]
    found = sweep_map(places_of(rows, old), ["dropout"])
    assert [cell.n for cell in found.cells[0]] == [2, 2]
    assert Latest(rows, {each.id for each in old}).left_out(rows).startswith("2 jobs of another state")
    # Of a file whose data changed nothing was handed in yet: what there is stays to be seen.
    new = [Job(f"{number:016x}", rows[0].config, number, {OWN: "c" * 64}) for number in range(500, 503)]
    assert [place.row for place in places_of(rows, new)] == rows[4:]
    handed_in = own(500, 0, {OWN: "c" * 64}, 0.0, status=JobStatus.QUEUED)
    assert [place.id for place in places_of([*rows, handed_in], new)] == [each.id for each in new]


def test_code_that_changed_is_told_apart_as_data_is() -> None:
    rows = [job(n, n, model=NET, digests={NET: "ab"[n] * 64}, ended=float(n)) for n in range(2)]
    assert [place.row for place in places_of(rows)] == rows[1:]
    assert Latest(rows).left_out(rows) == f"1 job of another state of {NET} is left out"
    assert several_codes([row.digests for row in rows], "mnist")
    assert not several_codes([OLD, NEW, {**OLD, NET: "c"}], OWN)
    [board] = rank(rows)
    assert (board.fields, [row.n for row in board.rows]) == (("code",), [1, 1])
    assert sorted(row.differs["code"] for row in board.rows) == ["a" * 8, "b" * 8]


def test_refine_repeats_what_is_of_the_state_that_counts() -> None:
    rows = [*changed(), *(own(200 + seed, seed, NEW, 2.0, dropout=0.2, test_accuracy=0.89) for seed in range(2))]
    found = plan(rows, "test_accuracy", {}.get, 5)
    assert found.additions == (Addition(f"{100:016x}", 2), Addition(f"{200:016x}", 2))
    assert found.why.endswith(f"cannot be told from dropout=0.1; 4 jobs of another state of {OWN} are left out")


@given(job_rows(), st.randoms())
def test_no_cell_and_no_row_has_jobs_of_two_states(rows: list[JobRow], draw: random.Random) -> None:
    wanted = [Job(row.id, row.config, row.seed, row.digests) for row in rows if draw.random() < 0.3]
    for by in ("config", "job"):
        for board in rank(rows, by):
            assert len({job.data_state for row in board.rows for job in row.jobs}) == 1
            assert all(len({job.code_state for job in row.jobs}) == 1 for row in board.rows)
    places = places_of(rows, wanted)
    assert bool(places) == bool(rows)
    states: dict[str, set[str]] = {}
    for row in (place.row for place in places if place.row is not None):
        states.setdefault(row.dataset, set()).add(row.data_state)
        states.setdefault(row.model, set()).add(row.code_state)
    assert all(len(each) == 1 for each in states.values())
