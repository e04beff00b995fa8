"""What shells are told of the commands, and how each of them wants to hear it."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engine.cli.index import VERBS
from engine.results.metrics import METRICS

ASK = "engine completion"
# What the store is asked for: experiments and job ids, or experiments alone.
NAMES, EXPERIMENTS = "names", "experiments"


@dataclass(frozen=True)
class Option:
    """An option's spellings, what it is for, what it takes: nothing, one of `choices`, an experiment, or anything."""

    spellings: tuple[str, ...]
    about: str
    value: bool
    choices: tuple[str, ...] = ()
    experiment: bool = False


@dataclass(frozen=True)
class Verb:
    """A command: its line of help, its options, and what its words are.

    `names` is what they name in the store, if anything; `choices` are those of the first word.
    """

    name: str
    about: str
    options: tuple[Option, ...]
    names: str
    files: bool
    choices: tuple[str, ...]


def verbs() -> list[Verb]:
    """Every verb with its options, from the commands themselves; loads them all."""
    from engine.cli.calling import build  # noqa: PLC0415 - it loads verbs, and this one may not load it to be loaded

    group = build()
    return [_verb(name, about, group.get_command(None, name)) for name, (_, about) in VERBS.items()]


def _verb(name: str, about: str, command: object) -> Verb:
    params = [param for param in getattr(command, "params", ()) if not getattr(param, "hidden", False)]
    words = [param.metavar or "" for param in params if param.param_type_name == "argument"]
    return Verb(
        name,
        about,
        tuple(_option(param) for param in params if param.param_type_name == "option"),
        names=NAMES if any("JOB" in word for word in words) else EXPERIMENTS if "EXPERIMENT" in words else "",
        files=any("FILE" in metavar for metavar in words),
        choices=next((found for metavar in words if (found := _choices(metavar))), ()),
    )


def _option(param: object) -> Option:
    metavar = getattr(param, "metavar", None) or ""
    spellings = (*getattr(param, "opts", ()), *getattr(param, "secondary_opts", ()))
    about = (getattr(param, "help", None) or "").partition("  [")[0]
    return Option(spellings, about, not getattr(param, "is_flag", False), _choices(metavar), metavar == "NAME")


def _choices(metavar: str) -> tuple[str, ...]:
    """`auto|cpu|gpu` names the words themselves; what is written in capitals stands for something, METRIC for one of
    the figures."""
    if metavar == "METRIC":
        return tuple(METRICS)
    parts = tuple(metavar.strip("[]").split("|"))
    return parts if len(parts) > 1 and all(part.isalnum() and part.islower() for part in parts) else ()


def bash(found: Sequence[Verb]) -> str:
    """For bash 4 and later. Names from the store are never expanded, whatever they are."""
    return "\n".join(
        [
            '# eval "$(engine completion bash)"',
            "_engine() {",
            "    local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} before=${COMP_WORDS[COMP_CWORD - 1]}",
            "    local name at store=() choices=",
            "    COMPREPLY=()",
            "    if ((COMP_CWORD == 1)); then",
            f'        COMPREPLY=($(compgen -W "{" ".join(verb.name for verb in found)}" -- "$word"))',
            "        return",
            "    fi",
            "    for ((at = 2; at < COMP_CWORD; at++)); do",
            '        [[ ${COMP_WORDS[at]} == --store ]] && store=(--store "${COMP_WORDS[at + 1]}")',
            "    done",
            '    case "$verb $before" in',
            *_valued(found, lambda words: f'choices="{words}"', "compopt -o default 2>/dev/null"),
            "    esac",
            '    if [[ -n $choices ]]; then COMPREPLY=($(compgen -W "$choices" -- "$word")); return; fi',
            '    case "$verb" in',
            *(f'        {verb.name}) choices="{" ".join(_spellings(verb))}" ;;' for verb in found),
            "    esac",
            '    if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$choices" -- "$word")); return; fi',
            '    case "$verb" in',
            *_worded(
                found,
                lambda words: f'((COMP_CWORD == 2)) && COMPREPLY=($(compgen -W "{words}" -- "$word"))',
                "compopt -o default 2>/dev/null",
            ),
            "    esac",
            "}",
            "_engine_names() {",
            "    while IFS= read -r name; do",
            '        COMPREPLY+=("$(printf %q "$name")")',
            f'    done < <({ASK} "$1" "${{store[@]}}" -- "$word" 2>/dev/null)',
            "}",
            "complete -F _engine engine",
        ]
    )


