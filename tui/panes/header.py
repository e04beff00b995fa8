"""The top line: the file and whether it is saved, the devices, the queue and when it ends."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual.dom import DOMNode
from textual.reactive import reactive
from textual.widget import Widget

from engine.plan.jobs import JobStatus
from engine.results.durations import counted
from engine.results.rows import Device
from engine.session import Snapshot
from engine.text import visible
from tui import look
from tui.measured import LEFT
from tui.panes.paint import Paint

if TYPE_CHECKING:
    from tui.editing.document import Sheet

GIB = 1 << 30
# Said beside running and queued only where there are any.
TELLING = (
    JobStatus.RUNNING,
    JobStatus.QUEUED,
    JobStatus.HELD,
    JobStatus.FAILED,
    JobStatus.OUT_OF_MEMORY,
    JobStatus.INTERRUPTED,
    JobStatus.STOPPED,
    JobStatus.DONE,
)


class Header(Widget):
    """One line. What does not fit goes: first the names of devices, then their figures, last the counts."""

    sheet: reactive["Sheet | None"] = reactive(None, repaint=False)
    file: reactive[str] = reactive("", repaint=False)
    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    devices: reactive[tuple[Device, ...]] = reactive((), repaint=False)
    read_only: reactive[bool] = reactive(False, repaint=False)
    ascii: reactive[bool] = reactive(False, repaint=False)
    line: reactive[Text] = reactive(Text(""))

    def __init__(self, follows: DOMNode | None = None) -> None:
        """Where it stands in another screen than what knows all this, it follows that."""
        super().__init__()
        self._follows = follows

    def watch_sheet(self) -> None:
        """Another file state."""
        self._fill()

    def watch_snapshot(self) -> None:
        """The store moved on."""
        self._fill()

    def watch_devices(self) -> None:
        """Devices were read."""
        self._fill()

    def on_mount(self) -> None:
        """Colours are part of the text."""
        if self._follows is not None:
            for state in ("sheet", "snapshot", "devices", "ascii"):
                self.watch(self._follows, state, partial(setattr, self, state))
        self.app.theme_changed_signal.subscribe(self, lambda _: self._fill())

    def on_resize(self) -> None:
        """The text is made for a width."""
        self._fill()

    def _fill(self) -> None:
        """Set the line, which is painted only where it differs."""
        if self.is_mounted and self.size.width:
            paint = Paint(self.app.theme_variables, self.ascii)
            busy = self.snapshot is not None and self.snapshot.runner is not None
            left = file_text(paint, self.file, self.sheet, read_only=self.read_only)
            self.line = fitted(
                self.size.width, left, devices_texts(self.devices, busy=busy), queue_texts(paint, self.snapshot)
            )

    def render(self) -> Text:
        """The line."""
        return self.line


def file_text(paint: Paint, file: str, sheet: "Sheet | None", *, read_only: bool) -> Text:
    """`labtop  experiments.toml *`."""
    text = Text(" labtop  ", style="bold")
    text.append(visible(file), style="not bold")
    if sheet is not None:
        if sheet.unsaved:
            text.append(" *", style=f"bold {paint.accent}")
        if sheet.problem:
            text.append(" !", style=f"bold {paint.colours['error']}")
    if read_only:
        text.append(" read-only", style="not bold dim")
    return text


def device_text(device: Device, *, busy: bool, short: bool) -> str:
    """`GPU0 H100 87% 12/80G 61C`; of a processor that is idle but for a little, which changes by itself, nothing."""
    parts = [device.label]
    if not short:
        parts.append(visible(device.name).removeprefix("NVIDIA "))
    if device.use is not None and (busy or device.is_gpu):
        parts.append(f"{100 * device.use:.0f}%")
    if device.is_gpu and device.memory_used is not None and device.memory_total:
        parts.append(f"{device.memory_used / GIB:.0f}/{device.memory_total / GIB:.0f}G")
    if device.temperature is not None:
        parts.append(f"{device.temperature}C")
    return " ".join(parts)


def devices_texts(devices: Sequence[Device], *, busy: bool) -> list[Text]:
    """What is said of the devices, longest first. Where there are GPUs, the processor is left out."""
    shown = [device for device in devices if device.is_gpu] or list(devices)
    long, short = (
        Text("  ".join(device_text(device, busy=busy, short=short) for device in shown), style="dim")
        for short in (False, True)
    )
    few = Text(f"{len(shown)} GPUs", style="dim") if len(shown) > 1 else Text("")
    return [long, short, few, Text("")]


def queue_texts(paint: Paint, snapshot: Snapshot | None) -> list[Text]:
    """`2 running  14 queued  ETA 12:40`, longest first."""
    if snapshot is None:
        return [Text("")]
    full, present, brief = Text(""), Text(""), Text("")
    for status in TELLING:
        number = snapshot.counts.get(status, 0)
        if number or status in (JobStatus.RUNNING, JobStatus.QUEUED):
            style = paint.colours[look.COLOURS[status]] if number and status is not JobStatus.DONE else "dim"
            full.append(f"{number:,} {look.word(status)}  ", style=style)
            if number:
                present.append(f"{number:,} {look.word(status)}  ", style=style)
            brief.append(f"{number}{look.glyph(status, ascii_only=paint.ascii)} ", style=style)
    if snapshot.pending:
        full.append(f"{counted(snapshot.pending, 'request')} on the way  ", style="dim")
    left = LEFT.of(snapshot) if snapshot.runner is not None else None
    # What rounds to nothing is not known better than that.
    if left is not None and round(left):
        full.append(f"ETA {look.clock(left)} ", style="bold")
        present.append(f"ETA {look.clock(left)} ", style="bold")
        brief.append(f"ETA {look.clock(left)} ", style="bold")
    return [full, present, brief, Text("")]


def fitted(width: int, left: Text, middle: Sequence[Text], right: Sequence[Text]) -> Text:
    """The longest of each that fit beside each other."""
    for queue in right:
        for devices in middle:
            gap = width - left.cell_len - devices.cell_len - queue.cell_len
            if gap >= 4 or not (devices.plain or queue.plain):
                after = max(2, gap // 2) if devices.plain else 0
                text = Text(no_wrap=True, overflow="crop", end="")
                text.append_text(left)
                text.append(" " * max(0, gap - after))
                text.append_text(devices)
                text.append(" " * after)
                text.append_text(queue)
                text.truncate(width, overflow="crop")
                return text
    return left
