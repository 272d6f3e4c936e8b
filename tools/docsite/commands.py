"""Command reference, from the program that reads the command line."""

from __future__ import annotations

import typer.main

from analysis.base.language import speak
from analysis.cli.app import app
from analysis.cli.speech import group_in, parameter_in

from .markdown import cell, code, page, table
from .words import word


def pages(lang: str) -> dict[str, str]:
    """Place in the site -> Markdown."""
    say = speak(lang)
    group = group_in(say, typer.main.get_command(app))
    parts = [word("commands_about", lang)]
    for name, command in group.commands.items():
        for parameter in command.params:
            parameter_in(say, parameter)
        usage = f"junheng {name} {_arguments(command)}{command.options_metavar}"
        parts += [f"## junheng {name}", cell(command.help or ""), f"```text\n{usage}\n```"]
        header = [word(each, lang) for each in ("argument", "help", "default")]
        parts.append(table(header, [_row(parameter) for parameter in command.params]))
    return {"reference/commands.md": page(word("commands", lang), *parts)}


def _arguments(command) -> str:
    found = [each for each in command.params if each.param_type_name == "argument"]
    return "".join(f"{each.metavar or each.name.upper()} " for each in found)


def _row(parameter) -> tuple[str, str, str]:
    if parameter.param_type_name == "argument":
        name = parameter.metavar or parameter.name.upper()
    else:
        name = ", ".join([*parameter.opts, *parameter.secondary_opts])
    default = parameter.default
    shown = "" if default in (None, False, (), []) or callable(default) else str(default)
    return code(name), cell(getattr(parameter, "help", None) or ""), code(shown)
