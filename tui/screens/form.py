"""The form: every field of an experiment, of the defaults, or of `[run]`; a change holds at once, z undoes it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from engine.errors import EngineError
from engine.plan.experiment import Experiment
from engine.plan.jobs import Value
from engine.plan.queuefile import QueueFile
from engine.plan.settings import without_effect
from engine.text import visible
from tui.editing import edits
from tui.editing.document import Document
from tui.editing.edits import Place
from tui.editing.fields import Field, fields_of, typed
from tui.editing.sweeptext import said, text_of
from tui.screens.pick import Pick
from tui.widgets.fieldpanel import FieldPanel
from tui.widgets.form import FieldLine, Form
from tui.widgets.keyline import KeyLine
from tui.widgets.rows import Rows

UNDO = Binding.Group("undo/redo", compact=True)


class FormScreen(Screen[None]):
    """Edits one table of the queue file."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "edit",
            "edit",
            key_display="enter",
            id="form.edit",
            tooltip="type a value, a list or a range, or pick",
        ),
        Binding("escape,q", "close", "done", id="form.close", tooltip="back to the queue; what was changed holds"),
        Binding("space,right", "next(1)", "next choice", id="form.next", tooltip="the next of the choices; on or off"),
        Binding("left", "next(-1)", "previous choice", id="form.previous", show=False, tooltip="the choice before"),
        Binding("x,delete,backspace", "unset", "default", id="form.unset", tooltip="back to what it is by default"),
        Binding("z", "undo", "undo/redo", id="form.undo", group=UNDO, tooltip="take the last change back"),
        Binding("Z", "redo", "undo/redo", id="form.redo", group=UNDO, tooltip="make it again"),
        Binding("ctrl+s", "save", "save", id="form.save", tooltip="write the queue file, its comments kept"),
    ]

    def __init__(
        self,
        document: Document,
        place: Place,
        changed: Callable[[], None],
        cost: Callable[[Experiment], str],
        save: Callable[[], None],
    ) -> None:
        super().__init__()
        self._save = save
        self._document, self._place, self._changed, self._cost = document, place, changed, cost
        self._fields = fields_of(place[0])

    def compose(self) -> ComposeResult:
        """Title, fields, the panel below."""
        yield Static(id="form-title")
        yield Form(id="form")
        yield FieldPanel()
        yield KeyLine()

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    @property
    def panel(self) -> FieldPanel:
        """What is below."""
        return self.query_one(FieldPanel)

    @property
    def experiment(self) -> Experiment | None:
        """The experiment as it stands, where the form is one's."""
        return self._in(self._document.queue)

    def _in(self, queue: QueueFile | None) -> Experiment | None:
        if queue is None or len(self._place) == 1 or self._place[1] >= len(queue.experiments):
            return None
        return queue.experiments[self._place[1]]

    def on_mount(self) -> None:
        """Fill it."""
        self._fill()
        self.form.focus()

    def _fill(self) -> None:
        table = edits.table_of(self._document.text, self._place)
        self.form.set_fields([self._line(field, table) for field in self._fields])
        experiment = self.experiment
        title = Text(f" {visible(experiment.name) if experiment else f'[{self._place[0]}]'}", style="bold")
        if experiment is not None:
            title.append(f"   {self._cost(experiment)}", style="not bold")
        self.query_one("#form-title", Static).update(title)
        self._describe()

    def _line(self, field: Field, table: Mapping[str, Any]) -> FieldLine:
        swept = table.get("sweep", {}).get(field.name)
        experiment = self.experiment
        idle = without_effect(experiment.settings.model_dump()) if experiment else {}
        if swept is not None:
            return FieldLine(field, text_of(field.canonical(swept)), "swept", f"{len(swept)} values")
        if field.name in table:
            why = f"no effect: {idle[field.name]}" if field.name in idle else ""
            return FieldLine(field, said(field.canonical(table[field.name])), "own", why)
        why = f"no effect: {idle[field.name]}" if field.name in idle else ""
        return FieldLine(field, said(self._inherited(field)), "idle" if why else "inherited", why)

    def _inherited(self, field: Field) -> Any:
        """What holds where the table itself says nothing."""
        if self._place[0] != "experiment":
            return field.default
        defaults = edits.table_of(self._document.text, ("defaults",))
        return field.canonical(defaults.get(field.name, field.default))

    @on(Rows.Moved, "#form")
    def _describe(self) -> None:
        chosen = self.form.chosen
        if chosen is not None and not self.panel.typing:
            value = said(self._inherited(chosen.field)) or "nothing"
            self.panel.describe(chosen.field, f"{value} by default")

    # changing

    def _current(self, field: Field) -> list[Any]:
        table = edits.table_of(self._document.text, self._place)
        swept = table.get("sweep", {}).get(field.name)
        found = table.get(field.name, self._inherited(field)) if swept is None else swept
        return list(field.canonical(found if isinstance(found, list) else [found]))

    def _sweeps(self, field: Field) -> bool:
        """Whether several values may be given: settings are swept, and only in experiments."""
        return field.swept and self._place[0] == "experiment"

    def _edit(self, field: Field, values: Sequence[Value] | None) -> Callable[[str], str]:
        return lambda text: edits.put(text, self._place, field.name, values, listed=field.kind == "list")

    def _apply(self, field: Field, values: Sequence[Value] | None) -> bool:
        try:
            self._document.apply(f"{field.name} of {self._named}", self._edit(field, values))
        except EngineError as error:
            self.panel.verdict(said_of(error), good=False)
            return False
        self.panel.verdict("", good=True)
        self._changed()
        self._fill()
        return True

    @property
    def _named(self) -> str:
        experiment = self.experiment
        return experiment.name if experiment else f"[{self._place[0]}]"

    def action_edit(self) -> None:
        """Pick from choices, or type."""
        chosen = self.form.chosen
        if chosen is None:
            return
        field = chosen.field
        sweeps = self._sweeps(field)
        if field.kind == "bool" or field.closed:
            choices = ("on", "off") if field.kind == "bool" else field.choices
            now = [said(value) for value in self._current(field)]
            self.app.push_screen(
                Pick(field.name, choices, now, several=sweeps), lambda words: self._picked(field, words)
            )
            return
        self._type(text_of(self._current(field)) if field.kind != "text" or sweeps else said(self._current(field)))

    def _picked(self, field: Field, words: Sequence[str] | None) -> None:
        if words:
            self._apply(field, [word == "on" for word in words] if field.kind == "bool" else list(words))

    def _type(self, text: str) -> None:
        chosen = self.form.chosen
        if chosen is not None:
            self.panel.open(chosen.field, text, sweeps=self._sweeps(chosen.field))

    def on_key(self, event: events.Key) -> None:
        """A digit begins to type in a field of numbers."""
        chosen = self.form.chosen
        number = chosen is not None and chosen.field.kind in ("int", "float")
        if not self.panel.typing and number and event.character and event.character in "0123456789.-":
            event.stop()
            self._type(event.character)

    def on_field_panel_typed(self, event: FieldPanel.Typed) -> None:
        """Say what would come of it."""
        chosen = self.form.chosen
        if chosen is None:
            return
        try:
            values = typed(chosen.field, event.text, sweeps=self._sweeps(chosen.field))
            experiment = self._in(self._document.try_edit(self._edit(chosen.field, values)))
        except (ValueError, EngineError) as error:
            self.panel.verdict(said_of(error) if isinstance(error, EngineError) else str(error), good=False)
            return
        several = (
            f"{len(values)} values: {text_of(values)}" if values and len(values) > 1 and chosen.field.swept else ""
        )
        self.panel.verdict("\n".join(filter(None, [several, self._cost(experiment) if experiment else ""])), good=True)

    def on_field_panel_taken(self, event: FieldPanel.Taken) -> None:
        """Change the field, unless something is wrong with it."""
        chosen = self.form.chosen
        if chosen is None:
            return
        try:
            values = typed(chosen.field, event.text, sweeps=self._sweeps(chosen.field))
        except ValueError as error:
            self.panel.verdict(str(error), good=False)
            return
        if self._apply(chosen.field, values):
            self._end_typing()

    def on_field_panel_left(self) -> None:
        """Leave the field as it was."""
        self._end_typing()

    def _end_typing(self) -> None:
        self.panel.close()
        self.form.focus()
        self._describe()

    def action_next(self, step: int) -> None:
        """The next choice."""
        chosen = self.form.chosen
        if chosen is None:
            return
        field, now = chosen.field, self._current(chosen.field)
        if field.kind == "bool":
            self._apply(field, [not now[0]])
        elif field.choices:
            place = field.choices.index(now[0]) + step if now and now[0] in field.choices else 0
            self._apply(field, [field.choices[place % len(field.choices)]])

    def action_unset(self) -> None:
        """Back to the default."""
        chosen = self.form.chosen
        if chosen is not None and chosen.state in ("own", "swept") and chosen.field.name != "name":
            self._apply(chosen.field, None)

    def action_undo(self) -> None:
        """Undo, while the experiment of the form is still there."""
        self._step(self._document.undo, self._document.redo)

    def action_redo(self) -> None:
        """Redo, likewise."""
        self._step(self._document.redo, self._document.undo)

    def _step(self, step: Callable[[], str | None], back: Callable[[], str | None]) -> None:
        before = self._others()
        step()
        if self._others() != before:
            # What lies further back concerns other experiments, and is undone where those can be seen.
            back()
            return
        self._changed()
        self._fill()

    def _others(self) -> list[str]:
        names = edits.names(self._document.text)
        return [name for place, name in enumerate(names) if place != self._place[-1]]

    def action_save(self) -> None:
        """Write the file."""
        self._save()

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)


def said_of(error: EngineError) -> str:
    """What is wrong and what is allowed, without the line of a file that nobody has written yet."""
    fault = error.faults[0]
    key = f"{fault.key}: " if fault.key and fault.key not in fault.message else ""
    return key + fault.message + (f"\n{fault.allowed}" if fault.allowed else "")
