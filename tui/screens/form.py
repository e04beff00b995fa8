"""The form: every field of an experiment, of the defaults, or of `[run]`; a change holds at once, z undoes it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from engine.errors import EngineError
from engine.plan.jobs import Value
from tui.editing.document import Document
from tui.editing.edits import Place
from tui.editing.fields import Field, typed
from tui.editing.sweeptext import said, text_of
from tui.keys import with_keys
from tui.screens.form_table import FormTable, said_of
from tui.screens.pick import Pick
from tui.widgets.fieldpanel import FieldPanel
from tui.widgets.form import Form, FormTitle
from tui.widgets.keyline import KeyLine, offer_only
from tui.widgets.rows import Rows

if TYPE_CHECKING:
    from tui.screens.desk import Desk

SWEPT = "it is swept: <form.edit> changes its values, <form.unset> takes the sweep away"
UNDO = Binding.Group("undo/redo", compact=True)


class FormScreen(Screen[None]):
    """Edits one table of the queue file."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "edit",
            "edit",
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

    def __init__(self, desk: "Desk", document: Document, place: Place) -> None:
        super().__init__()
        self._desk, self._document = desk, document
        self._table = FormTable(document, place)

    def compose(self) -> ComposeResult:
        """The top line, title, fields, the panel below."""
        yield self._desk.screen.header(elsewhere=True)
        yield FormTitle()
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

    def on_mount(self) -> None:
        """Fill it. Where nothing may be changed, no key for that is offered."""
        if self._refusal:
            offer_only(self, {"close": ""})
        self._fill()
        self.form.focus()

    @property
    def _refusal(self) -> str:
        """Why nothing can be changed, if so."""
        return self._desk.screen.refusal if self._document.read_only else ""

    def _refused(self) -> bool:
        """Whether nothing can be changed; then that is said."""
        refusal = self._refusal
        if refusal:
            self.panel.verdict(refusal, good=False)
        return bool(refusal)

    def _fill(self) -> None:
        self.form.set_fields(self._table.lines())
        experiment = self._table.experiment
        self.query_one(FormTitle).show(self._table.name, self._desk.cost(experiment) if experiment else "")
        self._describe()

    @on(Rows.Moved, "#form")
    def _describe(self) -> None:
        chosen = self.form.chosen
        if chosen is not None and not self.panel.typing:
            value = said(self._table.inherited(chosen.field)) or "nothing"
            self.panel.describe(chosen.field, "required" if chosen.field.name == "name" else f"{value} by default")

    # changing

    def _apply(self, field: Field, values: Sequence[Value] | None) -> bool:
        try:
            self._document.apply(f"{field.name} of {self._table.name}", self._table.edit(field, values))
        except EngineError as error:
            self.panel.verdict(said_of(error, field.name), good=False)
            return False
        self.panel.verdict("", good=True)
        self._desk.refresh()
        self._fill()
        return True

    def action_edit(self) -> None:
        """Pick from choices, or type."""
        chosen = self.form.chosen
        if chosen is None or self._refused():
            return
        field = chosen.field
        sweeps = self._table.sweeps(field)
        if field.kind == "bool" or field.closed:
            choices = ("on", "off") if field.kind == "bool" else field.choices
            now = [said(value) for value in self._table.current(field)]
            self.app.push_screen(
                Pick(field.name, choices, now, several=sweeps), lambda words: self._picked(field, words)
            )
            return
        now = self._table.current(field)
        self._type(said(now) if field.kind == "text" and not sweeps else text_of(now))

    def _picked(self, field: Field, words: Sequence[str] | None) -> None:
        if words:
            self._apply(field, [word == "on" for word in words] if field.kind == "bool" else list(words))

    def _type(self, text: str) -> None:
        chosen = self.form.chosen
        if chosen is not None:
            self.panel.open(chosen.field, text, sweeps=self._table.sweeps(chosen.field))

    def on_key(self, event: events.Key) -> None:
        """A digit begins to type in a field of numbers."""
        chosen = self.form.chosen
        number = chosen is not None and chosen.field.kind in ("int", "float")
        if not self.panel.typing and number and event.character and event.character in "0123456789.-":
            event.stop()
            if not self._refused():
                self._type(event.character)
                self._judge(event.character)

    def on_field_panel_typed(self, event: FieldPanel.Typed) -> None:
        """Another text."""
        self._judge(event.text)

    def _judge(self, text: str) -> None:
        """Say what would come of it."""
        chosen = self.form.chosen
        if chosen is None:
            return
        try:
            values = typed(chosen.field, text, sweeps=self._table.sweeps(chosen.field))
            experiment = self._table.found_in(self._document.try_edit(self._table.edit(chosen.field, values)))
        except (ValueError, EngineError) as error:
            fault = said_of(error, chosen.field.name) if isinstance(error, EngineError) else str(error)
            self.panel.verdict(fault, good=False)
            return
        several = values is not None and len(values) > 1 and chosen.field.swept
        told = [f"{len(values)} values: {text_of(values)}"] if values and several else []
        if experiment is not None:
            told.append(self._desk.cost(experiment))
        self.panel.verdict("\n".join(told), good=True)

    def on_field_panel_taken(self, event: FieldPanel.Taken) -> None:
        """Change the field, unless something is wrong with it."""
        self._take(event.text)

    def _take(self, text: str) -> bool:
        """Whether the field now holds what was typed."""
        chosen = self.form.chosen
        if chosen is None:
            return False
        try:
            values = typed(chosen.field, text, sweeps=self._table.sweeps(chosen.field))
        except ValueError as error:
            self.panel.verdict(str(error), good=False)
            return False
        taken = self._apply(chosen.field, values)
        if taken:
            self._end_typing()
        return taken

    def on_field_panel_left(self) -> None:
        """Leave the field as it was."""
        self._end_typing()

    def _end_typing(self) -> None:
        self.panel.close()
        self.form.focus()
        self._describe()

    def action_next(self, step: int) -> None:
        """The next choice; a sweep is not thrown away for it."""
        chosen = self.form.chosen
        if chosen is None or self._refused():
            return
        if chosen.state == "swept":
            self.panel.verdict(with_keys(self.app, SWEPT), good=True)
            return
        field, now = chosen.field, self._table.current(chosen.field)
        if field.kind == "bool":
            self._apply(field, [not now[0]])
        elif field.choices:
            place = field.choices.index(now[0]) + step if now and now[0] in field.choices else 0
            self._apply(field, [field.choices[place % len(field.choices)]])

    def action_unset(self) -> None:
        """Back to the default."""
        chosen = self.form.chosen
        if chosen is None or self._refused():
            return
        if chosen.state in ("own", "swept") and chosen.field.name != "name":
            self._apply(chosen.field, None)

    def action_undo(self) -> None:
        """Undo, while the experiment of the form is still there."""
        self._step(self._document.undo, self._document.redo)

    def action_redo(self) -> None:
        """Redo, likewise."""
        self._step(self._document.redo, self._document.undo)

    def _step(self, step: Callable[[], str | None], back: Callable[[], str | None]) -> None:
        if self._refused():
            return
        before = self._table.others()
        step()
        if self._table.others() != before:
            # What lies further back concerns other experiments, and is undone where those can be seen.
            back()
            return
        self._desk.refresh()
        self._fill()

    def action_save(self) -> None:
        """Take what is being typed, then write the file."""
        if not self.panel.typing or self._take(self.panel.text):
            self._desk.save()

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)
