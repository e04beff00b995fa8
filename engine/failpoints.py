"""Named places where a test may kill, fail or halt this very process; nothing happens where none is asked for.

`LABTOP_FAILPOINTS` holds `PLACE=ACTION` pairs, separated by semicolons and read once, at import. PLACE is a pattern
(`*`, `?`) over the names that the code reaches, with `#3` behind it for the third time only. ACTION is `kill`
(SIGKILL), the name of an errno (OSError), `pause:FILE` (until FILE is there) or `wait:SECONDS`. With `@MARK` behind it
the action happens once: MARK is made by whoever comes first, so that what is started in place of a killed process
passes.
"""

import errno
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

VARIABLE = "LABTOP_FAILPOINTS"
PAUSE_SECONDS = 0.01


@dataclass
class Failpoint:
    """One place, what happens there, at which time of passing (0: each), and the mark that lets it happen once."""

    place: str
    action: str
    turn: int = 0
    mark: str = ""
    passed: int = 0

    def reach(self, place: str) -> None:
        """Do what is asked for here. Raises OSError where that is it."""
        if not fnmatchcase(place, self.place):
            return
        self.passed += 1
        if self.turn in (0, self.passed) and self._is_first():
            self._act(place)

    def _is_first(self) -> bool:
        if not self.mark:
            return True
        try:
            Path(self.mark).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _act(self, place: str) -> None:
        if self.action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.action.startswith("pause:"):
            awaited = Path(self.action.removeprefix("pause:"))
            while not awaited.exists():
                time.sleep(PAUSE_SECONDS)
        elif self.action.startswith("wait:"):
            time.sleep(float(self.action.removeprefix("wait:")))
        else:
            number = getattr(errno, self.action)
            raise OSError(number, f"{os.strerror(number)} (a test asked for it)", place)


def parsed(text: str) -> list[Failpoint]:
    """The failpoints that a value of the variable asks for."""
    found = []
    for pair in filter(None, text.split(";")):
        place, _, action = pair.partition("=")
        place, _, turn = place.partition("#")
        action, _, mark = action.partition("@")
        found.append(Failpoint(place, action, int(turn or 0), mark))
    return found


def reaching(points: list[Failpoint]) -> Callable[[str], None]:
    """What the code calls at each place."""

    def reach(place: str) -> None:
        for point in points:
            point.reach(place)

    return reach if points else lambda _: None


reach = reaching(parsed(os.environ.get(VARIABLE, "")))
