"""The queue file written by two at once, by slow editors, through links, by nobody: no edit is lost."""

import itertools
import os
import random
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from engine.errors import EngineError
from tests.faults.amounts import amount
from tui.editing import edits, replacing
from tui.editing.document import Came, Document
from tui.feed import Feed

TWO = """\
# kept
[[experiment]]
name = "a"
dropout = 0.1  # of a

# about b
[[experiment]]
name = "b"
epochs = 3
"""


def test_a_file_saved_by_halves_is_whole_again_with_what_was_typed_meanwhile(tmp_path, faults):
    """Cut at every byte, seen so, then seen whole: neither side's edit is lost."""
    theirs = TWO.replace("epochs = 3", "epochs = 7")
    file = tmp_path / "experiments.toml"
    for end, before in itertools.product(range(len(theirs) + 1), (True, False)):
        document = Document(file)
        document.seen(TWO.encode())
        ours = before

        def edit(text: str) -> str:
            return edits.put(text, ("experiment", 0), "dropout", [0.5])

        if before:
            document.apply("ours", edit)
        document.seen(theirs[:end].encode())
        if not before and edits.names(document.text)[:1] == ["a"]:
            document.apply("ours", edit)
            ours = True
        file.write_text(theirs)
        os.utime(file, (0, 0))
        document.seen(file.read_bytes())
        document.save({conflict.name: "ours" for conflict in document.conflicts()})
        faults.inject()
        found = tomllib.loads(file.read_text())["experiment"]
        assert [each["name"] for each in found] == ["a", "b"], (end, before)
        assert found[1]["epochs"] == 7
        assert found[0]["dropout"] == (0.5 if ours else 0.1), (end, before)
        assert "# about b" in file.read_text()


EDITS = {
    "a.dropout": (("experiment", 0), "dropout"),
    "b.epochs": (("experiment", 1), "epochs"),
    "b.patience": (("experiment", 1), "patience"),
    "defaults.epochs": (("defaults",), "epochs"),
}
VALUES = {"dropout": (0.5, 0.6), "epochs": (11, 12), "patience": (21, 22)}


def value_of(text: str, what: str):
    place, name = EDITS[what]
    return edits.table_of(text, place).get(name) if len(tomllib.loads(text).get("experiment", [])) == 2 else None


