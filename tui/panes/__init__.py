"""The tabs: each answers one question about engine rows, and knows nothing of the session."""

# Of more jobs than these a pane has things made in a thread: it would take longer than a key may.
AT_ONCE = 2_000
