"""The tabs: each answers one question about engine rows, and knows nothing of the session."""
