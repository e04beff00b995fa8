"""`engine map EXPERIMENT`: two fields of a sweep as a heat map of means, main effects, and what is still to be run."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

import typer

from engine.cli.layout import GAP, Column, table
from engine.cli.store_option import JsonOption, StoreOption, open_store
from engine.cli.streams import colours, data, data_lines, document, unicode, width, words
from engine.cli.sweeps import Sweep, sweep_of
from engine.errors import UsageError
from engine.plan.jobs import Value
from engine.results.cells import setting
from engine.results.durations import counted
from engine.results.effects import MOST_DRAWN, Effects, drawn_fields, main_effects
from engine.results.insight import map_document
from engine.results.leaderboard import one_of
from engine.results.maptext import EFFECT_TITLES, cell_text, effect_rows, head_text
from engine.results.metrics import METRICS
from engine.results.numbers import number
from engine.results.sweepmap import NEW, Place, SweepMap, fixed_at, sweep_map, swept
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
    counted_in = [place for place in found.places if all(place.config.get(name) == v for name, v in fixed.items())]
    varied = swept(counted_in, found.fields)
    if missing:
        if as_json:
            raise UsageError("--missing and --json exclude each other", hint="the JSON tells in each cell what is left")
        data_lines(line + "\n" for line in left_lines(replace(found, places=counted_in)))
    else:
        effects = main_effects(counted_in, varied, metric)
        chosen = fields_of(fields) if fields else drawn_fields(varied, effects)
        if not chosen:
            told = f"the jobs of {experiment} differ in no setting, only in their seeds"
            raise UsageError(told, hint="engine leaderboard shows their mean")
        drawn = sweep_map(found.places, chosen, fixed, metric)
        if as_json:
            document(map_document(experiment, drawn, effects, found.run))
            return
        painted, columns = colours(sys.stdout), width(sys.stdout)
        data(visible(title(experiment, drawn, varied)))
        data_lines(
            line + "\n" for line in map_lines(drawn, columns, painted=painted, ascii_only=not unicode(sys.stdout))
        )
        if effects is not None and len(varied) > MOST_DRAWN:
            data("")
            data_lines(line + "\n" for line in effect_lines(effects, painted=painted))
    if found.left:
        them = "it" if len(found.left) == 1 else "them"
        words(f"{counted(len(found.left), 'job')} missing or failed: {visible(found.run)} trains {them}")


def fields_of(text: str) -> list[str]:
    """The names of `--fields a,b`. Raises UsageError unless there are one or two."""
    names = [name.strip().lower().replace("-", "_") for name in text.split(",") if name.strip()]
    if not 1 <= len(set(names)) == len(names) <= MOST_DRAWN:
        hint = "allowed: one field, or two different: dropout,filters"
        raise UsageError(f"--fields does not know {brief(text)}", hint=hint)
    return names


def fixed_values(places: Sequence[Place], texts: Sequence[str]) -> dict[str, Value]:
    """The values of `--fix x=1`. Raises UsageError where no job has one."""
    fixed = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip().lower().replace("-", "_")
        if not equals:
            raise UsageError(f"--fix {brief(text)} fixes nothing", hint="write it as field=value, such as dropout=0.2")
        fixed[name] = fixed_at(places, name, value)
    return fixed


def title(name: str, found: SweepMap, varied: Sequence[str]) -> str:
    """`grid: mean test_accuracy, over batch_norm; epochs=30`."""
    over = [field for field in varied if field not in (found.down, found.across, *found.fixed)]
    told = f"{name}: mean {found.metric}" + (f" over {', '.join(over)}" if over else "")
    return told + "".join(f"; {field}={setting(value)}" for field, value in found.fixed.items())


def map_lines(found: SweepMap, columns: int, *, painted: bool = False, ascii_only: bool = True) -> Iterator[str]:
    """The map as tables of at most `columns` columns, one below the other where one line does not hold all values."""
    made = [[cell_text(found, cell, ascii_only=ascii_only) for cell in line] for line in found.cells]
    best = [[found.heat(cell) == 1.0 for cell in line] for line in found.cells]
    extent = found.extent
    if extent is None or extent[0] == extent[1]:
        best = [[False] * len(line) for line in best]
    if not found.down:
        side = Column(found.across, [visible(setting(value)) for value in found.across_values])
        marked = frozenset(at for at, bold in enumerate(best[0]) if bold)
        yield from table([side, Column("", made[0], bold=marked)], painted=painted)
    else:
        side = Column(found.down, [visible(setting(value)) for value in found.down_values])
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


def legend(found: SweepMap) -> str:
    """What the glyphs in the cells stand for, those that are there."""
    statuses = {cell.status for line in found.cells for cell in line if cell.places}
    told = [f"{status.glyph} {str(status).replace('_', ' ')}" for status in statuses if status is not None]
    told = sorted(told, key=lambda each: each[2:]) + ([f"{NEW} never run"] if None in statuses else [])
    return "mean, done of all jobs, state: " + ", ".join(told)


def effect_lines(found: Effects, *, painted: bool = False) -> Iterator[str]:
    """The main effects as a table, largest first."""
    mean = number(found.mean, METRICS[found.metric].decimals)
    yield f"main effects on {found.metric}, around {mean} over {counted(found.n, 'job')}"
    rows = effect_rows(found)
    columns = [
        Column(name, [visible(row[at]) for row in rows], numeric=at not in (0, 2))
        for at, name in enumerate(EFFECT_TITLES)
    ]
    yield from table(columns, painted=painted)
    if not found.told_apart:
        yield "some fields changed only together in these jobs: their effects cannot be told apart"


def left_lines(found: Sweep) -> Iterator[str]:
    """A line a job that is missing or failed: its id, how it stands, and its settings that vary."""
    varied = swept(found.places, found.fields)
    for place in found.left:
        state = "new" if place.row is None else str(place.row.status).replace("_", " ")
        told = " ".join(f"{name}={visible(setting(place.config.get(name)))}" for name in varied)
        yield f"{place.id}  {state:<13}  {told}".rstrip()
