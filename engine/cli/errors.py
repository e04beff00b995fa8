"""`engine errors`: what one job gets wrong: confusion matrix, classes, calibration, its most confident mistakes."""

import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from engine.cli.digits import JobArgument
from engine.cli.pictures import StyleOption, gallery_of, style_of
from engine.cli.store_option import JsonOption, StoreOption, one_job, open_store
from engine.cli.streams import data, data_lines, document, width
from engine.results.calibration import BINS, calibration, reliability
from engine.results.confusion import classes_of, confusions, macro_f1, matrix, scores, surest_mistakes
from engine.results.digits import caption
from engine.results.errortext import ORDER, calibration_line, confusion_lines, matrix_lines, matrix_width, score_lines
from engine.results.export import number
from engine.results.insight import MOST_CLASSES, errors_document
from engine.results.labels import Labels
from engine.results.predictions import Predictions

PAIRS = 12


def errors(
    job: JobArgument,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="At most N mistakes as pictures; 0 shows all.")
    ] = 6,
    bins: Annotated[
        int, typer.Option("--bins", min=1, max=100, metavar="N", help="Bins of confidence in the calibration.")
    ] = BINS,
    style: StyleOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Look into what a job gets wrong: which classes it confuses, and whether it is as right as it is sure.

    The JSON holds every mistake, the most confident first.
    """
    drawn = style_of(style)
    session = open_store(store)
    job_id = one_job(session, job)
    rows = session.rows()
    row = next(row for row in rows if row.id == job_id)
    found = session.predictions(job_id)
    dataset = str(row.config.get("dataset", ""))
    if as_json:
        document(errors_document(job_id, dataset, found, bins))
        return
    data(f"job {job_id}   {Labels(rows).of(row)}")
    data_lines(line + "\n" for line in error_lines(found, bins, width(sys.stdout)))
    places = surest_mistakes(found, limit)
    if places:
        captions = {
            at: caption(int(found.true[at]), int(found.predicted[at]), float(found.confidence[at]), at) for at in places
        }
        data("\nmost confident mistakes\n")
        data(gallery_of(session.pictures([job_id], places), captions, drawn))


def error_lines(found: Predictions, bins: int, columns: int) -> Iterator[str]:
    """All of it that is no picture, within `columns` where the classes are few enough."""
    right = found.true == found.predicted
    wrong, per_class = int((~right).sum()), scores(found)
    accuracy = number(float(right.mean()), 5) if len(right) else "nan"
    yield f"{wrong:,} of {len(right):,} wrong, accuracy {accuracy}, macro F1 {number(macro_f1(per_class), 5) or 'nan'}"
    yield ""
    yield from confusion_block(found, columns)
    yield ""
    yield from score_lines(per_class)
    yield ""
    reliable = calibration(found.confidence, right, bins)
    yield calibration_line(reliable)
    yield from reliability(reliable, columns)


def confusion_block(found: Predictions, columns: int) -> Iterator[str]:
    """The matrix where `columns` hold it, else the pairs of classes that are confused most."""
    classes = classes_of(found)
    counts = matrix(found.true, found.predicted, classes).tolist() if classes <= MOST_CLASSES else []
    if counts and matrix_width(counts) <= columns:
        yield ORDER
        yield from matrix_lines(counts)
        return
    pairs = confusions(found)
    yield f"the most confused of {classes:,} classes"
    yield from confusion_lines(pairs[:PAIRS])
