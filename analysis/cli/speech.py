"""The help and the refusals of the command line in the language of who types.

Help texts are messages of the catalogue, like every other text. What typer says by itself (Usage,
Options, Missing argument …) is English; here stands what it can say, as templates that are found
again in what it has said.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import typer
from typer.core import TyperCommand, TyperGroup

from ..base.language import LANGUAGES, N_, Language, Said, speak

if TYPE_CHECKING:
    from typing import Any

#: What typer calls a mistake in the command line; of its own click, or of the one that is
#: installed: that depends on its version.
UsageError = next(each for each in typer.BadParameter.__mro__ if each.__name__ == "UsageError")

_USAGE = N_("Usage: ")

#: What stands around help texts: the constant of `typer.rich_utils` and its words.
_FRAME = {
    "ARGUMENTS_PANEL_TITLE": N_("Arguments"),
    "OPTIONS_PANEL_TITLE": N_("Options"),
    "COMMANDS_PANEL_TITLE": N_("Commands"),
    "ERRORS_PANEL_TITLE": N_("Error"),
    "ABORTED_TEXT": N_("Aborted."),
    "DEFAULT_STRING": N_("[default: {}]"),
    "ENVVAR_STRING": N_("[env var: {}]"),
    "REQUIRED_LONG_STRING": N_("[required]"),
    "RICH_HELP": N_("Try [blue]'{command_path} {help_option}'[/] for help."),
}

#: What typer says of a wrong command line; the first that fits is taken.
_REFUSALS = (
    N_("Missing command."),
    N_("Missing argument {what}."),
    N_("Missing option {what}."),
    N_("No such option: {name} (Possible options: {others})"),
    N_("No such option: {name} Did you mean {others}?"),
    N_("No such option: {name}"),
    N_("No such command {name}. Did you mean {others}?"),
    N_("No such command {name}."),
    N_("Option {name} does not take a value."),
    N_("Option {name} requires an argument."),
    N_("Got unexpected extra argument(s) ({names})"),
    N_("Got unexpected extra argument ({names})"),
    N_("Got unexpected extra arguments ({names})"),
    N_("Invalid value for {what}: {reason}"),
    N_("Invalid value: {reason}"),
    # reasons
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("Input should be greater than or equal to {n}"),
    N_("Input should be less than or equal to {n}"),
    N_("{value} is not a valid integer."),
    N_("{value} is not a valid float."),
    N_("{value} is not in the range {range}."),
)

#: What a value is, and what stands for it in the line of use.
_WORDS = (
    N_("COUNTY..."),
    N_("COUNTY"),
    N_("[COUNTY]"),
    N_("OLD"),
    N_("NEW"),
    N_("WORKBOOK"),
    N_("FOLDER"),
    N_("DIR"),
    N_("[DIR]"),
    N_("ROOT..."),
    N_("NAME"),
    N_("[OPTIONS]"),
    N_("COMMAND [ARGS]..."),
    N_("<str>"),
    N_("<path>"),
    N_("<int>"),
    N_("<int range>"),
    N_("<float>"),
    N_("<float range>"),
    N_("<list[str]>"),
    N_("<bool>"),
    N_("Show this message and exit."),
)


def language_of(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language that a command line is to be answered in, also if it is wrong.

    Parameters
    ----------
    words : sequence of str
        What was typed after the name of the program.
    environment : mapping of str to str

    Returns
    -------
    {"zh", "en"}
        Of ``--lang``, else of ``JUNHENG_LANG``, else of the locale.

    Examples
    --------
    >>> language_of(["check", "--lang", "en"], {}), language_of(["--lang=zh"], {"LANG": "en_US"})
    ('en', 'zh')
    >>> language_of(["check"], {"JUNHENG_LANG": "en"}), language_of(["--lang"], {"LANG": "de_DE"})
    ('en', 'en')
    """
    asked = [after for word, after in itertools.pairwise(words) if word == "--lang"]
    asked += [word.partition("=")[2] for word in words if word.startswith("--lang=")]
    asked.append(environment.get("JUNHENG_LANG", ""))
    return next((lang for lang in asked if lang in LANGUAGES), user_language(environment))


