"""A configuration comes back as it was put, however it is told."""

import pytest

from engine.errors import StoreDamaged
from engine.plan.jobs import configuration_key
from engine.plan.settings import DEFAULTS
from engine.record.configurations import Configurations
from tests.builders import add

KINDS = [
    DEFAULTS,
    DEFAULTS | {"dropout": 0.5, "model": "mlp"},
    DEFAULTS | {"l2": 0},
    DEFAULTS | {"l2": False},
    {name: DEFAULTS[name] for name in DEFAULTS if name != "ema"},
    {name: DEFAULTS[name] for name in DEFAULTS if name != "ema"} | {"epochs": 3},
    dict(reversed(DEFAULTS.items())) | {"epochs": 4},
]


def test_it_comes_back_value_by_value_type_by_type_and_in_its_order(ledger):
    keys = [ledger.rows.configurations.put(dict(config)) for config in KINDS]
    assert keys == [configuration_key(config) for config in KINDS]
    assert keys == [ledger.rows.configurations.put(dict(config)) for config in KINDS], "once is enough"
    found = Configurations(ledger.database).named(keys)
    assert [[(name, value, type(value)) for name, value in config.items()] for config in found] == [
        [(name, value, type(value)) for name, value in config.items()] for config in KINDS
    ]
    whole = ledger.database.read("SELECT COUNT(*) FROM configurations WHERE base IS NULL")[0][0]
    assert whole == 3, "one for each set of settings in its order"


def test_one_that_is_missing_or_no_json_is_damage(ledger):
    with pytest.raises(StoreDamaged, match="1 configurations are missing"):
        Configurations(ledger.database).named([7])
    key = ledger.rows.configurations.put(DEFAULTS)
    ledger.database.write("UPDATE configurations SET config = '{'")
    with pytest.raises(StoreDamaged, match="damaged"):
        Configurations(ledger.database).named([key])


def test_what_no_job_has_goes_unless_others_are_told_by_it(ledger):
    first, second, third = add(ledger, 0), add(ledger, 0, dropout=0.4), add(ledger, 1, dropout=0.4)

    def kept():
        return len(ledger.database.read("SELECT 1 FROM configurations"))

    assert kept() == 2
    ledger.remove(third)
    assert kept() == 2, "another seed has it"
    ledger.remove(first)
    assert kept() == 2, "the second is told by the first"
    assert ledger.jobs([second])[0].config == DEFAULTS | {"dropout": 0.4}
    ledger.remove(second)
    assert kept() == 1
