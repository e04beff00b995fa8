"""How a run ends: the leaderboard of its jobs, a line for what did not end well, and the exit code."""

import json
import time
from collections import Counter
from collections.abc import Sequence

from engine.cli import leaderboard
from engine.cli.hints import on_store
from engine.cli.moments import waiting_lines
from engine.cli.streams import data, words
from engine.cli.watch import Followed, Ways
from engine.plan.jobs import JobStatus
from engine.results.columns import INSTEAD
from engine.results.documents import leaderboard_document
from engine.results.durations import counted
from engine.results.leaderboard import rank
from engine.results.rows import JobRow
from engine.results.ties import compared
from engine.session import Session

OK, FAILED, ENVIRONMENT, INTERRUPTED = 0, 1, 3, 130


def conclude(session: Session, followed: Followed, ways: Ways) -> int:
    """Print what came of a run. Returns its exit code."""
    code = exit_code(followed)
    boards = [compared(board, session.hits) for board in rank(followed.rows)]
    where = on_store(session.paths)
    why = ending_lines(followed, where)
    if ways.as_json:
        told = {"t": time.time(), "event": "leaderboard", "exit": code, "why": why, **leaderboard_document(boards)}
        data(json.dumps(told, ensure_ascii=False, allow_nan=False))
        return code
    leaderboard.show(boards, f"engine leaderboard{where} {INSTEAD}")
    for line in why:
        words(line)
    return code


def exit_code(followed: Followed) -> int:
    """0 where all that can be trained is done, 1 where a job is not, 3 where none can be, 130 where interrupted."""
    if followed.interrupted:
        return INTERRUPTED
    waiting = [row for row in followed.rows if row.status is JobStatus.QUEUED and row.waits_for]
    done = [row for row in followed.rows if row.status is JobStatus.DONE]
    if len(done) + len(waiting) < len(followed.rows):
        return FAILED
    return ENVIRONMENT if waiting and not done else OK


def ending_lines(followed: Followed, store: str = "") -> list[str]:
    """A line for each thing that a person should know beside the leaderboard.

    `store` is what a command needs to find the store from here.
    """
    if not followed.rows:
        if followed.others:
            return []  # what goes on was said when it was asked to end
        return ["nothing was trained" if followed.interrupted else "nothing to train: the file yields no jobs"]
    lines = waiting_lines(followed.rows)
    counts = Counter(row.status for row in followed.rows)
    failed = counts[JobStatus.FAILED] + counts[JobStatus.OUT_OF_MEMORY]
    if failed:
        pronoun = "it" if failed == 1 else "them"
        lines.append(f"{counted(failed, 'job')} failed: {ids_of(followed.rows)}; --retry-failed tries {pronoun} again")
    if counts[JobStatus.HELD]:
        lines.append(f"{counted(counts[JobStatus.HELD], 'job')} held; engine release{store} lets them go on")
    withdrawn = counts[JobStatus.WITHDRAWN]
    stopped = sum(counts[status] for status in JobStatus if status.goes_on_with_run()) - withdrawn
    told = [f"{counted(stopped, 'job')} stopped on the way"] if stopped else []
    told += [f"{counted(withdrawn, 'job')} withdrawn before it began"] if withdrawn == 1 else []
    told += [f"{counted(withdrawn, 'job')} withdrawn before they began"] if withdrawn > 1 else []
    if told:
        lines.append(f"{', '.join(told)}; engine run goes on from here")
    return lines


def ids_of(rows: Sequence[JobRow]) -> str:
    """The first failed jobs, short."""
    ids = [row.id[:8] for row in rows if row.status.is_failure()]
    return ", ".join(ids[:4]) + (" ..." if len(ids) > 4 else "")
