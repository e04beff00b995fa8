"""The leaderboard as text fits its terminal, whatever is on it."""

import pytest

from engine.cli.board import board_text
from engine.cli.layout import columns_of
from engine.results.leaderboard import rank
from tests.results.rows_made import job


def text(rows: list, width: int = 80, **options: str) -> list[str]:
    (board,) = rank(rows, **options)
    return list(board_text(board, width))


def test_numbers_are_right_aligned_under_their_titles() -> None:
    rows = [job(1, dropout=0.2, test_accuracy=0.9948, seconds=353.25), job(2, dropout=0.25, test_accuracy=0.9957)]
    assert text(rows, 120) == [
        "mnist, ranked by test_accuracy",
        "#  dropout  n  test acc  test loss  val acc  epochs  seconds  parameters  experiment",
        "1     0.25  1   0.99570    0.02000  0.98000     8.0     10.0     1035146  grid",
        "2      0.2  1   0.99480    0.02000  0.98000     8.0    353.2     1035146  grid",
    ]


def test_repeats_bring_the_deviation_and_jobs_their_ids() -> None:
    rows = [job(1, 0, test_accuracy=0.99), job(2, 1, test_accuracy=0.98)]
    assert text(rows)[1].split()[:6] == ["#", "n", "test", "acc", "std", "test"]
    assert "0.98500  0.00707" in text(rows)[2]
    assert text(rows, by="job")[2].endswith("00000000")


def test_the_figure_ranked_by_is_never_given_up() -> None:
    rows = [job(n, dropout=n / 10, test_loss=n / 10) for n in range(3)]
    assert "test loss" in text(rows, 30, rank_by="test_loss")[1]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("names", [("grid",), ("grid", "数字" * 40), tuple("abcdefghij")])
def test_a_board_fits(width: int, names: tuple[str, ...]) -> None:
    rows = [
        job(
            n,
            dropout=n / 10,
            batch_norm=bool(n % 2),
            epochs=n + 1,
            model="mlp" if n else "a_module:function",
            experiments=names,
        )
        for n in range(4)
    ]
    rows.append(job(9, dropout=0.9, experiments=("other",)))
    for line in text(rows, width)[1:]:
        assert columns_of(line) <= max(width, 60)


def test_what_differs_in_many_ways_is_told_in_one_column() -> None:
    rows = [
        job(
            n, dropout=n / 10, batch_norm=bool(n % 2), epochs=n + 1, model="mlp" if n else "a_module:long_function_name"
        )
        for n in range(4)
    ]
    lines = text(rows, 60)
    assert lines[1].endswith("what")
    assert any("dropout=0.3" in line for line in lines)


def test_among_several_experiments_a_row_tells_its_own_and_what_it_swept() -> None:
    rows = [job(n, dropout=n / 10, epochs=3, model="mlp", experiments=("quick",)) for n in range(2)]
    rows.append(job(9, epochs=10, dropout=0.9, batch_norm=False, model="compact", experiments=("strong",)))
    told = [line.split("  ")[-1] for line in text(rows, 76)[2:]]
    assert sorted(told) == ["quick dropout=0.0", "quick dropout=0.1", "strong"]
