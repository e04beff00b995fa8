"""What stands beside a runner in its own process: shows what it does, and passes on what Ctrl-C asks for."""

import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

from engine.cli.displays import Display
from engine.cli.follow import Follower
from engine.cli.streams import warn
from engine.cli.watch import POLL_SECONDS, Ways, display_for, follower_of, look, moving, stopping_line, taken_in
from engine.errors import EngineError, StoreBusy, StoreDamaged
from engine.record.paths import StorePaths
from engine.results.rows import JobRow
from engine.session import Session, Submission


class Teller:
    """In a thread of its own: shows what happens to a submission, and passes on the signals in `asked`."""

    def __init__(
        self,
        paths: StorePaths,
        submission: Submission,
        earlier: Mapping[str, JobRow],
        asked: Sequence[int],
        ways: Ways,
    ) -> None:
        self._session = Session(paths)
        self._submission = submission
        self._earlier = earlier
        self._asked = asked
        self._ways = ways
        self._passed_on = 0
        self._blind = False
        self._follower: Follower | None = None
        self._display: Display | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="teller")

    def __enter__(self) -> "Teller":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        last = False
        while not last:
            # What happened until the runner's end is looked at once more.
            last = self._ended.wait(POLL_SECONDS)
            self._turn()
        if self._display is not None:
            self._showing(self._display.close)

    def _turn(self) -> None:
        for step in (self._begin, self._look, self._pass_on):
            try:
                step()
            except (StoreBusy, StoreDamaged):
                continue  # the next turn sees
            except EngineError:
                self._blind = True  # the runner has refused the file; it is said at the end

    def _look(self) -> None:
        follower, display = self._follower, self._display
        if follower is not None and display is not None:
            self._showing(lambda: look(self._session, follower, display))

    def _begin(self) -> None:
        if self._follower is not None or self._blind:
            return
        ids = taken_in(self._session, self._submission)
        if ids is None:
            return
        follower = follower_of(self._session, ids, self._earlier)
        self._display = display_for(follower, self._ways)
        self._follower = follower
        if notice := self._session.notice:
            self._showing(lambda: warn(notice))

    def _pass_on(self) -> None:
        """Whoever ends the runner means what it was handed in for, and all else that it trains."""
        count = len(self._asked)
        if count == self._passed_on:
            return
        now = count > 1 or signal.SIGTERM in self._asked
        rows = moving(self._session.rows())
        # First what was handed in here: what of it never started is withdrawn, and then no longer there to be stopped.
        self._session.stop_submission(self._submission, now=now, start=False)
        self._session.stop([row.id for row in rows], now=now, start=False)
        self._passed_on = count
        if self._display is not None:
            display = self._display
            self._showing(lambda: display.say(stopping_line(rows, now=now)))

    def _showing(self, show: Callable[[], object]) -> None:
        """Show something; with nobody left to see it, training goes on unseen."""
        try:
            show()
        except OSError:
            self._display = None
