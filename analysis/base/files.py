"""Strict YAML and honest errors: what YAML quietly accepts and people did not mean is refused."""

from __future__ import annotations

import codecs
import contextlib
import errno
import os
import re
import stat
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pydantic
import yaml

from .language import N_, Said, speak
from .refusals import mistakes
from .schema.tables import BESIDE, TABLES
from .schema.terms import Named

Model = TypeVar("Model", bound=pydantic.BaseModel)

#: Of a link in a county's folder. What it leads to is no business of the county: nothing of it may
#: show in a message.
LEADS_OUT = N_("is a link that leads out of its folder and is not read; put the file itself there")

#: A YAML file above this size (bytes) is not one that a person wrote.
LARGEST_YAML = 1_000_000

#: Says how many findings of one kind are not listed one by one.
MORE = N_("{n} more rows with the same problem")


@dataclass(frozen=True)
class Finding:
    """One problem in something that a user supplied.

    Attributes
    ----------
    severity : {"error", "warning"}
        An error stops the work, a warning is printed in the report.
    message : str
        Message id with ``{placeholders}``; `sentence` translates and fills it.
    values : dict
        What fills the placeholders. A value that has `zh` and `en` is a term of the schema.
    file : str
        File, or workbook and sheet, as the user knows it.
    table, column : str
        Ids of the schema, or empty.
    row : int or None
        Row as a spreadsheet counts it: the header is row 1.
    value : str
        The offending value as it was written.
    cell : str
        Name of the cell (``D3``) if the file is a table and one is to blame.
    rows : tuple of int
        Of a finding that counts the rest of many: their rows, as far as they are kept.
    """

    severity: str
    message: str
    values: dict[str, Any]
    file: str = ""
    table: str = ""
    column: str = ""
    row: int | None = None
    value: str = ""
    cell: str = ""
    rows: tuple[int, ...] = ()

    @property
    def in_workbook(self) -> bool:
        """Whether the file is a sheet of a workbook, of which people know cells and heads."""
        return self.file.endswith("]")

    @property
    def told(self) -> dict[str, Any]:
        """What fills the placeholders for the reader of the file: a workbook names things, without ids."""
        if self.in_workbook or self.file.endswith(".xlsx"):
            return {name: _by_name(value) for name, value in self.values.items()}
        return self.values

    def head(self, lang: str = "zh") -> str:
        """What the column is called: its head in a workbook, its id in a file of programs."""
        return self.title(lang) if self.in_workbook else self.column.removeprefix("~")

    def title(self, lang: str = "zh") -> str:
        """What people call the column, whatever the file."""
        table = TABLES.get(self.table)
        if self.column in BESIDE:
            return BESIDE[self.column][lang]
        if table is None or self.column not in table.names:
            return self.column
        return table[self.column].label(lang)

    def text(self, lang: str = "zh") -> str:
        """What is wrong, without the place."""
        return _one_line(Said(self.message, self.told).text(lang))

    def sentence(self, lang: str = "zh") -> str:
        """The finding as a sentence with its place."""
        say = speak(lang)
        place = [self.file or self.table] if self.file or self.table else []
        if self.in_workbook and self.cell and self.column:
            place.append(say("cell {cell} ({head})", cell=self.cell, head=self.head(lang)))
            return _one_line(say(", ").join(place) + say(": ")) + self.text(lang)
        if self.row is not None:
            place.append(say("row {row}", row=self.row))
        if self.column:
            place.append(say("column {column}", column=self.head(lang)))
        return _one_line(say(", ").join(place) + say(": ") if place else "") + self.text(lang)


