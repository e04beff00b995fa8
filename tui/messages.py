"""What any pane may say to whoever holds it."""

from dataclasses import dataclass

from textual.message import Message


@dataclass
class Copied(Message):
    """The person copied `text`; it goes to the clipboard of the terminal (OSC 52)."""

    text: str


@dataclass
class Told(Message):
    """Something worth a line at the edge of the screen; `wrong` where it did not work."""

    text: str
    wrong: bool = False
