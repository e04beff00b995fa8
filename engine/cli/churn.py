"""`engine churn A B`: two jobs or configurations side by side: equal accuracies are not equal networks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from engine.cli.missed import show, warn_lost
from engine.cli.pictures import StyleOption, style_of
from engine.cli.store_option import JsonOption, StoreOption, open_store
from engine.cli.streams import data, document
from engine.errors import DataError, UsageError
from engine.plan.jobs import JobStatus
from engine.results.churn import compared, surest
from engine.results.errortext import churn_lines, voted
from engine.results.insight import churn_document
from engine.results.labels import Labels
from engine.results.leaderboard import one_of
from engine.results.rows import JobRow
from engine.results.states import same_states
from engine.results.testsets import TestSet, refuse_others
from engine.session import Session


@dataclass(frozen=True)
class Side:
    """A or B: what it is called, and its jobs over one test set."""

    name: str
    tested: TestSet

    @property
    def told(self) -> str:
        """Its name, with how many jobs stand behind it."""
        return voted(self.name, len(self.tested.jobs))


def churn(
    first: Annotated[str, typer.Argument(metavar="JOB_A", help="A job's id or its beginning, or an experiment.")],
    second: Annotated[str, typer.Argument(metavar="JOB_B", help="The same.")],
    by: Annotated[
        str, typer.Option("--by", metavar="job|config", help="config: a job stands for all repeats of its settings.")
    ] = "job",
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="At most N pictures a side; 0 shows all.")
    ] = 6,
    style: StyleOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Compare two jobs or configurations sample by sample: what A mends, what it breaks, and McNemar's exact p.

    An experiment of one configuration stands for all its repeats; a sample is right where more than half of them have
    it right. p tells of these trained networks on this test set, not of how repeats of a training scatter.
    """
    by, drawn = one_of(by, ("job", "config"), "--by"), style_of(style)
    session = open_store(store)
    labels = Labels(session.rows())
    a, b = (side(session, word, by, labels) for word in (first, second))
    refuse_others(a.tested, b.tested)
    found = compared(a.tested.tally, b.tested.tally)
    mended, broken = surest(b.tested.tally, found.mended), surest(a.tested.tally, found.broken)
    if as_json:
        document(churn_document(_named(a), _named(b), a.tested.dataset, found, (mended, broken)))
        return
    for line in churn_lines(a.told, b.told, found):
        data(line)
    for title, whom, samples in (("mended: A right, B wrong", b, mended), ("broken: A wrong, B right", a, broken)):
        chosen = samples[:limit] if limit else samples
        if chosen:
            shown = f", {len(chosen)} of {len(samples):,} shown" if len(chosen) < len(samples) else ""
            data(f"\n{title}{shown}\n")
            show(session, whom.tested, chosen, drawn)


def side(session: Session, word: str, by: str, labels: Labels) -> Side:
    """The jobs that a word stands for. Raises UsageError where they are of several configurations or none is done."""
    rows = session.find([word])
    configs = list({id(row.config): row.config for row in rows}.values())
    if any(config != configs[0] for config in configs):
        ids = ", ".join(row.id[:8] for row in rows[:4])
        told = f"{word} has jobs of several configurations"
        raise UsageError(told, hint=f"name a job, with --by config for all its repeats: {ids} ...")
    if not all(same_states(row, rows[0]) for row in rows):
        told = f"{word} has jobs of several states of their data set or code"
        raise UsageError(told, hint="name one job of each state")
    if by == "config":
        rows = [row for row in session.rows() if same_states(row, rows[0]) and row.config == configs[0]]
    done = [row for row in rows if row.status is JobStatus.DONE]
    if not done:
        raise UsageError(f"no job of {word} is done", hint="engine status shows how it goes")
    found = session.test_sets(done)
    sets = list(found)
    if not sets:
        where = str(session.paths.job(done[0].id).predictions)
        hint = "engine run --again trains the job anew"
        raise DataError(f"the predictions of {word} cannot be read", where=where, hint=hint)
    if len(sets) > 1:
        told = f"the jobs of {word} were tested on different states of {sets[0].dataset}"
        raise UsageError(told, hint="name one job of each state")
    warn_lost(found)
    return Side(_name(sets[0].jobs, labels), sets[0])


def _name(rows: Sequence[JobRow], labels: Labels) -> str:
    told = labels.of(rows[0])
    seed = f" seed={rows[0].seed}"
    return told.removesuffix(seed) if len(rows) > 1 else f"{rows[0].id[:8]} {told}"


def _named(each: Side) -> dict[str, Any]:
    return {"job_ids": [row.id for row in each.tested.jobs], "config": dict(each.tested.jobs[0].config)}
