"""`engine show`: one job whole."""

import math
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from engine.cli.digits import JobArgument
from engine.cli.layout import Column, table
from engine.cli.store_option import JsonOption, StoreOption, one_job, open_store
from engine.cli.streams import colours, data_lines, document, unicode, width
from engine.cli.tags import tags_of_job
from engine.errors import UsageError
from engine.plan.jobs import JobStatus
from engine.plan.settings import DEFAULTS
from engine.results import csvtext, documents
from engine.results.cells import setting
from engine.results.durations import spoken
from engine.results.metrics import HISTORY
from engine.results.numbers import number
from engine.results.rows import AttemptRow, EpochRow, JobRow
from engine.text import visible

EPOCHS_SHOWN = 10


def show(
    job: JobArgument,
    as_json: JsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="Its epochs as CSV.")] = False,
    store: StoreOption = None,
) -> None:
    """Show one job whole: where it stands, its settings, its curves, its test, its attempts."""
    if csv and as_json:
        raise UsageError("--csv and --json are two ways to show one thing", hint="choose one of them")
    session = open_store(store)
    row = one_job(session, job)
    history = session.history(row.id)
    if csv:
        data_lines(csvtext.history_csv(history))
        return
    attempts, tags = session.attempts(row.id), tags_of_job(session, store, row)
    if as_json:
        document(_document(row, tags, history, attempts))
        return
    data_lines(line + "\n" for line in _lines(row, tags, history, attempts))


def _document(
    row: JobRow, tags: Sequence[str], history: Sequence[EpochRow], attempts: Sequence[AttemptRow]
) -> dict[str, Any]:
    return {
        "version": documents.VERSION,
        "id": row.id,
        "experiments": list(row.experiments),
        "tags": list(tags),
        "config": dict(row.config),
        "seed": row.seed,
        "status": str(row.status),
        "waits_for": row.waits_for or None,
        "reason": row.reason or None,
        "error": row.error or None,
        "device": row.device or None,
        "parameters": row.parameters,
        "best_epoch": row.best_epoch,
        "seconds": documents.plain(row.seconds),
        "exact": row.exact,
        "attempts": [documents.plain({**vars(attempt), "outcome": attempt.outcome or None}) for attempt in attempts],
        "history": documents.history_document(history),
        "test": {"accuracy": documents.plain(row.test_accuracy), "loss": documents.plain(row.test_loss)},
        "misclassified": row.misclassified,
    }


def _lines(
    row: JobRow, tags: Sequence[str], history: Sequence[EpochRow], attempts: Sequence[AttemptRow]
) -> Iterator[str]:
    painted, columns = colours(sys.stdout), width(sys.stdout)
    yield f"job {row.id}   {row.status.glyph} {str(row.status).replace('_', ' ')}   seed {row.seed}"
    yield "   ".join(_facts(row))
    if tags:
        yield f"tags: {visible(', '.join(tags))}"
    if row.error:
        yield from (f"  {visible(line)}" for line in row.error.splitlines())
    yield ""
    yield from _settings(row, columns, painted)
    if history:
        yield ""
        yield from _history(row, history, columns, painted)
    if row.status is JobStatus.DONE:
        yield ""
        yield _test(row)
        if row.misclassified:
            yield f"see them: engine digits {row.id[:8]}"
    if attempts:
        yield ""
        yield from table(_attempts(attempts), painted=painted, width=columns)


def _facts(row: JobRow) -> Iterator[str]:
    yield "of " + visible(", ".join(row.experiments)) if row.experiments else "of no experiment"
    yield f"epoch {row.epoch}/{row.epochs}" + (f", {visible(row.reason)}" if row.reason else "")
    if row.seconds:
        yield spoken(row.seconds)
    if row.device:
        yield f"on {visible(row.device)}"
    if row.parameters:
        yield f"{row.parameters:,} parameters"
    if row.waits_for:
        yield f"waits for {visible(row.waits_for)}"


def _test(row: JobRow) -> str:
    accuracy, loss = number(row.test_accuracy, 5), number(row.test_loss, 5)
    told = f"test: accuracy {accuracy or 'nan'}, loss {loss or 'nan'}"
    told += f", weights of epoch {row.best_epoch}" if row.best_epoch else ""
    if row.misclassified is not None:
        told += f", {row.misclassified:,} digits wrong"
    return told


def _settings(row: JobRow, columns: int, painted: bool) -> list[str]:
    """Every setting, read down in columns; what is not at its default is bold, and marked where there is no bold."""
    own = [name for name, value in row.config.items() if DEFAULTS.get(name) != value]
    lines = [("* " if name in own else "  ") + f"{name:<20} {setting(row.config[name])}" for name in row.config]
    across = max(1, columns // (max(map(len, lines)) + 2)) if lines else 1
    down = -(-len(lines) // across)
    names = list(row.config)
    grid = [
        Column(
            "settings (* not the default)" if not start else "",
            lines[start : start + down] + [""] * (start + down - len(lines)),
            bold=frozenset(at for at, name in enumerate(names[start : start + down]) if name in own),
        )
        for start in range(0, len(lines), down)
    ]
    return list(table(grid, painted=painted)) if grid else []


def _history(row: JobRow, history: Sequence[EpochRow], columns: int, painted: bool) -> Iterator[str]:
    if unicode(sys.stdout):
        from engine.cli.curves import curves  # noqa: PLC0415 - plotext: 0.2 s, which JSON and CSV do not need

        yield from curves(history, row.epochs, columns, painted=painted).split("\n")
        yield ""
    last = history[-EPOCHS_SHOWN:]
    metrics = [name for name in HISTORY if any(name in epoch.metrics for epoch in last)]
    best = frozenset(at for at, epoch in enumerate(last) if epoch.epoch == row.best_epoch)
    yield from table(
        [
            Column("epoch", [str(epoch.epoch) for epoch in last], numeric=True, bold=best),
            *(
                Column(name, [_figure(name, epoch.metrics.get(name)) for epoch in last], numeric=True, bold=best)
                for name in metrics
            ),
            Column("seconds", [number(epoch.seconds, 1) for epoch in last], numeric=True, bold=best),
        ],
        painted=painted,
    )
    if len(history) > len(last):
        yield f"the last {len(last)} of {len(history)} epochs; all of them: engine show {row.id[:8]} --csv"


def _figure(name: str, value: float | None) -> str:
    if value is not None and not math.isfinite(value):
        return str(value)
    return f"{value:.3g}" if name == "learning_rate" and value is not None else number(value, 5)


def _attempts(attempts: Sequence[AttemptRow]) -> list[Column]:
    return [
        Column("attempt", [str(each.number) for each in attempts], numeric=True),
        Column("started", [time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(each.started)) for each in attempts]),
        Column("took", ["" if each.ended is None else spoken(each.ended - each.started) for each in attempts]),
        Column("device", [visible(each.device) for each in attempts]),
        Column("from epoch", [str(each.resumed_epoch) for each in attempts], numeric=True),
        Column("outcome", [_outcome(each) for each in attempts]),
    ]


def _outcome(attempt: AttemptRow) -> str:
    told = visible(attempt.outcome or "running").replace("_", " ")
    return told if attempt.exact else f"{told}, not exact: {visible(attempt.inexact)}"
