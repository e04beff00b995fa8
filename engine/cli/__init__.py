"""The commands: a file a verb, each loaded only when it is called."""
