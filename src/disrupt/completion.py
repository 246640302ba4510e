"""`disrupt completion`: what a shell needs to complete this program's commands, options and choices."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

_SHELLS = ("bash", "zsh")

_SCRIPT = """\
# disrupt {shell} completion: put `source <(disrupt completion {shell})` in your shell's start file.
{head}_disrupt() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} path="" one words="" only=""
    for one in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$path/$one" in
{paths}
        esac
    done
    case "$path $before" in
{choices}
    esac
    case "$path" in
{words}
    esac
    if [ -n "$words" ] && {{ [ "${{word#-}}" != "$word" ] || [ -n "$only" ]; }}; then
        COMPREPLY=($(compgen -W "$words" -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}}
complete -o filenames -F _disrupt disrupt
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("shell", choices=_SHELLS)


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    print(script(args.program, args.shell), end="")
    return 0


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The completion of a whole program, with its commands and their actions."""
    paths: list[str] = []
    words: list[str] = []
    choices: list[str] = []
    for path, one in _parsers(parser, ""):
        below = _subcommands(one)
        options: list[str] = []
        for action in one._actions:
            options += action.option_strings
            if action.option_strings and action.choices:
                told = " ".join(map(str, action.choices))
                for name in action.option_strings:
                    reply = f'COMPREPLY=($(compgen -W "{told}" -- "$word")); return'
                    choices.append(f'        "{path} {name}") {reply} ;;')
        if path:
            paths.append(f'        "{path}") path="{path}" ;;')
        shown = " ".join(below or options)
        only = "yes" if below else ""
        words.append(f'        "{path}") words="{shown}" only="{only}" ;;')
    head = "autoload -U +X bashcompinit && bashcompinit\n" if shell == "zsh" else ""
    cases = {"paths": paths, "choices": choices, "words": words}
    return _SCRIPT.format(shell=shell, head=head, **{name: "\n".join(lines) for name, lines in cases.items()})


def _parsers(parser: argparse.ArgumentParser, path: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every parser of the tree with the way to it: "", "/match", "/guard/hold"."""
    fill = getattr(parser, "fill", None)
    if fill is not None:
        fill()
    yield path, parser
    for name, below in _subcommands(parser).items():
        yield from _parsers(below, f"{path}/{name}")


def _subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}
