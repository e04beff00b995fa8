"""The keys of the Digits tab."""

from textual.binding import Binding, BindingType

KEYS: list[BindingType] = [
    Binding(
        "enter",
        "open",
        "open",
        show=False,
        id="digits.open",
        tooltip="from the list of jobs to the pictures",
    ),
    Binding("a", "style", "drawn as", id="digits.style", tooltip="half blocks, braille or ASCII"),
    Binding("s", "sort", "sort", id="digits.sort", tooltip="surest first, or by place in the test set"),
    Binding(
        "e", "errors", "per class", id="digits.errors", tooltip="precision and recall of each class, and calibration"
    ),
    Binding(
        "equals_sign",
        "churn",
        "compare",
        key_display="=",
        id="digits.churn",
        tooltip="what one job mends and breaks beside another: = on one, then = on the other",
    ),
    Binding("m", "missed", "missed", id="digits.missed", tooltip="the test digits that most jobs get wrong"),
    Binding(
        "b",
        "whose",
        "whose",
        id="digits.whose",
        show=False,
        tooltip="comparing: a job or all its repeats; missed: of all jobs, the experiment, or the configuration",
    ),
    Binding("v", "matrix", "matrix", id="digits.matrix", tooltip="the confusion matrix, shown or hidden"),
    Binding("o", "jobs", "jobs", id="digits.jobs", tooltip="the list of jobs, shown or hidden"),
    Binding("left_square_bracket", "job(-1)", "job", key_display="[", id="digits.job_before", tooltip="the job before"),
    Binding("right_square_bracket", "job(1)", "job", key_display="]", id="digits.job_next", tooltip="the next job"),
    Binding("c", "copy", "copy", id="digits.copy", show=False, tooltip="copy the id of the job"),
    Binding(
        "escape",
        "back",
        "back",
        id="digits.back",
        show=False,
        tooltip="back to all digits; no filter",
    ),
]