def zsh(found: Sequence[Verb]) -> str:
    """For zsh with compinit, read by eval or from a folder of fpath."""
    about = " ".join(shlex.quote(f"{verb.name}:{verb.about}") for verb in found)
    return "\n".join(
        [
            "#compdef engine",
            "_engine() {",
            "    local word=${words[CURRENT]} verb=${words[2]} before=${words[CURRENT - 1]}",
            "    local -a about store",
            "    if ((CURRENT == 2)); then",
            f"        about=({about})",
            "        _describe command about",
            "        return",
            "    fi",
            "    local at=${words[(I)--store]}",
            '    ((at && at < CURRENT - 1)) && store=(--store "${words[at + 1]}")',
            '    case "$verb $before" in',
            *_valued(found, lambda words: f"compadd -- {words}; return", "_files"),
            "    esac",
            "    if [[ $word == -* ]]; then",
            '        case "$verb" in',
            *(f"            {verb.name}) compadd -- {' '.join(_spellings(verb))} ;;" for verb in found),
            "        esac",
            "        return",
            "    fi",
            '    case "$verb" in',
            *_worded(found, lambda words: f"((CURRENT == 3)) && compadd -- {words}", "_files"),
            "    esac",
            "}",
            "_engine_names() {",
            f'    compadd -- "${{(@f)$({ASK} "$1" "${{store[@]}}" -- "$word" 2>/dev/null)}}"',
            "}",
            'if [[ ${funcstack[1]} == _engine ]]; then _engine "$@"; else compdef _engine engine; fi',
        ]
    )


def fish(found: Sequence[Verb]) -> str:
    """For fish, a line an option."""
    lines = ["complete -c engine -f"]
    ask = {name: f"({ASK} {name} -- (commandline -ct) 2>/dev/null)" for name in (NAMES, EXPERIMENTS)}
    for verb in found:
        lines.append(f"complete -c engine -n __fish_use_subcommand -a {verb.name} -d {_fish(verb.about)}")
        here = f"complete -c engine -n '__fish_seen_subcommand_from {verb.name}'"
        if verb.names:
            lines.append(f"{here} -a '{ask[verb.names]}'")
        if verb.choices:
            words = " ".join(verb.choices)
            first = f"__fish_seen_subcommand_from {verb.name}; and not __fish_seen_subcommand_from {words}"
            lines.append(f"complete -c engine -n '{first}' -a '{words}'")
        if verb.files:
            lines.append(f"{here} -F")
        for option in verb.options:
            spelt = " ".join(
                f"-l {word[2:]}" if word.startswith("--") else f"-s {word[1:]}" for word in option.spellings
            )
            value = "" if not option.value else f" -x -a '{' '.join(option.choices)}'" if option.choices else " -r -F"
            value = f" -x -a '{ask[EXPERIMENTS]}'" if option.experiment else value
            lines.append(f"{here} {spelt}{value} -d {_fish(option.about)}")
    return "\n".join(lines)


SCRIPTS: dict[str, Callable[[Sequence[Verb]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}


def _spellings(verb: Verb) -> list[str]:
    return [word for option in verb.options for word in option.spellings] + ["--help"]


def _valued(found: Sequence[Verb], choose: Callable[[str], str], files: str) -> Iterator[str]:
    """A case for each option that takes a value: its choices, experiments, or a path."""
    for verb in found:
        for option in verb.options:
            if option.value:
                pattern = "|".join(f'"{verb.name} {word}"' for word in option.spellings)
                done = f"{f'_engine_names {EXPERIMENTS}' if option.experiment else files}; return"
                yield f"        {pattern}) {choose(' '.join(option.choices)) if option.choices else done} ;;"


def _worded(found: Sequence[Verb], choose: Callable[[str], str], files: str) -> Iterator[str]:
    """A case for each verb that takes words: choices, what is in the store, or files."""
    for verb in found:
        if verb.choices:
            yield f"        {verb.name}) {choose(' '.join(verb.choices))} ;;"
        elif verb.names:
            yield f"        {verb.name}) _engine_names {verb.names} ;;"
        elif verb.files:
            yield f"        {verb.name}) {files} ;;"


def _fish(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
