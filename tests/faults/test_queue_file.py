"""The queue file as strangers, slow editors and two people at once leave it: nothing that was typed is lost."""

import itertools
import os
import random
import resource
import signal
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cli import main
from engine.errors import QueueFileError, UsageError
from engine.plan import queuefile
from engine.plan.settings import NAMES
from engine.plan.sweep import count, jobs
from tests.faults import queuefiles
from tests.faults.amounts import amount
from tests.faults.terminals import foreign
from tui.editing import edits
from tui.editing.document import Came, Document
from tui.editing.tables import same

HERE = Path("experiments.toml")
# Processor seconds after which one file counts as a hang; the slowest here takes a twentieth of it.
HANG_SECONDS = 20


class Hang(BaseException):
    """Nothing that the program itself could catch."""


@pytest.fixture
def watch():
    """Ends whatever computes for too long."""

    def hang(*_):
        raise Hang

    old = signal.signal(signal.SIGVTALRM, hang)

    def start():
        signal.setitimer(signal.ITIMER_VIRTUAL, HANG_SECONDS)

    yield start
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, old)


def read(data: bytes):
    """The queue file of these bytes, or None where it is refused in words."""
    try:
        text = queuefile.decode(data, HERE)
        return queuefile.parse(text, HERE)
    except QueueFileError as error:
        lines = data.count(b"\n") + 1
        assert error.faults
        for fault in error.faults:
            told = str(fault)
            assert 1 <= len(told.split("\n")) <= 3
            assert not foreign(told.encode()), told
            assert str(HERE) in told
            assert fault.line is None or 1 <= fault.line <= lines
        return None


def pruned(document):
    """Without tables and sweeps that say nothing."""
    found = {name: value for name, value in document.items() if value not in ({}, [])}
    if "experiment" in found:
        found["experiment"] = [{k: v for k, v in e.items() if k != "sweep" or v} for e in found["experiment"]]
    return found


def some_edit(draw: random.Random, text: str):
    """An edit that a person may make, and the document that it should lead to; comments it may take along, by count."""
    document = tomllib.loads(text)
    experiments = document.get("experiment", [])
    number = draw.randrange(len(experiments)) if experiments else -1
    verb = draw.choice(["put", "put", "put", "new", *(["copy", "delete", "move", "switch"] if experiments else [])])
    if verb == "put":
        place = draw.choice([("defaults",), *([("experiment", number)] * 3 if experiments else [])])
        table = experiments[number] if len(place) == 2 else document.setdefault("defaults", {})
        name = draw.choice([name for name in NAMES if name not in ("early_stopping", "monitor")])
        values = [queuefiles.sound_value(draw, name) for _ in range(draw.randint(0, 3 if len(place) == 2 else 1))]
        table.get("sweep", {}).pop(name, None)
        table.pop(name, None)
        if len(values) == 1:
            table[name] = values[0]
        elif values:
            table.setdefault("sweep", {})[name] = values
        return lambda t: edits.put(t, place, name, values or None), document
    if verb == "new":
        name = draw.choice(["fresh", 'with "quotes"', "neu\u00e9", "[/]"])
        document.setdefault("experiment", []).append({"name": name})
        return lambda t: edits.new(t, name), document
    if verb == "copy":
        names = [table["name"] for table in experiments]
        copied = tomllib.loads(text)["experiment"][number]
        free = next(f"{names[number]}-{n}" for n in itertools.count(2) if f"{names[number]}-{n}" not in names)
        experiments.insert(number + 1, copied | {"name": free})
        return lambda t: edits.duplicate(t, number), document
    if verb == "delete":
        del experiments[number]
        return lambda t: edits.delete(t, number), document
    if verb == "move":
        to = draw.randrange(len(experiments))
        experiments.insert(to, experiments.pop(number))
        return lambda t: edits.move(t, number, to), document
    on = draw.random() < 0.5
    experiments[number].pop("enabled", None)
    if not on:
        experiments[number]["enabled"] = False
    return lambda t: edits.switch(t, number, enabled=on), document


def comments(text: str) -> Counter:
    return Counter(line.strip() for line in text.splitlines() if line.strip().startswith("#"))


