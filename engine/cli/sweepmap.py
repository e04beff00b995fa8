"""`engine map EXPERIMENT`: two fields of a sweep as a heat map of means, main effects, and what is still to be run."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

import typer

from engine.cli.layout import DIM, GAP, Column, table, wrapped
from engine.cli.store_option import JsonOption, StoreOption, open_store
from engine.cli.streams import colours, data, data_lines, document, unicode, width, words
from engine.cli.sweeps import Sweep, sweep_of
from engine.errors import UsageError
from engine.results.durations import counted
from engine.results.effects import Effects, drawn_fields, main_effects
from engine.results.effecttext import effects_text
from engine.results.insight import map_document
from engine.results.leaderboard import one_of
from engine.results.maptext import averaged, cell_text, fixed_words, head_text, legend, map_notes
from engine.results.metrics import METRICS
from engine.results.sweepmap import SIDES, At, Place, SweepMap, at_text, fixed_at, sweep_map, swept, with_values
from engine.text import brief, visible


def sweep(
    experiment: Annotated[str, typer.Argument(metavar="EXPERIMENT", help="An experiment that sweeps over something.")],
    fields: Annotated[
        str | None, typer.Option("--fields", metavar="A,B", help="The fields to draw: A goes down, B across.")
    ] = None,
    fix: Annotated[
        list[str] | None,
        typer.Option("--fix", metavar="FIELD=VALUE", help="Only jobs with this value; may be repeated."),
    ] = None,
    metric: Annotated[str, typer.Option("--metric", metavar="METRIC", help="The figure to map.")] = "test_accuracy",
    missing: Annotated[bool, typer.Option("--missing", help="Only list the jobs that are missing or failed.")] = False,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Show a sweep as a map: the mean of each cell, how many of its jobs are done, and how it stands.

    Over fields that are neither drawn nor fixed the mean is taken. Of more than two fields the two with the largest
    main effects are drawn unless --fields names others. What is missing or failed is run by the command named below.
    """
    metric = one_of(metric, METRICS, "--metric")
    session = open_store(store)
    found = sweep_of(session, store, experiment)
    fixed = fixed_values(found.places, fix or [])
    counted_in = with_values(found.places, fixed)
    varied = swept(counted_in, found.fields)
    if missing:
        if as_json:
            raise UsageError("--missing and --json exclude each other", hint="the JSON tells in each cell what is left")
        data_lines(line + "\n" for line in left_lines(replace(found, places=counted_in)))
    else:
        effects = main_effects(counted_in, varied, metric)
        chosen = fields_of(fields) if fields else drawn_fields(varied, effects)
        if not chosen:
            which = "jobs with these values" if fixed else f"jobs of {experiment}"
            told = f"the {which} differ in no setting, only in their seeds"
            raise UsageError(told, hint="engine leaderboard shows their mean")
        drawn = sweep_map(found.places, chosen, fixed, metric)
        if as_json:
            document(map_document(experiment, drawn, effects, found.run))
            return
        painted, columns = colours(sys.stdout), width(sys.stdout)
        data(visible(title(experiment, drawn, varied)))
        data_lines(
            line + "\n"
            for line in map_lines(drawn, varied, columns, painted=painted, ascii_only=not unicode(sys.stdout))
        )
        if effects is not None and len(varied) > SIDES:
            data("")
            data_lines(line + "\n" for line in effect_lines(effects, painted=painted))
    if found.left:
        words(left_words(sum(place.is_left for place in counted_in), len(found.left), found.run))


def fields_of(text: str) -> list[str]:
    """The names of `--fields a,b`. Raises UsageError unless there are one or two."""
    names = [name.strip().lower().replace("-", "_") for name in text.split(",") if name.strip()]
    if not 1 <= len(set(names)) == len(names) <= SIDES:
        hint = "allowed: one field, or two different: dropout,filters"
        raise UsageError(f"--fields does not know {brief(text)}", hint=hint)
    return names


def fixed_values(places: Sequence[Place], texts: Sequence[str]) -> dict[str, At]:
    """The values of `--fix x=1`. Raises UsageError where no job has one."""
    fixed = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip().lower().replace("-", "_")
        if not equals:
            raise UsageError(f"--fix {brief(text)} fixes nothing", hint="write it as field=value, such as dropout=0.2")
        fixed[name] = fixed_at(places, name, value)
    return fixed


def left_words(here: int, everywhere: int, run: str) -> str:
    """How many of the jobs that are looked at are left, and the command that trains all of the sweep's."""
    if here == everywhere:
        told = f"{counted(here, 'job')} missing or failed"
    else:
        told = f"{counted(here, 'job')} missing or failed here, {everywhere:,} in the whole sweep"
    return f"{told}: {visible(run)} trains {'it' if everywhere == 1 else 'them'}"


def title(name: str, found: SweepMap, varied: Sequence[str]) -> str:
    """`grid: mean test_accuracy, over batch_norm; epochs=30`."""
    over = averaged(found, varied)
    return f"{name}: mean {found.metric}" + (f" over {', '.join(over)}" if over else "") + fixed_words(found)


def map_lines(
    found: SweepMap, varied: Sequence[str], columns: int, *, painted: bool = False, ascii_only: bool = True
) -> Iterator[str]:
    """The map as tables of at most `columns` columns, one below the other where one line does not hold all values."""
    made = [[cell_text(found, cell, ascii_only=ascii_only) for cell in line] for line in found.cells]
    best = [[found.is_best(cell) for cell in line] for line in found.cells]
    if not found.down:
        side = Column(found.across, [visible(at_text(value)) for value in found.across_values])
        marked = frozenset(at for at, bold in enumerate(best[0]) if bold)
        yield from table([side, Column("", made[0], bold=marked)], painted=painted)
    else:
        side = Column(found.down, [visible(at_text(value)) for value in found.down_values])
        heads = [
            Column(
                visible(head_text(found.across, value)),
                [line[at] for line in made],
                bold=frozenset(row for row, line in enumerate(best) if line[at]),
            )
            for at, value in enumerate(found.across_values)
        ]
        for number_of, block in enumerate(_blocks(side, heads, columns)):
            if number_of:
                yield ""
            yield from table([side, *block], painted=painted)
    yield ""
    yield legend(found)
    for note in map_notes(found, varied):
        yield from wrapped(note, columns)


def _blocks(side: Column, heads: Sequence[Column], columns: int) -> Iterator[list[Column]]:
    block: list[Column] = []
    used = side.width
    for head in heads:
        if block and used + GAP + head.width > columns:
            yield block
            block, used = [], side.width
        block.append(head)
        used += GAP + head.width
    yield block


def effect_lines(found: Effects, *, painted: bool = False) -> Iterator[str]:
    """The main effects as a table, largest first."""
    text = effects_text(found)
    yield text.title
    yield DIM.format(text.head) if painted else text.head
    yield from (*text.rows, *text.notes)


def left_lines(found: Sweep) -> Iterator[str]:
    """A line a job that is missing or failed: its id, how it stands, and its settings that vary."""
    varied = swept(found.places, found.fields)
    for place in found.left:
        state = "new" if place.row is None else str(place.row.status).replace("_", " ")
        told = " ".join(f"{name}={visible(at_text(place.config.get(name)))}" for name in varied)
        yield f"{place.id}  {state:<13}  {told}".rstrip()
