"""The misclassified digits as the pictures of a gallery."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.results.digits import caption, picture
from tui.panes.digits_answers import Sample

if TYPE_CHECKING:
    # NumPy takes 0.1 s to import; it is there once somebody has mistakes to show.
    from engine.results.mistakes import Mistakes

# Wider pictures are made smaller, so that a photograph is no wall.
WIDEST = 32
STYLES = ("half", "braille", "ascii")


GONE = "(no picture)"


class DigitPictures:
    """Some mistakes, drawn in a style, each with its label, prediction, confidence and place below it."""

    def __init__(self, found: "Mistakes", places: Sequence[int], style: str) -> None:
        self.found = found
        self.places = places
        self.style = style
        sample = picture(found.images[places[0]], style, WIDEST) if places else [""]
        lines = [self.caption(place) for place in range(min(len(places), 1))]
        self._captions = len(lines[0]) if lines else 0
        words = len("True: 10, Pred: 10") if found.true.max(initial=0) > 9 else len("True: 1, Pred: 1")
        self.width = max(len(sample[0]) if sample else 1, words)
        self.height = len(sample) + self._captions

    def __len__(self) -> int:
        return len(self.places)

    def picture(self, index: int) -> Sequence[str]:
        lines = picture(self.found.images[self.places[index]], self.style, WIDEST)
        # In the middle above its words, where those are wider.
        return [line.center(self.width) for line in lines]

    def caption(self, index: int) -> Sequence[str]:
        return self.words(index).split("  ")

    def words(self, index: int) -> str:
        """`True: 4, Pred: 9  0.87 #1234`."""
        at, found = self.places[index], self.found
        return caption(
            int(found.true[at]), int(found.predicted[at]), float(found.confidence[at]), int(found.indices[at])
        )


def suited(found: "Mistakes", width: int, height: int, *, ascii_only: bool) -> str:
    """The style that a person reads best where at least four pictures have room; half blocks before braille."""
    if ascii_only:
        return "ascii"
    made = DigitPictures(found, range(min(1, len(found.indices))), "half")
    across, down = (width + 2) // (made.width + 2), (height + 1) // (made.height + 1)
    return "half" if across * down >= 4 else "braille"


class SamplePictures:
    """Test samples, drawn in a style, with their words below; one whose picture is not on disk says so."""

    def __init__(self, samples: Sequence[Sample], style: str) -> None:
        self.samples = samples
        self.style = style
        image = next((sample.image for sample in samples if sample.image is not None), None)
        drawn = picture(image, style, WIDEST) if image is not None else [GONE]
        words = (len(words) for sample in samples for words in sample.words)
        self.width = max([len(drawn[0]) if drawn else 1, *words])
        self.height = len(drawn) + max((len(sample.words) for sample in samples), default=0)

    def __len__(self) -> int:
        return len(self.samples)

    def picture(self, index: int) -> Sequence[str]:
        image = self.samples[index].image
        lines = picture(image, self.style, WIDEST) if image is not None else [GONE]
        return [line.center(self.width) for line in lines]

    def caption(self, index: int) -> Sequence[str]:
        return self.samples[index].words


def drawn(samples: Sequence[Sample], style: str, width: int, height: int, *, ascii_only: bool) -> SamplePictures:
    """These samples in a style, or where that is empty in the one that a person reads best, as `suited` has it."""
    if style or ascii_only:
        return SamplePictures(samples, style or "ascii")
    made = SamplePictures(samples, "half")
    across, down = (width + 2) // (made.width + 2), (height + 1) // (made.height + 1)
    return made if across * down >= 4 else SamplePictures(samples, "braille")
