"""What every command does alike: sentences on the screen, results to files, an exit status."""

from __future__ import annotations

import io
import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..base.digest import digest
from ..base.files import InputError
from ..base.language import LANGUAGES, N_, Said, speak
from ..base.storage.patience import trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..base.storage.writing import Writer

ENDINGS = (".csv", ".xlsx", ".parquet", ".json")
EXPECTED = N_("{name}: expected a file ending in {endings}")


def misused(hint: str, message: str, **values) -> typer.BadParameter:
    """What to raise where an option or argument cannot be as it is: a message of the catalogue."""
    return typer.BadParameter(Said(message, values), param_hint=hint)


def speaker(lang: str):
    if lang not in LANGUAGES:
        raise misused("--lang", N_("{value}: expected zh or en"), value=repr(lang))
    return speak(lang)


def print_findings(findings, lang: str) -> None:
    print_lines(digest(findings, lang), lang)


def print_lines(lines, lang: str) -> None:
    """Severity and sentence of each problem, to stderr."""
    say = speaker(lang)
    names = {"error": say("error"), "warning": say("warning")}
    for severity, sentence in lines:
        name = (
            typer.style(names[severity], fg=_COLOURS[severity]) if _colours() else names[severity]
        )
        typer.echo(f"{name}{say(': ')}{sentence}", err=True)


_COLOURS = {"error": "red", "warning": "yellow"}


def _colours() -> bool:
    """Whether severities are coloured: on a terminal, unless NO_COLOR is set."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")


def for_each(counties: list[str], lang: str, work) -> None:
    """Do the work for every county; one that fails does not stop the others."""
    speaker(lang)
    failed = False
    for name in counties:
        try:
            work(name)
        except InputError as error:
            failed = True
            print_findings(error.findings, lang)
        except BrokenPipeError:
            raise  # who reads the screen has seen enough (`| head`): the command ends without a word
        except OSError as error:
            failed = True
            print_findings([trouble(error, name)], lang)
    if failed:
        raise typer.Exit(1)


def put_table(table, out: Path | None, writer: Writer, lang: str = "zh", ids: bool = False) -> None:
    """A table to its file, or to the screen: there in words of the language, unless ids are wanted.

    Files keep the ids of columns and values: programs read them.
    """
    if out is None:
        typer.echo((None if ids else _in_words(table, lang)) or _with_ids(table))
    else:
        write_table(table, out, writer)
        say_written(out, lang)


def _in_words(table, lang: str) -> str | None:
    from ..present.views.console import table_text

    return table_text(table, lang)


def _with_ids(table) -> str:
    return table.to_string(index=False, float_format=lambda x: f"{x:.6f}")


def say_written(path: Path, lang: str) -> None:
    """The closing line of a command that has written a file."""
    say = speaker(lang)
    typer.echo(say("{path} written", path=path))


def print_notes(notes, lang: str) -> None:
    """What was taken for granted or could not be done: nothing silently."""
    for text in dict.fromkeys(note.sentence(lang) for note in notes if note.kind != "applied"):
        typer.echo(text, err=True)


def formats_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The formats that an option names, with commas, said once or several times."""
    from ..report import FORMATS

    chosen = tuple(dict.fromkeys(name.strip() for text in texts for name in text.split(",")))
    unknown = set(chosen) - set(FORMATS)
    if unknown:
        raise misused(
            "--format",
            N_("unknown {names}; expected {known}"),
            names=", ".join(sorted(unknown)),
            known=", ".join(FORMATS),
        )
    return chosen


def year_of(text: str | None) -> int | None:
    if text is None or text == "all":
        return None
    if not text.isdigit():
        raise misused("--year", N_("{value} is neither a year nor `all`"), value=repr(text))
    return int(text)


def check_workbook(out: Path, hint: str) -> None:
    if out.suffix.lower() != ".xlsx":
        raise misused(hint, EXPECTED, name=repr(out.name), endings=".xlsx")


def writer_for(force: bool, *counties: str) -> Writer:
    """Puts results anywhere but in the place of what is read of the counties."""
    from ..base.storage.writing import Writer
    from ..data.paths import files_read

    return Writer(tuple(file for county in counties for file in files_read(county)), force)


def checked_writer(out: Path | None, force: bool, *counties: str) -> Writer:
    """As `writer_for`, after a look whether the file can be written: before the work is done."""
    writer = writer_for(force, *counties)
    if out is not None:
        if out.suffix.lower() not in ENDINGS:
            raise misused("--out", EXPECTED, name=repr(out.name), endings=", ".join(ENDINGS))
        writer.check(out)
    return writer


def records(table) -> list[dict]:
    """Rows for JSON: what is missing becomes null."""

    def plain(value):
        if hasattr(value, "item"):
            value = value.item()
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return [{key: plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def write_table(table, out: Path, writer: Writer) -> None:
    from ..base.spreadsheet import XLSX_OPTIONS, csv_bytes

    buffer = io.BytesIO()
    ending = out.suffix.lower()
    if ending == ".csv":
        buffer.write(csv_bytes(table))
    elif ending == ".xlsx":
        options = {"options": XLSX_OPTIONS}
        table.to_excel(buffer, index=False, engine="xlsxwriter", engine_kwargs=options)
    elif ending == ".parquet":
        table.to_parquet(buffer, index=False)
    else:
        text = json.dumps(records(table), ensure_ascii=False, indent=1, allow_nan=False)
        buffer.write((text + "\n").encode("utf-8"))
    writer.put(out, buffer.getvalue())


def serve_page(serve: Callable, lang: str, no_open: bool) -> None:
    """Serve a page until Ctrl+C, say its address, and open it in the browser.

    Parameters
    ----------
    serve : callable
        Given what is called with the address once the page is there, the coroutine that serves it.
    lang : {"zh", "en"}
    no_open : bool
    """
    import asyncio
    import contextlib
    import webbrowser

    say = speaker(lang)

    def started(address: str) -> None:
        address += "&lang=en" if lang == "en" else ""
        typer.echo(say("{address}\nThis is the page; Ctrl+C ends it.", address=address))
        if not no_open:
            webbrowser.open(address)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(started))
