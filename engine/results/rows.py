"""The rows that the store gives and that every result is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.plan.jobs import Configuration, JobStatus


@dataclass(frozen=True)
class JobRow:
    """One job as it stands. Accuracies are fractions, times are seconds; None where nothing is known yet.

    `experiments` names every experiment that wants the job, in the order of their submission. `val_accuracy` and
    `val_loss` are those of `best_epoch`, the epoch whose weights were tested. `waits_for` says in words why a queued
    job does not start. `seconds` is the sum over its committed epochs. `digests` has the SHA-256 of the data set and of
    the code that are a person's own, by path and by `module:function`, as they were when the job was submitted.
    """

    id: str
    config: Configuration
    seed: int
    status: JobStatus
    experiments: tuple[str, ...] = ()
    epoch: int = 0
    epochs: int = 0
    best_epoch: int | None = None
    test_accuracy: float | None = None
    test_loss: float | None = None
    val_accuracy: float | None = None
    val_loss: float | None = None
    accuracy: float | None = None
    loss: float | None = None
    seconds: float = 0.0
    parameters: int | None = None
    misclassified: int | None = None
    attempts: int = 0
    device: str = ""
    waits_for: str = ""
    reason: str = ""
    error: str = ""
    exact: bool = True
    ended: float | None = None
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def dataset(self) -> str:
        """The name or path of its data set."""
        return str(self.config.get("dataset", ""))

    @property
    def model(self) -> str:
        """The name of its model."""
        return str(self.config.get("model", ""))

    @property
    def data_state(self) -> str:
        """What its data set was, as SHA-256; empty for one that has a name."""
        return self.digests.get(self.dataset, "") if self.digests else ""

    @property
    def code_state(self) -> str:
        """What the code of its model was, as SHA-256; empty for the models in the box."""
        return self.digests.get(self.model, "") if self.digests else ""


@dataclass(frozen=True)
class EpochRow:
    """One committed epoch: its number from 1, its metrics by name (see `metrics`), its wall time in seconds."""

    epoch: int
    metrics: Mapping[str, float]
    seconds: float


@dataclass(frozen=True)
class AttemptRow:
    """One try at a job. `outcome` is empty while it runs; `exact` is False, with the reason, where bits may differ."""

    number: int
    started: float
    ended: float | None
    outcome: str
    device: str
    resumed_epoch: int
    exact: bool = True
    inexact: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


CPU = "cpu"


@dataclass(frozen=True)
class Device:
    """A GPU or the CPU. Memory is in bytes, `use` a fraction, temperature in degrees Celsius; None where unknown.

    `holders` are the pids of every process that computes on it. In a container the driver may name processes of the
    whole machine, by numbers that mean nothing inside: those are counted in `unseen` instead.
    """

    key: str
    label: str
    name: str
    use: float | None = None
    memory_used: int | None = None
    memory_total: int | None = None
    temperature: int | None = None
    holders: tuple[int, ...] = ()
    unseen: int = 0

    @property
    def is_gpu(self) -> bool:
        return self.key != CPU


@dataclass(frozen=True)
class Note:
    """What a person says about a configuration or a job."""

    text: str = ""
    star: bool = False
    tags: tuple[str, ...] = ()
