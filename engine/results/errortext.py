"""What a job gets wrong, as lines of text that read downward in any terminal."""

from collections.abc import Iterator, Sequence

from engine.results.calibration import Calibration, reliability
from engine.results.churn import Churn
from engine.results.confusion import ClassScore, Confusion, macro_f1
from engine.results.durations import counted
from engine.results.looking import Errors
from engine.results.missed import Missed, Tally
from engine.results.numbers import number

ORDER = "true, down; predicted, across"
# Where there is no room for a matrix, so many of the pairs that were confused are shown.
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
    by = f"{abs(found.overconfidence):.4f}"
    way = "surer" if found.overconfidence > 0 else "less sure"
    told = f"{way} than right by {by}" if float(by) else "as sure as right"
    return f"expected calibration error {found.error:.4f}: {told} overall"


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


def error_lines(found: Errors, columns: int) -> Iterator[str]:
    """A job's errors whole but for pictures: counts, confusion, classes, calibration, in `columns` columns."""
    yield wrong_line(found)
    yield ""
    yield from confusion_block(found, columns)
    yield ""
    yield from score_lines(found.classes)
    yield ""
    yield calibration_line(found.reliable)
    yield from reliability(found.reliable, columns)


def wrong_line(found: Errors) -> str:
    """`62 of 10,000 wrong, accuracy 0.99380, macro F1 0.99377`."""
    accuracy, f1 = number(found.accuracy, 5) or "nan", number(macro_f1(found.classes), 5) or "nan"
    return f"{found.wrong:,} of {found.n:,} wrong, accuracy {accuracy}, macro F1 {f1}"


def confusion_block(found: Errors, columns: int) -> Iterator[str]:
    """The matrix where `columns` hold it, else the pairs of classes that are confused most."""
    if found.counts and matrix_width(found.counts) <= columns:
        yield ORDER
        yield from matrix_lines(found.counts)
        return
    yield f"the most confused of {len(found.classes):,} classes"
    yield from confusion_lines(found.confusions[:PAIRS])


def headline(tally: Tally, least: int = 1) -> str:
    """`120 of 10,000 samples missed by 3 or more of 8 jobs`."""
    count = int((tally.wrong >= least).sum())
    whom = "all" if least == tally.jobs else f"{least:,} or more"
    return f"{count:,} of {counted(len(tally.true), 'sample')} missed by {whom} of {counted(tally.jobs, 'job')}"


def voted(name: str, jobs: int) -> str:
    """`majority of 5 jobs: grid dropout=0.2`: whose accuracy is told, which is not the mean that a board shows."""
    return f"majority of {counted(jobs, 'job')}: {name}" if jobs > 1 else name


def churn_lines(a: str, b: str, found: Churn) -> Iterator[str]:
    """Who is compared, the four counts, and what they say."""
    yield f"A  {number(found.accuracy_a, 5)}  {a}"
    yield f"B  {number(found.accuracy_b, 5)}  {b}"
    yield ""
    yield f"{len(found.mended):>8,}  A mends: right in A, wrong in B"
    yield f"{len(found.broken):>8,}  A breaks: wrong in A, right in B"
    yield f"{found.both_wrong:>8,}  wrong in both"
    yield f"{found.both_right:>8,}  right in both"
    yield churn_verdict(found)


def churn_verdict(found: Churn) -> str:
    """`they differ in 64 samples of 10,000; McNemar's exact test: p = 0.031`."""
    differ = len(found.mended) + len(found.broken)
    return f"they differ in {counted(differ, 'sample')} of {found.n:,}; McNemar's exact test: {p_words(found.p)}"
