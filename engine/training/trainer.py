"""One job, from its frozen settings to its last event. Read it from top to bottom."""

import errno
import math
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import tensorflow as tf

from engine import failpoints
from engine.errors import DataError, EngineError
from engine.plan.jobs import Configuration
from engine.plan.settings import DEFAULTS
from engine.plan.sweep import make_job
from engine.record import events, progress
from engine.record.events import AttemptEnded, AttemptStarted, EpochEnded, Metrics
from engine.record.jobfile import JobFile
from engine.record.locks import identify
from engine.record.paths import JobPaths
from engine.record.progress import Progress
from engine.training import device, outcome, resume
from engine.training.checkpoint import Arrays, Checkpoint
from engine.training.compiled import Compiled, Warm, assign, values
from engine.training.complaint import first_line, last_lines
from engine.training.data import JobData, Part, WarmData, order
from engine.training.loops import no_sums
from engine.training.models import doubts
from engine.training.progress import Pace, stop_request
from engine.training.schedules import epoch_rates
from engine.training.stopping import EarlyStopping
from engine.zoo import MODELS

Notify = Callable[[str], None]


def run(paths: JobPaths, warm: Warm, warm_data: WarmData, notify: Notify) -> None:
    """Train the job in `paths`, whose lock this process holds, and record how it ended.

    Nothing that a training does wrong is raised; only an OSError is, where the disk refuses even that record.
    """
    began, training = time.time(), None
    try:
        training = Training(paths, warm, warm_data, notify)
        ended = training.run()
    except EngineError as error:
        ended = AttemptEnded(time.time(), "failed", error=str(error))
    except OSError as error:
        # A full disk is nobody's fault: the runner waits for room, and the job goes on at its last commit.
        status = "lost" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "crashed"
        ended = AttemptEnded(time.time(), status, error=first_line(error), traceback=last_lines())
    except Exception as error:  # noqa: BLE001  whatever a training raises is its job's end, not the worker's
        status = "out_of_memory" if device.is_out_of_memory(error) else "crashed"
        ended = AttemptEnded(time.time(), status, error=first_line(error), traceback=last_lines())
    if training is None or not training.begun:
        number = resume.Past.read(paths).next_attempt
        ended = replace(ended, attempt=number, began=began, device=device.name())
    if ended.status in ("out_of_memory", "crashed"):
        warm.forget()
        warm_data.forget()
    _say(f"{ended.status}: {ended.reason or ended.error}")
    if ended.traceback:
        _say(ended.traceback)
    events.trim(paths.events)
    events.append(paths.events, ended)
    failpoints.reach("attempt:ended")
    if ended.status == "done":
        resume.discard_beyond(paths, 0)
    paths.progress.unlink(missing_ok=True)
    paths.stop.unlink(missing_ok=True)


def is_done(paths: JobPaths) -> bool:
    """Whether an earlier attempt has already finished this job."""
    return resume.Past.read(paths).done


