"""Three-way merge of queue files by what they mean: experiment by experiment, key by key."""

import copy
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from engine.errors import UsageError
from engine.plan import editor
from tui.editing.linemerge import merged_lines

Side: TypeAlias = Literal["ours", "theirs"]
Key: TypeAlias = tuple[str, ...]
Table: TypeAlias = dict[Key, Any]

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


@dataclass
class Merge:
    """What came of a merge: the text, unless there are conflicts that nobody has decided."""

    text: str | None
    conflicts: list[Conflict] = field(default_factory=list)


def merge(base: str, ours: str, theirs: str, answers: Mapping[tuple[str, Key], Side] | None = None) -> Merge:
    """`theirs` with the changes that lead from `base` to `ours`; all three are valid TOML.

    `answers` decides conflicts by their `name`. Raises UsageError where the file is written in a way that no edit
    would survive.
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
        answers: Mapping[tuple[str, Key], Side],
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
        answer = self.answers.get(conflict.name)
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


def unique(tables: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The experiments, each under a name of its own: one side may have given a name that the other gave too."""
    found: dict[str, dict[str, Any]] = {}
    for table in tables:
        name = table["name"]
        if name in found:
            if same(table, found[name]):
                continue
            name = free_name(name, {*found, *(other["name"] for other in tables)})
        found[name] = table | {"name": name}
    return list(found.values())


def woven(lead: Sequence[str], other: Sequence[str]) -> list[str]:
    """`lead`, with what only `other` has put in behind whatever it stands behind there."""
    order = list(lead)
    for place, name in enumerate(other):
        if name not in order:
            before = next((n for n in reversed(other[:place]) if n in order), None)
            order.insert(0 if before is None else order.index(before) + 1, name)
    return order


def renames(base: Sequence[Mapping[str, Any]], side: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Names of `side` that are new, with the names in `base` that they most likely had before.

    An experiment was renamed where all but its name is as before, or where it stands between the same neighbours.
    """
    old = [table["name"] for table in base]
    new = [table["name"] for table in side]
    lost = [place for place, name in enumerate(old) if name not in new]
    fresh = [place for place, name in enumerate(new) if name not in old]
    found: dict[str, str] = {}
    for there in fresh:
        alike = [here for here in lost if same(_nameless(base[here]), _nameless(side[there]))]
        near = [here for here in lost if _neighbours(old, here) == _neighbours(new, there)]
        if alike or near:
            here = (alike or near)[0]
            found[new[there]] = old[here]
            lost.remove(here)
    return found


def _nameless(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != "name"}


def _neighbours(names: Sequence[str], place: int) -> tuple[str | None, str | None]:
    return names[place - 1] if place else None, names[place + 1] if place + 1 < len(names) else None


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same type throughout: in TOML, 1, 1.0 and true are three values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def flat(table: Mapping[str, Any]) -> Table:
    """A table with a sweep's settings beside its own keys."""
    found: Table = {}
    for key, value in table.items():
        if key == "sweep" and isinstance(value, Mapping):
            found |= {("sweep", name): values for name, values in value.items()}
        else:
            found[(key,)] = value
    return found


def nested(table: Table) -> dict[str, Any]:
    """The reverse of `flat`."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if len(key) == 1:
            found[key[0]] = copy.deepcopy(value)
        else:
            found.setdefault(key[0], {})[key[1]] = copy.deepcopy(value)
    return found


def free_name(name: str, taken: object) -> str:
    """`name`, or `name-2`, `name-3` … where it is taken."""
    names: Any = taken
    number, free = 2, name
    while free in names:
        free, number = f"{name}-{number}", number + 1
    return free


def rewritten(text: str, meant: Mapping[str, Any]) -> str:
    """`text`, edited until it means `meant`. Raises UsageError where no edit leads there."""
    for name in ("run", "defaults"):
        text = _table_rewritten(text, (name,), tomllib.loads(text).get(name, {}), meant.get(name, {}))
    wanted: list[dict[str, Any]] = list(meant.get("experiment", []))
    names = [table["name"] for table in wanted]
    has = tomllib.loads(text).get("experiment", [])
    for new, old in renames(has, wanted).items():
        number = [table["name"] for table in has].index(old)
        text = editor.set_value(text, ("experiment", number), "name", new)
    has = tomllib.loads(text).get("experiment", [])
    for number in reversed(range(len(has))):
        if has[number]["name"] not in names:
            text = editor.delete_experiment(text, number)
    has = [table["name"] for table in tomllib.loads(text).get("experiment", [])]
    for table in wanted:
        if table["name"] not in has:
            values = {key: value for key, value in table.items() if key != "sweep"}
            text = editor.add_experiment(text, values, table.get("sweep"))
            has.append(table["name"])
    for place, name in enumerate(names):
        number = has.index(name)
        if number != place:
            text = editor.move_experiment(text, number, place)
            has.insert(place, has.pop(number))
    for number, table in enumerate(wanted):
        text = _table_rewritten(text, ("experiment", number), tomllib.loads(text)["experiment"][number], table)
    if not same(_pruned(tomllib.loads(text)), _pruned(dict(meant))):
        raise UsageError("the two versions of the queue file cannot be brought together key by key")
    return text


def _table_rewritten(text: str, path: tuple[str | int, ...], has: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    before, after = flat(has), flat(wanted)
    for key in dict.fromkeys([*before, *after]):
        value = after.get(key)
        if key in before and key in after and same(before[key], after[key]):
            continue
        if len(key) == 2:
            text = editor.set_sweep(text, int(path[1]), key[1], value)
        else:
            text = editor.set_value(text, path, key[0], value)
    return text


def _pruned(document: dict[str, Any]) -> dict[str, Any]:
    """Without tables that say nothing, and without empty sweeps."""
    found = {name: value for name, value in document.items() if value not in ({}, [])}
    if "experiment" in found:
        found["experiment"] = [
            {key: value for key, value in table.items() if key != "sweep" or value} for table in found["experiment"]
        ]
    return found
