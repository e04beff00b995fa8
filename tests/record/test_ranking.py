"""A board that is read from the database is the board of all rows in memory, cell for cell."""

import math
import random

import pytest

from engine.errors import StoreBusy
from engine.plan.settings import DEFAULTS
from engine.record.ledger import Ledger
from engine.results import csvtext, documents, surecells
from engine.results.cells import cell
from engine.results.columns import columns_shown
from engine.results.leaderboard import rank
from engine.results.metrics import METRICS
from engine.results.ties import compared
from engine.session import Session
from tests import builders
from tests.builders import add, done, epoch, started, tell

SETTINGS = [
    {"dropout": 0.1},
    {"dropout": 0.3},
    {"dropout": 0.3, "activation": "tanh"},
    {"dataset": "fashion_mnist"},
    {"dataset": "fashion_mnist", "filters": 8},
]


OWN = 'data/own\'s "best".npz'
# Two states of one data set, and two of one model's code.
STATES = [
    {"digests": {OWN: state * 64, "nets:small": code * 64}, "dataset": OWN, "model": "nets:small"}
    for state, code in ("ac", "bc", "bd")
]
STATES += [
    {"digests": {"nets:small": "d" * 64}, "model": "nets:small"},
    {"digests": {"nets:small": "e" * 64}, "model": "nets:small"},
]


@pytest.fixture(params=[SETTINGS, STATES], ids=["named", "states"])
def session(tmp_path, request):
    """Thirty jobs, most of them done, some equal in their figures, one without a figure."""
    draw = random.Random(3)
    ledger = Ledger(builders.store(tmp_path))
    for number in range(30):
        job_id = add(ledger, number // 5, "ab"[number % 2], **request.param[number % 5])
        ledger.want("/q/other.toml", "third", [job_id])
        if number % 7 == 0:
            continue
        accuracy = {8: math.nan, 13: math.inf}.get(number, draw.choice([0.9, 0.95, 0.99]))
        tell(ledger.paths, job_id, started(), epoch(1, draw.random()), done(1, accuracy, draw.random()))
        ledger.ingest(job_id)
    yield Session(ledger.paths)
    ledger.close()


def cells(boards):
    """All that is shown of boards, and the CSV."""
    told = [(board.title, board.fields, board.rows.repeated) for board in boards]
    for board in boards:
        names = [*columns_shown(board), *surecells.COLUMNS, "seeds", "job_ids", "val_loss"]
        told += [[cell(row, name) for name in names] for row in board.rows]
        told.append([cell(board.rows[-1], name) for name in names])
        told += [row.rank for row in board.rows[1:3]]
        told += [[job.id for job in group] for group in board.rows.groups]
    return [*told, "".join(csvtext.leaderboard_csv(boards)), documents.leaderboard_document(boards)]


def ranked(session, rows, *how, **more):
    """The boards of rows in memory, compared as those of the session are."""
    return [compared(board, session.hits) for board in rank(rows, *how, **more)]


@pytest.mark.parametrize("by", ["config", "job"])
@pytest.mark.parametrize("rank_by", sorted(METRICS))
def test_it_is_the_same_board(session, by, rank_by):
    assert cells(session.leaderboard(by, rank_by)) == cells(ranked(session, session.rows(), by, rank_by))


@pytest.mark.parametrize("by", ["config", "job"])
@pytest.mark.parametrize("sort", ["seed", "-seed", "n", "experiments", "dropout", "-activation", "val_loss", "-rank"])
def test_sorted_it_is_the_same_board(session, by, sort):
    assert cells(session.leaderboard(by, sort=sort)) == cells(ranked(session, session.rows(), by, sort=sort))


@pytest.mark.parametrize("session", [STATES], indirect=True)
def test_states_of_data_have_boards_and_states_of_code_have_rows(session):
    own, other, named = session.leaderboard()
    assert (own.title, other.title, named.title) == (f"{OWN} (aaaaaaaa)", f"{OWN} (bbbbbbbb)", "mnist")
    assert (own.fields, other.fields, named.fields) == ((), ("code",), ("code",))
    assert sorted(row.differs["code"] for row in other.rows) == ["cccccccc", "dddddddd"]
    for board in (own, other, named):
        for row in board.rows:
            assert len({(job.data_state, job.code_state) for job in row.jobs}) == 1
            assert row.n > 1
    assert [board.fields for board in session.leaderboard("job")] == [("seed",), ("code", "seed"), ("code", "seed")]
    assert [row.differs["code"] for row in session.leaderboard(sort="code")[2].rows] == ["dddddddd", "eeeeeeee"]


def test_whatever_order_the_jobs_have_in_the_queue(session):
    rows = list(session.rows())
    random.Random(1).shuffle(rows)
    assert cells(ranked(session, rows)) == cells(session.leaderboard())


def test_a_setting_in_which_only_removed_jobs_differed_tells_nothing(tmp_path):
    ledger = Ledger(builders.store(tmp_path))
    for number, settings in enumerate([{}, {"dropout": 0.4}, {"filters": 8}]):
        job_id = add(ledger, number, "a", **settings)
        tell(ledger.paths, job_id, started(), epoch(1), done(1))
        ledger.ingest(job_id)
    session = Session(ledger.paths)
    assert session.leaderboard()[0].fields == ("dropout", "filters")
    ledger.remove(job_id)
    assert session.leaderboard()[0].fields == ("dropout",)
    ledger.remove(ledger.jobs()[1].id)
    assert session.leaderboard()[0].fields == ()
    assert session.leaderboard("job")[0].fields == ()
    ledger.close()


def test_jobs_of_another_version_lack_settings(tmp_path):
    from engine.plan.jobs import Job
    from engine.record.ledger import Wish

    ledger = Ledger(builders.store(tmp_path))
    old = {name: value for name, value in DEFAULTS.items() if name != "ema"}
    for number, config in enumerate([DEFAULTS, old]):
        job_id = f"{number:016x}"
        ledger.add(Job(job_id, config, number), Wish(), number)
        ledger.paths.job(job_id).folder.mkdir()
        tell(ledger.paths, job_id, started(), epoch(1), done(1))
        ledger.ingest(job_id)
    session = Session(ledger.paths)
    assert session.leaderboard()[0].fields == ("ema",)
    assert cells(session.leaderboard()) == cells(ranked(session, session.rows()))
    ledger.close()


def test_a_row_whose_job_is_gone_meanwhile_is_said_to_be(session):
    ledger = Ledger(session.paths)
    board = session.leaderboard("job")[0]
    for row in ledger.jobs():
        ledger.remove(row.id)
    ledger.close()
    with pytest.raises(StoreBusy, match="jobs changed while they were ranked"):
        list(board.rows)
