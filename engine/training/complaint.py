"""What an exception that nobody foresaw leaves of itself in a job's last word."""

import traceback

TRACEBACK_LINES = 30


def first_line(error: BaseException) -> str:
    """Its kind, and the first line of what it says."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__


def last_lines() -> str:
    """The end of the traceback of the exception that is being handled, without the lines that only underline."""
    lines = [line for line in traceback.format_exc().splitlines() if line.strip(" ^~")]
    return "\n".join(lines[-TRACEBACK_LINES:])
