"""What comes from data is shown, and obeyed by nobody: bytes read back from a terminal, cells read back from CSV."""

import csv
import io
import random
import re
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import tomli_w

from engine.cli import main
from engine.errors import QueueFileError
from engine.plan import queuefile
from engine.record import notes
from engine.record.events import AttemptEnded
from engine.record.ledger import Ledger
from engine.results.rows import Note
from engine.text import visible
from tests import builders
from tests.builders import done, epoch, started, tell
from tests.faults.amounts import amount
from tests.faults.strings import ACTS, CELLS, EVERY, MARKUP, hostile, name
from tests.faults.terminals import SGR, Terminal, engine, foreign, labtop


class Place:
    """A store whose every text is hostile, and its queue file."""

    def __init__(self, folder: Path, experiments: int, seed: int = 1) -> None:
        self.folder = folder
        draw = random.Random(seed)
        taken: set[str] = set()
        self.names = [name(draw, taken) for _ in range(experiments)]
        tables = [
            {"name": each, "notes": hostile(draw), "tags": [hostile(draw)[:150] + "x"], "seed": number}
            for number, each in enumerate(self.names)
        ]
        document = {"defaults": {"model": "mlp", "epochs": 2, "early_stopping": False}, "experiment": tables}
        self.file = folder / "experiments.toml"
        self.file.write_text(tomli_w.dumps(document))
        ledger = Ledger(builders.store(folder))
        builders.submit(ledger, self.file.read_text())
        self.paths = ledger.paths
        self.ids = [row.id for row in ledger.jobs()]
        assert len(self.ids) == experiments
        written = {}
        for number, job_id in enumerate(self.ids):
            folder_of = self.paths.job(job_id)
            if number % 3 == 2:
                ending = AttemptEnded(300.0, "failed", error=hostile(draw))
            else:
                ending = done(2, 0.5 + number / 1e4)
            tell(self.paths, job_id, started(), epoch(1), epoch(2), ending)
            ledger.ingest(job_id)
            folder_of.log.write_text("".join(hostile(draw) + "\n" for _ in range(20)), "utf-8", "surrogatepass")
            written[job_id] = Note(hostile(draw), bool(number % 2), (hostile(draw),))
        notes.write(self.paths.notes, written)
        ledger.close()

    def mistakes(self, job_id: str) -> None:
        images = np.zeros((3, 28, 28, 1), np.uint8)
        images[:, 4:24, 13:15] = 255
        arrays = {"index": np.arange(3), "image": images, "true": np.array([4, 4, 7]), "predicted": np.array([9, 1, 1])}
        np.savez(self.paths.job(job_id).mistakes, **arrays, confidence=np.array([0.5, 0.9, 0.7], np.float16))


@pytest.fixture
def hostile_place(tmp_path):
    place = Place(tmp_path, 60)
    place.mistakes(place.ids[0])
    return place


def test_one_string_at_a_time_is_inert_and_still_there(faults):
    draw = random.Random(2)
    for text in [*EVERY, *(hostile(draw) for _ in range(amount(5_000, 100_000)))]:
        faults.inject()
        shown = visible(text)
        assert not foreign(shown.encode()), text
        assert "\n" not in shown and "\r" not in shown
        back = re.sub(
            r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})", lambda m: chr(int(m[1] or m[2] or m[3], 16)), shown
        )
        assert "\\" in text or back.replace("\\r", "\r").replace("\\t", "\t").replace("\\n", "\n") == text