def edited_and_saved(draw: random.Random, data: bytes, path: Path) -> int:
    """Edit a sound file a few times, save it, read it back; returns how many edits were made."""
    path.write_bytes(data)
    os.utime(path, (0, 0))
    document = Document(path)
    document.seen(data)
    made = 0
    for _ in range(3):
        edit, meant = some_edit(draw, document.text)
        before = document.text
        try:
            document.apply("an edit", edit)
        except UsageError:
            assert document.text == before
            continue
        except QueueFileError:
            continue  # such as a second experiment of one name
        made += 1
        assert same(pruned(tomllib.loads(document.text)), pruned(meant)), (before, document.text)
        if len(meant.get("experiment", [])) >= len(tomllib.loads(before).get("experiment", [])):
            assert not comments(before) - comments(document.text), (before, document.text)
        if before.count("\n") == before.count("\r\n") > 0:
            assert document.text.count("\n") == document.text.count("\r\n"), document.text
    document.save()
    written = path.read_bytes()
    assert written.startswith(b"\xef\xbb\xbf") is data.startswith(b"\xef\xbb\xbf")
    again = queuefile.read(path)
    assert again.experiments == document.queue.experiments
    assert again.run == document.queue.run
    return made


def test_any_bytes_are_read_or_refused_in_words_and_an_edit_comes_back_as_it_was_meant(tmp_path, faults, watch):
    read_well = made = 0
    for seed in range(amount(1_500, 100_000)):
        draw = random.Random(seed)
        data = queuefiles.any_file(draw)
        faults.inject()
        watch()
        try:
            if read(data) is not None:
                read_well += 1
                made += edited_and_saved(draw, data, tmp_path / "experiments.toml")
        except BaseException as error:
            raise AssertionError(f"seed {seed}") from error
    assert read_well > faults.tried / 10
    assert made > read_well, "most edits can be made"


def test_sound_files_are_never_refused_and_nearly_every_edit_survives(tmp_path, faults):
    made = 0
    seeds = range(amount(300, 10_000))
    for seed in seeds:
        draw = random.Random(seed)
        data = queuefiles.sound(draw).encode()
        assert read(data) is not None, (seed, data)
        made += edited_and_saved(draw, data, tmp_path / "experiments.toml")
        faults.inject()
    assert made > 2.7 * len(seeds)


