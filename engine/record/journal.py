"""What workers told becomes rows: each event counts once, and every row follows from the journals and the requests."""

import json
import time
from dataclasses import replace

from engine import failpoints
from engine.plan.jobs import JobStatus
from engine.record import events
from engine.record.events import AttemptEnded, AttemptStarted, EpochEnded, Event
from engine.record.locks import FileLock
from engine.record.paths import sweep_up
from engine.record.store import METRICS, Store

OUTCOMES = {
    "done": JobStatus.DONE,
    "stopped": JobStatus.STOPPED,
    "interrupted": JobStatus.INTERRUPTED,
    "failed": JobStatus.FAILED,
    "out_of_memory": JobStatus.OUT_OF_MEMORY,
}


class Journals(Store):
    """The part of the runner's store that reads on in every job's `events.jsonl`."""

    def offset(self, job_id: str) -> int:
        """How many bytes of the job's events are in the database."""
        return int(self.database.read("SELECT event_offset FROM jobs WHERE id = ?", [job_id])[0][0])

    def ingest(self, job_id: str) -> list[Event]:
        """Read on in the job's events; rows and the new offset are stored together, so each counts once."""
        journal = self.paths.job(job_id).events
        offset = self.offset(job_id)
        # Where it lost lines that were read before, as a power cut can have it, what is left tells it all anew.
        anew = not events.is_boundary(journal, offset)
        found = list(events.read(journal, 0 if anew else offset))
        if found or anew:
            with self.database.transaction():
                if anew:
                    self.forget(job_id)
                for event, offset_behind in found:
                    self.tell(job_id, event, offset_behind)
                failpoints.reach("ingest:told")
            failpoints.reach("ingest:stored")
        return [event for event, _ in found]

    def forget(self, job_id: str) -> None:
        """Forget all that the job's journal told."""
        self.database.write("DELETE FROM epochs WHERE job_id = ?", (job_id,))
        self.database.write("DELETE FROM attempts WHERE job_id = ?", (job_id,))
        self.database.write(
            """UPDATE jobs SET event_offset=0, fruitless=0, attempts=0, epoch=0, best_epoch=NULL, test_accuracy=NULL,
            test_loss=NULL, val_accuracy=NULL, val_loss=NULL, accuracy=NULL, loss=NULL, seconds=0, parameters=NULL,
            misclassified=NULL, device='', exact=1, ended=NULL WHERE id=?""",
            (job_id,),
        )

    def tell(self, job_id: str, event: Event, offset: int) -> None:
        """Let a job's row follow one event, whose line ends at byte `offset` of the journal."""
        self.database.write("UPDATE jobs SET event_offset=? WHERE id=?", (offset, job_id))
        if isinstance(event, AttemptStarted):
            self._started(job_id, event)
        elif isinstance(event, EpochEnded):
            self._epoch(job_id, event)
        else:
            self._ended(job_id, event)

    def _started(self, job_id: str, event: AttemptStarted) -> None:
        self._close_attempt(job_id, "interrupted", event.t)
        # Where every checkpoint was damaged, what came after the one that is left is trained again.
        self.database.write("DELETE FROM epochs WHERE job_id=? AND epoch>?", (job_id, event.resumed_epoch))
        self.database.write(
            "INSERT OR REPLACE INTO attempts VALUES (?,?,?,NULL,'',?,?,?,?,?)",
            (
                job_id,
                event.attempt,
                event.t,
                event.device,
                event.resumed_epoch,
                event.exact,
                event.inexact,
                json.dumps(event.environment),
            ),
        )
        self.database.write(
            """UPDATE jobs SET status=?, waits_for='', attempts=MAX(attempts, ?), device=?, parameters=?,
            exact=MIN(exact, ?), error='', reason='' WHERE id=?""",
            (JobStatus.RUNNING, event.attempt, event.device, event.parameters, event.exact, job_id),
        )

    def _epoch(self, job_id: str, event: EpochEnded) -> None:
        figures = tuple(event.metrics.get(name) for name in METRICS)
        self.database.write(
            "INSERT OR REPLACE INTO epochs VALUES (?,?,?,?,?,?,?,?)", (job_id, event.epoch, *figures, event.seconds)
        )
        self.database.write(
            """UPDATE jobs SET epoch=?, loss=?, accuracy=?, val_loss=?, val_accuracy=?, fruitless=0,
            seconds=(SELECT SUM(seconds) FROM epochs WHERE job_id=jobs.id) WHERE id=?""",
            (event.epoch, *figures[:4], job_id),
        )

    def _ended(self, job_id: str, event: AttemptEnded) -> None:
        if event.attempt:
            self.database.write(
                """INSERT OR REPLACE INTO attempts
                SELECT id, ?, ?, NULL, '', ?, epoch, 1, '', '{}' FROM jobs WHERE id = ?""",
                (event.attempt, event.began, event.device, job_id),
            )
            self.database.write("UPDATE jobs SET attempts=MAX(attempts, ?) WHERE id=?", (event.attempt, job_id))
        self._close_attempt(job_id, event.status, event.t)
        error = "\n".join(part for part in (event.error, event.traceback) if part)
        if event.status == "lost":
            self.database.write(
                "UPDATE jobs SET status=CASE WHEN stop != '' THEN ? ELSE ? END, stop='' WHERE id=?",
                (JobStatus.STOPPED, JobStatus.QUEUED, job_id),
            )
            return
        if event.status == "crashed":
            self.database.write(
                """UPDATE jobs SET fruitless=fruitless+1, error=?, ended=?, stop='',
                status=CASE WHEN stop != '' THEN ? WHEN fruitless+1 >= max_attempts THEN ? ELSE ? END WHERE id=?""",
                (error, event.t, JobStatus.STOPPED, JobStatus.FAILED, JobStatus.QUEUED, job_id),
            )
            return
        self.database.write(
            """UPDATE jobs SET status=?, stop='', reason=?, error=?, best_epoch=?, test_accuracy=?, test_loss=?,
            misclassified=?, ended=? WHERE id=?""",
            (
                OUTCOMES.get(event.status, JobStatus.FAILED),
                event.reason,
                error,
                event.best_epoch,
                event.test.get("accuracy"),
                event.test.get("loss"),
                event.misclassified,
                event.t,
                job_id,
            ),
        )
        if event.status == "done":
            self._note_settings(job_id)
        if event.best_epoch is not None:
            self.database.write(
                """UPDATE jobs SET (loss, accuracy, val_loss, val_accuracy) = (SELECT loss, accuracy, val_loss,
                val_accuracy FROM epochs WHERE job_id=jobs.id AND epoch=jobs.best_epoch) WHERE id=?""",
                (job_id,),
            )

    def _note_settings(self, job_id: str) -> None:
        """Keep the values of a finished job's settings, so that a leaderboard knows which of them may differ at all."""
        row = self.database.read("SELECT dataset, configuration, seed FROM jobs WHERE id = ?", [job_id])[0]
        config = {**self.rows.configurations.named([row["configuration"]])[0], "seed": row["seed"]}
        values = [("", sorted(config)), *config.items()]
        self.database.write_many(
            "INSERT OR IGNORE INTO varieties VALUES (?,?,?)",
            ((row["dataset"], setting, json.dumps(value)) for setting, value in values),
        )

    def _close_attempt(self, job_id: str, outcome: str, when: float) -> None:
        self.database.write(
            "UPDATE attempts SET outcome=?, ended=? WHERE job_id=? AND outcome=''", (outcome, when, job_id)
        )

    def lost(self, job_id: str, *, counts: bool, error: str = "", began: float = 0.0, device: str = "") -> None:
        """The worker of a running job is gone without a word: its last word is written for it, under its lock.

        A job that somebody stopped stays stopped. Else it waits for its next attempt; with `counts`, at most
        `max_attempts` times in a row without a new epoch. It was given to that worker at `began`, if that is known.
        Nothing happens where another process trains the job.
        """
        asked = self.database.read("SELECT stop FROM jobs WHERE id = ?", [job_id])[0]["stop"]
        if asked:
            status = "interrupted" if asked == "now" else "stopped"
            event = AttemptEnded(time.time(), status, reason="stopped by request")
        else:
            event = AttemptEnded(time.time(), "crashed" if counts else "lost", error=error)
            if counts and began:
                event = replace(event, attempt=self._unbegun(job_id), began=began, device=device)
        self._last_word(job_id, event)

    def _unbegun(self, job_id: str) -> int:
        """The number of an attempt that did not say that it began; 0 where one did and has not ended."""
        numbers = (
            "SELECT COALESCE(MAX(number), 0) + 1 AS next, SUM(outcome = '') AS open FROM attempts WHERE job_id = ?"
        )
        [row] = self.database.read(numbers, [job_id])
        return 0 if row["open"] else int(row["next"])

    def refused(self, job_id: str, error: str) -> None:
        """A waiting job cannot be trained at all: it has failed before a worker took it."""
        self._last_word(job_id, AttemptEnded(time.time(), "failed", error=error))

    def _last_word(self, job_id: str, event: AttemptEnded) -> None:
        """Write an attempt's end into the job's journal, unless another process trains the job."""
        folder = self.paths.job(job_id)
        folder.folder.mkdir(mode=0o700, exist_ok=True)
        lock = FileLock(folder.lock)
        if not lock.acquire():
            return
        try:
            sweep_up(folder.folder)
            events.trim(folder.events)
            events.append(folder.events, event)
            failpoints.reach("lost:told")
            self.ingest(job_id)
        finally:
            lock.release()
