"""What a job gets wrong, as lines of text that read downward in any terminal."""

from collections.abc import Iterator, Sequence

from engine.results.calibration import Calibration, calibration, reliability
from engine.results.confusion import ClassScore, Confusion, classes_of, confusions, macro_f1, matrix, scores
from engine.results.missed import Missed
from engine.results.numbers import number
from engine.results.predictions import Predictions

ORDER = "true, down; predicted, across"
# A matrix of more classes is left out, and of the pairs that were confused the first are shown.
MOST_CLASSES = 256
PAIRS = 12


def matrix_width(counts: Sequence[Sequence[int]]) -> int:
    """How many columns the matrix takes."""
    inner, side = _widths(counts)
    return side + (inner + 1) * len(counts)


def _widths(counts: Sequence[Sequence[int]]) -> tuple[int, int]:
    labels = len(str(max(0, len(counts) - 1)))
    return max([labels, *(len(str(count)) for row in counts for count in row)]), labels


def matrix_lines(counts: Sequence[Sequence[int]]) -> Iterator[str]:
    """A confusion matrix: classes that are, down; what they were taken for, across; a dot for none."""
    inner, side = _widths(counts)
    yield " " * side + "".join(f" {number:>{inner}}" for number in range(len(counts)))
    for true, row in enumerate(counts):
        yield f"{true:>{side}}" + "".join(f" {count or '.':>{inner}}" for count in row)


def confusion_lines(found: Sequence[Confusion]) -> Iterator[str]:
    """`   12 x  4 taken for 9`, a line a pair of classes."""
    wide = max((len(f"{each.count:,}") for each in found), default=1)
    for each in found:
        yield f"{each.count:>{wide},} x  {each.true} taken for {each.predicted}"


def score_lines(found: Sequence[ClassScore]) -> Iterator[str]:
    """A line a class: how many there are, and precision, recall and F1."""
    yield "class     true  predicted    right  precision   recall       F1"
    for each in found:
        counts = f"{each.number:>5} {each.true:>8,} {each.predicted:>10,} {each.right:>8,}"
        yield f"{counts} {number(each.precision, 5):>10} {number(each.recall, 5):>8} {number(each.f1, 5):>8}".rstrip()


def calibration_line(found: Calibration) -> str:
    """`expected calibration error 0.0031: surer than right by 0.0012`."""
    if found.error is None or found.overconfidence is None:
        return "no confidence is a number"
    way = "surer than right" if found.overconfidence > 0 else "less sure than right"
    return f"expected calibration error {found.error:.4f}: {way} by {abs(found.overconfidence):.4f} on the whole"


def taken_for(missed: Missed, most: int = 3) -> str:
    """`1 x980, 4 x18`: what a sample was taken for, most often first."""
    told = ", ".join(f"{predicted} x{count:,}" for predicted, count in missed.taken[:most])
    return told + (", ..." if len(missed.taken) > most else "")


def missed_caption(missed: Missed) -> str:
    """`True: 6  #2654  998 of 1,000 miss it  1 x980, 4 x18`, in parts that may stand below each other."""
    doubt = "  label?" if missed.label_doubtful else ""
    many = f"{missed.missed:,} of {missed.jobs:,} miss it"
    return f"True: {missed.true}  #{missed.index}  {many}  {taken_for(missed)}{doubt}"


def p_words(p: float) -> str:
    """`p = 0.031`, `p < 0.0001`."""
    return f"p = {p:.2g}" if p >= 0.0001 else "p < 0.0001"


def error_lines(found: Predictions, bins: int, columns: int) -> Iterator[str]:
    """A job's errors whole but for pictures: counts, confusion, classes, calibration, in `columns` columns."""
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