class Training:
    """The state of one attempt at one job."""

    def __init__(self, paths: JobPaths, warm: Warm, warm_data: WarmData, notify: Notify) -> None:
        self.paths = paths
        self.notify = notify
        self.file = JobFile.read(paths.config)
        _refuse_changed(self.file, paths)
        self.config: Configuration = DEFAULTS | dict(self.file.job.config)
        self.past = resume.Past.read(paths)
        folder, digests = Path(self.file.folder), self.file.job.digests
        self.data: JobData = warm_data.take(self.config, folder, digests)
        source = self.data.source
        self.model: Compiled = warm.take(self.config, self.file.job.seed, source.shape, source.classes, folder, digests)
        self.steps = math.ceil(self.data.train.count / int(self.config["batch_size"]))
        self.stopping = EarlyStopping(
            str(self.config["monitor"]), int(self.config["patience"]), float(self.config["min_delta"])
        )
        self.begun = False
        self.best: Arrays = []
        self.first = 1
        self.metrics: Metrics = {}
        self.seconds = 0.0
        self.pace, self.evaluation_pace = Pace(), Pace()
        # What an earlier attempt said is not this one's silence.
        paths.progress.unlink(missing_ok=True)

    def run(self) -> AttemptEnded:
        """Every epoch that is still to be trained, then the test."""
        epoch = self.resume()
        while not (ending := self.ending(epoch)):
            epoch += 1
            self.train_epoch(epoch)
            self.commit(epoch)
            self.notify(f"epoch {self.paths.id}")
            if self.asked_to_stop() and not self.ending(epoch):
                return AttemptEnded(time.time(), "stopped", reason=f"asked to stop after epoch {epoch}")
        if self.diverged():
            return AttemptEnded(time.time(), "failed", error=f"diverged: loss is {self.worst()} in epoch {epoch}")
        return self.test(epoch, ending)

    def resume(self) -> int:
        """Go back to the last whole commit, say so, and return its epoch: 0 at the start."""
        epoch, checkpoint = resume.last_whole(self.paths, self.past)
        self.first = epoch + 1
        resume.discard_beyond(self.paths, epoch)
        now = device.environment(self.config)
        reason = resume.inexact(self.past, now, bool(self.config["deterministic"])) if epoch else ""
        if checkpoint is not None:
            self.restore(epoch, checkpoint)
        started = AttemptStarted(
            t=time.time(),
            attempt=self.past.next_attempt,
            resumed_epoch=epoch,
            device=now["device"],
            environment=now,
            process=asdict(identify()),
            parameters=self.model.parameters(),
            exact=not reason,
            inexact=reason,
        )
        events.append(self.paths.events, started)
        self.begun = True
        self.notify(f"started {self.paths.id}")
        inexact = f" (not exact: {reason})" if reason else ""
        _say(f"attempt {started.attempt} of {self.paths.id} on {started.device}, after epoch {epoch}{inexact}")
        for doubt in () if self.config["model"] in MODELS else doubts(self.model.model, self.data.source.shape):
            _say(f"warning: {doubt}")
        return epoch

    def restore(self, epoch: int, checkpoint: Checkpoint) -> None:
        """Put every variable and early stopping's place back to what they were after `epoch`."""
        assign(self.model.model.variables, checkpoint.weights)
        assign(self.model.optimizer.variables, checkpoint.optimizer)
        assign([average for _, average in self.model.averages], checkpoint.averages)
        self.best = checkpoint.best
        self.stopping = EarlyStopping(**checkpoint.state["stopping"])
        self.metrics = self.past.epochs[epoch].metrics
        self.seconds = sum(event.seconds for number, event in self.past.epochs.items() if number <= epoch)

    def ending(self, epoch: int) -> str:
        """Why no epoch follows `epoch`; empty where one does."""
        limit = self.file.time_limit
        if epoch == 0:
            return ""
        if self.diverged():
            return "diverged"
        if self.config["early_stopping"] and self.stopping.stopped:
            return f"early stopping: {self.stopping.monitor} best at epoch {self.stopping.best_epoch}"
        if epoch >= int(self.config["epochs"]):
            return f"all {epoch} epochs" if epoch > 1 else "all of its one epoch"
        if limit and self.seconds >= limit * 60:
            return f"time limit of {limit:g} minute{'s' * (limit != 1)}"
        return ""

    def worst(self) -> float:
        """The first loss of the last epoch that is not finite, or else its training loss."""
        losses = [self.metrics[name] for name in ("loss", "val_loss") if name in self.metrics]
        return next((loss for loss in losses if not math.isfinite(loss)), losses[0] if losses else 0.0)

    def diverged(self) -> bool:
        """Whether the last epoch's loss is no number, and that ends this job."""
        return self.file.on_nan == "fail" and not math.isfinite(self.worst())

    def train_epoch(self, epoch: int) -> None:
        """Train and validate epoch `epoch` (from 1); its figures then stand in `metrics`."""
        began = time.monotonic()
        train, seed = self.data.train, self.file.job.seed
        rates = epoch_rates(self.config, epoch - 1, self.steps)
        arguments = (
            train.images,
            train.labels,
            tf.constant(order(seed, epoch - 1, train.count)),
            tf.constant(rates),
            tf.constant(seed, tf.int64),
            tf.constant((epoch - 1) * self.steps, tf.int64),
        )
        sums, step, batch = no_sums(), 0, int(self.config["batch_size"])
        while step < self.steps:
            end = min(step + self.pace.steps, self.steps)
            self.pace.begin()
            sums = self.model.spans.train(*arguments, tf.constant(step), tf.constant(end), sums)
            loss, hits = float(sums[0]), float(sums[1])
            self.pace.end(end - step)
            step, seen = end, min(end * batch, train.count)
            self.metrics = {"loss": loss / seen, "accuracy": hits / seen}
            self.between_spans(epoch, step)
        if self.data.validation.count:
            self.metrics |= self.validate(self.data.validation)
        self.metrics["learning_rate"] = float(rates[-1])
        if epoch == self.first and (refused := self.model.spans.train.refused):
            _say(f"without XLA, which cannot compile this model: {refused}")
        self.epoch_seconds = time.monotonic() - began
        self.seconds += self.epoch_seconds
        figures = "  ".join(f"{name} {value:.4g}" for name, value in self.metrics.items())
        _say(f"epoch {epoch}/{self.config['epochs']}  {figures}  {self.epoch_seconds:.1f} s")

    def between_spans(self, epoch: int, step: int) -> None:
        """Say how far the epoch is, and listen."""
        self.place = Progress(epoch, step, self.steps, self.metrics["loss"], self.metrics["accuracy"])
        self.still_here()

    def still_here(self) -> None:
        """Say the same again: a long validation is not to be taken for a worker that hangs."""
        progress.write(self.paths, self.place, max(self.pace.longest, self.evaluation_pace.longest))
        self.asked_to_stop()

    def asked_to_stop(self) -> bool:
        """Whether someone wants this to end after the running epoch; if at once, it does not return."""
        request = stop_request(self.paths)
        if request == "now":
            signal.raise_signal(signal.SIGTERM)
        return request != ""

    def validate(self, part: Part) -> Metrics:
        """Loss and accuracy over `part`, with averaged weights where `ema` is on."""
        batch = int(self.config["eval_batch_size"])
        steps, step, sums = math.ceil(part.count / batch), 0, no_sums()
        self.model.spans.exchange()
        while step < steps:
            end = min(step + self.evaluation_pace.steps, steps)
            self.evaluation_pace.begin()
            sums = self.model.spans.evaluate(part.images, part.labels, tf.constant(step), tf.constant(end), sums)
            loss, hits = float(sums[0]), float(sums[1])
            self.evaluation_pace.end(end - step)
            step = end
            self.still_here()
        self.model.spans.exchange()
        return {"val_loss": loss / part.count, "val_accuracy": hits / part.count}

    def commit(self, epoch: int) -> None:
        """Make epoch `epoch` last: its checkpoint, then the line that counts it; then an old checkpoint goes."""
        if self.config["early_stopping"]:
            better = self.stopping.update(epoch, self.metrics[self.stopping.monitor])
            if better and self.config["restore_best_weights"]:
                self.best = self.model.tested_weights()
        state = {"epoch": epoch, "stopping": self.stopping.state()}
        checkpoint = Checkpoint(
            state,
            self.model.weights(),
            values(self.model.optimizer.variables),
            values([average for _, average in self.model.averages]),
            self.best,
        )
        path = self.paths.checkpoint(epoch)
        sha256 = checkpoint.save(path)
        ended = EpochEnded(time.time(), epoch, self.metrics, self.epoch_seconds, path.name, sha256)
        events.append(self.paths.events, ended)
        for number, old in self.paths.checkpoints().items():
            if number <= epoch - 2:
                old.unlink(missing_ok=True)
        failpoints.reach(f"epoch-{epoch}:committed")

    def test(self, epoch: int, reason: str) -> AttemptEnded:
        """Test the best weights, or the last ones where none are to be restored, and keep the results."""
        weights = self.best or self.model.tested_weights()
        tested = self.stopping.best_epoch if self.best else epoch
        figures, wrong = outcome.finish(self.model, self.data, weights, int(self.config["eval_batch_size"]), self.paths)
        _say(f"test loss {figures['loss']:.4g}  accuracy {figures['accuracy']:.4f}  {wrong} misclassified")
        return AttemptEnded(time.time(), "done", reason, tested, figures, wrong)


def _refuse_changed(file: JobFile, paths: JobPaths) -> None:
    """Settings edited after submission are another job's: nothing of this one may go on with them."""
    job = file.job
    if make_job(job.config, job.seed, job.digests).id != job.id or job.id != paths.id:
        hint = "restore config.toml for engine run --retry-failed, or engine rm the job and run it anew"
        raise DataError("the job's settings have changed since it was submitted", where=str(paths.config), hint=hint)


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)  # noqa: T201  a worker's standard output is its job's log
