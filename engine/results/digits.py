"""Test pictures as text: 28x28 numbers become something that a person can read on any terminal."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.errors import UsageError
from engine.text import brief

if TYPE_CHECKING:
    # NumPy takes 0.1 s to import, which pictures can do without.
    from engine.results.mistakes import Mistakes

Grey: TypeAlias = list[list[int]]

RAMP = " .:-=+*#%@"
# Of the way from the darkest to the brightest pixel: below it is paper, above it is ink.
INK = 0.4
SHADES = " ░▒▓█"
HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
BRAILLE = 0x2800
# Unicode numbers the dots of a braille cell down its left column, then its right, with the fourth row added later.
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def grey(image: Any) -> Grey:
    """Rows of 0 to 255 from an H x W or H x W x C picture of uint8: an array, or nested sequences.

    Three channels are weighed as eyes do (ITU-R BT.601), any other number is averaged.
    """
    if getattr(image, "ndim", 0) == 3 and image.shape[2] == 1:
        image = image[:, :, 0]
    rows = image.tolist() if hasattr(image, "tolist") else image
    if getattr(image, "ndim", 0) == 2:
        # Nothing is left to weigh, and looking at every pixel takes ten times as long as all else.
        return list(rows)
    return [[_level(pixel) for pixel in row] for row in rows]


def _level(pixel: Any) -> int:
    if not isinstance(pixel, Sequence):
        return int(pixel)
    if len(pixel) == 3:
        return (299 * int(pixel[0]) + 587 * int(pixel[1]) + 114 * int(pixel[2])) // 1000
    return sum(map(int, pixel)) // len(pixel) if pixel else 0


def fitted(pixels: Grey, columns: int) -> Grey:
    """The same no wider than `columns`: squares of pixels become their mean, the smallest squares that do."""
    size = -(-len(pixels[0]) // columns) if pixels and pixels[0] else 1
    if size <= 1:
        return pixels
    small = []
    for top in range(0, len(pixels), size):
        band = pixels[top : top + size]
        squares = ([row[left : left + size] for row in band] for left in range(0, len(band[0]), size))
        small.append([sum(map(sum, square)) // sum(map(len, square)) for square in squares])
    return small


def ascii_art(pixels: Grey) -> list[str]:
    """Two rows of pixels a line, since a character is about twice as high as wide; H/2 lines of W characters."""
    pixels = _stretched(pixels)
    lines = []
    for upper, lower in _bands(pixels, 2):
        levels = [(above + below) // 2 for above, below in zip(upper, lower, strict=True)]
        lines.append("".join(RAMP[level * (len(RAMP) - 1) // 255] for level in levels))
    return lines


def half_blocks(pixels: Grey) -> list[str]:
    """Two rows of pixels a line, each its own half of the character; H/2 lines of W characters."""
    ink = _ink(pixels)
    return ["".join(HALVES[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in _bands(ink, 2)]


def braille(pixels: Grey) -> list[str]:
    """Four rows and two columns of pixels a character; H/4 lines of W/2 characters."""
    lines = []
    for band in _bands(_ink(pixels), 4):
        width = len(band[0])
        line = ""
        for left in range(0, width, 2):
            dots = (
                DOTS[row][column]
                for row in range(4)
                for column in range(2)
                if left + column < width and band[row][left + column]
            )
            line += chr(BRAILLE + sum(dots))
        lines.append(line)
    return lines


STYLES: dict[str, Callable[[Grey], list[str]]] = {"ascii": ascii_art, "half": half_blocks, "braille": braille}


def picture(image: Any, style: str = "ascii", columns: int = 64) -> list[str]:
    """Lines of equal length, at most `columns` wide, of an H x W or H x W x C picture of uint8.

    Raises UsageError for a style that is none of `STYLES`.
    """
    if style not in STYLES:
        raise UsageError(f"there is no style {brief(style)}", hint="allowed: " + ", ".join(STYLES))
    return STYLES[style](fitted(grey(image), columns * 2 if style == "braille" else columns))


def _extent(pixels: Grey) -> tuple[int, int]:
    return min(chain.from_iterable(pixels), default=0), max(chain.from_iterable(pixels), default=0)


def _ink(pixels: Grey) -> list[list[bool]]:
    low, high = _extent(pixels)
    limit = low + INK * (high - low)
    return [[pixel > limit for pixel in row] for row in pixels]


def _stretched(pixels: Grey) -> Grey:
    """The same with its brightest pixel at 255 and its darkest at 0, so that a faint picture can be read too."""
    low, high = _extent(pixels)
    if high == low:
        return [[0] * len(row) for row in pixels]
    return [[(pixel - low) * 255 // (high - low) for pixel in row] for row in pixels]


def _bands(rows: list[list[Any]], height: int) -> list[list[list[Any]]]:
    """Rows in groups of `height`, the last one filled up with empty rows."""
    width = len(rows[0]) if rows else 0
    blank = [type(rows[0][0])() if width else 0] * width
    filled = rows + [blank] * (-len(rows) % height)
    return [filled[top : top + height] for top in range(0, len(filled), height)]


def large(image: Any, *, ascii_only: bool = False) -> list[str]:
    """Two characters a pixel, shaded: H lines of 2W characters of an H x W or H x W x C picture of uint8."""
    ramp = RAMP if ascii_only else SHADES
    pixels = _stretched(grey(image))
    return ["".join(ramp[level * (len(ramp) - 1) // 255] * 2 for level in row) for row in pixels]


SORTS = ("index", "confidence")


def chosen(found: "Mistakes", true: int | None = None, predicted: int | None = None, sort: str = "index") -> list[int]:
    """The places of the mistakes with this label and this prediction (None takes any), in the order of the test set.

    `sort` is "confidence" for the surest first. Raises UsageError for another word.
    """
    if sort not in SORTS:
        raise UsageError(f"--sort does not know {brief(sort)}", hint="allowed: " + ", ".join(SORTS))
    labels = zip(found.true.tolist(), found.predicted.tolist(), strict=True)
    places = [at for at, (a, b) in enumerate(labels) if true in (None, a) and predicted in (None, b)]
    if sort == "confidence":
        confidence = found.confidence.tolist()
        places.sort(key=lambda at: -confidence[at])
    return places


def confusion(found: "Mistakes") -> list[list[int]]:
    """How often each class (a row) was taken for each (a column), its own among them where that is known."""
    from engine.results.confusion import matrix  # noqa: PLC0415 - NumPy: 0.1 s, loaded wherever mistakes are

    right = found.right.tolist()
    size = max(len(right), 1 + max(int(found.true.max(initial=-1)), int(found.predicted.max(initial=-1))))
    counts: list[list[int]] = matrix(found.true, found.predicted, size).tolist()
    for label, count in enumerate(right):
        counts[label][label] += count
    return counts


def caption(true: Any, predicted: Any, confidence: float, index: int) -> str:
    """`True: 4, Pred: 9  0.87 #1234`: the label, what it was taken for, how surely, its place in the test set."""
    return f"True: {true}, Pred: {predicted}  {confidence:.2f} #{index}"


def gallery(pictures: Sequence[Sequence[str]], captions: Sequence[str], width: int = 80, gap: int = 2) -> str:
    """Pictures side by side, as many as fit into `width` columns, each with its caption below; rows part by a line.

    A caption wider than its picture goes on two lines, split at its double space.
    """
    if not pictures:
        return ""
    inner = max(len(line) for lines in pictures for line in lines) if any(pictures) else 0
    texts = [text.split("  ") if len(text) > inner else [text] for text in captions]
    tile = max([inner, *(len(line) for lines in texts for line in lines)])
    across = max(1, (width + gap) // (tile + gap))
    blocks = []
    for first in range(0, len(pictures), across):
        chosen = slice(first, first + across)
        tiles = [_tile(lines, text) for lines, text in zip(pictures[chosen], texts[chosen], strict=True)]
        height = max(map(len, tiles))
        padded = [lines + [""] * (height - len(lines)) for lines in tiles]
        lines = ((" " * gap).join(part.ljust(tile) for part in line) for line in zip(*padded, strict=True))
        blocks.append("\n".join(line.rstrip() for line in lines))
    return "\n\n".join(blocks)


def _tile(lines: Sequence[str], text: list[str]) -> list[str]:
    return [*lines, *text]