class InputError(Exception):
    """What the user supplied cannot be used; `findings` says everything that is wrong with it."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.sentence("en") for finding in self.findings))


def problem(message: str, *, file: str | Path = "", **values) -> InputError:
    """An `InputError` with a single finding that has no place in a table."""
    return InputError([Finding("error", message, values, file=str(file))])


def _by_name(value: object) -> object:
    if isinstance(value, Named):
        return value.names
    if isinstance(value, Said):
        return Said(value.message, {name: _by_name(each) for name, each in value.values.items()})
    return value


def _one_line(text: str) -> str:
    """Text that any terminal can print on one line, whatever stood in a file or its name."""
    text = re.sub(r" *[\x00-\x1f\x7f-\x9f\u2028\u2029]+ *", " ", text)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def read_data(path: Path, largest: int | None = None) -> bytes:
    """The bytes of an ordinary file; a device or pipe, which might never end, is refused.

    Raises
    ------
    OSError
        As from `open`; `OSError` also for what is no file.
    InputError
        The file is larger than `largest` bytes.
    """
    with open(path, "rb", opener=_open_at_once) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not an ordinary file", str(path))
        if largest is not None and status.st_size > largest:
            raise problem(
                N_("is larger than {limit} MB; this cannot be a file of settings"),
                file=path,
                limit=largest // 1_000_000,
            )
        return file.read()


def _open_at_once(name: str, flags: int) -> int:
    # without O_NONBLOCK, opening a pipe waits for somebody to write into it
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def decode(data: bytes) -> tuple[str | None, int | None]:
    """Text of a file in UTF-8 or GB18030, or in UTF-16 that says so; or the line of its damage.

    Both are None for anything else: UTF-16 without a mark, Big5, Shift-JIS, Latin-1 …
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), None
        except UnicodeDecodeError:
            return None, None
    if b"\0" in data:
        return None, None
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        # a damaged UTF-8 file would pass as GB18030 and come out as wrong characters
        damage = data.count(b"\n", 0, error.start) + 1
        replaced = data.decode("utf-8", errors="replace")
        if replaced.count("\ufffd") * 5 < len(re.sub(r"[\x00-\x7f]+", "", replaced)):
            return None, damage
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None, None
    # Another encoding may decode as well, but to characters that hardly anybody uses: private ones,
    # or many that are not in GB 2312, whose two bytes are both above A0.
    wide = Counter(re.sub(r"[\x00-\x7f]+", "", text))
    odd = sum(n for c, n in wide.items() if unicodedata.category(c) in ("Co", "Cn", "Cc"))
    rare = sum(n for c, n in wide.items() if min(c.encode("gb18030")) < 0xA1)
    if odd or rare > 0.2 * wide.total():
        return None, None
    return text, None


class _Strict:
    """Neither aliases nor tags; dates, octal numbers and yes/no stay text."""

    def compose_node(self, parent, index):
        # a few lines of aliases can unfold to gigabytes
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            reason = "aliases (*) are not allowed"
            raise yaml.composer.ComposerError(None, None, reason, event.start_mark)
        if getattr(event, "tag", None) is not None:
            raise yaml.composer.ComposerError(
                None, None, "tags (!) are not allowed", event.start_mark
            )
        return super().compose_node(parent, index)


class _StrictLoader(_Strict, yaml.SafeLoader):
    """Reads by the parser in Python, whose errors name the character."""


_LOADERS = [_StrictLoader]

if yaml.__with_libyaml__:

    class _FastLoader(
        _Strict,
        yaml.composer.Composer,
        yaml.cyaml.CParser,
        yaml.constructor.SafeConstructor,
        yaml.resolver.Resolver,
    ):
        """Reads by the parser in C, five times as fast."""

        def __init__(self, text: str):
            for base in _FastLoader.__bases__[1:]:
                base.__init__(self, *([text] if base is yaml.cyaml.CParser else []))

    _LOADERS.insert(0, _FastLoader)


# YAML 1.1 reads 010105 as octal, NO as false and 2017-05-01 as a date. Here only numbers written as
# such, true/false and null are more than text. A number of hundreds of digits is none.
for _loader in _LOADERS:
    _loader.yaml_implicit_resolvers = {}
    for _tag, _pattern, _first in (
        ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
        ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
        ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]{0,17})$", "-0123456789"),
        ("tag:yaml.org,2002:float", r"^-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,99}$", "-0123456789"),
    ):
        _loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


@dataclass(frozen=True)
class Document:
    """A YAML document, the line on which each of its keys stands, and what errors call it."""

    data: Any
    lines: dict[tuple, int]
    file: str

    def line(self, path: tuple) -> int | None:
        """The line of a path, or of its nearest ancestor."""
        while path not in self.lines:
            if not path:
                return None
            path = path[:-1]
        return self.lines[path]

    def finding(self, path: tuple, reason: Said, value: str = "") -> Finding:
        """A mistake in it: line, key and reason."""
        key = ".".join(map(str, path)) or Path(self.file).name
        return Finding(
            "error",
            N_("line {line}: {key}: {reason}"),
            {"line": self.line(path) or 1, "key": key, "reason": reason},
            self.file,
            value=value,
        )