def user_language(environment: Mapping[str, str]) -> str:
    """The language of a user's locale.

    Parameters
    ----------
    environment : mapping of str to str
        The first of ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set decides.

    Returns
    -------
    {"zh", "en"}
        Chinese also where none is set, or only the ``C`` locale, which is nobody's choice.

    Examples
    --------
    >>> user_language({"LANG": "zh_CN.UTF-8"}), user_language({"LANG": "de_DE.UTF-8"})
    ('zh', 'en')
    >>> user_language({"LC_ALL": "C.UTF-8", "LANG": "en_US.UTF-8"}), user_language({})
    ('zh', 'zh')
    """
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next((name for name in names if name), "C").lower()
    return "zh" if name.startswith("zh") or name.split(".")[0] in ("c", "posix") else "en"


class _InLanguage:
    """A command that speaks the language of the program it belongs to."""

    def get_params(self, ctx: Any) -> list:
        say = _speaker(ctx)
        return [parameter_in(say, parameter, ctx) for parameter in super().get_params(ctx)]

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=_speaker(ctx)(_USAGE))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _frame_in(_speaker(ctx))
        super().format_help(ctx, formatter)


class Command(_InLanguage, TyperCommand):
    """One command."""


class Group(_InLanguage, TyperGroup):
    """The program with its commands."""

    say: Language = speak("en")

    def main(self, args: Sequence[str] | None = None, **more: Any) -> Any:
        words = sys.argv[1:] if args is None else list(args)
        group_in(speak(language_of(words, os.environ)), self)
        return super().main(args, **more)

    def make_context(self, *args: Any, **more: Any) -> Any:
        with _refusals_in(self.say):
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        with _refusals_in(self.say):
            return super().invoke(ctx)


def group_in(say: Language, group: Group) -> Group:
    """A program and its commands in a language; typer makes it anew for every call."""
    group.say = say
    group.subcommand_metavar = say(group.subcommand_metavar)
    for each in (group, *group.commands.values()):
        each.help = say(each.help)
        each.options_metavar = say(each.options_metavar)
    return group


def parameter_in(say: Language, parameter: Any, ctx: Any = None) -> Any:
    """An option or argument in a language."""
    if say.code != "en":
        parameter.help = parameter.help and say(parameter.help)
        parameter.metavar = parameter.metavar and say(parameter.metavar)
        if hasattr(parameter, "display_type"):  # of newer typer: what kind of value it is
            kind = say(parameter.display_type(ctx))
            parameter.display_type = lambda ctx: kind
    return parameter


def _speaker(ctx: Any) -> Language:
    return getattr(ctx.find_root().command, "say", speak("en"))


def _frame_in(say: Language) -> None:
    from typer import rich_utils  # slow, and of use only where there is something to read

    for name, words in _FRAME.items():
        setattr(rich_utils, name, say(words))

    class Folding(rich_utils.OptionHighlighter):
        """Chinese has no blanks at which rich could begin a new line: it would cut the text off."""

        def highlight(self, text: Any) -> None:
            text.overflow = "fold"
            super().highlight(text)

    if hasattr(rich_utils, "highlighter"):
        rich_utils.highlighter = Folding() if say.code != "en" else rich_utils.OptionHighlighter()


@contextlib.contextmanager
def _refusals_in(say: Language) -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        _frame_in(say)
        if isinstance(error.message, Said):
            error.message = error.message.text(say.code)
        text = refusal_in(say, error.format_message())
        error.format_message = lambda: text
        raise


def refusal_in(say: Language, text: str) -> str:
    """What typer says of a wrong command line, in a language.

    Examples
    --------
    >>> refusal_in(speak("zh"), "No such option: --yaer")
    '没有选项：--yaer'
    """
    if say.code == "en":
        return text
    text = re.sub(r"'([^']*)'", r"“\1”", text)
    for template in _REFUSALS:
        if found := re.fullmatch(_pattern(template), text, re.DOTALL):
            values = {name: _value(say, name, value) for name, value in found.groupdict().items()}
            return say(template, **values)
    return text


def _pattern(template: str) -> str:
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(template))


def _value(say: Language, name: str, value: str) -> str:
    if name == "reason":
        return refusal_in(say, value)
    return say(value) if name == "what" and value in _WORDS else value
