"""The parts of a report, each as lines of Markdown."""

import platform
import shlex
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from engine.cli.pictures import gallery_of
from engine.cli.sweepmap import effect_lines, map_lines, title
from engine.cli.sweeps import Sweep, run_command
from engine.datasets import DATASETS
from engine.errors import DataError
from engine.plan.jobs import MANY, JobStatus
from engine.plan.settings import CODE, DEFAULTS
from engine.results.again import queue_text
from engine.results.cells import setting
from engine.results.columns import columns_shown
from engine.results.durations import counted, spoken
from engine.results.effects import drawn_fields, main_effects
from engine.results.errortext import error_lines, missed_caption
from engine.results.labels import Labels
from engine.results.leaderboard import rank
from engine.results.looking import errors_of
from engine.results.markdown import leaderboard_markdown
from engine.results.markup import block, escaped, table
from engine.results.metrics import METRICS, better_than
from engine.results.rows import JobRow
from engine.results.sweepmap import Place, at_text, sweep_map, swept, values_of
from engine.results.ties import compared
from engine.run.commit import commit, own_commit
from engine.session import Session
from engine.text import visible

COLUMNS = 80
ROWS = 30
HARDEST = 12


class Report:
    """An experiment as it stands now."""

    def __init__(self, session: Session, sweep: Sweep, metric: str) -> None:
        self.session = session
        self.sweep = sweep
        self.metric = metric
        self.rows = [place.row for place in sweep.places if place.row is not None]
        self.done = [row for row in self.rows if row.status is JobStatus.DONE]

    @cached_property
    def sets(self) -> dict[str, list[Place]]:
        """The jobs of each data set: figures of one tell nothing beside those of another."""
        found: dict[str, list[Place]] = {}
        for place in self.sweep.places:
            found.setdefault(str(place.config.get("dataset")), []).append(place)
        return found

    def best(self, places: Iterable[Place]) -> JobRow | None:
        """Of those that are done the job with the best figure, the first of equals; None where none is."""
        found: JobRow | None = None
        field = METRICS[self.metric].field
        for row in (place.row for place in places):
            if row is None or row.status is not JobStatus.DONE:
                continue
            if found is None or better_than(self.metric, getattr(row, field), getattr(found, field)):
                found = row
        return found

    def lines(self) -> Iterator[str]:
        """The whole document."""
        yield from self._section(f"# {_text(self.sweep.name)}", self.standing())
        parts = [("What was tried", self.tried()), ("Leaderboard", self.leaderboard())]
        best = [(dataset, row) for dataset, places in self.sets.items() if (row := self.best(places)) is not None]
        for dataset, row in best:
            on = self._on(dataset)
            parts += [(f"Curves of the best job{on}", self.curves(row)), (f"Its errors{on}", self.errors(row))]
        if best:
            parts += [("The hardest samples", self.hardest())]
        parts += [(f"The sweep{self._on(dataset)}", self.map(self.sets[dataset])) for dataset, _ in best]
        parts += [("Environment", self.environment()), ("Again", self.again())]
        for name, lines in parts:
            yield from self._section(f"## {name}", lines)

    def _on(self, dataset: str) -> str:
        return f" on {_text(dataset)}" if len(self.sets) > 1 else ""

    @staticmethod
    def _section(head: str, lines: Iterable[str]) -> Iterator[str]:
        yield head
        yield ""
        yield from lines
        yield ""

    def standing(self) -> Iterator[str]:
        """How many jobs there are and how they stand; when the last one ended."""
        states = Counter("never run" if each.row is None else str(each.row.status) for each in self.sweep.places)
        told = ", ".join(f"{count:,} {status.replace('_', ' ')}" for status, count in states.items())
        yield f"{counted(len(self.sweep.places), 'job')}: {told}. Figures are fractions, ranked by {self.metric}."
        if self.sweep.left_out:
            yield ""
            yield _text(f"{self.sweep.left_out}.")
            yield ""
        ended = max((row.ended for row in self.done if row.ended is not None), default=None)
        if ended is not None:
            moment = time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(ended))
            yield f"The last job was done at {moment}; all took {spoken(sum(row.seconds for row in self.rows))}."

    def tried(self) -> Iterator[str]:
        """Every setting that was varied, and those that are not at their defaults."""
        varied = swept(self.sweep.places, self.sweep.fields)
        config = self.sweep.places[0].config
        rows = [(name, ", ".join(map(at_text, values_of(self.sweep.places, name))), "varied") for name in varied]
        rows += [
            (name, setting(config[name]), "") for name in ("dataset", "model") if name in config and name not in varied
        ]
        named = {name for name, *_ in rows}
        rows += [
            (name, setting(value), f"default {setting(DEFAULTS.get(name))}")
            for name, value in config.items()
            if name not in named and value != DEFAULTS.get(name)
        ]
        yield from table(("setting", "value", ""), rows)
        yield ""
        seeds = sorted({row.seed for row in self.rows})
        yield "Seeds: " + ", ".join(map(str, seeds[:20])) + (", ..." if len(seeds) > 20 else "") + "."

    def leaderboard(self) -> Iterator[str]:
        """A table a data set, at most `ROWS` rows each."""
        boards = [compared(board, self.session.hits) for board in rank(self.done, rank_by=self.metric)]
        if not boards:
            yield "No job is done yet."
        instead = shlex.join(["engine", "report", self.sweep.name, "--metric", "val_accuracy"])
        for board in boards:
            short = replace(board, rows=board.rows[:ROWS])
            names = {board.title: columns_shown(board, sure=True)}
            yield from leaderboard_markdown([short], names, instead=visible(instead)).rstrip("\n").split("\n")
            if len(board.rows) > ROWS:
                yield ""
                yield f"The first {ROWS} of {len(board.rows):,}."

    def curves(self, row: JobRow) -> Iterator[str]:
        """Loss and accuracy over the epochs of one job."""
        from engine.cli.curves import curves  # noqa: PLC0415 - plotext: 0.2 s

        history = self.session.history(row.id)
        yield f"{self._name(row)}:"
        yield ""
        yield from block(curves(history, row.epochs, COLUMNS).split("\n")) if history else ["It has no epochs."]

    def _name(self, row: JobRow) -> str:
        return f"Job `{row.id}`, {_text(Labels(self.rows).of(row))}"

    def errors(self, row: JobRow) -> Iterator[str]:
        """Confusion, classes and calibration of one job."""
        try:
            found = self.session.predictions(row.id)
        except DataError as error:
            yield _text(f"They cannot be told: {error.faults[0].message}.")
            return
        yield from block(error_lines(errors_of(found), COLUMNS))

    def hardest(self) -> Iterator[str]:
        """The samples that most jobs miss, of each test set, as pictures."""
        sets = self.session.test_sets(self.done)
        if sets.lost:
            yield f"Left out, since their predictions cannot be read: {counted(len(sets.lost), 'job')}."
            yield ""
        for number, tested in enumerate(sets):
            if number:
                yield ""
            places = tested.tally.hardest()
            found = tested.tally.missed(places[:HARDEST])
            samples, jobs = counted(len(tested.tally.true), "sample"), counted(len(tested.jobs), "job")
            if not found:
                yield _text(f"{sets.title(tested)}: none of {samples} is missed by any of {jobs}.")
                continue
            told = f"{len(places):,} of {samples} are missed by at least one of {jobs}"
            yield _text(f"{sets.title(tested)}: {told}; the hardest, each with its place in the test set:")
            yield ""
            witnesses = [tested.jobs[each.witness].id for each in found]
            pictures = self.session.pictures(witnesses, [each.index for each in found])
            captions = {each.index: missed_caption(each) for each in found}
            yield from block(gallery_of(pictures, captions, "half", COLUMNS).split("\n"))

    def map(self, places: Sequence[Place]) -> Iterator[str]:
        """Two fields as a map, and the main effects of all."""
        varied = swept(places, self.sweep.fields)
        effects = main_effects(places, varied, self.metric)
        fields = drawn_fields(varied, effects)
        if not fields:
            yield "The jobs differ in no setting, only in their seeds."
            return
        drawn = sweep_map(places, fields, metric=self.metric)
        below = ["", *effect_lines(effects)] if effects is not None else []
        yield from block([visible(title(self.sweep.name, drawn, varied)), *map_lines(drawn, varied, COLUMNS), *below])

    def environment(self) -> Iterator[str]:
        """What trained the jobs, with which versions, on which data; and what wrote this.

        Which commit the jobs were trained at nobody has written down.
        """
        found = self.session.environments([row.id for row in self.rows])
        names = tuple(dict.fromkeys(name for environment, _ in found for name in environment))
        if found:
            rows = [(f"{count:,}", *(str(environment.get(name, "")) for name in names)) for environment, count in found]
            yield from table(("jobs", *names), rows, numeric=(0,))
            yield ""
        from importlib.metadata import version  # noqa: PLC0415 - 0.03 s, which no other command needs

        told = [("labtop, at writing", version("labtop")), ("Python, at writing", platform.python_version())]
        told += [("commit of labtop, at writing", own)] if (own := own_commit()) else []
        folder = self.session.paths.root.absolute().parent
        told += [("commit of the folder, at writing", here)] if (here := commit(folder)) and here != own else []
        told += [(f"SHA-256 of {name}", digest) for name, digest in sorted(self._digests().items())]
        yield from table(("what", ""), told)

    def _here(self) -> str:
        """What running the queue file does, which may have changed since these jobs were trained."""
        if not self.sweep.wanted:
            return "trains what the queue file asks for now"
        other = sum(row.id not in self.sweep.wanted for row in self.done)
        if not other:
            return "finds what is done and trains the rest"
        verb = "is" if other == 1 else "are"
        return f"trains what the queue file asks for now; of the jobs that are done {other:,} {verb} not among that"

    def _digests(self) -> dict[str, str]:
        """Of every data set and all code of their own: one job of each configuration is enough."""
        some = {(row.config.get("dataset"), row.config.get("model")): row for row in self.rows}
        found: dict[str, str] = {}
        for row in some.values():
            found |= self.session.digests(row.id)
        return found

    def again(self) -> Iterator[str]:
        """The command that repeats it where it was done, and a queue file that does anywhere."""
        if self.sweep.queue is not None:
            yield f"Here, which {self._here()}:"
            yield ""
            yield from block([run_command(self.sweep.queue, self.sweep.name)], "sh")
            yield ""
        if self.rows:
            text = queue_text(self.sweep.name, [(place, place.row.seed) for place in self.sweep.places if place.row])
            own = [name for name in self._digests() if name not in DATASETS]
            words = ["engine", "run", "again.toml", *(["--yes"] if len(self.rows) > MANY else [])]
            words += ["--allow-code"] if any(CODE.fullmatch(str(row.config["model"])) for row in self.rows) else []
            yield f"Anywhere else, in an empty folder{', with ' + ', '.join(map(_text, own)) if own else ''}:"
            yield ""
            yield from block(
                ["cat > again.toml <<'END'", *text.rstrip("\n").split("\n"), "END", shlex.join(words)], "sh"
            )


def _text(text: str) -> str:
    return escaped(visible(text))
