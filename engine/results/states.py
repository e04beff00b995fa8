"""States of data sets and of code: figures of one path or one name with two contents are never counted together."""

from collections.abc import Mapping, Sequence

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


class Latest:
    """Of every data set and every model the state that counts, where jobs of several are put together.

    That is the state of the jobs `wanted`, as soon as one of them is there; else the one that was done last.
    """

    def __init__(self, rows: Sequence[JobRow], wanted: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """`wanted` gives the digests of jobs that a queue file yields now, by their ids."""
        wanted = wanted or {}
        ordered = sorted(rows, key=lambda row: (row.ended is not None, row.ended or 0.0))
        self._data = {row.dataset: row.data_state for row in ordered}
        self._code = {row.model: row.code_state for row in ordered}
        for row in ordered:
            if row.id in wanted:
                self._data[row.dataset] = row.data_state
                self._code[row.model] = row.code_state

    def has(self, row: JobRow) -> bool:
        """Whether a job is of the states that count."""
        return self.is_of(row.dataset, row.model, row.digests)

    def is_of(self, dataset: str, model: str, digests: Mapping[str, str]) -> bool:
        """The same of a job that may be new: whatever no job was handed in of counts."""
        data, code = digests.get(dataset, ""), digests.get(model, "")
        return self._data.get(dataset, data) == data and self._code.get(model, code) == code