COMMANDS = [
    ["status"],
    ["leaderboard"],
    ["leaderboard", "--by", "job", "--sort", "test_loss"],
    ["leaderboard", "--md"],
    ["leaderboard", "--csv", "-"],
    ["show", "JOB"],
    ["logs", "JOB"],
    ["digits", "JOB"],
    ["validate"],
    ["run", "--dry-run"],
    ["doctor"],
    ["rm", "JOB"],
    ["prune"],
    ["attach"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_lets_a_control_byte_through_to_its_terminal(hostile_place, faults, words):
    place = hostile_place
    for plain in ({}, {"NO_COLOR": "1"}):
        terminal = Terminal(
            *engine(*(place.ids[0] if word == "JOB" else word for word in words)),
            folder=place.folder,
            environment=plain,
        )
        assert terminal.ended() in (0, 1, 2, 3)
        assert foreign(terminal.seen) == [], terminal.seen
        assert b"Traceback" not in terminal.seen
        if plain:
            assert b"\x1b" not in terminal.seen
        else:
            assert "\x1b" not in SGR.sub("", terminal.seen.decode()), "colours are all that a command adds"
        terminal.kill()
        faults.inject(60)


@pytest.mark.parametrize(
    "words", [["show"], ["logs"], ["run", "--only"], ["stop"], [], ["leaderboard", "--filter"], ["validate"]]
)
def test_no_hostile_word_of_a_command_line_comes_back_alive(hostile_place, faults, words, capsys):
    for text in [*ACTS, *MARKUP]:
        if "\x00" in text:
            continue
        faults.inject()
        main.call(
            [*words, text, "--store", str(hostile_place.paths.root)]
            if words[:1] in (["show"], ["logs"], ["stop"])
            else [*words, text]
        )
        told = capsys.readouterr()
        assert not foreign((told.out + told.err).encode()), text
        assert "Traceback" not in told.err


def test_a_log_of_hostile_lines_is_printed_line_by_line(tmp_path, faults):
    place = Place(tmp_path, 1)
    draw = random.Random(3)
    count = amount(3_000, 100_000)
    lines = [hostile(draw).replace("\n", "") for _ in range(count)]
    place.paths.job(place.ids[0]).log.write_text(
        "".join(f"{n}: {line}\n" for n, line in enumerate(lines)), "utf-8", "surrogatepass", newline="\n"
    )
    terminal = Terminal(*engine("logs", place.ids[0]), folder=tmp_path)
    assert terminal.ended(600) == 0
    assert foreign(terminal.seen) == []
    printed = terminal.seen.decode().split("\r\n")
    assert [line.partition(":")[0] for line in printed[:-1]] == [str(n) for n in range(count)]
    terminal.kill()
    faults.inject(count)


TABS = {
    "1": ["j" * 15, "G", "\r", "\x1b", "\x0e"],
    "2": ["j", " ", "j", " ", "m", "y", "G"],
    "3": ["j" * 10, "b", "\r", "\x1b", "/", "zzz", "\x1b", "G"],
    "4": ["a", "a", "j"],
    "5": ["j" * 3, "G", "/", "red", "\r", "\x1b"],
}


def test_the_console_lets_no_control_byte_through(hostile_place, faults):
    """Every tab, walked through, with what is opened from it."""
    place = hostile_place
    terminal = Terminal(
        *labtop(), size=(40, 130), folder=place.folder, environment={"XDG_STATE_HOME": str(place.folder / "state")}
    )
    terminal.until(b"experiments.toml")
    terminal.still()
    for tab, keys in TABS.items():
        terminal.press(tab)
        terminal.still()
        for key in keys:
            terminal.press(key)
            terminal.still(0.15)
            assert terminal.process.poll() is None, terminal.seen[-3000:]
        faults.inject(60)
    terminal.press("\x1b\x1b?")
    terminal.still()
    terminal.press("\x1b\x1bq")
    terminal.still()
    terminal.press("f")
    terminal.kill()
    assert foreign(terminal.seen) == []
    assert b"Traceback" not in terminal.seen and b"MarkupError" not in terminal.seen


async def _shown(place: Place, keys: list[str]) -> str:
    from tui.app import Labtop
    from tui.options import Options

    app = Labtop(Options(place.file))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        return "\n".join(strip.text for strip in app.screen._compositor.render_strips(app.size))


# names are labels, paths are ids

LONG = "n" * 200


def test_whatever_a_job_is_called_its_folder_is_its_id(tmp_path, faults):
    labels = [text for text in EVERY if text.strip() and len(text) <= 200]
    labels = list({unicodedata.normalize("NFC", text): text for text in [*labels, LONG, "字" * 200]}.values())
    tables = [{"name": label, "seed": number, "epochs": 1} for number, label in enumerate(labels)]
    ledger = Ledger(builders.store(tmp_path))
    before = {path for path in tmp_path.rglob("*") if "runs" not in path.parts}
    builders.submit(ledger, tomli_w.dumps({"experiment": tables}))
    rows = ledger.jobs()
    assert {row.experiments[0] for row in rows} == set(labels)
    for folder in ledger.paths.jobs.iterdir():
        assert re.fullmatch(r"[0-9a-f]+", folder.name), folder
    assert {path for path in tmp_path.rglob("*") if "runs" not in path.parts} == before
    assert len(list(ledger.paths.jobs.iterdir())) in (0, len(labels))
    ledger.close()
    faults.inject(len(labels))


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["e\u0301", "\u00e9"], "taken"),
        (["a" * 201], "too long"),
        (["字" * 300], "too long"),
        ([" "], "blank"),
        (["\u3000"], "blank"),
        ([""], "blank"),
    ],
)
def test_names_that_would_be_mistaken_for_one_another_or_run_over_are_refused(faults, names, says):
    faults.inject()
    text = tomli_w.dumps({"experiment": [{"name": each} for each in names]})
    with pytest.raises(QueueFileError, match=says):
        queuefile.parse(text, Path("experiments.toml"))


# spreadsheets

NUMBERS = ("rank", "n", "test_accuracy", "test_loss", "val_accuracy", "seconds", "parameters", "epochs")


@pytest.mark.parametrize("by", ["config", "job"])
def test_a_spreadsheet_sees_text_as_text_and_numbers_as_numbers(tmp_path, faults, capsys, monkeypatch, by):
    monkeypatch.chdir(tmp_path)
    draw = random.Random(4)
    labels = [f"{text}{number}" for number, text in enumerate([*CELLS, *ACTS, *(hostile(draw) for _ in range(50))])]
    tables = [{"name": label[:200], "seed": number, "epochs": 2} for number, label in enumerate(labels)]
    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, tomli_w.dumps({"experiment": tables}))
    for row in ledger.jobs():
        tell(ledger.paths, row.id, started(), epoch(1), epoch(2), done(2, 0.9))
        ledger.ingest(row.id)
    ledger.close()
    assert main.call(["leaderboard", "--by", by, "--csv", "-"]) == 0
    head, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert len(rows) == (1 if by == "config" else len(labels))
    for row in rows:
        for title, value in zip(head, row, strict=True):
            faults.inject()
            if title in NUMBERS or title.endswith(("_std", "_mean")):
                assert value == "" or float(value) is not None, (title, value)
            else:
                assert not value.startswith(("=", "+", "-", "@", "\t", "\r")), (title, value)
                assert not foreign(value.encode())
