"""A command line of `engine`: its verb is found and loaded, and whatever went wrong becomes words and an exit code."""

import contextlib
import importlib
import re
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from engine.cli.index import VERBS
from engine.cli.streams import complain
from engine.errors import EngineError, UsageError, reason
from engine.plan.words import did_you_mean

USAGE, INTERRUPTED = 2, 130
LIMIT = re.compile(r"(greater|less) than or equal to (\S+)")
BAD_VALUE = re.compile(r"Invalid value for '?([^':]+)'?: (.*)")
ABOUT = "Train, compare and look into image classifiers, from a queue file."


class LazyGroup(TyperGroup):
    """The verbs of the index. Help lists their lines; only the verb that is called is imported."""

    listing = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Typer's signature
        """The verbs, in the order of the index."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - Typer's signature
        """The command of a verb, loaded from its module; while help is written, its line alone."""
        if cmd_name not in VERBS:
            return None
        place, line = VERBS[cmd_name]
        if self.listing:
            return _command(cmd_name, _nothing, line)
        module, _, function = place.partition(":")
        return _command(cmd_name, getattr(importlib.import_module(module), function), None)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List every verb with its line."""
        self.listing = True
        try:
            super().format_commands(ctx, formatter)
        finally:
            self.listing = False

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The verb's command, or a UsageError that names the verb that was meant."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            meant = did_you_mean(args[0], VERBS)
            hint = f"did you mean {meant}?" if meant else "allowed: " + ", ".join(VERBS)
            raise UsageError(f"there is no command {args[0]}", hint=hint)
        return super().resolve_command(ctx, args)


def _nothing() -> None:
    """Stands for a verb's function where only its help is wanted."""


def _command(name: str, function: Any, line: str | None) -> Any:
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name, help=line, context_settings={"help_option_names": ["-h", "--help"]})(function)
    return typer.main.get_command(app)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - 0.03 s, which no other command needs

        typer.echo(f"labtop {version('labtop')}")
        raise typer.Exit


def build() -> Any:
    """The group of all verbs."""
    app = typer.Typer(
        cls=LazyGroup,
        add_completion=False,
        rich_markup_mode=None,
        help=ABOUT,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def root(
        version: bool = typer.Option(False, "--version", help="Print the version.", is_eager=True, callback=_version),
    ) -> None:
        """Options that stand before any verb."""

    root.__doc__ = ABOUT
    return typer.main.get_command(app)


def call(arguments: Sequence[str]) -> int:
    """Run one command line. Returns its exit code; whatever a person can cause is told on stderr."""
    if not arguments:
        with contextlib.redirect_stdout(sys.stderr):
            build().main(["--help"], prog_name="engine", standalone_mode=False)
        return USAGE
    try:
        code = build().main(list(arguments), prog_name="engine", standalone_mode=False)
    except EngineError as error:
        complain(error)
        return error.exit_code
    except typer.Abort:
        return INTERRUPTED
    except OSError as error:
        complain(EngineError(reason(error), where=str(error.filename or ""), hint="engine doctor looks at the machine"))
        return 3
    except Exception as error:
        # Typer keeps its usage errors in a class of its own, which older versions take from Click.
        if not hasattr(error, "format_message"):
            raise
        return _misused(error, arguments[0])
    return code if isinstance(code, int) else 0


def _misused(error: Any, verb: str) -> int:
    context = getattr(error, "ctx", None)
    # What lacks its value is told without saying of which command.
    path = context.command_path if context is not None else f"engine {verb}" if verb in VERBS else "engine"
    message = " ".join(error.format_message().split()).rstrip(".")
    told, hint = message[:1].lower() + message[1:], f"see: {path} --help"
    value = BAD_VALUE.fullmatch(message)
    if value is not None:
        told = f"{value[1]} does not take this value"
        hint = f"{fitting(value[2])}; {hint}"
    complain(UsageError(told, hint=hint))
    return USAGE


def fitting(why: str) -> str:
    """What an option takes, from what Typer has against a value."""
    if "integer" in why:
        return "allowed: a whole number"
    limit = LIMIT.search(why)
    if limit is not None:
        return f"allowed: {limit[2]} or {'more' if limit[1].startswith('greater') else 'less'}"
    return why[:1].lower() + why[1:]