class Editor:
    """Somebody in vim: reads, and writes in steps; warned that the file changed, they load it and type again."""

    def __init__(self, path: Path, what: str, by_rename: bool) -> None:
        self.path, self.what, self.by_rename = path, what, by_rename
        self.read_as = self.wanted = b""
        self.saw = None
        self.handle = None

    def R(self):
        self.read_as = self.path.read_bytes()
        self.saw = value_of(self.read_as.decode(), self.what)

    def T(self):
        if self.path.read_bytes() != self.read_as:
            self.R()
        place, name = EDITS[self.what]
        text = edits.put(self.read_as.decode(), place, name, [VALUES[name][1]])
        self.wanted = text.encode()
        if self.by_rename:
            self.path.unlink()
        self.handle = self.path.open("wb", buffering=0)

    def H(self):
        self.handle.write(self.wanted[: len(self.wanted) // 2])

    def W(self):
        self.handle.write(self.wanted[len(self.wanted) // 2 :])
        self.handle.close()
        os.utime(self.path, (0, 0))


def orders(ours: str, theirs: str):
    """Every way in which two sequences can interleave."""
    for places in itertools.combinations(range(len(ours) + len(theirs)), len(ours)):
        mine, other = iter(ours), iter(theirs)
        yield [next(mine) if place in places else next(other) for place in range(len(ours) + len(theirs))]


def interleaved(tmp_path: Path, order, polls, ours: str, theirs: str, by_rename: bool) -> None:
    path = tmp_path / "experiments.toml"
    path.write_text(TWO)
    os.utime(path, (0, 0))
    document = Document(path)
    document.seen(path.read_bytes())
    editor = Editor(path, theirs, by_rename)
    place, name = EDITS[ours]
    saw = None
    asked = False

    def poll():
        document.seen(path.read_bytes() if path.exists() else None)

    def save():
        nonlocal asked
        try:
            conflicts = document.conflicts()
            asked = asked or bool(conflicts)
            document.save({conflict.name: "ours" for conflict in conflicts})
        except EngineError:
            return  # somebody is writing it; the person is told, and saves again

    for step, looks in zip(order, polls, strict=True):
        if looks:
            poll()
        if step == "E":
            saw = value_of(document.text, theirs)
            try:
                document.apply("ours", lambda text: edits.put(text, place, name, [VALUES[name][0]]))
            except (EngineError, LookupError):
                pytest.skip("the experiment is not to be seen")
        elif step == "S":
            save()
        else:
            getattr(editor, step)()
    poll()
    save()
    text = path.read_text()
    told = (order, polls, ours, theirs, by_rename, text)
    mine, other = VALUES[name][0], VALUES[EDITS[theirs][1]][1]
    assert not document.unsaved, told
    if ours != theirs:
        assert value_of(text, ours) == mine, told
        assert value_of(text, theirs) == other, told
    else:
        assert value_of(text, ours) in (mine, other), told
        assert asked or saw == other or editor.saw == mine, told
    assert "# kept" in text and "# about b" in text and "# of a" in text, told


def test_vim_and_the_console_at_once_lose_no_edit(tmp_path, faults, monkeypatch):
    monkeypatch.setattr(replacing.time, "sleep", lambda _: None)
    steps = list(orders("ES", "RTHW"))
    every = itertools.product(steps, itertools.product([False, True], repeat=6), EDITS, EDITS, [False, True])
    chosen = list(every)
    random.Random(5).shuffle(chosen)
    for order, polls, ours, theirs, by_rename in chosen[: amount(1_500, len(chosen))]:
        try:
            interleaved(tmp_path, order, polls, ours, theirs, by_rename)
        except pytest.skip.Exception:
            continue
        faults.inject()


@pytest.mark.parametrize("exchange", [True, False])
def test_a_write_between_the_last_look_and_the_rename_is_merged_too(tmp_path, faults, monkeypatch, exchange):
    path = tmp_path / "experiments.toml"
    path.write_text(TWO)
    document = Document(path)
    document.seen(path.read_bytes())
    document.apply("ours", lambda text: edits.put(text, ("experiment", 0), "dropout", [0.5]))
    whole = replacing._put
    theirs = [TWO.replace("epochs = 3", f"epochs = {n}") for n in (7, 8, 9)]

    def late(*arguments):
        if theirs:
            path.write_text(theirs.pop(0))
            os.utime(path, (0, 0))
            faults.inject()
        return whole(*arguments)

    monkeypatch.setattr(replacing, "_put", late)
    if not exchange:
        monkeypatch.setattr(replacing, "_swap", lambda *_: False)
    document.save()
    found = tomllib.loads(path.read_text())["experiment"]
    assert (found[0]["dropout"], found[1]["epochs"]) == (0.5, 9)
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_file_that_changes_without_end_is_left_to_who_changes_it(tmp_path, faults, monkeypatch):
    path = tmp_path / "experiments.toml"
    path.write_text(TWO)
    document = Document(path)
    document.seen(path.read_bytes())
    document.apply("ours", lambda text: edits.put(text, ("experiment", 0), "dropout", [0.5]))
    whole, numbers = replacing._put, itertools.count(4)

    def late(*arguments):
        path.write_text(TWO.replace("epochs = 3", f"epochs = {next(numbers)}"))
        os.utime(path, (0, 0))
        faults.inject()
        return whole(*arguments)

    monkeypatch.setattr(replacing, "_put", late)
    with pytest.raises(EngineError, match="again and again"):
        document.save()
    assert document.unsaved
    assert "dropout = 0.1" in path.read_text()


# real editors


class Screen:
    """The console's feed and document, without the screen between them."""

    def __init__(self, path: Path) -> None:
        self.document = Document(path)
        self.came = []
        self.feed = Feed.__new__(Feed)
        self.feed.__init__(None, path, self.take)

    def take(self, message) -> None:
        self.came.append(self.document.seen(message.data, message.problem))

    def poll(self) -> None:
        self.feed._read_file()


VIM = shutil.which("vim")
needs_vim = pytest.mark.skipif(VIM is None, reason="vim is not here: make test-packages")


def vim(path: Path, command: str, *options: str) -> None:
    setup = [part for option in options for part in ("--cmd", f"set {option}")]
    words = [VIM, "-u", "NONE", "-i", "NONE", "-N", "-es", *setup, "-c", command, "-c", "wq", str(path)]
    subprocess.run(words, check=True, timeout=30, stdin=subprocess.DEVNULL)


@needs_vim
@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("copy", ["yes", "no", "auto", "auto,breakhardlink"])
def test_vim_saves_in_its_ways_and_the_console_goes_on(tmp_path, faults, copy, linked):
    path, target = tmp_path / "experiments.toml", tmp_path / "elsewhere" / "queue.toml"
    target.parent.mkdir()
    real = target if linked else path
    real.write_text(TWO)
    if linked:
        path.symlink_to(target)
    screen = Screen(path)
    screen.poll()
    for number in (5, 6, 7):
        screen.document.apply("ours", lambda text, n=number: edits.put(text, ("experiment", 0), "patience", [n]))
        vim(path, f"%s/^epochs = .*/epochs = {number}/", f"backupcopy={copy}", "writebackup")
        faults.inject()
        screen.poll()
        screen.poll()
        assert screen.document.queue.experiments[1].settings.epochs == number
        screen.document.save()
        found = tomllib.loads(real.read_text())["experiment"]
        assert (found[0]["patience"], found[1]["epochs"]) == (number, number)
        screen.poll()
        screen.poll()
    assert path.is_symlink() is linked
    assert screen.came[-1] in (Came.NOTHING, Came.MERGED, Came.TAKEN)
    assert "# about b" in real.read_text()


def test_a_slow_writer_is_waited_for_and_the_last_good_plan_stays(tmp_path, faults):
    path = tmp_path / "experiments.toml"
    path.write_text(TWO)
    screen = Screen(path)
    screen.poll()
    text = TWO.replace('name = "b"', 'name = "slow"').replace("epochs = 3", "epochs = 4\nlearning_rate = 0.5")
    with path.open("w", buffering=1) as file:
        for char in text:
            file.write(char)
            file.flush()
            faults.inject()
            screen.poll()
            assert [e.name for e in screen.document.queue.experiments] == ["a", "b"]
    screen.poll()
    screen.poll()
    assert [e.name for e in screen.document.queue.experiments] == ["a", "slow"]


def test_a_writer_who_pauses_shows_where_the_half_file_is_wrong(tmp_path, faults):
    path = tmp_path / "experiments.toml"
    path.write_text(TWO)
    screen = Screen(path)
    screen.poll()
    path.write_text(TWO[: TWO.index("epochs = 3") + 7])
    faults.inject()
    screen.poll()
    screen.poll()
    assert screen.came[-1] is Came.BROKEN
    assert f"{path}:9" in screen.document.problem
    assert [e.name for e in screen.document.queue.experiments] == ["a", "b"]


def test_a_file_that_is_gone_or_moved_away_is_kept_here_and_written_again(tmp_path, faults):
    path = tmp_path / "experiments.toml"
    path.write_text(TWO)
    screen = Screen(path)
    screen.poll()
    path.rename(tmp_path / "away.toml")
    faults.inject()
    screen.poll()
    screen.poll()
    assert screen.came[-1] is Came.GONE and "gone" in screen.document.problem
    screen.document.apply("ours", lambda text: edits.put(text, ("experiment", 0), "patience", [9]))
    screen.document.save()
    assert "patience = 9" in path.read_text()
    assert "patience" not in (tmp_path / "away.toml").read_text()


def test_a_symlink_chain_stays_and_its_target_is_written(tmp_path, faults):
    (tmp_path / "deep").mkdir()
    target = tmp_path / "deep" / "real.toml"
    target.write_text(TWO)
    target.chmod(0o640)
    (tmp_path / "between.toml").symlink_to("deep/real.toml")
    path = tmp_path / "experiments.toml"
    path.symlink_to("between.toml")
    document = Document(path)
    document.seen(path.read_bytes())
    document.apply("ours", lambda text: edits.put(text, ("experiment", 0), "patience", [9]))
    document.save()
    faults.inject()
    assert path.is_symlink() and (tmp_path / "between.toml").is_symlink()
    assert "patience = 9" in target.read_text()
    assert target.stat().st_mode & 0o777 == 0o640


READ_ONLY = """
import os, sys
from pathlib import Path
from tui.editing.document import Document
from tui.editing import edits
from engine.errors import EngineError
from engine.plan import queuefile
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
path = Path(sys.argv[1])
document = Document(path)
document.seen(path.read_bytes())
assert document.read_only and not document.sheet.editable, "editing is off"
assert "read-only" in document.sheet.problem, document.sheet.problem
document.apply("ours", lambda text: edits.put(text, ("experiment", 0), "patience", [9]))
try:
    document.save()
except EngineError as error:
    print(error)
assert document.unsaved
print(len(queuefile.read(path).experiments))
"""


def test_a_read_only_file_is_looked_at_and_run_but_not_written(tmp_path, faults):
    path = tmp_path / "experiments.toml"
    path.write_text(TWO)
    path.chmod(0o444)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o755)
    faults.inject()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    words = [sys.executable, "-c", READ_ONLY, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "the file cannot be written: Permission denied"
    assert done.stdout.splitlines()[-1] == "2"
    assert path.read_text() == TWO
    assert path.stat().st_mode & 0o777 == 0o444
