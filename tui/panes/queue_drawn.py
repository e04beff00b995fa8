"""What the map of an experiment shows, as a thread makes it: cells, effects, what is fixed, what is left to be run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.results.durations import counted
from engine.results.maptext import averaged, fixed_words, head_text, map_notes
from engine.results.metrics import METRICS
from engine.results.rows import JobRow
from engine.results.states import Latest
from engine.results.sweepmap import SIDES, At, Place, SweepMap, sweep_map, swept, values_of, with_values
from tui.panes.queue_list import Item

if TYPE_CHECKING:
    from engine.results.effects import Effects

METRIC = "test_accuracy"
NOTHING_FIXED: Mapping[str, At] = {}


@dataclass(frozen=True, eq=False)
class Drawn:
    """A map of an experiment, with the fields that vary among the jobs it counts, and their effects where there are
    more than two. `choices` are the values at which each field that varies in the whole sweep may be fixed.
    """

    name: str
    places: tuple[Place, ...]
    varied: tuple[str, ...]
    found: SweepMap | None
    effects: "Effects | None"
    seeds: Mapping[str, int]
    choices: tuple[tuple[str, At], ...] = ()
    fixed: Mapping[str, At] = field(default_factory=dict)
    left_out: str = ""
    """Which jobs are left out, since their data set or code was another than that of the others."""

    @property
    def notes(self) -> list[str]:
        """What is to be known of it."""
        return map_notes(self.found, self.varied) if self.found is not None else []

    @property
    def left(self) -> tuple[Place, ...]:
        """What is missing or failed in the whole sweep."""
        return tuple(place for place in self.places if place.is_left)

    def label(self, place: Place) -> str:
        """`seed 1 learning_rate=0.01 dropout=0.2`: what tells a job from the others of its cell stands first."""
        drawn = (self.found.down, self.found.across) if self.found is not None else ()
        names = sorted(self.varied, key=lambda name: name in drawn)
        return " ".join([f"seed {self.seeds[place.id]}", *(head_text(name, place.config.get(name)) for name in names)])


def drawn(
    item: Item,
    jobs: Sequence[JobRow],
    fields: Sequence[str],
    metric: str = METRIC,
    fixed: Mapping[str, At] = NOTHING_FIXED,
) -> Drawn:
    """The map of an experiment over `fields`, or where there are none over the two that change most.

    Only jobs with the values of `fixed` count; a value that no job has fixes nothing. Takes about 10 ms a thousand
    jobs, and loads NumPy: meant for a thread. Raises KeyError for no metric.
    """
    from engine.results.effects import drawn_fields, main_effects  # noqa: PLC0415 - NumPy: 0.1 s

    places, seeds, left_out = _places(item, jobs)
    named = tuple(item.plan.sweep) if item.plan is not None else ()
    choices = tuple((name, value) for name in swept(places, named) for value in values_of(places, name))
    fixed = {name: value for name, value in fixed.items() if (name, value) in choices}
    counted_in = with_values(places, fixed)
    varied = swept(counted_in, named)
    effects = main_effects(counted_in, varied, metric) if varied else None
    chosen = [name for name in fields if name in varied]
    if not chosen or len(chosen) < len(fields):
        chosen = [*chosen, *(name for name in drawn_fields(varied, effects) if name not in chosen)][:SIDES]
    found = sweep_map(places, chosen, fixed, metric) if chosen else None
    told = effects if len(varied) > SIDES else None
    return Drawn(item.name, places, varied, found, told, seeds, choices, fixed, left_out)


def _places(item: Item, jobs: Sequence[JobRow]) -> tuple[tuple[Place, ...], Mapping[str, int], str]:
    """The jobs that the file yields, then those that only the store has, such as repeats that `refine` added.

    Of a data set or code that changed those of one state, and which are left out for it.
    """
    places: dict[str, Place] = {}
    seeds: dict[str, int] = {}
    for slot, row in zip(item.slots, item.rows, strict=False):
        name = row.id if row is not None else slot.job.id
        places[name] = Place(name, row.config if row is not None else slot.job.config, row)
        seeds[name] = slot.job.seed
    own = item.rows if not item.slots else (row for row in jobs if item.name in row.experiments)
    for row in own:
        if row is not None and row.id not in places:
            places[row.id] = Place(row.id, row.config, row)
            seeds[row.id] = row.seed
    rows = [place.row for place in places.values() if place.row is not None]
    latest = Latest(rows)
    kept = tuple(place for place in places.values() if place.row is None or latest.has(place.row))
    return kept, seeds, latest.left_out(rows)


def about(made: Drawn | None, *, runs: bool = True) -> str:
    """What the cells hold, and what is left to be run, with the key for it where a key `runs` it."""
    if made is None:
        return "Counting."
    if made.found is None:
        if not made.places:
            return "It has no jobs that can be drawn."
        if made.fixed:
            fixed = ", ".join(head_text(name, value) for name, value in made.fixed.items())
            return f"Jobs with {fixed} differ only in their seeds: <queue.fix> averages a field again."
        return "Its jobs differ in no setting, only in their seeds: the Leaderboard shows their mean."
    over = averaged(made.found, made.varied)
    sides = f"{made.found.down} down, {made.found.across} across" if made.found.down else made.found.across
    told = f"mean {METRICS[made.found.metric].title}, {sides}" + (f", over {', '.join(over)}" if over else "")
    told += fixed_words(made.found)
    where = " in the whole sweep" if made.fixed else ""
    left = f"{counted(len(made.left), 'job')} missing or failed{where}"
    if made.left:
        told += f"; <queue.retry> runs {left}" if runs else f"; {left}"
    return told + (f"; {made.left_out}" if made.left_out else "")