def read_yaml(path: Path) -> Document:
    """Read a YAML file strictly.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Document

    Raises
    ------
    InputError
        Unreadable file, no text (`decode`), not YAML, or a duplicate key; with the line.
    """
    try:
        data = read_data(path, LARGEST_YAML)
    except IsADirectoryError:
        raise problem(N_("is a folder; a YAML file is expected"), file=path) from None
    except FileNotFoundError:
        raise problem(N_("the file is missing"), file=path) from None
    except OSError as error:
        raise problem(
            N_("cannot be read ({reason})"), file=path, reason=error.strerror or error
        ) from None
    return parse_yaml(data, path)


def parse_yaml(data: bytes, file: str | Path) -> Document:
    """Read the bytes of a YAML document strictly; `file` is what the errors call it.

    Raises
    ------
    InputError
        No text, not YAML, empty, or a duplicate key; with the line.
    """
    text, damaged = decode(data)
    if damaged:
        raise problem(
            N_("line {line}: the text is damaged here; save the file again as UTF-8"),
            file=file,
            line=damaged,
        )
    if text is None:
        raise problem(N_("is neither UTF-8 nor GB18030 text; save it as UTF-8"), file=file)
    try:
        loader, node = _compose(text)
        if node is None:
            raise problem(N_("the file is empty"), file=file)
        lines: dict[tuple, int] = {}
        duplicates = list(_index(node, (), lines))
        if duplicates:
            raise InputError(
                Finding(
                    "error",
                    N_("line {line}: the key “{key}” stands twice; keep one"),
                    {"line": line, "key": key},
                    file=str(file),
                )
                for key, line in duplicates
            )
        return Document(loader.construct_document(node), lines, str(file))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise problem(
            N_("line {line}: not valid YAML ({reason})"),
            file=file,
            line=mark.line + 1 if mark else 1,
            reason=error.problem or error.context,
        ) from None
    except yaml.YAMLError as error:
        raise problem(N_("not valid YAML ({reason})"), file=file, reason=error) from None
    except RecursionError:
        raise problem(
            N_("not valid YAML ({reason})"), file=file, reason="nested too deeply"
        ) from None


def _compose(text: str):
    """The root of a document, and the loader that can make data of it."""
    for kind in _LOADERS[:-1]:
        # what the fast parser refuses is for the other one to explain
        with contextlib.suppress(yaml.YAMLError, UnicodeError):
            loader = kind(text)
            return loader, loader.get_single_node()
    loader = _StrictLoader(text)
    return loader, loader.get_single_node()


def _index(node: yaml.Node, path: tuple, lines: dict[tuple, int]):
    """Note the line of every key; yield duplicate keys."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode) and re.search("[\ud800-\udfff]", node.value):
        # written as an escape; no file could hold it as text
        raise yaml.composer.ComposerError(None, None, "half a character", node.start_mark)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            name = _key(key)
            if name in seen:
                yield name, key.start_mark.line + 1
                continue
            seen.add(name)
            yield from _index(value, (*path, name), lines)
            lines[(*path, name)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _index(value, (*path, number), lines)


def _key(node: yaml.Node):
    if not isinstance(node, yaml.ScalarNode):
        raise yaml.composer.ComposerError(
            None, None, "a key must be a word or a number", node.start_mark
        )
    return int(node.value) if node.tag.endswith(":int") else node.value


def read_model(path: Path, model: type[Model]) -> Model:
    """Read a YAML file as a pydantic model; every mistake is reported with its line.

    Parameters
    ----------
    path : Path
    model : type of pydantic.BaseModel
        Should forbid extra fields, so that a misspelt key is a mistake and not a silence.

    Returns
    -------
    pydantic.BaseModel

    Raises
    ------
    InputError
        With one finding per mistake.
    """
    return parse_model(read_yaml(path), model)


def parse_model(document: Document, model: type[Model]) -> Model:
    """A YAML document as a pydantic model.

    Raises
    ------
    InputError
        With one finding per mistake and its line.
    """
    try:
        return model.model_validate(document.data)
    except pydantic.ValidationError as error:
        raise InputError(
            document.finding(place, reason, value)
            for place, _, reason, value in mistakes(error, document.data)
        ) from None


def check_writable(folder: Path) -> None:
    """Make a folder if it is missing, and write something into it: before work that is to end there.

    Raises
    ------
    OSError
        It cannot be made, or nothing can be written into it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".junheng-") as file:
            file.write(b"junheng")
            file.flush()
    except OSError as error:
        # the name of the probe means nothing to anybody
        error.filename = str(folder)
        raise
