"""Nine digits of the data set and the layers of the model, before anything is trained."""

import json
from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap
from typing import Any

from rich.text import Text

from engine.errors import EngineError
from engine.plan.experiment import Experiment
from engine.results.digits import gallery, picture
from engine.text import visible
from tui.screens.dialogs import Page

Ask = Callable[[str, str], Mapping[str, Any]]


class InspectPage(Page):
    """Asks in threads, since the answers take seconds, and shows each as it comes."""

    def __init__(self, experiment: Experiment, ask: Ask, *, ascii_only: bool) -> None:
        super().__init__(f"{experiment.name}: data and model", [Text("looking into the data set ...", style="dim")])
        self._config = experiment.settings.model_dump()
        self._ask, self._ascii = ask, ascii_only
        self._data: list[Text] = [Text("looking into the data set ...", style="dim")]
        self._model: list[Text] = [Text("building the model; the first time takes some seconds ...", style="dim")]

    def on_mount(self) -> None:
        """Begin to ask."""
        super().on_mount()
        self._fill()
        self.run_worker(self._look, thread=True, exit_on_error=False)

    def _look(self) -> None:
        width = max(40, self.app.size.width - 10)
        for kind, argument in (("data", str(self._config["dataset"])), ("model", json.dumps(self._config))):
            try:
                found = self._ask(kind, argument)
                used = int(self._config["train_samples"])
                lines = data_lines(found, width, used, ascii_only=self._ascii) if kind == "data" else model_lines(found)
            except EngineError as error:
                lines = [visible(line) for line in str(error).split("\n")]
            if not self.is_attached:
                return
            self.app.call_from_thread(self._came, kind, [Text(line) for line in lines])

    def _came(self, kind: str, lines: list[Text]) -> None:
        if kind == "data":
            self._data = lines
        else:
            self._model = lines
        self._fill()

    def _fill(self) -> None:
        if self.is_mounted:
            self.show(self._title, [*self._data, Text(""), *self._model])


def data_lines(found: Mapping[str, Any], width: int, used: int = 0, *, ascii_only: bool) -> list[str]:
    """A data set in text: shapes, counts, its first nine digits; `used` is how many are trained with, 0 for all."""
    counts = "a class: " + "  ".join(f"{n}: {count:,}" for n, count in enumerate(found["class_counts_train"][:10]))
    fewer = [f"trained with the first {used:,} of training"] if 0 < used < found["train_shape"][0] else []
    lines = [
        visible(str(found["name"])),
        f"training {shape(found['train_shape'])}   test {shape(found['test_shape'])}   {found['dtype']}",
        *fewer,
        "a minibatch: " + ", ".join(f"{name} {shape(sizes)}" for name, sizes in found["batch_shapes"].items()),
        *wrap(counts, width, subsequent_indent=" " * 9),
        "",
    ]
    style = "ascii" if ascii_only else "braille"
    pictures = [picture(sample["image"], style, width) for sample in found["samples"]]
    return lines + gallery(pictures, [f"label {sample['label']}" for sample in found["samples"]], width).split("\n")


def shape(sizes: Sequence[int]) -> str:
    """`60000 x 28 x 28`."""
    return " x ".join(map(str, sizes))


def model_lines(found: Mapping[str, Any]) -> list[str]:
    """The layers of a model, and its parameters in sum."""
    rows = [("layer", "type", "output", "parameters")]
    for layer in found["layers"]:
        output = " x ".join(map(str, layer["output_shape"][1:]))
        rows.append((visible(layer["name"]), visible(layer["type"]), output, f"{layer['parameters']:,}"))
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    lines = [
        f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {output:<{widths[2]}}  {number:>{widths[3]}}"
        for name, kind, output, number in rows
    ]
    total = f"{found['total']:,} parameters, {found['trainable']:,} trainable, {found['non_trainable']:,} not"
    return [*lines, total]
