"""`engine digits`: the test digits that a job got wrong, as pictures made of text."""

import sys
from typing import Annotated

import typer

from engine.cli.pictures import StyleOption, style_of
from engine.cli.store_option import StoreOption, one_done, open_store
from engine.cli.streams import data, warn, width, words
from engine.results.digits import SORTS, caption, chosen, gallery, picture
from engine.results.leaderboard import one_of

JobArgument = Annotated[
    str, typer.Argument(metavar="JOB", help="A job's id or its beginning, or an experiment of one job.")
]


def digits(
    job: JobArgument,
    true: Annotated[int | None, typer.Option("--true", metavar="D", help="Only digits that are a D.")] = None,
    predicted: Annotated[int | None, typer.Option("--pred", metavar="D", help="Only digits taken for a D.")] = None,
    sort: Annotated[
        str, typer.Option("--sort", metavar="index|confidence", help="By place, or surest mistakes first.")
    ] = "index",
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="At most N of them; 0 shows all.")] = 0,
    style: StyleOption = None,
    store: StoreOption = None,
) -> None:
    """Show the test digits that a job got wrong: what each is, what it was taken for, and how surely."""
    sort, style = one_of(sort, SORTS, "--sort"), style_of(style)
    session = open_store(store)
    found = session.mistakes(one_done(session, job).id)
    classes = max([len(found.right), *(1 + int(each.max()) for each in (found.true, found.predicted) if each.size)])
    for option, asked in (("--true", true), ("--pred", predicted)):
        if asked is not None and not 0 <= asked < classes and classes:
            warn(f"{option} {asked} is none of the classes, which are 0 to {classes - 1}")
    places = chosen(found, true, predicted, sort)
    total = len(places)
    places = places[:limit] if limit else places
    columns = width(sys.stdout)
    pictures = [picture(found.images[at], style, columns) for at in places]
    captions = [
        caption(int(found.true[at]), int(found.predicted[at]), float(found.confidence[at]), int(found.indices[at]))
        for at in places
    ]
    if places:
        data(gallery(pictures, captions, columns))
    of_all = "" if total == len(found.indices) else f" of the {len(found.indices)} it got wrong"
    shown = f"{len(places)} shown, {total}" if len(places) < total else f"{total}"
    words(f"{shown} misclassified test {'digit' if total == 1 else 'digits'}{of_all}")
