"""What any pane may say to whoever holds it."""

from dataclasses import dataclass

from textual.message import Message


@dataclass
class Copied(Message):
    """The person copied `text`; it goes to the clipboard of the terminal (OSC 52)."""

    text: str


@dataclass
class HistoriesWanted(Message):
    """Whose epochs are of use to pane `owner` from now on; answered by its `histories`, and again as they grow."""

    owner: str
    job_ids: tuple[str, ...]


@dataclass
class Told(Message):
    """Something worth a line at the edge of the screen; `wrong` where it did not work."""

    text: str
    wrong: bool = False
