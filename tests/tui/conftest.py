"""Consoles on real terminals."""

from collections.abc import Callable, Iterator

import pytest

from tests.tui.terminal import Terminal


@pytest.fixture
def begun() -> Iterator[Callable[..., Terminal]]:
    """Begins a console in a folder, as `Terminal` does; all of them are ended with the test."""
    found: list[Terminal] = []

    def begin(*words, **more) -> Terminal:
        found.append(Terminal(*words, **more))
        return found[-1]

    yield begin
    for terminal in found:
        terminal.close()
