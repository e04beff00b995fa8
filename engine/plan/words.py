"""How values and names are said to a person: shown briefly, and guessed at where they are nearly right."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SLIDES = {
    "act": "activation",
    "initial": "initializer",
    "use_bn": "batch_norm",
    "hidden_dim": "hidden_units",
    "lr": "learning_rate",
    "epoch": "epochs",
    "model_code": "model",
    "train_batch_size": "batch_size",
    "test_batch_size": "eval_batch_size",
    "optim": "optimizer",
    "learningratescheduler": "lr_schedule",
}


def shown(value: Any) -> str:
    """A value as it would stand in the file, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        text = '"' + value + '"'
    elif isinstance(value, Mapping):
        text = "a table"
    elif isinstance(value, Sequence):
        text = "a list" if value else "[]"
    else:
        text = _number(value)
    return text if len(text) <= 48 else text[:44] + "..."


def _number(value: Any) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to print integers of more than 4,300 digits
        return "a number of thousands of digits"


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The known name that a person most likely meant, the slides' names included; empty if none is near."""
    plain = name.strip().lower().replace("-", "_")
    if plain in SLIDES and SLIDES[plain] in names:
        return SLIDES[plain]
    near = difflib.get_close_matches(plain[:100], list(names), n=1, cutoff=0.6)
    return near[0] if near else ""
