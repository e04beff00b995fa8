"""The keys of the Log tab."""

from textual.binding import Binding, BindingType

KEYS: list[BindingType] = [
    Binding(
        "enter",
        "open",
        "open",
        show=False,
        id="log.open",
        tooltip="from the list of jobs to the log",
    ),
    Binding("slash", "search", "search", key_display="/", id="log.search", tooltip="look for words in the log"),
    Binding("n", "step(1)", "next", id="log.next", tooltip="the next line found"),
    Binding("N", "step(-1)", "before", id="log.before", tooltip="the line found before"),
    Binding("o", "jobs", "jobs", id="log.jobs", tooltip="the list of jobs, shown or hidden"),
    Binding("left_square_bracket", "job(-1)", "job", key_display="[", id="log.job_before", tooltip="the job before"),
    Binding("right_square_bracket", "job(1)", "job", key_display="]", id="log.job_next", tooltip="the next job"),
    Binding("c", "copy", "copy", id="log.copy", show=False, tooltip="copy the id of the job"),
    Binding("escape", "back", "back", id="log.back", show=False, tooltip="what was looked for stands out no more"),
]
