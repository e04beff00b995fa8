"""What can be undone: every state that was left, and every one that was undone, each with what led to it."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class History(Generic[T]):
    """The states of one thing, from the oldest; `now` is the present one."""

    now: T
    _before: list[tuple[str, T]] = field(default_factory=list)
    _after: list[tuple[str, T]] = field(default_factory=list)

    def go(self, label: str, state: T) -> None:
        """`label` says what led to the new state; what was undone before is gone. The same state is no step."""
        if state != self.now:
            self._before.append((label, self.now))
            self._after.clear()
            self.now = state

    def undo(self) -> str | None:
        """Back by one step. Returns its label, or None where there is none."""
        if not self._before:
            return None
        label, state = self._before.pop()
        self._after.append((label, self.now))
        self.now = state
        return label

    def redo(self) -> str | None:
        """Forward by one step that was undone. Returns its label, or None where there is none."""
        if not self._after:
            return None
        label, state = self._after.pop()
        self._before.append((label, self.now))
        self.now = state
        return label
