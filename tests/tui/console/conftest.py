"""The console without a store: its feed stands still, and tests post what it would have read."""

import pytest

from tui.feed import Feed


@pytest.fixture(autouse=True)
def still(monkeypatch, tmp_path):
    monkeypatch.setattr(Feed, "start", lambda _: None)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path
