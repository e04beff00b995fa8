"""What a front end sees of a store, again and again."""

from engine.plan.jobs import JobStatus
from engine.record.ledger import Ledger
from engine.session import Session
from tests import builders


def test_only_a_job_that_has_changed_is_another_row(tmp_path):
    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, '[[experiment]]\nname = "a"\nrepeats = 3\n')
    session = Session(ledger.paths)
    before = session.snapshot().jobs
    ledger.set_status(before[1].id, JobStatus.HELD)
    after = session.snapshot().jobs
    assert [old is new for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert after[1].status is JobStatus.HELD
    ledger.close()
