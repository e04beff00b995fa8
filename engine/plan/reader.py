"""From the tables of a parsed queue file to experiments: each value read strictly, each fault kept with its key."""

import itertools
import os
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from engine.errors import Fault
from engine.plan.experiment import Experiment, ExperimentFields, RunOptions, SharedFields, allowed
from engine.plan.faults import Findings
from engine.plan.jobs import Value
from engine.plan.settings import (
    DEFAULTS,
    NAMES,
    UNUSED_BY_MODEL,
    Settings,
    contradiction,
    looks_like_path,
    without_effect,
)
from engine.plan.words import shown
from engine.text import brief

Models = dict[str, type[BaseModel]]
Place = tuple[str | int, ...]

RUN: Models = dict.fromkeys(RunOptions.model_fields, RunOptions)
SETTINGS: Models = dict.fromkeys(NAMES, Settings)
SHARED: Models = dict.fromkeys(SharedFields.model_fields, SharedFields)
EXPERIMENT: Models = dict.fromkeys(ExperimentFields.model_fields, ExperimentFields)


class Reader:
    """Reads one document, whose faults go to `findings`; relative data paths start at the folder of `path`.

    Data that is not there is a fault of an experiment that is wanted: enabled, and in `only` unless that is empty. Of
    another it is a warning.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        path: Path,
        findings: Findings,
        *,
        data_must_be_there: bool = True,
        only: Collection[str] = (),
    ) -> None:
        self.document = document
        self.path = path
        self.findings = findings
        self.data_must_be_there = data_must_be_there
        self.only = only
        values = self._validated(self._table("defaults"), SETTINGS | SHARED, ("defaults",), "defaults.")
        self.shared = {name: value for name, value in values.items() if name in SHARED}
        self.defaults: dict[str, Value] = {name: value for name, value in values.items() if name in SETTINGS}

    def run(self) -> RunOptions:
        """`[run]`, or what stands for it."""
        return RunOptions.model_construct(**self._validated(self._table("run"), RUN, ("run",), "run."))

    def experiments(self) -> Iterator[Experiment]:
        """Every experiment that has no fault, in the order of the file."""
        tables = self.document.get("experiment", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            what = f"experiment is {shown(tables)}"
            self.findings.fault(what, ("experiment",), "experiment", "[[experiment]], in two brackets")
            return
        seen: dict[str, int] = {}
        for number, table in enumerate(tables):
            at: Place = ("experiment", number)
            name = table.get("name")
            label = name if isinstance(name, str) else f"experiment {number + 1}"
            twin = unicodedata.normalize("NFC", label)
            if twin in seen:
                told = f"the name {shown(label)} is taken by the experiment at line {seen[twin]}"
                self.findings.fault(told, (*at, "name"), "name", "a name that no other experiment has")
            seen.setdefault(twin, self.findings.lines[at])
            experiment = self._experiment(table, at, f"{brief(label)}: ")
            if experiment is not None:
                yield experiment

    def _table(self, name: str) -> dict[str, Any]:
        table = self.document.get(name, {})
        if not isinstance(table, dict):
            self.findings.fault(f"{name} is {shown(table)}", (name,), name, f"a table, headed [{name}]")
            return {}
        return table

    def _validated(self, given: dict[str, Any], models: Models, at: Place, prefix: str) -> dict[str, Any]:
        """The values of a table as their models read them; what is at fault is told and left out."""
        kept: dict[str, Any] = {}
        for name in given:
            if name not in models:
                self.findings.unknown(name, models, (*at, name), prefix + name)
        for model in dict.fromkeys(models.values()):
            part = {name: given[name] for name in given if models.get(name) is model}
            try:
                values = model.model_validate(part)
            except ValidationError as error:
                self.findings.collect(error, models, at, prefix)
                wrong = {item["loc"][0] for item in error.errors()}
                part = {name: value for name, value in part.items() if name not in wrong}
                kept |= {name: getattr(model.model_construct(**part), name) for name in part}
            else:
                kept |= {name: getattr(values, name) for name in part}
        return kept

    def _experiment(self, table: dict[str, Any], at: Place, prefix: str) -> Experiment | None:
        before = self.findings.found
        own = {name: value for name, value in table.items() if name != "sweep"}
        kept = self._validated(own, SETTINGS | EXPERIMENT, at, prefix)
        sweep = self._sweep(table.get("sweep", {}), (*at, "sweep"), prefix + "sweep")
        if self.findings.found > before:
            return None
        given: dict[str, Value] = {name: value for name, value in kept.items() if name in SETTINGS}
        base = DEFAULTS | self.defaults | given
        self._contradiction(base, sweep, at, prefix)
        self._idle(base, given, sweep, at, prefix)
        wanted = kept.get("enabled", True) and (not self.only or kept["name"] in self.only)
        self._locate(base, sweep, at, prefix, wanted=wanted)
        fields = self.shared | {name: value for name, value in kept.items() if name in EXPERIMENT}
        fields["tags"] = tuple(fields.get("tags", ()))
        return Experiment(
            settings=Settings.model_validate(base), sweep=sweep, given=given, line=self.findings.lines[at], **fields
        )

    def _locate(
        self, base: dict[str, Value], sweep: dict[str, tuple[Value, ...]], at: Place, prefix: str, *, wanted: bool
    ) -> None:
        """Make every data path absolute, from the queue file's folder, and see whether anything is there."""
        swept = sweep.get("dataset")
        found: dict[Value, str] = {}
        for written in dict.fromkeys(swept or (base["dataset"],)):
            dataset = located(str(written), self.path)
            looked_for = self.data_must_be_there and looks_like_path(dataset)
            if looked_for and not os.path.exists(dataset):  # noqa: PTH110 - Path.exists raises where a name is too long
                told = f"there is no such file or folder: {brief(dataset, 200)}"
                place = (*at, "sweep", "dataset") if swept else (*at, "dataset")
                if wanted:
                    self.findings.fault(told, place, prefix + "dataset", allowed(Settings, "dataset"))
                else:
                    self.findings.warn(told, place, prefix + "dataset")
            found[written] = dataset
            if self.findings.full:
                return
        if swept:
            sweep["dataset"] = tuple(found[written] for written in swept)
        else:
            base["dataset"] = found[base["dataset"]]

    def _sweep(self, table: Any, at: Place, prefix: str) -> dict[str, tuple[Value, ...]]:
        if not isinstance(table, dict):
            self.findings.fault(f"sweep is {shown(table)}", at, prefix, "a table: setting = [values]")
            return {}
        sweep: dict[str, tuple[Value, ...]] = {}
        for name, values in table.items():
            place, label = (*at, name), f"{prefix}.{name}"
            if name == "seed":
                self.findings.fault("a seed cannot be swept", place, label, "repeats = N, for N seeds in a row")
            elif name not in NAMES:
                self.findings.unknown(name, NAMES, place, label)
            elif not isinstance(values, list) or not values:
                self.findings.fault(f"a sweep over {shown(values)}", place, label, "a list of one value or more")
            else:
                sweep[name] = tuple(self._swept(name, values, place, label))
        return sweep

    def _swept(self, name: str, values: list[Any], at: Place, label: str) -> Iterator[Value]:
        for number, value in enumerate(values):
            try:
                yield getattr(Settings.model_validate({name: value}), name)
            except ValidationError as error:
                self.findings.value(error, Settings, name, (*at, number), f"{label}[{number}]")
                if self.findings.full:
                    return

    def _contradiction(self, base: dict[str, Value], sweep: Mapping[str, Any], at: Place, prefix: str) -> None:
        # Of all fractions, what matters is whether there is one that holds nothing out.
        few = {"validation_split": tuple({split == 0: split for split in sweep.get("validation_split", ())}.values())}
        for values in variants(base, {**sweep, **few}, ("early_stopping", "monitor", "validation_split")):
            found = contradiction(values)
            if found:
                name, why = found
                line = self.findings.line((*at, "sweep", name) if name in sweep else (*at, name))
                fault = Fault(f"{name} is {values[name]}", self.findings.file, line, prefix + name, why)
                self.findings.tell(fault)
                return

    def _idle(
        self, base: dict[str, Value], given: Mapping[str, Value], sweep: Mapping[str, Any], at: Place, prefix: str
    ) -> None:
        """Warn of what the experiment sets or sweeps although it changes nothing in any configuration."""
        for name in sweep:
            if name in given:
                self.findings.warn(f"{name} is swept, so this value has no effect", (*at, name), prefix + name)
        # Models that leave the same unused are alike, and there may be 100,000 of a person's own.
        few = {"model": tuple({UNUSED_BY_MODEL.get(str(m), ()): m for m in sweep.get("model", ())}.values())}
        named = ("model", "early_stopping", "optimizer", "lr_schedule")
        every = [without_effect(values) for values in variants(base, {**sweep, **few}, named)]
        for name, why in every[0].items():
            if not all(name in idle for idle in every):
                continue
            if name in sweep:
                self.findings.warn(
                    f"sweeping {name} changes nothing: {why}", (*at, "sweep", name), f"{prefix}sweep.{name}"
                )
            elif name in given:
                self.findings.warn(f"{name} has no effect: {why}", (*at, name), prefix + name)


def located(dataset: str, queue_file: Path) -> str:
    """A data path, made absolute from the queue file's folder; a named data set as it is."""
    if not looks_like_path(dataset):
        return dataset
    return str((queue_file.absolute().parent / Path(dataset).expanduser()).resolve())


def variants(base: dict[str, Value], sweep: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[dict[str, Value]]:
    """The base with every combination of those of `names` that are swept: few, however large the sweep."""
    swept = [name for name in names if sweep.get(name)]
    for values in itertools.product(*(dict.fromkeys(sweep[name]) for name in swept)):
        yield base | dict(zip(swept, values, strict=True))
