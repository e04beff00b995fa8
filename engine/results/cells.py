"""Rows as cells. One function makes them, so that table, CSV and Markdown cannot disagree."""

from collections.abc import Callable, Sequence

from engine.plan.jobs import Configuration, Value
from engine.results import surecells
from engine.results.boardrows import LeaderboardRow
from engine.results.figures import best_of
from engine.results.metrics import METRICS
from engine.results.numbers import number
from engine.results.states import CODE, DATA, SHOWN
from engine.text import visible

TEXT_COLUMNS = ("dataset", "experiments", "job_ids", "seeds", DATA, CODE)


def cell(row: LeaderboardRow, column: str) -> str:
    """What stands in a column, as text; empty where there is no figure. Accuracies are fractions, times seconds."""
    return cell_maker(column)(row)


def cell_maker(column: str) -> Callable[[LeaderboardRow], str]:
    """The function that makes the cells of one column: the column is looked up once, however many rows follow."""
    if column in OWN_CELLS:
        return OWN_CELLS[column]
    made = surecells.maker(column)
    if made is not None:
        return made
    metric = column.removesuffix("_std").removesuffix("_best")
    if metric not in METRICS:
        return lambda row: setting(row.config.get(column))
    decimals = METRICS[metric].decimals
    if column in METRICS:
        return lambda row: number(row.figure(metric).mean, decimals)
    if column.endswith("_best"):
        return lambda row: number(best_of(row.figure(metric), metric), decimals)
    return lambda row: number(row.figure(metric).std, decimals)


OWN_CELLS: dict[str, Callable[[LeaderboardRow], str]] = {
    "rank": lambda row: "" if row.rank is None else str(row.rank),
    "n": lambda row: str(row.n),
    "experiments": lambda row: visible(", ".join(row.experiments)),
    "seed": lambda row: " ".join(str(job.seed) for job in row.jobs),
    "seeds": lambda row: " ".join(str(job.seed) for job in row.jobs),
    DATA: lambda row: row.jobs[0].data_state[:SHOWN],
    CODE: lambda row: row.jobs[0].code_state[:SHOWN],
    "job_ids": lambda row: " ".join(row.job_ids),
    "parameters": lambda row: "" if row.parameters is None else str(row.parameters),
}


def setting(value: Value | None) -> str:
    """A setting's value as the queue file has it, without quotes."""
    if value is None:
        return ""
    if isinstance(value, str):
        return visible(value)
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def is_words(configs: Sequence[Configuration], name: str) -> bool:
    """Whether a column holds words rather than numbers."""
    if name in TEXT_COLUMNS:
        return True
    return isinstance(next((config[name] for config in configs if name in config), None), str)
