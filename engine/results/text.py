"""Kept while callers move to `engine.text`."""

from engine.text import visible, visible_line

__all__ = ["visible", "visible_line"]
