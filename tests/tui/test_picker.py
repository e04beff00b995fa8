"""The list of jobs: what goes on is renewed in its place, what moves is put in order anew."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.plan.jobs import JobStatus
from engine.results.labels import Labels
from engine.results.rows import JobRow
from tests.tui.made import Host, flow, history, row, shown, snapshot, until
from tui.panes.jobs_model import JobLines, arranged
from tui.panes.picker import JobPicker

STATUSES = [JobStatus.RUNNING, JobStatus.DONE, JobStatus.QUEUED, JobStatus.WITHDRAWN]
changes = st.lists(st.tuples(st.sampled_from(STATUSES), st.integers(0, 3), st.floats(0, 3)), min_size=4, max_size=4)


def made(told: list[tuple[JobStatus, int, float]]) -> list[JobRow]:
    return [
        row(n, status=status, epoch=epoch, ended=ended if status.is_finished() else None)
        for n, (status, epoch, ended) in enumerate(told)
    ]


def has_words(job: JobRow) -> bool:
    return job.epoch > 0


@given(changes, changes)
@example([(JobStatus.DONE, 1, 0.0)] * 4, [(JobStatus.WITHDRAWN, 1, 0.0), *[(JobStatus.DONE, 1, 0.0)] * 3])
def test_jobs_that_went_on_stand_where_a_list_made_anew_has_them(
    first: list[tuple[JobStatus, int, float]], second: list[tuple[JobStatus, int, float]]
) -> None:
    picker = JobPicker(has_words)
    before, after = made(first), made(second)
    lines = picker.lines = JobLines(kept := arranged(before, has_words), Labels(kept))
    picker._listed = before
    picker.repaint = lambda: None  # type: ignore[method-assign]
    anew = arranged(after, has_words)
    if picker._renewed(after):
        assert lines.rows == anew
        assert all(lines.find(job.id) == place for place, job in enumerate(anew))


@flow
async def test_an_epoch_is_shown_and_a_job_that_ends_moves() -> None:
    host = Host(picker := JobPicker())
    running, waiting = row(1, status=JobStatus.RUNNING, epoch=1), row(2, status=JobStatus.QUEUED)
    async with host.driven() as pilot:
        picker.snapshot = snapshot(running, waiting)
        await until(pilot, lambda: len(picker.lines) == 2)
        lines = picker.lines
        picker.snapshot = snapshot(further := replace(running, epoch=2), waiting)
        assert picker.lines is lines
        assert picker.job is further
        begun = replace(waiting, status=JobStatus.RUNNING)
        picker.snapshot = snapshot(replace(further, status=JobStatus.DONE, ended=5.0), begun)
        await until(pilot, lambda: picker.lines.rows[0] is begun)


@flow
async def test_a_list_that_a_thread_made_meanwhile_takes_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many jobs the list is made in a thread; what goes on before it comes must not be lost with it."""
    monkeypatch.setattr("tui.panes.picker.AT_ONCE", 1)
    host = Host(picker := JobPicker())
    running, waiting = row(1, status=JobStatus.RUNNING, epoch=1), row(2, status=JobStatus.QUEUED)
    async with host.driven() as pilot:
        picker.snapshot = snapshot(running, waiting)
        await until(pilot, lambda: len(picker.lines) == 2)
        late = JobPicker.Arranged(picker.snapshot.jobs, picker._lines_of(picker.snapshot.jobs))
        picker.snapshot = snapshot(further := replace(running, epoch=2), waiting)
        picker.post_message(late)
        await pilot.pause()
        assert picker.job is further
        # Two at once, the second of which only goes on: the first one's list comes, and then the second's.
        ended = replace(further, status=JobStatus.DONE, ended=1.0)
        picker.snapshot = snapshot(ended, begun := replace(waiting, status=JobStatus.RUNNING, epoch=1))
        picker.snapshot = snapshot(ended, later := replace(begun, epoch=2))
        await until(pilot, lambda: picker.lines.rows[0] is later)


@flow
async def test_a_list_longer_than_its_window_keeps_its_curves() -> None:
    host = Host(picker := JobPicker())
    async with host.driven() as pilot:
        for count in (2, 60, 3):
            jobs = [row(n) for n in range(count)]
            picker.snapshot = snapshot(*jobs)
            picker.learn({job.id: history(8) for job in jobs})
            await until(pilot, lambda: "▁" in shown(pilot)[0] and "█" in shown(pilot)[0])
            await pilot.resize_terminal(50, 20)
            await until(pilot, lambda: "█" in shown(pilot)[1] and len(shown(pilot)) == 20)
            await pilot.resize_terminal(80, 24)
            await pilot.pause()
            assert picker.columns == picker.lines.columns(picker.room)
