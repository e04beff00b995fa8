"""Job rows as hypothesis makes them: few configurations, so that repeats and ties come about; any text as a name."""

from hypothesis import strategies as st

from engine.plan.jobs import JobStatus
from engine.results.rows import JobRow
from tests.results.rows_made import job

figures = st.one_of(st.none(), st.just(float("nan")), st.sampled_from([0.0, 0.5, 0.9948, 0.9957, 1.0]))
names = st.one_of(st.sampled_from(["grid", "=1+1", "-x", "@a", "a, b", "'q"]), st.text(max_size=12))


OWN = "data/own.npz"
digests = st.sampled_from([{}, {OWN: "a" * 64}, {OWN: "b" * 64}, {"nets:small": "c" * 64}, {"nets:small": "d" * 64}])


@st.composite
def job_rows(draw: st.DrawFn) -> list[JobRow]:
    """Up to a dozen jobs, each with an id of its own."""
    return [
        job(
            number,
            draw(st.integers(0, 3)),
            status=draw(st.sampled_from([JobStatus.DONE, JobStatus.DONE, JobStatus.FAILED])),
            dataset=draw(st.sampled_from(["mnist", OWN])),
            model=draw(st.sampled_from(["cnn", "nets:small"])),
            digests=draw(digests),
            dropout=draw(st.sampled_from([0.2, 0.25])),
            batch_norm=draw(st.booleans()),
            test_accuracy=draw(figures),
            test_loss=draw(figures),
            val_accuracy=draw(figures),
            experiments=tuple(draw(st.lists(names, min_size=1, max_size=2))),
        )
        for number in range(draw(st.integers(0, 12)))
    ]
