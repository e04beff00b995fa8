import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.results import filters
from tests.results.rows_made import job


def keeps(text: str, **values: object) -> bool:
    row = job(1, 3, **values)
    made = filters.parse(text)
    return made.keeps_job(row) and made.keeps_row((row,))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "model=cnn dropout>=0.2 name~grid*",
        "model = CNN",
        "dropout>=0.2 dropout<=0.2 dropout=.2",
        "batch_norm=on",
        "batch-norm=true",
        "batch_norm!=false",
        "seed=3 n=1",
        "name=GRID",
        'name="grid"',
        "model~c?n",
        "name!~other*",
        "test_accuracy>=0.99",
        "test_accuracy=0.99",
        "epochs=30 epochs_trained=8",
        "id~*1",
        "id!=ffff",
        "dataset=MNIST",
        "grid",
        "RI",
        "g*d seed=3 'ri'",
        '"gr" id~*1',
    ],
)
def test_what_holds(text: str) -> None:
    assert keeps(text)


@pytest.mark.parametrize(
    "text",
    [
        "model=mlp",
        "model=cnn dropout>0.2",
        "batch_norm=false",
        "n>1",
        "seed!=3",
        "name~other*",
        "val_loss<1",
        "val_loss!=1",
        "test_accuracy>0.99",
        "other",
        "g*x",
        "grid other",
    ],
)
def test_what_does_not_hold(text: str) -> None:
    assert not keeps(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("dropuot=1", "did you mean dropout"),
        ("use_bn=true", "did you mean batch_norm"),
        ("val_acuracy>0.5", "did you mean val_accuracy"),
        ("dropout", "no condition"),
        ("grid dropout >", "no condition"),
        ("=", "no condition"),
        ("dropout>=", "no condition"),
        ("dropout=high", "dropout is a number"),
        ("dropout>nan", "dropout is a number"),
        ("model>cnn", "has no order"),
        ("batch_norm=2", "it is a switch"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        filters.parse(text)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        filters.parse("dropuot=1 model>cnn")
    assert len(caught.value.faults) == 2


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_a_usage_error(text: str) -> None:
    try:
        filters.parse(text).keeps_job(job(1))
    except UsageError as error:
        assert all(len(str(fault).splitlines()) <= 3 for fault in error.faults)


def test_ids_and_paths_may_be_shortened() -> None:
    row = job(1, 3, dataset="/home/me/data/colour.npz")
    for text in (f"id={row.id[:1]}", f"id={row.id}", "dataset=colour.npz", "dataset=./data/colour.npz"):
        assert filters.parse(text).keeps_job(row), text
    for text in ("id=zz", "dataset=our.npz", "dataset!=colour.npz", "dataset=colour"):
        assert not filters.parse(text).keeps_job(row), text


def test_tags_are_those_of_the_experiments() -> None:
    row = job(1, 3, experiments=("grid", "other"))
    tags = {"grid": ("small", "Two words"), "elsewhere": ("large",)}
    for text in ("tags=small", "tag=SMALL", 'tags="two words"', "tags~sm*", "tags!=large", "tags!~l*"):
        assert filters.parse(text, lambda: tags).keeps_job(row), text
    for text in ("tags=large", "tags!=small"):
        assert not filters.parse(text, lambda: tags).keeps_job(row), text
    with pytest.raises(UsageError, match="tags cannot be looked for here"):
        filters.parse("tags=small")
