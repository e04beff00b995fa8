"""The queue file on disk and the one that is edited."""

import pytest

from engine.errors import EngineError
from tui.editing import draft, edits
from tui.editing.document import BOM, Came, Document

TEXT = '# mine\n[[experiment]]\nname = "a"\nepochs = 3\n'


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "experiments.toml"
    path.write_text(TEXT)
    return path


def opened(path):
    document = Document(path)
    assert document.seen(path.read_bytes()) is Came.TAKEN
    return document


def set_epochs(document, value):
    document.apply("epochs", lambda text: edits.put(text, ("experiment", 0), "epochs", [value]))


def test_an_edit_is_unsaved_until_it_is_saved(file):
    document = opened(file)
    set_epochs(document, 5)
    assert document.unsaved and file.read_text() == TEXT
    document.save()
    assert not document.unsaved and file.read_text() == TEXT.replace("3", "5")
    assert document.seen(file.read_bytes()) is Came.NOTHING


def test_what_the_parser_refuses_changes_nothing(file):
    document = opened(file)
    with pytest.raises(EngineError, match="out of range"):
        set_epochs(document, 0)
    assert not document.unsaved and document.undo() is None


def test_undo_goes_through_saving(file):
    document = opened(file)
    set_epochs(document, 5)
    document.save()
    assert document.undo() == "epochs" and document.unsaved
    document.save()
    assert file.read_text() == TEXT


@pytest.mark.parametrize("text", [TEXT.replace("\n", "\r\n"), TEXT])
@pytest.mark.parametrize("bom", [BOM, b""])
def test_byte_order_mark_and_line_ends_stay(file, text, bom):
    file.write_bytes(bom + text.encode())
    document = opened(file)
    set_epochs(document, 7)
    document.save()
    assert file.read_bytes() == bom + text.replace("3", "7").encode()


def test_a_symlink_stays_and_its_target_is_written(file, tmp_path):
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    document = opened(link)
    set_epochs(document, 8)
    document.save()
    assert link.is_symlink() and "epochs = 8" in file.read_text()


def test_the_mode_of_the_file_stays(file):
    file.chmod(0o640)
    document = opened(file)
    set_epochs(document, 8)
    document.save()
    assert file.stat().st_mode & 0o777 == 0o640
    assert not list(file.parent.glob(".*.part"))


def test_changes_from_disk_are_taken_and_can_be_undone(file):
    document = opened(file)
    assert document.seen(TEXT.replace("3", "9").encode()) is Came.TAKEN
    assert not document.unsaved and document.queue.experiments[0].settings.epochs == 9
    assert document.undo() == "changes from disk"


def test_changes_on_both_sides_are_merged(file):
    document = opened(file)
    document.apply("off", lambda text: edits.switch(text, 0, enabled=False))
    file.write_text(TEXT.replace("3", "9"))
    assert document.seen(file.read_bytes()) is Came.MERGED
    assert document.unsaved
    document.save()
    assert "epochs = 9" in file.read_text() and "enabled = false" in file.read_text()


def test_changes_that_touch_wait_for_an_answer(file):
    document = opened(file)
    set_epochs(document, 5)
    file.write_text(TEXT.replace("3", "9"))
    assert document.seen(file.read_bytes()) is Came.TOUCHES
    assert "<queue.save>" in document.problem and document.unsaved
    [conflict] = document.conflicts()
    with pytest.raises(EngineError):
        document.save()
    assert "epochs = 9" in file.read_text()
    file.write_text(TEXT.replace("3", "11"))
    with pytest.raises(EngineError):
        document.save({conflict.name: (conflict, "ours")})
    assert "epochs = 11" in file.read_text(), "nobody was asked about this value"
    file.write_text(TEXT.replace("3", "9"))
    document.save({conflict.name: (conflict, "theirs")})
    assert "epochs = 9" in file.read_text() and not document.unsaved and not document.problem


def test_a_change_that_was_never_seen_is_merged_while_saving(file):
    document = opened(file)
    document.apply("off", lambda text: edits.switch(text, 0, enabled=False))
    file.write_text(TEXT + "# theirs\n")
    document.save()
    assert "# theirs" in file.read_text() and "enabled = false" in file.read_text()


