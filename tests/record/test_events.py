"""The journal: what was appended is read back, a half line has not happened yet, a damaged one harms no other."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.record import events
from engine.record.events import AttemptEnded, EpochEnded
from tests.builders import done, epoch, started

NUMBERS = st.floats(allow_nan=False)


@given(st.integers(1, 10**6), st.dictionaries(st.sampled_from(["loss", "accuracy"]), NUMBERS), NUMBERS)
def test_an_event_comes_back_as_it_was(number, metrics, seconds):
    event = EpochEnded(1.0, number, metrics, abs(seconds) if math.isfinite(seconds) else 1.0, "c", "h")
    assert events.decode(events.encode(event)) == event


def test_what_is_no_number_travels_as_a_word():
    line = events.encode(EpochEnded(1.0, 1, {"loss": math.nan, "val_loss": -math.inf}, 1.0, "c", "h"))
    assert b"NaN" not in line
    metrics = events.decode(line).metrics
    assert math.isnan(metrics["loss"])
    assert metrics["val_loss"] == -math.inf


def test_every_cut_of_the_journal_keeps_the_whole_lines_before_it(tmp_path):
    path = tmp_path / "events.jsonl"
    told = [started(), epoch(1), epoch(2), done()]
    for event in told:
        events.append(path, event)
    data = path.read_bytes()
    for cut in range(len(data) + 1):
        path.write_bytes(data[:cut])
        whole = data[:cut].count(b"\n")
        assert [event for event, _ in events.read(path)] == told[:whole]
        events.trim(path)
        with path.open("ab") as journal:
            journal.write(events.encode(AttemptEnded(1.0, "stopped")))
        assert [event for event, _ in events.read(path)] == [*told[:whole], AttemptEnded(1.0, "stopped")]


def test_reading_goes_on_from_an_offset(tmp_path):
    path = tmp_path / "events.jsonl"
    assert list(events.read(path)) == []
    events.append(path, epoch(1))
    [(_, offset)] = events.read(path)
    events.append(path, epoch(2))
    assert [event.epoch for event, _ in events.read(path, offset)] == [2]


def test_a_damaged_line_is_passed_over(tmp_path):
    path = tmp_path / "events.jsonl"
    events.append(path, epoch(1))
    with path.open("ab") as file:
        file.write(b'\x00{"event": "epoch_ended"}\n[1]\n{"event": "unheard of"}\n{"event": "epoch_ended"}\n')
    events.append(path, epoch(2))
    assert [event.epoch for event, _ in events.read(path)] == [1, 2]


def test_fields_of_a_later_version_are_passed_over():
    line = events.encode(epoch(1))[:-2] + b',"later": 1}\n'
    assert events.decode(line) == epoch(1)
    with pytest.raises(ValueError, match="not an event"):
        events.decode(b'"text"\n')
