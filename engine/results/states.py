"""States of data sets and of code: figures of one path or one name with two contents are never counted together."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from engine.plan.jobs import Job, JobStatus
from engine.results.durations import counted
from engine.results.rows import JobRow

# The field of a board that tells rows of one model apart whose code changed.
CODE = "code"
# The column that tells boards of one data set apart whose content changed.
DATA = "data"
SHOWN = 8


def several_codes(digests: Sequence[Mapping[str, str]], dataset: str) -> bool:
    """Whether any model of jobs on a data set has several states, from the digests of each job, repeated or not."""
    known: dict[str, str] = {}
    return any(
        known.setdefault(name, digest) != digest for each in digests for name, digest in each.items() if name != dataset
    )


def same_states(row: JobRow, other: JobRow) -> bool:
    """Whether two jobs were trained on the same data with the same code, as far as these are a person's own."""
    return row.data_state == other.data_state and row.code_state == other.code_state


class Latest:
    """Of every data set and every model the state that counts, where jobs of several would be put together.

    That is the state of the jobs `wanted`, as soon as one of them is there; else the one that was done last.
    """

    def __init__(self, rows: Iterable[JobRow], wanted: Collection[str] = ()) -> None:
        """`wanted` are the ids of the jobs that a queue file yields now."""
        self._data: dict[str, str] = {}
        self._code: dict[str, str] = {}
        for row in sorted(rows, key=lambda row: (row.id in wanted, row.status is JobStatus.DONE, row.ended or 0.0)):
            self._data[row.dataset] = row.data_state
            self._code[row.model] = row.code_state

    def has(self, row: JobRow) -> bool:
        """Whether a job is of the states that count."""
        return self._data.get(row.dataset) == row.data_state and self._code.get(row.model) == row.code_state

    def allows(self, job: Job) -> bool:
        """The same of a job that may be new: where there is no row of its data set or model, it is."""
        names = (self._data, str(job.config.get("dataset", ""))), (self._code, str(job.config.get("model", "")))
        return all(name not in known or known[name] == job.digests.get(name, "") for known, name in names)

    def left_out(self, rows: Iterable[JobRow]) -> str:
        """`2 jobs of another state of data/own.npz are left out`; empty where none is."""
        left = [row for row in rows if not self.has(row)]
        changed = [row.dataset if self._data[row.dataset] != row.data_state else row.model for row in left]
        names = ", ".join(sorted(set(changed)))
        verb = "is" if len(left) == 1 else "are"
        return f"{counted(len(left), 'job')} of another state of {names} {verb} left out" if left else ""
