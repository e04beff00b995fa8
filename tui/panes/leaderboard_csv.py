"""The board as a CSV file beside the queue file."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.results.csvtext import LEADING, leaderboard_csv
from engine.results.leaderboard import Board
from engine.results.ties import compared

if TYPE_CHECKING:
    from engine.results.ties import Reader

NAME = "leaderboard"
MARK = ",".join(LEADING)


def write(folder: Path, boards: Sequence[Board], hits: "Reader | None") -> Path:
    """Write the boards to `leaderboard.csv`, aside first; a file that is none of ours is left, and a number added.

    `hits` gives what a job got right, by its id, so that rows of one repeat are compared as `engine leaderboard` does.
    Raises OSError.
    """
    if hits is not None:
        boards = [compared(board, hits) for board in boards]
    path = _free(folder)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("w", encoding="utf-8", newline="") as file:
            file.writelines(leaderboard_csv(boards))
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return path


def _free(folder: Path) -> Path:
    """Where to write: what an export wrote before may be written anew, whatever else stands there may not."""
    place = 1
    while True:
        path = folder / (f"{NAME}.csv" if place == 1 else f"{NAME}-{place}.csv")
        if not os.path.lexists(path) or (path.is_file() and not path.is_symlink() and _ours(path)):
            return path
        place += 1


def _ours(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK.encode()
