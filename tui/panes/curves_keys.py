"""The keys of the Curves tab."""

from textual.binding import Binding, BindingType

KEYS: list[BindingType] = [
    Binding(
        "space,enter",
        "mark",
        "mark",
        key_display="space",
        id="curves.mark",
        tooltip="mark the job, to see marked ones together",
    ),
    Binding("a", "mark_repeats", "repeats", id="curves.repeats", tooltip="mark all repeats of the configuration"),
    Binding("u", "unmark", "unmark", id="curves.unmark", tooltip="unmark all"),
    Binding("left,h", "point(-1)", "read", id="curves.left", show=False, tooltip="reading line to the left"),
    Binding("right,l", "point(1)", "read", id="curves.right", tooltip="reading line to the right"),
    Binding("m", "metric", "metric", id="curves.metric", tooltip="loss and accuracy, one of them, learning rate"),
    Binding("y", "log", "log", id="curves.log", tooltip="logarithmic y axis"),
    Binding("x", "seconds", "epochs/s", id="curves.seconds", tooltip="epochs or seconds on the x axis"),
    Binding("plus,equals_sign", "smooth(1)", "smooth", key_display="+", id="curves.smooth", tooltip="smoother"),
    Binding("minus", "smooth(-1)", "rougher", key_display="-", id="curves.rough", show=False, tooltip="rougher"),
    Binding("0", "smooth(0)", "as it is", id="curves.unsmooth", show=False, tooltip="no smoothing"),
    Binding("t", "training", "training", id="curves.training", show=False, tooltip="training curves on or off"),
    Binding("b", "bands", "bands", id="curves.bands", show=False, tooltip="min-max bands of repeats on or off"),
    Binding("f", "full", "full", id="curves.full", tooltip="the panels alone, over the whole tab"),
    Binding("c", "copy", "copy id", id="curves.copy", show=False, tooltip="copy the id of the job"),
    Binding("escape", "back", "back", id="curves.back", show=False, tooltip="reading line away, then all jobs"),
]