def test_a_broken_file_leaves_the_last_good_plan(file):
    document = opened(file)
    assert document.seen(b'[[experiment]]\nname = "a"\nepochs = \n') is Came.BROKEN
    assert f"{file}:3" in document.problem and document.queue.experiments[0].name == "a"
    assert document.seen(TEXT.encode()) is Came.NOTHING
    assert document.problem == ""


def test_a_file_that_is_gone_is_kept_and_written_again(file):
    document = opened(file)
    file.unlink()
    assert document.seen(None) is Came.GONE
    assert "gone" in document.problem
    document.save()
    assert file.read_text() == TEXT


def test_over_a_broken_file_only_by_force(file):
    document = opened(file)
    set_epochs(document, 5)
    file.write_text("[[")
    with pytest.raises(EngineError):
        document.save()
    assert file.read_text() == "[["
    document.save(force=True)
    assert "epochs = 5" in file.read_text()


def test_a_folder_that_cannot_be_written_is_told(file, monkeypatch):
    document = opened(file)
    set_epochs(document, 5)

    def refused(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refused)
    with pytest.raises(EngineError, match="cannot be written"):
        document.save()
    assert document.unsaved and file.read_text() == TEXT


def test_a_first_file(tmp_path):
    document = Document(tmp_path / "experiments.toml")
    assert document.seen(None) is Came.GONE and document.problem == ""
    document.begin()
    assert document.unsaved and document.queue.experiments[0].name == "first"
    document.save()
    assert document.path.exists()


def test_what_was_unsaved_when_the_console_died_is_found_again(file, monkeypatch):
    document = opened(file)
    set_epochs(document, 5)
    draft.keep(document)
    assert draft.found(opened(file)) is None, "its owner lives"
    # A console that came after it, and by chance has its number.
    monkeypatch.setattr(draft, "RUN", "another")
    file.write_text(TEXT + "# theirs\n")
    again = opened(file)
    assert draft.found(again).text == TEXT.replace("3", "5") + "# theirs\n"
    draft.keep(again)
    assert draft.found(again) is not None, "what is kept of one takes nothing from the other"
    draft.forget(draft.found(again))
    assert draft.found(again) is None


def left_by_two(file, monkeypatch):
    """A console on a file of which two that are no more left changes, 5 epochs and 9."""
    for run, epochs in (("first", 5), ("second", 9)):
        monkeypatch.setattr(draft, "RUN", run)
        document = opened(file)
        set_epochs(document, epochs)
        draft.keep(document)
    monkeypatch.setattr(draft, "RUN", "another")
    return opened(file)


def test_changes_that_were_taken_up_come_no_more_and_others_still_do(file, monkeypatch):
    document = left_by_two(file, monkeypatch)
    left = draft.found(document)
    document.apply("", lambda _: left.text)
    draft.taken(document, left)
    document.undo()
    draft.drop(file)
    other = draft.found(opened(file))
    assert {left.text, other.text} == {TEXT.replace("3", "5"), TEXT.replace("3", "9")}


def test_changes_that_cannot_be_kept_anew_stay_with_who_left_them(file, monkeypatch):
    document = left_by_two(file, monkeypatch)
    left = draft.found(document)
    document.apply("", lambda _: left.text)
    monkeypatch.setattr(draft, "keep", lambda _: None)
    draft.taken(document, left)
    assert left.kept.exists()


def test_changes_that_are_in_the_file_by_now_are_forgotten(file, monkeypatch):
    left_by_two(file, monkeypatch)
    file.write_text(TEXT.replace("3", "9"))
    assert draft.found(opened(file)) is None or "9" not in draft.found(opened(file)).text
    assert len(list((file.parent / "state").rglob("*.json"))) == 1


def test_saving_forgets_the_draft(file):
    document = opened(file)
    set_epochs(document, 5)
    draft.keep(document)
    document.save()
    draft.keep(document)
    assert not list((file.parent / "state").rglob("*.json"))
