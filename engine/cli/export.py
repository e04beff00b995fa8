"""`engine export`: a trained model as a file of Keras' own."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.digits import JobArgument
from engine.cli.store_option import StoreOption, one_done, open_store
from engine.cli.streams import words
from engine.errors import UsageError
from engine.text import visible

SUFFIX = ".keras"


def export(
    job: JobArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE.keras", help="Where to save it.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    allow_code: Annotated[bool, typer.Option("--allow-code", help="Let a module:function model's code run.")] = False,
    store: StoreOption = None,
) -> None:
    """Save the trained model of a job for Keras: keras.models.load_model reads it without labtop.

    It takes images as (n, height, width, channels), scaled to 0..1, and gives a probability for each class.
    """
    if file.suffix != SUFFIX:
        hint = f"allowed: a name that ends in {SUFFIX}, which Keras asks for"
        raise UsageError("a model is saved in Keras' format", where=str(file), hint=hint)
    if file.exists() and not force:
        raise UsageError("the file is there already", where=str(file), hint="--force replaces it")
    session = open_store(store)
    session.export(one_done(session, job).id, file, allow_code=allow_code, force=force)
    words(f"wrote {visible(str(file))}")
