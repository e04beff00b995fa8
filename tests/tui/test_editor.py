"""E on a real terminal: the console gives way to the person's editor, comes back, and takes up what was changed."""

import pytest

TEXT = """\
# Mine.
[[experiment]]
name = "first"
model = "mlp"

[[experiment]]
name = "second"
epochs = 5
"""
EDITOR = """\
#!/bin/sh
# An editor: it says what it was given, waits for the person, changes the epochs.
echo "EDITING $*"
read answer
for file; do :; done
sed "s/epochs = 5/epochs = $answer/" "$file" > "$file.new" && mv "$file.new" "$file"
exit ${FAILS:-0}
"""


@pytest.fixture
def opened(tmp_path, begun):
    (tmp_path / "experiments.toml").write_text(TEXT)
    editor = tmp_path / "vi"
    editor.write_text(EDITOR)
    editor.chmod(0o755)

    def open_(**environment):
        terminal = begun(tmp_path, **{"EDITOR": str(editor), "VISUAL": ""} | environment)
        terminal.sees(r"> +first +1x1")
        terminal.sees("cnn|mlp")
        return terminal

    return open_


def edited(terminal, folder, answer):
    terminal.sees("EDITING")
    assert terminal.line(r"\+\d+ .*experiments.toml")
    assert b"\x1b[?1049l" in terminal.received, "the console is out of the way"
    terminal.send(f"{answer}\r")


def test_what_the_editor_changed_is_taken_over_and_can_be_undone(opened, tmp_path):
    terminal = opened()
    terminal.press("j")
    terminal.sees(r"> +second")
    terminal.press("E")
    assert "+6 " in terminal.sees("EDITING"), "the line of the chosen experiment"
    edited(terminal, tmp_path, "7")
    terminal.sees("changed on disk: taken over")
    terminal.sees(r"epochs +7\b")
    assert "epochs = 7" in (tmp_path / "experiments.toml").read_text()
    terminal.press("z")
    terminal.sees(r"epochs +5\b")
    terminal.press("Z")
    terminal.sees(r"epochs +7\b")
    terminal.press("q")
    assert terminal.ended() == 0


def test_unsaved_changes_are_merged_with_those_of_the_editor(opened, tmp_path):
    terminal = opened()
    terminal.press("space")
    terminal.sees(r"> +first .*off")
    terminal.press("E")
    terminal.sees("has unsaved changes")
    terminal.press("o")
    edited(terminal, tmp_path, "9")
    terminal.sees("merged with what was changed here")
    terminal.sees(r"> +first .*off")
    assert "enabled" not in (tmp_path / "experiments.toml").read_text()
    terminal.press("ctrl+s")
    terminal.sees("saved experiments.toml")
    text = (tmp_path / "experiments.toml").read_text()
    assert "epochs = 9" in text and "enabled = false" in text and text.startswith("# Mine.")


def test_they_can_be_saved_first(opened, tmp_path):
    terminal = opened()
    terminal.press("space", "E")
    terminal.sees("has unsaved changes")
    terminal.press("s")
    terminal.sees("EDITING")
    assert "enabled = false" in (tmp_path / "experiments.toml").read_text()
    terminal.send("8\r")
    terminal.sees("changed on disk: taken over")


def test_what_both_changed_is_asked(opened, tmp_path):
    terminal = opened()
    terminal.press("j", "enter")
    terminal.sees("^ second")
    terminal.seek(r"\bepochs +\d")
    terminal.press("6")
    terminal.sees("enter take")
    terminal.press("enter", "esc")
    terminal.sees(r"> +second")
    terminal.press("E")
    terminal.sees("has unsaved changes")
    terminal.press("o")
    edited(terminal, tmp_path, "9")
    terminal.sees("settles it")
    terminal.press("ctrl+s")
    terminal.sees("second: epochs")
    terminal.sees("mine: +6")
    terminal.sees("on disk: +9")
    terminal.press("d")
    terminal.sees("saved")
    assert "epochs = 9" in (tmp_path / "experiments.toml").read_text()


def test_an_editor_that_fails_or_is_none_is_told(opened, tmp_path):
    terminal = opened(FAILS="3")
    terminal.press("E")
    edited(terminal, tmp_path, "5")
    terminal.sees("vi ended with 3")
    terminal.press("q")
    assert terminal.ended() == 0
    other = opened(VISUAL="no-such-editor-here")
    other.press("E")
    other.sees("the editor does not start")
    other.sees("EDITOR")
