"""Pictures of test samples side by side: in which style, and what stands there where one is not on disk."""

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from engine.cli.streams import unicode, width
from engine.errors import UsageError
from engine.results.digits import STYLES, gallery, picture
from engine.text import brief

StyleOption = Annotated[
    str | None, typer.Option("--style", metavar="|".join(STYLES), help="How pixels become characters.")
]
GONE = ["(no picture is on disk)"]


def style_of(asked: str | None) -> str:
    """The style that was asked for, or the one that suits stdout. Raises UsageError for one that there is not."""
    style = asked.strip().lower() if asked is not None else "half" if unicode(sys.stdout) else "ascii"
    if style not in STYLES:
        raise UsageError(f"--style does not know {brief(asked or style)}", hint="allowed: " + ", ".join(STYLES))
    return style


def gallery_of(pictures: Mapping[int, Any], captions: Mapping[int, str], style: str, columns: int = 0) -> str:
    """Every sample of `captions`, by its place in the test set, within `columns` or the width of stdout."""
    columns = columns or width(sys.stdout)
    drawn: Sequence[Sequence[str]] = [
        picture(pictures[index], style, columns) if index in pictures else GONE for index in captions
    ]
    return gallery(drawn, list(captions.values()), columns)
