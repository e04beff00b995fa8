"""Three-way merge of queue files by what they mean: experiment by experiment, key by key."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tui.editing.linemerge import merged_lines
from tui.editing.rewrite import rewritten
from tui.editing.tables import Key, Table, flat, free_name, nested, renames, same, unique, woven

Side: TypeAlias = Literal["ours", "theirs"]

NAME: Key = ("name",)


class _Missing:
    """What a key that is not there has for a value."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = _Missing()


@dataclass(frozen=True)
class Conflict:
    """One thing that both sides changed, each in its own way.

    Of a whole experiment `key` is empty, of the order of all `table` too.
    """

    table: str
    key: Key
    ours: Any
    theirs: Any

    @property
    def name(self) -> tuple[str, Key]:
        """What an answer is given for."""
        return self.table, self.key


# What was decided, by the conflict's name: for this conflict, this side.
Answers: TypeAlias = Mapping[tuple[str, Key], tuple[Conflict, Side]]


@dataclass
class Merge:
    """What came of a merge: the text, unless there are conflicts that nobody has decided."""

    text: str | None
    conflicts: list[Conflict] = field(default_factory=list)


def merge(base: str, ours: str, theirs: str, answers: Answers | None = None) -> Merge:
    """`theirs` with the changes that lead from `base` to `ours`; all three are valid TOML.

    `answers` decides conflicts, each as long as it is the one that was asked about. Raises UsageError where the file is
    written in a way that no edit would survive.
    """
    if ours in (theirs, base):
        return Merge(theirs)
    if theirs == base:
        return Merge(ours)
    work = _Work(tomllib.loads(base), tomllib.loads(ours), tomllib.loads(theirs), answers or {})
    meant = work.merged()
    if work.conflicts:
        return Merge(None, work.conflicts)
    by_lines = merged_lines(base, ours, theirs)
    if by_lines is not None and _means(by_lines) == meant:
        return Merge(by_lines)
    return Merge(rewritten(theirs, meant))


def _means(text: str) -> Any:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None


class _Work:
    """Merges the documents, and collects what touches."""

    def __init__(
        self,
        base: dict[str, Any],
        ours: dict[str, Any],
        theirs: dict[str, Any],
        answers: Answers,
    ) -> None:
        self.base, self.ours, self.theirs = base, ours, theirs
        self.answers = answers
        self.conflicts: list[Conflict] = []

    def merged(self) -> dict[str, Any]:
        """The document that both sides mean; of no use where there are conflicts."""
        document: dict[str, Any] = {}
        for name in dict.fromkeys([*self.theirs, *self.ours]):
            if name == "experiment":
                continue
            sides = [doc.get(name, {}) for doc in (self.base, self.ours, self.theirs)]
            if any(not isinstance(side, dict) for side in sides):
                sides = [{"": side} if not isinstance(side, dict) else side for side in sides]
            table = self._table(f"[{name}]", *map(flat, sides))
            if table or name in self.theirs or name in self.ours:
                document[name] = nested(table)
        experiments = self._experiments()
        if experiments:
            document["experiment"] = experiments
        return document

    def _decide(self, conflict: Conflict) -> Any:
        """What the person said, or a conflict more."""
        asked, answer = self.answers.get(conflict.name, (conflict, None))
        if not (same(asked.ours, conflict.ours) and same(asked.theirs, conflict.theirs)):
            answer = None  # another value by now than the one that the person was shown
        if answer is None:
            self.conflicts.append(conflict)
        return conflict.ours if answer == "ours" else conflict.theirs

    def _value(self, table: str, key: Key, base: Any, ours: Any, theirs: Any) -> Any:
        if same(ours, theirs) or same(theirs, base):
            return ours
        return theirs if same(ours, base) else self._decide(Conflict(table, key, ours, theirs))

    def _table(self, name: str, base: Table, ours: Table, theirs: Table) -> Table:
        values = {
            key: self._value(name, key, *(side.get(key, MISSING) for side in (base, ours, theirs)))
            for key in dict.fromkeys([*theirs, *ours, *base])
        }
        return {key: value for key, value in values.items() if value is not MISSING}

    def _experiments(self) -> list[dict[str, Any]]:
        base, ours, theirs = (doc.get("experiment", []) for doc in (self.base, self.ours, self.theirs))
        our_names, their_names = renames(base, ours), renames(base, theirs)
        sides = [
            {table["name"]: flat(table) for table in base},
            {our_names.get(table["name"], table["name"]): flat(table) for table in ours},
            {their_names.get(table["name"], table["name"]): flat(table) for table in theirs},
        ]
        kept: dict[str, dict[str, Any]] = {}
        for name in dict.fromkeys([*sides[2], *sides[1]]):
            was, mine, other = (side.get(name) for side in sides)
            table = self._experiment(name, was, mine, other, kept)
            if table is not None:
                kept[name] = table
        order = self._order(list(sides[0]), list(sides[1]), list(sides[2]), kept)
        return unique([kept[name] for name in order])

    def _experiment(
        self, name: str, base: Table | None, ours: Table | None, theirs: Table | None, kept: dict[str, dict[str, Any]]
    ) -> dict[str, Any] | None:
        if ours is not None and theirs is not None:
            if base is None and not same(ours, theirs):
                # Two experiments that happen to be called alike: both stay, ours under another name.
                taken = {table[NAME] for table in (ours, theirs)} | set(kept)
                other = free_name(name, taken)
                kept[other] = nested(ours | {NAME: other})
                return nested(theirs)
            return nested(self._table(name, base or {}, ours, theirs))
        found, gone = (ours, "theirs") if theirs is None else (theirs, "ours")
        if base is None:
            return nested(found) if found is not None else None
        if same(found, base):
            return None
        pair = (found, MISSING) if gone == "theirs" else (MISSING, found)
        chosen = self._decide(Conflict(name, (), *pair))
        return None if chosen is MISSING or chosen is None else nested(chosen)

    def _order(self, base: list[str], ours: list[str], theirs: list[str], kept: Mapping[str, object]) -> list[str]:
        common = [name for name in base if name in ours and name in theirs]
        our_order = [name for name in ours if name in common]
        their_order = [name for name in theirs if name in common]
        lead, other = ours, theirs
        if our_order == common:
            lead, other = theirs, ours
        elif their_order not in (common, our_order):
            chosen = self._decide(Conflict("", (), our_order, their_order))
            lead, other = (theirs, ours) if chosen is their_order else (ours, theirs)
        return [name for name in woven(lead, [*other, *kept]) if name in kept]
