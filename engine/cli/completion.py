"""`engine completion`: a script for a shell, which asks back only for the names that are in the store."""

from typing import Annotated

import typer

from engine.cli import shells
from engine.cli.store_option import StoreOption, paths
from engine.cli.streams import data, data_lines
from engine.errors import EngineError, UsageError
from engine.record.store import Store
from engine.text import brief

SHOWN = 200


def completion(
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help="The shell to write for.")],
    beginning: Annotated[str, typer.Argument(hidden=True)] = "",
    store: StoreOption = None,
) -> None:
    """Print the completion script of a shell: verbs, options, job ids and experiments.

    bash: eval "$(engine completion bash)" in ~/.bashrc; zsh: the same in ~/.zshrc, after compinit;
    fish: engine completion fish > ~/.config/fish/completions/engine.fish
    """
    if shell in (shells.NAMES, shells.EXPERIMENTS):
        names(beginning, store, jobs=shell == shells.NAMES)
        return
    if shell not in shells.SCRIPTS:
        raise UsageError(f"there is no script for {brief(shell)}", hint="allowed: " + ", ".join(shells.SCRIPTS))
    data(shells.SCRIPTS[shell](shells.verbs()))


def names(beginning: str, store: StoreOption, *, jobs: bool) -> None:
    """Experiments, and with `jobs` job ids, that begin so, a line each; none without a store. Never a complaint."""
    place = paths(store)
    if not place.database.exists():
        return
    try:
        found = Store(place).names(beginning, SHOWN, jobs=jobs)
    except EngineError:
        return
    # A name with a line's end or a control character in it can be typed, but not offered.
    data_lines(name + "\n" for name in found if name.isprintable())
