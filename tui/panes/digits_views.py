"""The views of answers in the Digits tab: the classes of a job, two jobs beside each other, what most jobs miss."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from engine.results.errortext import churn_verdict, error_lines
from engine.results.numbers import number
from engine.text import visible
from tui.panes.digits_answers import ChurnFound, ErrorsFound, MissedFound, Sample
from tui.panes.digits_pictures import SamplePictures, drawn
from tui.panes.digits_words import enlarged
from tui.widgets.gallery import Gallery
from tui.widgets.rows import Rows

# From so many columns on the surest mistakes stand beside the classes.
BESIDE = 108
TEXT = 75


class SampleView(Widget):
    """Shows what was found; knows where the cursor goes."""

    DEFAULT_CSS = """
    SampleView { width: 1fr; height: 1fr; layout: vertical; layers: below above; }
    SampleView Gallery { padding: 0 1; }
    SampleView .told { height: auto; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    SampleView > .one {
        layer: above; display: none; width: 100%; height: 100%; padding: 0 1; background: $background;
    }
    SampleView.-one > .one { display: block; }
    """

    @property
    @abstractmethod
    def main(self) -> Widget:
        """The part that takes the focus."""

    @abstractmethod
    def nothing(self, found: Any) -> str:
        """What is said instead where there is nothing to see; else empty."""

    @abstractmethod
    def show(self, found: Any, style: str, *, ascii_only: bool) -> None:
        """Show it, in a style of pictures or, where that is empty, in the one that suits."""

    def parts(self) -> ComposeResult:
        """What stands in it."""
        yield from ()

    def compose(self) -> ComposeResult:
        """Its parts; over them, when it was opened, one picture."""
        yield from self.parts()
        yield Static(classes="one", markup=False)

    def on_gallery_moved(self, message: Gallery.Moved) -> None:
        """Another one is to be large."""
        message.stop()
        self._enlarge()

    def on_gallery_opened(self, message: Gallery.Opened) -> None:
        """One of the pictures at its largest, or all of them again."""
        message.stop()
        self.toggle_class("-one")
        self._enlarge()

    def on_resize(self) -> None:
        """There is other room."""
        self._enlarge()

    def close(self) -> bool:
        """From one picture to all; False where all are there."""
        was = self.has_class("-one")
        self.remove_class("-one")
        return was

    def fill(
        self, gallery: Gallery, samples: Sequence[Sample], style: str, *, ascii_only: bool, follow: bool = False
    ) -> None:
        """Hand a gallery its samples, as `fill` does; the one at its largest is then another one too."""
        fill(gallery, samples, style, ascii_only=ascii_only, follow=follow)
        self._enlarge()

    def _enlarge(self) -> None:
        gallery = self.screen.focused
        if not self.has_class("-one") or not isinstance(gallery, Gallery):
            return
        made = gallery.pictures
        if isinstance(made, SamplePictures) and gallery.cursor < len(made):
            sample, room = made.samples[gallery.cursor], (self.size.width - 2, self.size.height)
            plain = made.style == "ascii"
            self.query_one(".one", Static).update(enlarged(sample.image, "  ".join(sample.words), room, plain))


def fill(gallery: Gallery, samples: Sequence[Sample], style: str, *, ascii_only: bool, follow: bool = False) -> None:
    """Hand a gallery its samples, unless it has them; the cursor stays where it was on the same ones.

    With `follow` it goes to where its sample is among others.
    """
    made = drawn(samples, style, gallery.size.width, gallery.size.height, ascii_only=ascii_only)
    now = gallery.pictures
    if not isinstance(now, SamplePictures):
        gallery.show(made)
    elif now.samples is not samples:
        wanted = now.samples[gallery.cursor].index if follow and gallery.cursor < len(now) else -1
        at = (place for place, sample in enumerate(samples) if sample.index == wanted)
        gallery.show(made, next(at, 0) if wanted >= 0 else 0)
    elif now.style != made.style:
        gallery.show(made, gallery.cursor)


class ErrorsView(SampleView):
    """Text that reads downward; in a wide window the surest mistakes beside it."""

    DEFAULT_CSS = """
    ErrorsView { layout: horizontal; }
    ErrorsView Rows { width: 1fr; padding: 0 1; }
    ErrorsView Gallery { display: none; width: 1fr; border-left: solid $panel; }
    ErrorsView.-beside Rows { width: 79; }
    ErrorsView.-beside Gallery { display: block; }
    """

    def parts(self) -> ComposeResult:
        """Classes and calibration; pictures."""
        yield Rows()
        yield Gallery()

    @property
    def main(self) -> Rows:
        """The text."""
        return self.query_one(Rows)

    def nothing(self, found: ErrorsFound) -> str:  # noqa: ARG002 - there is always something
        """A flawless job has classes and a calibration too."""
        return ""

    def show(self, found: ErrorsFound, style: str, *, ascii_only: bool) -> None:
        """Lines for the width that there is."""
        beside = self.size.width >= BESIDE and bool(found.surest)
        self.set_class(beside, "-beside")
        width = TEXT if beside else max(20, self.size.width - 2)
        lines = list(error_lines(found.errors, width))
        if not beside and found.surest:
            lines += ["", "most confident mistakes (e: their pictures)"]
            lines += ["  ".join(sample.words) for sample in found.surest]
        elif found.surest:
            lines += ["", "beside: its most confident mistakes"]
        self.main.set_lines([_line(line, first=not place) for place, line in enumerate(lines)])
        if beside:
            gallery = self.query_one(Gallery)
            self.call_after_refresh(self.fill, gallery, found.surest, style, ascii_only=ascii_only)


def _line(text: str, *, first: bool) -> Text:
    heading = first or text.startswith(("class ", "confidence ", "true, down", "the most ", "most ", "expected "))
    return Text(f" {text}", style="bold" if heading else "")


class ChurnView(SampleView):
    """What A mends on one side, what it breaks on the other."""

    DEFAULT_CSS = """
    ChurnView Vertical { width: 1fr; height: 1fr; }
    ChurnView .title { height: 1; padding: 0 1; text-style: bold; text-wrap: nowrap; }
    ChurnView #broken-side { border-left: solid $panel; }
    """

    def parts(self) -> ComposeResult:
        """Who is compared; two galleries."""
        yield Static(classes="told", markup=False)
        with Horizontal():
            for name in ("mended", "broken"):
                with Vertical(id=f"{name}-side"):
                    yield Static(id=f"{name}-title", classes="title", markup=False)
                    yield Gallery(id=name)

    @property
    def main(self) -> Gallery:
        """The side that has pictures."""
        mended, broken = self.query_one("#mended", Gallery), self.query_one("#broken", Gallery)
        return broken if len(broken.pictures) and not len(mended.pictures) else mended

    def nothing(self, found: ChurnFound) -> str:
        """Two that answer alike."""
        if found.mended or found.broken:
            return ""
        a, b = found.names
        return f"A  {visible(a)}\nB  {visible(b)}\n\nboth have the same samples right: {churn_verdict(found.churn)}"

    def show(self, found: ChurnFound, style: str, *, ascii_only: bool) -> None:
        """Accuracies, what the test says, and both sides."""
        churn = found.churn
        lines = [
            f"A  {number(churn.accuracy_a, 5)}  {visible(found.names[0])}",
            f"B  {number(churn.accuracy_b, 5)}  {visible(found.names[1])}",
            churn_verdict(churn),
        ]
        self.query_one(".told", Static).update("\n".join(lines))
        for name, what, samples, places in (
            ("mended", "A right, B wrong", found.mended, churn.mended),
            ("broken", "A wrong, B right", found.broken, churn.broken),
        ):
            shown = f"{len(places):,}, {len(samples)} shown" if len(samples) < len(places) else f"{len(places):,}"
            self.query_one(f"#{name}-title", Static).update(f"{what}: {shown}")
        self.call_after_refresh(self._fill, found, style, ascii_only)

    def _fill(self, found: ChurnFound, style: str, ascii_only: bool) -> None:
        """Both sides in one style, that of the narrower one."""
        galleries = [self.query_one(f"#{name}", Gallery) for name in ("mended", "broken")]
        narrow = min(galleries, key=lambda gallery: gallery.size.width)
        samples = found.mended or found.broken
        style = drawn(samples, style, *narrow.size, ascii_only=ascii_only).style
        for gallery, each in zip(galleries, (found.mended, found.broken), strict=True):
            self.fill(gallery, each, style, ascii_only=ascii_only)
        focused = self.screen.focused
        if focused in galleries and focused is not self.main and not found.mended:
            self.main.focus()


class MissedView(SampleView):
    """The hardest samples, the hardest first."""

    def parts(self) -> ComposeResult:
        """How many there are; their pictures."""
        yield Static(classes="told", markup=False)
        yield Gallery()

    @property
    def main(self) -> Gallery:
        """The pictures."""
        return self.query_one(Gallery)

    def nothing(self, found: MissedFound) -> str:
        """Nobody misses anything."""
        return "" if found.samples else "None of these jobs misses a test sample."

    def show(self, found: MissedFound, style: str, *, ascii_only: bool) -> None:
        """Below each picture: its label, its place in the test set, who misses it and what it is taken for."""
        self.query_one(".told", Static).update(visible("; ".join(found.told)))
        self.call_after_refresh(self.fill, self.main, found.samples, style, ascii_only=ascii_only, follow=True)
