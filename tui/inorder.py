"""Keys in the order in which they were typed: each waits until the one before it has done all that it does."""

import asyncio
import time
from collections import deque
from typing import Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

# A part of the console that does not answer for so long keeps no key back.
PATIENCE = 1.0
# What a key does may be told from part to part once more after the key itself is through.
ROUNDS = 2


class InOrder(App[None]):
    """An app whose keys, however fast they come, go where the focus is by then.

    Textual hands a key to what has the focus as it arrives; but what the key before it asked for, a dialog or another
    tab, may still be on its way, and the key would act on what the person has left.
    """

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Event] = deque()
        self._at_work: asyncio.Task[None] | None = None
        self._last = time.monotonic()

    @property
    def quiet(self) -> float:
        """Seconds since the last key; 0 while one is at work."""
        return 0.0 if self._at_work is not None else time.monotonic() - self._last

    async def on_event(self, event: events.Event) -> None:
        """Keep a key back while another is at work."""
        typed = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        if typed:
            self._last = time.monotonic()
        if typed and self._at_work is not None:
            self._typed.append(event)
            return
        await super().on_event(event)
        if typed or isinstance(event, events.Mount):
            self._at_work = asyncio.create_task(self._work_off())

    async def _work_off(self) -> None:
        try:
            await self._settled()
            while self._typed:
                await super().on_event(self._typed.popleft())
                await self._settled()
        finally:
            self._at_work = None

    async def _settled(self) -> None:
        """Wait until what was asked for is done: twice in turn, the focus stands where it stood before."""
        quiet = 0
        while quiet < ROUNDS and self.is_running:
            before = self._where
            for pump in (*before, self):
                await passed(pump)
            quiet = quiet + 1 if self._where == before else 0

    @property
    def _where(self) -> list[Any]:
        """What has the focus and all that holds it, the way that its messages take; the screen where nothing has."""
        if not self._screen_stack:
            return []
        return [node for node in (self.focused or self.screen).ancestors_with_self if node is not self]


async def passed(pump: MessagePump) -> None:
    """Wait until a part has worked off all that was told to it so far."""
    done = asyncio.Event()
    if pump.call_later(done.set):
        try:
            await asyncio.wait_for(done.wait(), PATIENCE)
        except TimeoutError:
            return
