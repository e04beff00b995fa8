"""What tells the rows of a board apart, in one cell: the same words in the command and in the console."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.results import surecells
from engine.results.columns import Apart, columns_shown, sure_notes
from engine.results.intervals import wilson
from engine.results.labels import squeezed
from engine.results.leaderboard import rank
from engine.results.predictions import Hits, Predictions
from engine.results.ties import compared
from tests.results.rows_made import job


def apart(rows: list, **options: str) -> tuple[list, Apart]:
    (board,) = rank(rows, **options)
    return list(board.rows), Apart(board.fields, ((row.experiments, row.config) for row in board.rows))


def test_a_row_is_told_by_its_experiment_and_by_what_that_swept() -> None:
    rows = [job(n, dropout=n / 10, model="mlp", experiments=("quick",)) for n in range(2)]
    rows.append(job(9, dropout=0.9, model="compact", experiments=("strong", "again")))
    board, found = apart(rows)
    assert {found.words(row) for row in board} == {"quick dropout=0.0", "quick dropout=0.1", "strong again"}
    assert {found.words(row, 14) for row in board} == {"quick dro=0.0", "quick dro=0.1", "strong again"}


def test_within_one_experiment_its_name_tells_nothing() -> None:
    board, found = apart([job(n, dropout=n / 10) for n in range(2)])
    assert {found.words(row) for row in board} == {"dropout=0.0", "dropout=0.1"}
    assert not found.several


def test_repeats_are_told_apart_by_their_seeds() -> None:
    board, found = apart([job(1, 0), job(2, 1)], by="job")
    assert {found.words(row) for row in board} == {"seed=0", "seed=1"}


@given(st.lists(st.tuples(st.sampled_from(["a", "bb"]), st.floats(0, 0.9), st.booleans()), min_size=1, max_size=8))
def test_the_width_holds_every_cell_and_rows_of_one_experiment_differ(drawn: list[tuple[str, float, bool]]) -> None:
    rows = [
        job(n, dropout=dropout, batch_norm=norm, experiments=(name,)) for n, (name, dropout, norm) in enumerate(drawn)
    ]
    board, found = apart(rows)
    told = [found.words(row) for row in board]
    assert max(map(len, told)) <= found.width
    assert len(set(told)) == len(told) or len({(row.experiments, tuple(row.config.items())) for row in board}) < len(
        told
    )


def test_settings_with_the_same_initials_are_all_told() -> None:
    told = squeezed("grid", {"lr_schedule": "cosine", "label_smoothing": "0.1", "lr_step": "5"}, 34)
    assert told == "grid ls=cosine ls=0.1 ls=5"


def kept(count: int) -> Hits:
    """A job that got all of so many digits right."""
    true = np.ones(count, np.uint8)
    return Predictions(true, true, np.ones(count, np.float16)).hits()


def test_who_gets_nothing_wrong_has_the_interval_of_the_digits_that_it_was_tested_on() -> None:
    rows = [job(n, dropout=n / 10, dataset="data/own.npz", test_accuracy=1.0, misclassified=0) for n in range(3)]
    [board] = rank(rows)
    sure = compared(board, {rows[1].id: kept(50)}.get)
    found = list(sure.rows)
    assert {row.interval("test_accuracy") for row in found} == {wilson(50, 50)}
    assert list(surecells.column_cells(sure.rows, sure.rows.places, sure.dataset)[0]) == ["0.92865"] * 3
    assert not any("no interval" in note for note in sure_notes(found, columns_shown(sure, sure=True)))


def test_where_nothing_tells_how_many_digits_there_are_the_board_says_so() -> None:
    rows = [job(n, dropout=n / 10, dataset="data/own.npz", test_accuracy=1.0, misclassified=0) for n in range(2)]
    rows += [job(10 + n, n, dropout=0.7, dataset="data/own.npz", test_accuracy=1.0) for n in range(2)]
    [board] = rank(rows)
    for each in (board, compared(board, {}.get)):
        told = sure_notes(list(each.rows), columns_shown(each, sure=True))
        assert "no interval, 2 rows: nothing tells how many test digits there are" in told
    assert not any("no interval" in note for note in sure_notes(list(board.rows), ["rank", "test_accuracy"]))


@given(st.text("ab 🚀实\u0301", max_size=30), st.integers(16, 60))
def test_a_name_is_cut_before_what_tells_rows_apart(name: str, width: int) -> None:
    told = squeezed(name.strip(), {"activation": "tanh", "hidden_units": "64"}, width)
    assert cell_len(told) <= width
    assert told.endswith("64") and "tanh" in told
