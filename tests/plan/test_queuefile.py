"""What a queue file says is read strictly; each fault names its line, its key and what is allowed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.datasets import DATASETS
from engine.errors import QueueFileError
from engine.plan import queuefile, schema
from engine.plan.jobs import FORMAT_1_DEFAULTS
from engine.plan.settings import DEFAULTS, NAMES, Settings

HERE = Path("experiments.toml")


def faults_of(text, path=HERE):
    with pytest.raises(QueueFileError) as caught:
        queuefile.parse(text, path)
    return caught.value.faults


def one(text):
    faults = faults_of(text)
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def experiment(body=""):
    return f'[[experiment]]\nname = "a"\n{body}\n'


@pytest.mark.parametrize(
    ("body", "line", "key", "says"),
    [
        ("dropout = 1.0", 3, "a: dropout", "up to, not including, 1"),
        ("dropout = -0.1", 3, "a: dropout", "up to, not including, 1"),
        ("dropout = nan", 3, "a: dropout", "a number"),
        ("learning_rate = inf", 3, "a: learning_rate", "above 0"),
        ("learning_rate = 0", 3, "a: learning_rate", "above 0"),
        ('epochs = "3"', 3, "a: epochs", "a whole number"),
        ("epochs = 3.0", 3, "a: epochs", "a whole number"),
        ("epochs = true", 3, "a: epochs", "a whole number"),
        ("epochs = 0", 3, "a: epochs", "from 1"),
        ("batch_size = 12345678901234567890123456", 3, "a: batch_size", "from 1"),
        ("batch_norm = 1", 3, "a: batch_norm", "true or false"),
        ('activation = "reluu"', 3, "a: activation", "relu, sigmoid"),
        ('model = "resnet"', 3, "a: model", "module:function"),
        ('dataset = "cifar"', 3, "a: dataset", "mnist"),
        ('dataset = "./nowhere"', 3, "a: dataset", "no such file"),
        ("use_bn = true", 3, "a: use_bn", "did you mean batch_norm?"),
        ("act = 'relu'", 3, "a: act", "did you mean activation?"),
        ("learnign_rate = 1", 3, "a: learnign_rate", "did you mean learning_rate?"),
        ("repeats = 0", 3, "a: repeats", "from 1"),
        ("seed = -1", 3, "a: seed", "0 or more"),
        ("sweep = 3", 3, "a: sweep", "a table"),
        ("sweep = { dropout = [] }", 3, "a: sweep.dropout", "one value or more"),
        ("sweep = { dropout = 0.2 }", 3, "a: sweep.dropout", "one value or more"),
        ("sweep = { dropout = [0.2, 2] }", 3, "a: sweep.dropout[1]", "up to, not including, 1"),
        ("sweep = { hidden_dim = [2] }", 3, "a: sweep.hidden_dim", "did you mean hidden_units?"),
        ("sweep = { seed = [1] }", 3, "a: sweep.seed", "repeats"),
        ("validation_split = 0", 3, "a: validation_split", "early_stopping = false"),
        ("sweep = { validation_split = [0.1, 0.0] }", 3, "a: validation_split", "early_stopping = false"),
    ],
)
def test_each_fault_names_line_key_and_what_is_allowed(body, line, key, says):
    fault = one(experiment(body))
    assert (fault.line, fault.key) == (line, key)
    assert says in str(fault)
    assert str(fault).count("\n") <= 2


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("slots = 2\n", 1, "[run]"),
        ("experiments = 2\n", 1, "did you mean experiment?"),
        ("epochs = 2\n", 1, "[defaults]"),
        ("run = 2\n", 1, "[run]"),
        ("[run]\nslots = 0\n", 2, "from 1"),
        ("[run]\ngpus = [1.5]\n", 2, "a list"),
        ("[defaults]\nname = 'x'\n", 2, "name"),
        ("[experiment]\nname = 'x'\n", 1, "two brackets"),
        ("[[experiment]]\n", 1, "name is missing"),
        ('[[experiment]]\nname = " "\n', 2, "blank"),
        ('[[experiment]]\nname = "a"\n[[experiment]]\nname = "a"\n', 4, "taken by the experiment at line 1"),
        # Composed and decomposed, the two names look the same.
        ('[[experiment]]\nname = "\\u00e9"\n[[experiment]]\nname = "e\\u0301"\n', 4, "taken"),
        ("[[experiment]\n", 1, "not TOML"),
        ('a = "', 1, "ends too early"),
        ("a = [1,\n2", 2, "ends too early"),
        ("x = " + "[" * 5000 + "]" * 5000, None, "nested too deeply"),
        ("x = " + "9" * 5000, None, "thousands of digits"),
    ],
)
def test_faults_outside_of_an_experiment(text, line, says):
    faults = faults_of(text)
    assert faults[0].line == line
    assert says in str(faults[0])


def test_all_faults_are_told_at_once_in_the_order_of_their_lines():
    faults = faults_of("[run]\nslots = 0\n[defaults]\nlr = 1\n" + experiment("epochs = 0\ndropout = 3"))
    assert [fault.line for fault in faults] == [2, 4, 7, 8]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe", "byte 0xff is not UTF-8"),
        (b"a = 1\nb = '\x80'", "experiments.toml:2"),
        (b"#" * (1 << 20) + b"#", "too large"),
    ],
)
def test_bytes_that_are_no_queue_file(tmp_path, data, says):
    path = tmp_path / "experiments.toml"
    path.write_bytes(data)
    with pytest.raises(QueueFileError) as caught:
        queuefile.read(path)
    assert says in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(QueueFileError) as caught:
            queuefile.read(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("wrap", [lambda t: b"\xef\xbb\xbf" + t, lambda t: t.replace(b"\n", b"\r\n")])
def test_a_byte_order_mark_and_crlf_are_read(tmp_path, wrap):
    path = tmp_path / "experiments.toml"
    path.write_bytes(wrap(experiment("epochs = 3").encode()))
    assert queuefile.read(path).experiments[0].settings.epochs == 3


@pytest.mark.parametrize(
    ("written", "name", "means"),
    [
        ('activation = "ReLU"', "activation", "relu"),
        ('initializer = "Xavier"', "initializer", "glorot_uniform"),
        ('initializer = "he"', "initializer", "he_uniform"),
        ('optimizer = "ADAM"', "optimizer", "adam"),
        ('model = "VGG16"', "model", "vgg16"),
        ('model = "VGG-16"', "model", "vgg16"),
        ('dataset = "Fashion-MNIST"', "dataset", "fashion_mnist"),
        ('dataset = "Fashion MNIST"', "dataset", "fashion_mnist"),
        ('initializer = "GlorotNormal"', "initializer", "glorot_normal"),
        ('optimizer = "RMS Prop"', "optimizer", "rmsprop"),
        ('lr_schedule = "one-cycle"', "lr_schedule", "one_cycle"),
        ('lr_schedule = "OneCycle"', "lr_schedule", "one_cycle"),
        ('monitor = "val-accuracy"', "monitor", "val_accuracy"),
        ('precision = "float16"', "precision", "mixed_float16"),
        ("learning_rate = 1", "learning_rate", 1.0),
        ('model = "nets.mine:Build"', "model", "nets.mine:Build"),
    ],
)
def test_values_are_read_as_people_write_them(written, name, means):
    value = getattr(queuefile.parse(experiment(written), HERE).experiments[0].settings, name)
    assert value == means
    assert type(value) is type(means)


def test_an_experiment_starts_from_the_defaults_and_these_from_the_built_in_ones():
    queue = queuefile.parse("[defaults]\nepochs = 7\ndropout = 0.1\nrepeats = 3\n" + experiment("dropout = 0.4"), HERE)
    only = queue.experiments[0]
    assert (only.settings.epochs, only.settings.dropout, only.settings.batch_size) == (7, 0.4, 128)
    assert (only.repeats, only.given) == (3, {"dropout": 0.4})


def test_what_has_no_effect_is_said(tmp_path):
    text = experiment('early_stopping = false\npatience = 5\nmodel = "compact"\nsweep = { hidden_units = [1, 2] }')
    warnings = [str(warning) for warning in queuefile.parse(text, HERE).warnings]
    assert any("patience has no effect: early_stopping is off" in warning for warning in warnings)
    assert any("sweeping hidden_units changes nothing: model is compact" in warning for warning in warnings)
    swept = queuefile.parse(experiment('hidden_units = 9\nsweep = { model = ["compact", "mlp"] }'), HERE)
    assert not swept.warnings


def test_a_data_path_is_taken_from_the_queue_files_folder(tmp_path):
    (tmp_path / "own.npz").write_bytes(b"")
    queue = queuefile.parse(experiment('dataset = "own.npz"'), tmp_path / "experiments.toml")
    assert queue.experiments[0].settings.dataset == str((tmp_path / "own.npz").resolve())


def test_what_is_no_choice_is_told_as_it_was_written():
    assert one(experiment('activation = "He"')).message == '"He" is not allowed here'
    assert one(experiment('model = "VGG 19"')).message == '"VGG 19" is not allowed here'


def test_missing_data_is_a_fault_only_of_what_would_be_trained():
    absent = experiment('dataset = "absent.npz"\nenabled = false') + '[[experiment]]\nname = "ok"\n'
    queue = queuefile.parse(absent, HERE)
    (warning,) = queue.warnings
    assert "there is no such file" in warning.message and warning.line == 3
    assert [each.name for each in queue.experiments] == ["a", "ok"]
    enabled = absent.replace("enabled = false", "")
    assert "there is no such file" in one(enabled).message
    assert "there is no such file" in str(queuefile.parse(enabled, HERE, only=["ok"]).warnings[0])
    with pytest.raises(QueueFileError):
        queuefile.parse(enabled, HERE, only=["a"])


SCALARS = (
    st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.lists(st.integers() | st.text(max_size=3), max_size=3)
)
KEYS = st.sampled_from([*NAMES, "name", "seed", "repeats", "sweep", "tags", "act"]) | st.text(max_size=6)
TABLES = st.dictionaries(KEYS, SCALARS | st.dictionaries(KEYS, SCALARS, max_size=3), max_size=6)
FILES = st.fixed_dictionaries(
    {}, optional={"run": TABLES | SCALARS, "defaults": TABLES, "experiment": st.lists(TABLES, max_size=3) | TABLES}
)


@given(FILES)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_any_document_is_read_or_faulted_never_more(document):
    text = tomli_w.dumps(document)
    try:
        queuefile.parse(text, HERE)
    except QueueFileError as error:
        assert error.faults
        assert all(fault.line is None or 1 <= fault.line <= text.count("\n") + 1 for fault in error.faults)
        assert all(str(fault).count("\n") <= 2 for fault in error.faults)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_faulted(data):
    try:
        queuefile.parse(queuefile.decode(data, HERE), HERE)
    except QueueFileError as error:
        assert error.faults


def test_the_defaults_of_format_1_are_frozen():
    assert DEFAULTS == FORMAT_1_DEFAULTS
    assert Settings().dataset in DATASETS


def test_the_schema_is_json_and_names_every_setting_with_help():
    document = json.loads(json.dumps(schema.json_schema()))
    item = document["properties"]["experiment"]["items"]["properties"]
    assert set(NAMES) <= set(item)
    assert all(item[name]["description"] for name in NAMES)
    assert set(document["properties"]["defaults"]["properties"]) >= set(NAMES)


def test_reading_a_queue_file_loads_neither_tensorflow_nor_numpy():
    code = "import sys, engine.plan.queuefile; print([m for m in ('tensorflow', 'keras', 'numpy') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