def big(unit: str, size: int = 1 << 20) -> str:
    return (unit * (size // len(unit) + 1))[:size]


MEGA = 1 << 20
LARGE = {
    "unknown keys": lambda: "[defaults]\n" + "".join(f"k{i}=1\n" for i in range(MEGA // 9)),
    "faulty values": lambda: "".join(f'[[experiment]]\nname="{i}"\nepochs=0\n' for i in range(MEGA // 36)),
    "no names": lambda: "[[experiment]]\n" * (MEGA // 15),
    "one name": lambda: '[[experiment]]\nname="a"\n' * (MEGA // 25),
    "a sweep of wrong values": lambda: f'[[experiment]]\nname="a"\nsweep={{dropout=[{"7," * (MEGA // 2 - 40)}]}}',
    "a sweep of code": lambda: (
        '[[experiment]]\nname="a"\nsweep={early_stopping=[true,false],optimizer=["sgd","adam","adamw","rmsprop"],model=['
        + ",".join(f'"m:f{i}"' for i in range(MEGA // 12))
        + "]}"
    ),
    "a dotted key": lambda: big("a.", MEGA - 5) + "a=1",
    "a dotted key with blanks": lambda: big("a . ", MEGA - 5) + "a=1",
    "a dotted quoted key": lambda: big('"a".', MEGA - 7) + "a=1",
    "a dotted header": lambda: "[" + big("a.", MEGA - 5) + "a]",
    "many dotted keys": lambda: "\n".join(f"a{i}{'.b' * 200}=1" for i in range(MEGA // 420)),
    "quotes that never end": lambda: 'a="""' + big('\\"""', MEGA - 10),
    "arrays": lambda: "x=" + "[" * (MEGA // 2 - 5) + "]" * (MEGA // 2 - 5),
    "tables": lambda: "x=" + big("{a=", MEGA - 5),
    "a hexadecimal number": lambda: "[defaults]\nepochs=0x" + "f" * (MEGA - 40),
    "a decimal number": lambda: "[defaults]\nepochs=" + "9" * (MEGA - 40),
    "a fraction": lambda: "[defaults]\ndropout=" + "9" * (MEGA - 40) + ".5",
    "a model": lambda: '[defaults]\nmodel="' + big("a:", MEGA - 40) + '"',
    "a data set": lambda: '[defaults]\ndataset="' + big("/a", MEGA - 60) + '"\n[[experiment]]\nname="a"',
    "a key": lambda: "[defaults]\n" + "x" * (MEGA - 40) + "=1",
    "tags": lambda: "[defaults]\ntags=[" + '"a",' * (MEGA // 4 - 40) + "]",
    "ten megabytes": lambda: "#" * (10 * MEGA),
}


@pytest.mark.parametrize("name", list(LARGE))
def test_a_file_made_to_be_slow_is_not(tmp_path, faults, watch, capfd, name):
    file = tmp_path / "experiments.toml"
    file.write_text(LARGE[name]())
    faults.inject()
    watch()
    code = main.call(["validate", str(file)])
    told = capfd.readouterr()
    assert code in (0, 2)
    assert "Traceback" not in told.err
    assert len(told.err) < 200_000, "nobody reads more"


BAD = [
    *(("dropout = nan", "nan"), ("dropout = inf", "inf"), ("learning_rate = -inf", "-inf"), ("epochs = 3.0", "3.0")),
    *(("epochs = 12345678901234567890123456", "out of range"), ("epochs = " + "[" * 300 + "]" * 300, "a list")),
    *(("epochs = 1979-05-27", "1979-05-27"), ("epochs = {}", "a table"), ('epochs = "\\u001b[2J"', "\\x1b[2J")),
    *(("epohcs = 3", "did you mean epochs?"), ('"\\u202e" = 3', "\\u202e"), ("'' = 3", '""'), ("name = 3", "name")),
    *(("dataset = 3", "mnist"), ('dataset = "\\u0000"', "dataset"), ('model = "os:"', "module:function")),
    *(
        (f'dataset = "{"x/" * 3000}"', "too long"),
        ("repeats = 1000001", "1,000,000"),
        ("batch_norm = 0", "true or"),
    ),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("line", "says"), BAD, ids=[line[:24] for line, _ in BAD])
def test_a_bad_value_names_its_place_and_leaves_the_rest_alone(tmp_path, faults, capsys, line, says, newline):
    file = tmp_path / "experiments.toml"
    text = f'[[experiment]]\nname = "good"\n\n[[experiment]]\nname = "bad"\n{line}\n'
    if line.startswith("name"):
        text = text.replace('name = "bad"\n', "")
    file.write_bytes(text.replace("\n", newline).encode())
    faults.inject()
    assert main.call(["validate", str(file)]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert f"{file}:{5 if line.startswith('name') else 6}" in told
    assert "Traceback" not in told and len(told.splitlines()) == 3
    document = Document(file)
    good = text.partition("\n\n")[0].encode()
    document.seen(good)
    assert document.seen(file.read_bytes()) is Came.BROKEN
    assert [e.name for e in document.queue.experiments] == ["good"], "the last good plan stays"


@settings(max_examples=amount(100, 3000), deadline=None)
@given(text=st.text(), key=st.sampled_from([*NAMES, "name", "notes", "tags", "gpus", "x"]))
def test_any_text_anywhere_is_read_or_refused(text, key):
    import tomli_w

    value = tomli_w.dumps({"x": text}).removeprefix("x = ").rstrip("\n")
    for head in ("[defaults]", "[run]", '[[experiment]]\nname = "n"', f"[[experiment]]\nname = {value}"):
        read(f"{head}\n{key} = {value}\n".encode())
        read(f"{head}\n{tomli_w.dumps({text: 1})}".encode())
        read(text.encode("utf-8", "surrogatepass"))


# a million jobs

MILLION = '[[experiment]]\nname = "big"\nsweep = {{ filters = {0}, batch_size = {0}, epochs = {0} }}\n'.format(
    list(range(1, 101))
)
MEASURE = """
import resource, sys
from engine.cli import main
code = main.call(sys.argv[1:])
print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def measured(*words: str) -> tuple[int, int, str]:
    """Exit code, peak KiB and words of a command in a process of its own."""
    done = subprocess.run([sys.executable, "-c", MEASURE, *words], capture_output=True, text=True, check=False)
    *told, last = done.stderr.splitlines()
    code, peak = last.split()
    return int(code), int(peak), "\n".join(told) + done.stdout


@pytest.mark.parametrize("words", [["run"], ["run", "--dry-run"], ["validate"], ["validate", "--json"]])
def test_a_million_jobs_are_counted_without_being_made(tmp_path, faults, words):
    small, large = tmp_path / "small.toml", tmp_path / "large.toml"
    small.write_text(MILLION.replace(str(list(range(1, 101))), str(list(range(1, 11)))))
    large.write_text(MILLION)
    _, less, _ = measured("validate", str(small))
    faults.inject()
    code, peak, told = measured(words[0], str(large), *words[1:])
    assert "1000000" in told.replace(",", "")
    assert code == (2 if words == ["run"] else 0)
    assert peak - less < 20 << 10, f"{peak} and {less} KiB"
    assert not (tmp_path / "runs").exists()


def test_a_sweep_is_walked_in_bounded_memory(tmp_path, faults):
    [experiment] = queuefile.parse(MILLION, HERE).experiments
    assert count(experiment) == 1_000_000
    walked = amount(30_000, 1_000_000)
    for _ in itertools.islice(jobs(experiment), 1000):
        pass
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    made = sum(1 for _ in itertools.islice(jobs(experiment), walked))
    faults.inject(walked)
    assert made == walked
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 << 10
