import csv
import io
import json
import math

from hypothesis import given
from hypothesis import strategies as st

from engine.plan.jobs import JobStatus
from engine.results import csvtext, documents
from engine.results.cells import cell
from engine.results.leaderboard import rank
from engine.results.markdown import leaderboard_markdown
from engine.results.rows import EpochRow, JobRow
from engine.text import visible
from tests.results.rows_made import job
from tests.results.strategies import job_rows


def read_back(text: str) -> list[dict[str, str]]:
    """As a spreadsheet reads it: an apostrophe in front says that what follows is text."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [{name: cell.removeprefix("'") for name, cell in row.items()} for row in rows]


@given(job_rows())
def test_the_csv_read_back_is_the_rows_cell_for_cell(rows: list[JobRow]) -> None:
    boards = rank(rows)
    text = "".join(csvtext.leaderboard_csv(boards))
    told = read_back(text)
    shown = [row for board in boards for row in board.rows]
    assert len(told) == len(shown)
    for cells, row in zip(told, shown, strict=True):
        assert cells == {name: cell(row, name) for name in csvtext.columns(boards)}
        assert cells["experiments"] == visible(", ".join(row.experiments))
        mean = row.figure("test_accuracy").mean
        assert cells["test_accuracy"] == ("" if mean is None else f"{mean:.5f}")
        assert cells["dropout"] == str(row.config["dropout"])
        assert tuple(cells["job_ids"].split()) == row.job_ids


@given(job_rows())
def test_no_cell_of_the_csv_is_a_formula(rows: list[JobRow]) -> None:
    for line in csv.reader(io.StringIO("".join(csvtext.leaderboard_csv(rank(rows, by="job"))), newline="")):
        for text in line:
            assert not text.startswith(("=", "+", "@", "\t", "\r"))
            assert not text.startswith("-") or float(text) <= 0


def test_a_negative_number_stays_a_number_and_a_name_does_not() -> None:
    (board,) = rank([job(1, test_loss=-0.5, experiments=("-0.5",))])
    (cells,) = csv.DictReader(io.StringIO("".join(csvtext.leaderboard_csv([board])), newline=""))
    assert cells["test_loss"] == "-0.50000"
    assert cells["experiments"] == "'-0.5"


@given(job_rows())
def test_json_holds_fractions_and_null_where_there_is_none(rows: list[JobRow]) -> None:
    boards = rank(rows)
    document = json.loads(json.dumps(documents.leaderboard_document(boards), allow_nan=False))
    assert document["version"] == 1
    for told, row in zip(document["rows"], (row for board in boards for row in board.rows), strict=True):
        assert told["config"] == row.config
        assert told["test_accuracy"]["mean"] == row.figure("test_accuracy").mean
        assert told["n"] == len(told["job_ids"]) == len(told["test_accuracy"]["values"])
        assert set(told) >= {
            "rank",
            "experiments",
            "differs",
            "test_loss",
            "val_accuracy",
            "epochs",
            "seconds",
            "parameters",
        }


def test_markdown_shows_names_as_they_are() -> None:
    (board,) = rank([job(1, experiments=("a|b `c` <b>*d*",))])
    text = leaderboard_markdown([board], {"mnist": ("rank", "experiments", "test_accuracy")})
    assert r"| 1 | a\|b \`c\` \<b\>\*d\* | 0.99000 |" in text
    assert text.splitlines()[3] == "|---:|:---|---:|"


def test_history_as_csv_and_json_leaves_gaps_open() -> None:
    history = [EpochRow(1, {"loss": 0.5, "val_loss": math.nan}, 2.0), EpochRow(2, {"loss": 0.1}, 2.5)]
    assert "".join(csvtext.history_csv(history)).splitlines() == [
        "epoch,loss,val_loss,seconds",
        "1,0.5,,2.0",
        "2,0.1,,2.5",
    ]
    assert documents.history_document(history)["val_loss"] == [None, None]


def test_an_empty_store_gives_a_header_alone() -> None:
    assert "".join(csvtext.leaderboard_csv([])).startswith("rank,dataset,experiments,n,test_accuracy,")
    empty = {"version": 1, "rank_by": "val_loss", "chosen_by": "validation", "rows": []}
    assert documents.leaderboard_document(rank([job(1, status=JobStatus.QUEUED)]), "val_loss") == empty


@given(st.text(st.one_of(st.sampled_from("\",\r\n\t ='x"), st.characters()), max_size=6))
def test_a_text_is_one_cell_whatever_it_holds(text: str) -> None:
    line = f"{csvtext.written(text)},next\r\n"
    [[cell, behind]] = csv.reader(io.StringIO(line, newline=""))
    assert cell == ("'" + text if text.startswith(csvtext.RISKY) else text)
    assert behind == "next"
