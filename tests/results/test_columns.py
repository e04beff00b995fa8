"""What tells the rows of a board apart, in one cell: the same words in the command and in the console."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.results.columns import Apart
from engine.results.labels import squeezed
from engine.results.leaderboard import rank
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


@given(st.text("ab 🚀实\u0301", max_size=30), st.integers(16, 60))
def test_a_name_is_cut_before_what_tells_rows_apart(name: str, width: int) -> None:
    told = squeezed(name.strip(), {"activation": "tanh", "hidden_units": "64"}, width)
    assert cell_len(told) <= width
    assert told.endswith("64") and "tanh" in told
