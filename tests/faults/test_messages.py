"""Every error that a person can cause: what, where, what to do; in the words of the house."""

import ast
import os
import re
import socket
import sqlite3
from pathlib import Path

import numpy as np
import pytest

import engine
import tui
from engine.cli import main
from engine.errors import EngineError
from engine.record.locks import FileLock
from engine.record.paths import StorePaths
from tests import builders
from tests.builders import done, epoch, started, tell

FAMILY = {"Fault", *(found.__name__ for found in [EngineError, *EngineError.__subclasses__()])}
FAMILY |= {found.__name__ for each in EngineError.__subclasses__() for found in each.__subclasses__()}
NOISE = re.compile(
    r"<class|<module|Traceback|Error\(|Path\(|dict_keys|\bNone(Type)?\b|\b(True|False)\b|Errno|object at 0x|\(\)|\bb'"
)
# Names of things may begin with a capital letter; sentences do not.
BEGINNING = re.compile(r"[a-z0-9`{\"'\[/.*-]|Keras|MNIST|Fashion-MNIST|GPU|CPU|CSV|JSON|TOML|SQLite|SHA-256")


def good(text: str) -> list[str]:
    """What is wrong with a line of ours."""
    wrong = []
    if not BEGINNING.match(text):
        wrong.append("it begins with a capital letter")
    if text.endswith((".", "!")) and not text.endswith("..."):
        wrong.append("it ends with a full stop")
    if NOISE.search(text):
        wrong.append("it speaks Python")
    if "\n" in text:
        wrong.append("it has several lines")
    if re.search(r"\b(please|sorry|oops|invalid|illegal|failed to|unable to|cannot not)\b", text, re.I):
        wrong.append("it is not how we speak")
    return wrong


