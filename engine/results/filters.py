"""`model=cnn dropout>=0.2 grid`: conditions that must all hold, in one line of text; a bare word is part of a name."""

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from engine.errors import Fault, UsageError
from engine.plan.settings import DEFAULTS, one_name
from engine.plan.words import did_you_mean
from engine.results.figures import mean_of
from engine.results.metrics import METRICS
from engine.results.rows import JobRow

CONDITION = re.compile(r"""\s*([\w.-]+)\s*(?>(>=|<=|!=|!~|==|=|~|>|<))\s*("[^"]*"|'[^']*'|\S+)(?=\s|$)""")
WORD = re.compile(r"""\s*("[^"]+"|'[^']+'|[^\s=!<>~"']+)(?=\s|$)""")
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
YES, NO = ("true", "on", "yes", "1"), ("false", "off", "no", "0")
LABELS = {"name": "experiments", "experiment": "experiments", "experiments": "experiments", "id": "id"}
FIELDS = (*DEFAULTS, "seed", "name", "tags", "id", "n", *METRICS)
TAGS = ("tags", "tag")
SHAPE = "write it as field=value, with = != > >= < <= or ~ for a pattern; a word alone is part of a name"

Test = Callable[[Any], bool]


@dataclass(frozen=True)
class Filter:
    """Conditions on a job's own words and settings, and on what its row came to; all of them must hold."""

    of_jobs: tuple[tuple[str, Test], ...] = ()
    of_rows: tuple[tuple[str, Test], ...] = ()

    def keeps_job(self, job: JobRow) -> bool:
        """Whether its settings, seed, id and experiments are what was asked for."""
        return all(test(_of_job(job, field)) for field, test in self.of_jobs)

    def keeps_row(self, jobs: Sequence[JobRow]) -> bool:
        """Whether the means over `jobs`, as they are shown, hold; a figure that is lacking never does."""
        return all(test(_of_row(jobs, field)) for field, test in self.of_rows)


def parse(text: str, tags: Callable[[], Mapping[str, Sequence[str]]] | None = None) -> Filter:
    """The filter that a person wrote; a word alone asks for experiments in whose names it is.

    `tags` gives those of each experiment, and is called only if any are asked for. Raises UsageError with every
    condition that cannot be read, and whatever `tags` does.
    """
    faults: list[Fault] = []
    of_jobs: list[tuple[str, Test]] = []
    of_rows: list[tuple[str, Test]] = []
    at = 0
    while text[at:].strip():
        found = CONDITION.match(text, at)
        if found is None and (word := WORD.match(text, at)) is not None and word.group(1).lower() not in FIELDS:
            at = word.end()
            of_jobs.append(("name", _part_of(word.group(1).strip("\"'"))))
            continue
        if found is None:
            rest = text[at:].strip()
            faults.append(Fault(f"{_cut(rest)} is no condition", "", key="--filter", allowed=SHAPE))
            break
        at = found.end()
        written, sign, value = found.group(1), found.group(2).replace("==", "="), found.group(3)
        field = written.lower().replace("-", "_")
        if field in TAGS and tags is None:
            hint = "in a shell: engine leaderboard --filter 'tags=...'"
            faults.append(Fault("tags cannot be looked for here", "", key="--filter", allowed=hint))
            continue
        if field not in FIELDS and field not in LABELS and field not in TAGS:
            meant = did_you_mean(written, FIELDS)
            hint = f"did you mean {meant}?" if meant else "allowed: a setting, name, seed, n, or a figure"
            faults.append(Fault(f"there is no field {_cut(written)}", "", key="--filter", allowed=hint))
            continue
        try:
            test = _test(field, sign, value.strip("\"'") if value[0] in "\"'" else value)
        except ValueError as error:
            faults.append(Fault(f"{_cut(found.group().strip())}: {error}", "", key="--filter", allowed=SHAPE))
            continue
        if field in TAGS and tags is not None:
            field, test = "name", _tagged(test, tags())
        (of_rows if field == "n" or field in METRICS else of_jobs).append((field, test))
    if faults:
        raise _refusal(faults)
    return Filter(tuple(of_jobs), tuple(of_rows))


