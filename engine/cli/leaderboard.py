"""`engine leaderboard`: the same rows as table, CSV, JSON and Markdown."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.board import board_text
from engine.cli.files import write_whole
from engine.cli.store_option import JsonOption, StoreOption, open_store
from engine.cli.streams import colours, data, data_lines, document, unicode, width, words
from engine.errors import UsageError
from engine.plan.jobs import JobStatus
from engine.results import csvtext, documents
from engine.results.columns import INSTEAD, chosen_words, columns_shown
from engine.results.leaderboard import Board, one_of
from engine.results.markdown import leaderboard_markdown
from engine.results.metrics import METRICS
from engine.results.rows import JobRow


def leaderboard(
    by: Annotated[str, typer.Option("--by", metavar="config|job", help="A row a configuration, or a job.")] = "config",
    rank_by: Annotated[str, typer.Option("--rank-by", metavar="METRIC", help="The figure to rank by.")] = (
        "test_accuracy"
    ),
    sort: Annotated[
        str | None, typer.Option("--sort", metavar="COL", help="Order by a column instead; -COL reverses it.")
    ] = None,
    filter_by: Annotated[
        str | None,
        typer.Option(
            "--filter", metavar="EXPR", help="Such as 'model=cnn dropout>=0.2 grid'; a word alone is part of a name."
        ),
    ] = None,
    csv: Annotated[str | None, typer.Option("--csv", metavar="PATH|-", help="Write CSV to a file, or to -.")] = None,
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--md", help="A Markdown table.")] = False,
    store: StoreOption = None,
) -> None:
    """Rank what is done: one board for each data set."""
    if sum((csv is not None, as_json, markdown)) > 1:
        raise UsageError("--csv, --json and --md are three ways to show one thing", hint="choose one of them")
    session = open_store(store)
    where = None
    if filter_by is not None:
        from engine.cli.tags import tags_of  # noqa: PLC0415 - pydantic: 0.3 s
        from engine.results.filters import parse  # noqa: PLC0415

        where = parse(filter_by, lambda: tags_of(session, store))
    boards = session.leaderboard(by, rank_by, sort, where)
    if csv is not None:
        _write_csv(boards, csv)
    elif as_json:
        document(documents.leaderboard_document(boards, one_of(rank_by, METRICS, "--rank-by")))
    elif markdown:
        names = {board.title: columns_shown(board, sure=True) for board in boards}
        data(leaderboard_markdown(boards, names, plain=not unicode(sys.stdout)))
    elif boards:
        show(boards)
    else:
        words(_nothing_to_rank(session.rows()))


def show(boards: Sequence[Board], instead: str = INSTEAD) -> None:
    """Print every board on stdout; `instead` tells how to choose by validation."""
    painted, columns = colours(sys.stdout), width(sys.stdout)
    for number, board in enumerate(boards):
        lines = board_text(board, columns, painted=painted, plain=not unicode(sys.stdout), instead=instead)
        data_lines(("\n" if number and not at else "") + line + "\n" for at, line in enumerate(lines))


def _nothing_to_rank(rows: Sequence[JobRow]) -> str:
    done = sum(row.status is JobStatus.DONE for row in rows)
    if done:
        return f"none of the {done} jobs that are done is what the filter asks for"
    waiting = sum(not row.status.is_finished() for row in rows)
    return f"no job is done yet; {waiting} {'runs or waits' if waiting == 1 else 'run or wait'}: engine status"


def _write_csv(boards: Sequence[Board], path: str) -> None:
    """Write aside, then rename, so that a reader never finds a part of it."""
    lines = csvtext.leaderboard_csv(boards)
    if path == "-":
        data_lines(lines)
    else:
        write_whole(Path(path), lines, "CSV")
        words(f"wrote {path}")
    for board in boards[:1]:
        words(chosen_words(board))
