"""A table of the queue file as a form shows it: what each field holds, where that comes from, what has no effect."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.errors import EngineError
from engine.plan.experiment import Experiment
from engine.plan.jobs import Value
from engine.plan.queuefile import QueueFile
from engine.plan.settings import without_effect
from tui.editing import edits
from tui.editing.document import Document
from tui.editing.edits import Place
from tui.editing.fields import Field, fields_of
from tui.editing.sweeptext import said, text_of
from tui.widgets.form import FieldLine


class FormTable:
    """One table of a document, read anew each time."""

    def __init__(self, document: Document, place: Place) -> None:
        self.document, self.place = document, place
        self._fields = fields_of(place[0])

    @property
    def experiment(self) -> Experiment | None:
        """The experiment as it stands, where the table is one's."""
        return self.found_in(self.document.queue)

    def found_in(self, queue: QueueFile | None) -> Experiment | None:
        """The experiment in a plan of this file."""
        if queue is None or len(self.place) == 1 or self.place[1] >= len(queue.experiments):
            return None
        return queue.experiments[self.place[1]]

    @property
    def name(self) -> str:
        """What it is called: by the experiment, or by the table."""
        experiment = self.experiment
        return experiment.name if experiment else f"[{self.place[0]}]"

    def lines(self) -> list[FieldLine]:
        """Every field."""
        table = self._given()
        experiment = self.experiment
        idle = without_effect(experiment.settings.model_dump()) if experiment else {}
        return [self._line(field, table, idle) for field in self._fields]

    def _given(self) -> Mapping[str, Any]:
        return edits.table_of(self.document.text, self.place)

    def _line(self, field: Field, table: Mapping[str, Any], idle: Mapping[str, str]) -> FieldLine:
        swept = table.get("sweep", {}).get(field.name)
        if swept is not None:
            return FieldLine(field, text_of(field.canonical(swept)), "swept", f"{len(swept)} values")
        why = f"no effect: {idle[field.name]}" if field.name in idle else ""
        if field.name in table:
            return FieldLine(field, said(field.canonical(table[field.name])), "own", why)
        return FieldLine(field, said(self.inherited(field)), "idle" if why else "inherited", why)

    def inherited(self, field: Field) -> Any:
        """What holds where the table itself says nothing."""
        if self.place[0] != "experiment":
            return field.default
        defaults = edits.table_of(self.document.text, ("defaults",))
        return field.canonical(defaults.get(field.name, field.default))

    def current(self, field: Field) -> list[Any]:
        """The values of a field, several where it is swept."""
        table = self._given()
        swept = table.get("sweep", {}).get(field.name)
        found = table.get(field.name, self.inherited(field)) if swept is None else swept
        return list(field.canonical(found if isinstance(found, list) else [found]))

    def sweeps(self, field: Field) -> bool:
        """Whether several values may be given: settings are swept, and only in experiments."""
        return field.swept and self.place[0] == "experiment"

    def edit(self, field: Field, values: Sequence[Value] | None) -> Callable[[str], str]:
        """The edit of the file's text that gives a field these values."""
        return lambda text: edits.put(text, self.place, field.name, values, listed=field.kind == "list")

    def others(self) -> list[str]:
        """The experiments beside it."""
        return [name for place, name in enumerate(edits.names(self.document.text)) if place != self.place[-1]]


def said_of(error: EngineError, name: str) -> str:
    """What is wrong and what is allowed; where, only if it is not the field `name` that the person is in."""
    fault = error.faults[0]
    key = fault.key.rpartition(": ")[2]
    where = f"{key}: " if key and key != name and key not in fault.message else ""
    return where + fault.message + (f"\n{fault.allowed}" if fault.allowed else "")
