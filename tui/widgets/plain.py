"""What a terminal without UTF-8 can show: ASCII, whatever the data holds."""

from rich.text import Text
from textual.scrollbar import ScrollBarRender


class PlainBars(ScrollBarRender):
    """Scroll bars whose ends are whole characters, since parts of one are not ASCII."""

    VERTICAL_BARS = (" ",) * 8  # type: ignore[assignment]
    HORIZONTAL_BARS = (" ",) * 8  # type: ignore[assignment]


def plain(text: str, ascii_only: bool = True) -> str:
    """`text` with what is not ASCII written out, such as `\\xfc`; as it is where UTF-8 is there."""
    return text.encode("ascii", "backslashreplace").decode() if ascii_only and not text.isascii() else text


def plain_text(text: Text, ascii_only: bool) -> Text:
    """The same of a text with styles, cut without an ellipsis."""
    if not ascii_only or (text.plain.isascii() and text.overflow == "crop"):
        return text
    if text.plain.isascii():
        made = text.copy()
        made.overflow = "crop"
        return made
    made = Text(no_wrap=True, overflow="crop")
    for part in text.split("\n", include_separator=True):
        for piece in part.divide(sorted({edge for span in part.spans for edge in (span.start, span.end)})):
            style = piece.spans[0].style if piece.spans else ""
            made.append(plain(piece.plain), style)
    return made
