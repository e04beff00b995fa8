"""A journal, a database or a checkpoint that is damaged, cut or locked."""

from engine.record import events
from engine.record.ledger import Ledger
from tests import builders
from tests.builders import epoch, started
from tests.faults.injecting import whole

QUEUE = '[[experiment]]\nname = "a"\nepochs = 4\n'


def test_a_journal_cut_at_any_byte_tells_what_is_whole_and_takes_later_lines(tmp_path, faults):
    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, QUEUE)
    [row] = ledger.jobs()
    journal = ledger.paths.job(row.id).events
    told = [started(), epoch(1), epoch(2), epoch(3)]
    lines = [events.encode(event) for event in told]
    data = b"".join(lines)
    for end in range(len(data) + 1):
        journal.write_bytes(data[:end])
        faults.inject()
        events.trim(journal)
        kept = sum(end >= len(b"".join(lines[:n])) for n in range(1, len(lines) + 1))
        assert [event for event, _ in events.read(journal)] == told[:kept]
        events.append(journal, started(2, max(kept - 1, 0)))
        assert [event for event, _ in events.read(journal)] == [*told[:kept], started(2, max(kept - 1, 0))]
        ledger.ingest(row.id)
        assert [row.epoch for row in ledger.history(row.id)] == list(range(1, kept))
    whole(ledger.paths)
    ledger.close()
