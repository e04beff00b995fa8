"""What was looked into as JSON has it: fractions, null for what is no number, and every place in the test set."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.results.calibration import BINS, Calibration
from engine.results.churn import Churn
from engine.results.confusion import macro_f1, surest_mistakes
from engine.results.documents import VERSION, plain, spread_document
from engine.results.effects import METHOD, Effects
from engine.results.looking import errors_of
from engine.results.missed import Missed
from engine.results.predictions import Predictions
from engine.results.sweepmap import Cell, SweepMap
from engine.results.testsets import TestSet


def errors_document(job_id: str, dataset: str, found: Predictions, bins: int = BINS) -> dict[str, Any]:
    """One job's errors whole, the most confident first."""
    told = errors_of(found, bins)
    return {
        "version": VERSION,
        "id": job_id,
        "dataset": dataset,
        "n": told.n,
        "wrong": told.wrong,
        "accuracy": told.accuracy,
        "macro_f1": macro_f1(told.classes),
        "matrix": told.counts,
        "classes": [
            {
                "class": each.number,
                "true": each.true,
                "predicted": each.predicted,
                "right": each.right,
                "precision": each.precision,
                "recall": each.recall,
                "f1": each.f1,
            }
            for each in told.classes
        ],
        "confusions": [vars(each) for each in told.confusions],
        "calibration": calibration_document(told.reliable),
        "mistakes": [
            {
                "index": place,
                "true": int(found.true[place]),
                "predicted": int(found.predicted[place]),
                "confidence": plain(float(found.confidence[place])),
            }
            for place in surest_mistakes(found, 0)
        ],
    }


def calibration_document(found: Calibration) -> dict[str, Any]:
    """`{"error", "overconfidence", "n", "bins"}`."""
    bins = [vars(each) for each in found.bins]
    return {"error": found.error, "overconfidence": found.overconfidence, "n": found.n, "bins": bins}


def churn_document(
    a: Mapping[str, Any], b: Mapping[str, Any], dataset: str, found: Churn, missed: tuple[list[Missed], list[Missed]]
) -> dict[str, Any]:
    """Two sides; `missed` are the samples that B has wrong and A right, and those that A has wrong and B right."""
    mended, broken = missed
    return {
        "version": VERSION,
        "dataset": dataset,
        "a": {**a, "accuracy": found.accuracy_a},
        "b": {**b, "accuracy": found.accuracy_b},
        "n": found.n,
        "both_right": found.both_right,
        "both_wrong": found.both_wrong,
        "p": found.p,
        "mended": [missed_document(each) for each in mended],
        "broken": [missed_document(each) for each in broken],
    }


def missed_document(each: Missed) -> dict[str, Any]:
    """One sample that jobs got wrong."""
    return {
        "index": each.index,
        "true": each.true,
        "missed": each.missed,
        "jobs": each.jobs,
        "taken": [{"predicted": predicted, "count": count} for predicted, count in each.taken],
        "confidence": each.confidence,
        "label_doubtful": each.label_doubtful,
    }


def missed_sets_document(sets: Iterable[tuple[TestSet, Sequence[Missed]]]) -> dict[str, Any]:
    """The hardest samples of each test set."""
    told = [
        {
            "dataset": each.dataset,
            "labels_sha256": each.labels_sha256,
            "n": len(each.tally.true),
            "jobs": len(each.jobs),
            "missed": [missed_document(missed) for missed in found],
        }
        for each, found in sets
    ]
    return {"version": VERSION, "test_sets": told}


def map_document(name: str, found: SweepMap, effects: Effects | None, run: str) -> dict[str, Any]:
    """A sweep as a map, with its main effects; `run` is the command that runs what is left of all of it.

    A value is null where jobs lack the setting; `lacking` counts jobs that are done and lack the figure.
    """
    return {
        "version": VERSION,
        "experiment": name,
        "metric": found.metric,
        "down": found.down or None,
        "across": found.across,
        "down_values": list(found.down_values) if found.down else [],
        "across_values": list(found.across_values),
        "fixed": dict(found.fixed),
        "lacking": found.lacking,
        "cells": [[cell_document(cell) for cell in line] for line in found.cells],
        "effects": None if effects is None else effects_document(effects),
        "run": run or None,
    }


def cell_document(cell: Cell) -> dict[str, Any]:
    """`{"mean", "std", "values", "n", "jobs", "states", "job_ids", "left"}`."""
    return {
        **spread_document(cell.figure),
        "n": cell.n,
        "jobs": len(cell.places),
        "states": dict(cell.states),
        "job_ids": [place.id for place in cell.places],
        "left": [place.id for place in cell.left],
    }


def effects_document(found: Effects) -> dict[str, Any]:
    """Main effects, largest first."""
    return {
        "metric": found.metric,
        "n": found.n,
        "mean": found.mean,
        "method": METHOD,
        "told_apart": found.told_apart,
        "lacking": found.lacking,
        "fields": [
            {"field": each.field, "spread": each.spread, "levels": [vars(level) for level in each.levels]}
            for each in found.fields
        ],
    }
