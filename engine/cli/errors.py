"""`engine errors`: what one job gets wrong: confusion matrix, classes, calibration, its most confident mistakes."""

import sys
from typing import Annotated

import typer

from engine.cli.digits import JobArgument
from engine.cli.pictures import StyleOption, gallery_of, style_of
from engine.cli.store_option import JsonOption, StoreOption, one_done, open_store
from engine.cli.streams import data, data_lines, document, width
from engine.results.calibration import BINS
from engine.results.confusion import surest_mistakes
from engine.results.digits import caption
from engine.results.errortext import error_lines
from engine.results.insight import errors_document
from engine.results.labels import Labels
from engine.results.looking import errors_of


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
    row = one_done(session, job)
    found = session.predictions(row.id)
    dataset = str(row.config.get("dataset", ""))
    if as_json:
        document(errors_document(row.id, dataset, found, bins))
        return
    data(f"job {row.id}   {Labels(session.rows()).of(row)}")
    data_lines(line + "\n" for line in error_lines(errors_of(found, bins), width(sys.stdout)))
    places = surest_mistakes(found, limit)
    if places:
        captions = {
            at: caption(int(found.true[at]), int(found.predicted[at]), float(found.confidence[at]), at) for at in places
        }
        data("\nmost confident mistakes\n")
        data(gallery_of(session.pictures([row.id], places), captions, drawn))