def shape_of(node: ast.expr | None) -> str:
    """A string expression as text, whatever is put into it as {}."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join("{}" if isinstance(part, ast.FormattedValue) else str(part.value) for part in node.values)
    if isinstance(node, ast.BinOp):
        return shape_of(node.left) + shape_of(node.right)
    return "{}"


def raised():
    """Every place where an error of the family is made: file:line, its message, its other words, its syntax."""
    for package in (engine, tui):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in FAMILY
                    and node.args
                ):
                    place = f"{path.relative_to(root.parent)}:{node.lineno}"
                    yield place, node.func.id, node.args[0], {word.arg: word.value for word in node.keywords}, node.args


def test_every_message_in_the_source_is_one_line_in_the_words_of_the_house(faults):
    wrong = []
    for place, kind, first, words, _ in raised():
        if isinstance(first, ast.List):
            continue
        faults.inject()
        texts = [shape_of(first), *(shape_of(words[name]) for name in ("hint", "allowed") if name in words)]
        wrong += [f"{place}: {text!r}: {', '.join(why)}" for text in texts if (why := good(text)) and text]
        formatted = [n for n in ast.walk(first) if isinstance(n, ast.FormattedValue)]
        wrong += [f"{place}: !r shows what Python calls it" for value in formatted if value.conversion == ord("r")]
        if kind not in ("Fault", "QueueFileError") and "hint" not in words:
            wrong.append(f"{place}: {shape_of(first)!r} does not say what to do")
    assert faults.tried > 100
    assert wrong == []


QUEUE = '[[experiment]]\nname = "grid"\nmodel = "mlp"\nepochs = 2\nearly_stopping = false\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A queue file and a store: one job done, one that failed, one of two repeats that wait."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "experiments.toml").write_text(QUEUE)
    from engine.record.ledger import Ledger

    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, QUEUE + QUEUE.replace("grid", "pair") + "repeats = 3\nl2 = 0.5\n")
    row = ledger.jobs()[0]
    tell(ledger.paths, row.id, started(), epoch(1), epoch(2), done(2))
    ledger.ingest(row.id)
    ledger.close()
    return tmp_path


def store_file(text: str):
    def make(folder: Path) -> None:
        (folder / "runs").rename(folder / "gone")
        (folder / "runs").write_text(text)

    return make


def database(text: bytes):
    def make(folder: Path) -> None:
        (folder / "runs" / "labtop.db").write_bytes(text)

    return make


def later(folder: Path) -> None:
    with sqlite3.connect(folder / "runs" / "labtop.db") as connection:
        connection.execute("PRAGMA user_version = 999")


def queue(text: str | bytes):
    def make(folder: Path) -> None:
        (folder / "experiments.toml").write_bytes(text if isinstance(text, bytes) else text.encode())

    return make


def own(text: str, data=None):
    """A queue file that names what lies beside it."""

    def make(folder: Path) -> None:
        (folder / "experiments.toml").write_text(f'[[experiment]]\nname = "a"\n{text}\n')
        for name, content in (data or {}).items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            if isinstance(content, dict):
                np.savez(path, **content)
            else:
                path.write_bytes(content)

    return make


IMAGES = np.zeros((6, 4, 4), np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])


def arrays(**changed):
    return {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES, "y_test": LABELS} | changed


def data_of(**changed):
    return own("", {"own.npz": arrays(**changed)})


def nothing(_: Path) -> None:
    """All is well with the folder."""


LOOK = ["inspect", "data", "./own.npz"]
# Each cause, and a word of what is told.
CAUSES = [
    (nothing, ["stauts"], "did you mean status?"),
    (nothing, ["frobnicate"], "allowed: "),
    (nothing, ["status", "--frob"], "see: engine status --help"),
    (nothing, ["run", "--slots", "many"], "see: engine run --help"),
    (nothing, ["run", "--slots", "0"], "see: engine run --help"),
    (nothing, ["run", "--device", "tpu"], "allowed: auto, cpu, gpu"),
    (nothing, ["run", "--gpus", "first"], "allowed: numbers or UUIDs"),
    (nothing, ["run", "--detach", "--foreground"], "choose one"),
    (nothing, ["run", "none.toml"], "no such queue file"),
    (nothing, ["run", "."], "folder"),
    (nothing, ["run", "--only", "gird"], "did you mean grid?"),
    (nothing, ["run", "--only", "zzz"], "allowed: grid"),
    (nothing, ["run", "experiments.toml", "x.toml"], "one queue file at a time"),
    (nothing, ["show"], "see: engine show --help"),
    (nothing, ["show", "nothing"], "engine status"),
    (nothing, ["show", "pair"], "name one of them"),
    (nothing, ["show", "grid", "--csv", "--json"], "choose one"),
    (nothing, ["stop"], "--all"),
    (nothing, ["stop", "grid", "--all"], "--all leaves nothing"),
    (nothing, ["retry"], "--failed"),
    (nothing, ["rm"], "see: engine rm --help"),
    (nothing, ["digits", "pair"], "name one of them"),
    (nothing, ["digits", "grid"], "only a job that is done"),
    (nothing, ["digits", "grid", "--style", "oil"], "allowed: ascii"),
    (nothing, ["digits", "grid", "--sort", "age"], "allowed: "),
    (nothing, ["leaderboard", "--rank-by", "speed"], "allowed: "),
    (nothing, ["leaderboard", "--by", "day"], "allowed: "),
    (nothing, ["leaderboard", "--sort", "zzz"], "allowed: "),
    (nothing, ["leaderboard", "--filter", "nonsense="], "--filter"),
    (nothing, ["leaderboard", "--filter", "modle=cnn"], "did you mean model?"),
    (nothing, ["leaderboard", "--filter", "dropout>x"], "number"),
    (nothing, ["leaderboard", "--filter", "model>cnn"], "no order"),
    (nothing, ["leaderboard", "--filter", "batch_norm=maybe"], "switch"),
    (nothing, ["leaderboard", "--csv", "-", "--json"], "choose one"),
    (nothing, ["leaderboard", "--csv", "no/such/folder.csv"], "name another file"),
    (nothing, ["export", "grid", "model.h5"], ".keras"),
    (nothing, ["export", "pair", "model.keras"], "name one of them"),
    (nothing, ["inspect", "date"], "did you mean data?"),
    (nothing, ["inspect", "data", "mnits"], "allowed: mnist"),
    (nothing, ["inspect", "data", "mnist", "x=1"], "alone"),
    (nothing, ["inspect", "model", "cnn", "dropout"], "name=value"),
    (nothing, ["inspect", "model", "cnn", "lr=1"], "did you mean learning_rate?"),
    (nothing, ["inspect", "model", "cnn", "dropout=7"], "up to, not including, 1"),
    (nothing, ["inspect", "model", "own:net"], "--allow-code"),
    (nothing, ["completion", "powershell"], "allowed: "),
    (nothing, ["status", "--store", "elsewhere"], "name a runs folder"),
    (nothing, ["rebuild"], "--yes"),
    (store_file("no folder"), ["run"], "make the folder writable"),
    (store_file("no folder"), ["leaderboard"], "engine run"),
    (database(b"garbage" * 999), ["status"], "engine rebuild"),
    (database(b""), ["leaderboard"], "engine rebuild"),
    (later, ["status"], "later labtop"),
    (queue('[[experiment]]\nname = "a"\nlr = 1'), ["validate"], "did you mean learning_rate?"),
    (queue("[[experiment]]\nname = 'a'\ndropout = 2"), ["validate"], "up to, not including, 1"),
    (queue("[[experiment]]\nname = 'a'\nepochs = nan"), ["validate"], "nan is not a number"),
    (queue("[[experiment]\n"), ["validate"], "not TOML"),
    (queue('a = "'), ["validate"], "ends too early"),
    (queue("a = 1\na = 2\n"), ["validate"], "given before"),
    (queue("[run]\n[run]\n"), ["validate"], "run twice"),
    (queue("[a.b]\n[a.b]"), ["validate"], "a.b twice"),
    (queue("a.b = 1\n[a.b]\n[x]\n"), ["validate"], "not TOML"),
    (queue("epochs 3"), ["validate"], "without = and a value"),
    (queue("a = cnn\nb = 1"), ["validate"], "text without quotes"),
    (queue("a = [1, 2\n"), ["validate"], "ends too early: a list without its ]"),
    (queue("a = 1 b = 2\n"), ["validate"], "more than one thing"),
    (queue("a = '\x01'\n"), ["validate"], "cannot stand here"),
    (queue('a = "C:\\dir"\n'), ["validate"], "write two"),
    (queue("x = {a = 1, a = 2}\n"), ["validate"], "the key a twice"),
    (queue(b"\xff"), ["validate"], "UTF-8"),
    (queue("x = " + "[" * 3000), ["validate"], "nested"),
    (queue("x = " + "9" * 5000), ["validate"], "thousands of digits"),
    (queue("a." * 50 + "b = 1"), ["validate"], "32 parts"),
    (queue("#" * ((1 << 20) + 1)), ["validate"], "1 MiB"),
    (queue("[experiment]\nname = 'a'"), ["validate"], "two brackets"),
    (queue("epochs = 3"), ["validate"], "[defaults]"),
    (queue("[[experiment]]"), ["validate"], "name is missing"),
    (queue("[[experiment]]\nname='a'\n[[experiment]]\nname='a'"), ["validate"], "taken"),
    (queue("[[experiment]]\nname='a'\nvalidation_split=0"), ["validate"], "early stopping watches"),
    (queue("[[experiment]]\nname='a'\nsweep={seed=[1]}"), ["validate"], "repeats"),
    (queue("[run]\ngpus = [-1]"), ["validate"], "a list"),
    (queue("[[experiment]]\nname='a'\nrepeats=5000"), ["run"], "--yes"),
    (own('model = "net:build"'), ["run"], "net"),
    (own('model = "net:build"', {"net.py": b""}), ["run"], "--allow-code"),
    (own('dataset = "./none.npz"'), ["run"], "no such file"),
    (own("", {"own.npz": b"no zip"}), LOOK, ".npz"),
    (own("", {"own.npz": {"x_train": IMAGES}}), LOOK, "lacks"),
    (data_of(x_train=IMAGES.astype(float)), LOOK, "uint8"),
    (data_of(x_train=IMAGES[0]), LOOK, "height"),
    (data_of(y_train=LABELS / 2), LOOK, "whole numbers"),
    (data_of(y_train=np.eye(6, dtype=int)), LOOK, "one-hot"),
    (data_of(y_train=LABELS[:3]), LOOK, "one label an image"),
    (data_of(x_test=IMAGES[:, :3]), LOOK, "differ in shape"),
    (data_of(y_train=LABELS * 2, y_test=LABELS * 2), LOOK, "gap"),
    (data_of(y_train=LABELS * 0, y_test=LABELS * 0), LOOK, "allowed: 2"),
    (own("", {"idx/train-images-idx3-ubyte": b"x"}), ["inspect", "data", "./idx"], "four IDX files"),
    (
        own("", {f"idx/{p}-{k}-ubyte": b"xx" for p in ("train", "t10k") for k in ("images-idx3", "labels-idx1")}),
        ["inspect", "data", "./idx"],
        "IDX",
    ),
]  # fmt: skip


def names(value) -> str:
    return " ".join(value)[:60] if isinstance(value, list) else value if isinstance(value, str) else ""


def held_to_the_form(err: str) -> None:
    assert err.startswith("error: "), err
    faults_told = err.split("error: ")[1:]
    for told in faults_told:
        first, *rest = told.rstrip("\n").split("\n")
        assert len(rest) <= 2, told
        assert all(line.startswith("  ") for line in rest), told
        for line in (first, *(line.strip() for line in rest)):
            assert not (why := good(line)) or line.startswith("at "), (line, why)
        assert rest, f"neither where nor what to do: {told}"
        assert not rest[-1].startswith("  at "), f"it does not say what to do: {told}"


@pytest.mark.parametrize(("make", "words", "says"), CAUSES, ids=names)
def test_whatever_a_person_does_wrong_is_told_in_the_form_of_the_house(folder, faults, capfd, make, words, says):
    make(folder)
    faults.inject()
    code = main.call(words)
    told = capfd.readouterr()
    assert code in (2, 3), told
    assert says in told.err
    held_to_the_form(told.err)
    assert told.out == ""


def test_a_store_that_somebody_else_holds_is_named_with_who_holds_it(folder, faults, capfd):
    lock = FileLock(StorePaths(folder / "runs").runner_lock)
    assert lock.acquire()
    try:
        for words in (["run", "--foreground"], ["rebuild", "--yes"]):
            faults.inject()
            assert main.call(words) == 3
            told = capfd.readouterr().err
            assert f"process {os.getpid()} on {socket.gethostname()}" in told
            held_to_the_form(told)
    finally:
        lock.release()


def test_a_database_that_somebody_keeps_is_said_to_be_busy(folder, faults, capfd, monkeypatch):
    from engine.record import database as module

    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    keeper = sqlite3.connect(folder / "runs" / "labtop.db", isolation_level=None)
    keeper.execute("PRAGMA locking_mode = EXCLUSIVE")
    keeper.execute("BEGIN EXCLUSIVE")
    try:
        for words in (["status"], ["leaderboard"], ["show", "grid"], ["stop", "--all"]):
            faults.inject()
            assert main.call(words) == 3
            told = capfd.readouterr().err
            assert "busy" in told and "try again" in told
            held_to_the_form(told)
    finally:
        keeper.close()
