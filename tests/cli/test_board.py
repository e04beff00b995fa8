"""The leaderboard as text fits its terminal, whatever is on it."""

import csv
import io

import pytest

from engine.cli.board import board_text
from engine.results.cells import cell
from engine.results.columns import columns_shown
from engine.results.csvtext import leaderboard_csv
from engine.results.leaderboard import rank
from engine.results.markdown import leaderboard_markdown
from engine.results.rows import JobRow
from engine.results.ties import compared
from engine.text import columns_of
from tests.results.rows_made import job


def text(rows: list, width: int = 80, **options: str) -> list[str]:
    (board,) = rank(rows, **options)
    return list(board_text(board, width))


def test_numbers_are_right_aligned_under_their_titles() -> None:
    rows = [job(1, dropout=0.2, test_accuracy=0.9948, seconds=353.25), job(2, dropout=0.25, test_accuracy=0.9957)]
    assert text(rows, 120) == [
        "mnist, ranked by test_accuracy",
        "#  dropout  n  test acc      95% interval  test loss  val acc  epochs  seconds  parameters  experiment",
        "1     0.25  1   0.99570  0.99421..0.99681    0.02000  0.98000     8.0     10.0     1035146  grid",
        "2      0.2  1   0.99480  0.99319..0.99603    0.02000  0.98000     8.0    353.2     1035146  grid",
        "95% interval: Wilson over the test digits",
        "ranked by the test it reports, which flatters the first: --rank-by val_accuracy",
    ]


def test_repeats_bring_the_deviation_and_jobs_their_ids() -> None:
    rows = [job(1, 0, test_accuracy=0.99), job(2, 1, test_accuracy=0.98)]
    assert text(rows)[1].split()[:8] == ["#", "n", "test", "acc", "95%", "interval", "std", "repeats"]
    # t(0.975, 1) = 12.7062, times 0.00707 / sqrt(2).
    assert "0.98500  0.92147..1.04853  0.00707  ⡀⠀⠀⠀⠀⠀⠀⢀" in text(rows)[2]
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
    told = [line.split("  ")[-1] for line in text(rows, 76)[2:5]]
    assert sorted(told) == ["quick dropout=0.0", "quick dropout=0.1", "strong"]


def near_and_far() -> list[JobRow]:
    values = {1: [0.990, 0.992, 0.991], 2: [0.991, 0.990, 0.991], 3: [0.950, 0.951, 0.950]}
    return [
        job(10 * number + seed, seed, dropout=number / 10, test_accuracy=value)
        for number, found in values.items()
        for seed, value in enumerate(found)
    ]


def test_a_tie_is_marked_and_what_the_marks_mean_stands_below() -> None:
    [board] = rank(near_and_far())
    lines = list(board_text(compared(board, lambda _: None), 100, plain=True))
    assert [line.split()[:3] for line in lines[2:5]] == [["1", "0.1", "3"], ["2", "~", "0.2"], ["3", "0.3", "3"]]
    assert lines[5:] == [
        "~ cannot be told from the first: paired t; Holm over 2 comparisons, 5% level",
        "95% interval: Student's t over repeats",
        "repeats: dots from 0.95000 to 0.99200",
        "ranked by the test it reports, which flatters the first: --rank-by val_accuracy",
    ]
    assert all(line.isascii() for line in lines)


def test_ranked_by_validation_the_board_says_that_the_test_had_no_say() -> None:
    assert text(near_and_far(), 100, rank_by="val_accuracy")[-1] == (
        "ranked by validation: the test that it reports had no say in it"
    )
    assert text(near_and_far(), 100, rank_by="seconds")[-1] == "ranked by seconds"


def test_markdown_has_the_same_cells_and_the_same_words() -> None:
    [board] = rank(near_and_far())
    board = compared(board, lambda _: None)
    marked = leaderboard_markdown([board], {"mnist": columns_shown(board, sure=True)}, plain=True)
    assert r"| 2 | \~ | 0.2 | 3 | 0.99067 | 0.98923..0.99210 |" in marked
    assert r"- \~ cannot be told from the first: paired t; Holm over 2 comparisons, 5% level" in marked


def test_the_csv_holds_what_the_board_shows() -> None:
    [board] = rank(near_and_far())
    board = compared(board, lambda _: None)
    lines = list(csv.DictReader(io.StringIO("".join(leaderboard_csv([board])), newline="")))
    assert [line["tied_with_first"] for line in lines] == ["", "true", "false"]
    assert [line["tie_method"] for line in lines] == ["the first", "paired t", "paired t"]
    assert (lines[1]["test_accuracy_low"], lines[1]["test_accuracy_high"]) == ("0.98923", "0.99210")
    assert lines[1]["test_accuracy_values"] == "0.99100 0.99000 0.99100"
    for line, row in zip(lines, board.rows, strict=True):
        assert line == {name: cell(row, name) for name in line}