def _refusal(faults: list[Fault]) -> UsageError:
    error = UsageError("the filter cannot be read", hint=SHAPE)
    error.faults = tuple(faults)
    return error


def _cut(text: str) -> str:
    return repr(text if len(text) <= 48 else text[:44] + "...")


def _of_job(job: JobRow, field: str) -> Any:
    if field in LABELS:
        return job.id if field == "id" else job.experiments
    return job.seed if field == "seed" else job.config.get(field)


def _of_row(jobs: Sequence[JobRow], field: str) -> Any:
    if field == "n":
        return len(jobs)
    mean = mean_of(jobs, field)
    return None if mean is None else round(mean, METRICS[field].decimals)


def _test(field: str, sign: str, value: str) -> Test:
    """The condition as a function of the field's value. Raises ValueError saying why there is none."""
    if sign in ("~", "!~"):
        return _pattern(value, sign == "~")
    default = DEFAULTS.get(field)
    if field in ("id", "dataset"):
        return _short(field, sign, value)
    if field in LABELS or field in TAGS or isinstance(default, str):
        return _text(field, sign, value)
    if isinstance(default, bool):
        return _switch(sign, value)
    return _number(field, sign, value)


def _tagged(test: Test, tags: Mapping[str, Sequence[str]]) -> Test:
    """The condition on the tags of experiments, as one on their names."""
    return lambda names: test(tuple(tag for name in names for tag in tags.get(name, ())))


def _pattern(value: str, wanted: bool) -> Test:
    pattern = value.casefold()

    def matches(held: Any) -> bool:
        texts = held if isinstance(held, tuple) else (held,)
        return any(fnmatchcase(_plain(text), pattern) for text in texts) is wanted

    return matches


def _part_of(word: str) -> Test:
    """Whether a word stands somewhere in a text, or fits it as a pattern."""
    return _pattern(word if set(word) & set("*?[") else f"*{word}*", wanted=True)


def _plain(held: Any) -> str:
    return str(held).casefold()


def _text(field: str, sign: str, value: str) -> Test:
    if sign not in ("=", "!="):
        raise ValueError(f"{field} is text, which has no order; use = or ~")
    wanted = one_name(value)

    def equals(held: Any) -> bool:
        texts = held if isinstance(held, tuple) else (held,)
        return any(one_name(text) == wanted for text in texts) is (sign == "=")

    return equals


def _short(field: str, sign: str, value: str) -> Test:
    """A job's id by its beginning; a data set by its name, its whole path, or the last parts of that."""
    if sign not in ("=", "!="):
        raise ValueError(f"{field} is text, which has no order; use = or ~")
    if field == "id":
        return lambda held: str(held).startswith(value.lower()) is (sign == "=")
    wanted, tail = one_name(value), "/" + value.removeprefix("./").lstrip("/")
    return lambda held: (held == value or one_name(held) == wanted or held.endswith(tail)) is (sign == "=")


def _switch(sign: str, value: str) -> Test:
    if sign not in ("=", "!=") or value.lower() not in YES + NO:
        raise ValueError("it is a switch; use =true or =false")
    wanted = (value.lower() in YES) is (sign == "=")
    return lambda held: held is wanted


def _number(field: str, sign: str, value: str) -> Test:
    try:
        wanted = float(value.replace("_", ""))
    except ValueError:
        wanted = math.nan
    if math.isnan(wanted):
        raise ValueError(f"{field} is a number, and {_cut(value)} is none")
    if sign in ORDER:
        compare = ORDER[sign]
        return lambda held: held is not None and compare(held, wanted)
    return lambda held: held is not None and (held == wanted) is (sign == "=")
