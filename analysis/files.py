"""Strict YAML and honest errors: what YAML quietly accepts and people did not mean is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pydantic
import yaml

from .language import N_, speak

Model = TypeVar("Model", bound=pydantic.BaseModel)


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
    """

    severity: str
    message: str
    values: dict[str, Any]
    file: str = ""
    table: str = ""
    column: str = ""
    row: int | None = None
    value: str = ""

    def sentence(self, lang: str = "zh") -> str:
        """The finding as a sentence with its place."""
        say = speak(lang)
        values = {name: _term(value, lang) for name, value in self.values.items()}
        place = [self.file or self.table] if self.file or self.table else []
        if self.row is not None:
            place.append(say("row {row}", row=self.row))
        if self.column:
            place.append(say("column {column}", column=self.column))
        text = say(self.message)
        text = text.format(**values) if values else text
        return (say(", ").join(place) + say(": ") if place else "") + text


class InputError(Exception):
    """What the user supplied cannot be used; `findings` says everything that is wrong with it."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.sentence("en") for finding in self.findings))


def problem(message: str, *, file: str | Path = "", **values) -> InputError:
    """An `InputError` with a single finding that has no place in a table."""
    return InputError([Finding("error", message, values, file=str(file))])


def _term(value: Any, lang: str) -> Any:
    return getattr(value, lang) if hasattr(value, "zh") and hasattr(value, "en") else value


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader without aliases that leaves dates, octal and yes/no as text."""

    def compose_node(self, parent, index):
        # a few lines of aliases can unfold to gigabytes
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "aliases (*) are not allowed", mark)
        return super().compose_node(parent, index)


# YAML 1.1 reads 010105 as octal, NO as false and 2017-05-01 as a date. Here only numbers written as
# such, true/false and null are more than text.
_StrictLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("tag:yaml.org,2002:float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
):
    _StrictLoader.add_implicit_resolver(_tag, yaml.reader.re.compile(_pattern), list(_first))


@dataclass(frozen=True)
class Document:
    """A YAML document and the line on which each of its keys stands."""

    data: Any
    lines: dict[tuple, int]

    def line(self, path: tuple) -> int | None:
        """The line of a path, or of its nearest ancestor."""
        while path not in self.lines:
            if not path:
                return None
            path = path[:-1]
        return self.lines[path]


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
        Unreadable file, not UTF-8, not YAML, or a duplicate key; with the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except IsADirectoryError:
        raise problem(N_("is a folder; a YAML file is expected"), file=path) from None
    except FileNotFoundError:
        raise problem(N_("the file is missing"), file=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise problem(N_("cannot be read as UTF-8 text ({reason})"), file=path, reason=error) from None
    loader = _StrictLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise problem(N_("the file is empty"), file=path)
        lines: dict[tuple, int] = {}
        duplicates = list(_index(node, (), lines))
        if duplicates:
            raise InputError(
                Finding(
                    "error",
                    N_("line {line}: the key “{key}” stands twice; keep one"),
                    {"line": line, "key": key},
                    file=str(path),
                )
                for key, line in duplicates
            )
        return Document(loader.construct_document(node), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise problem(
            N_("line {line}: not valid YAML ({reason})"),
            file=path,
            line=mark.line + 1 if mark else 1,
            reason=error.problem or error.context,
        ) from None
    except yaml.YAMLError as error:
        raise problem(N_("not valid YAML ({reason})"), file=path, reason=error) from None
    except RecursionError:
        raise problem(N_("not valid YAML ({reason})"), file=path, reason="nested too deeply") from None
    finally:
        loader.dispose()


def _index(node: yaml.Node, path: tuple, lines: dict[tuple, int]):
    """Note the line of every key; yield duplicate keys."""
    lines.setdefault(path, node.start_mark.line + 1)
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
    document = read_yaml(path)
    try:
        return model.model_validate(document.data)
    except pydantic.ValidationError as error:
        raise InputError(
            Finding(
                "error",
                N_("line {line}: {key}: {reason}"),
                {
                    "line": document.line(tuple(item["loc"])) or 1,
                    "key": ".".join(str(part) for part in item["loc"]) or path.name,
                    "reason": _reason(item),
                },
                file=str(path),
                value=str(item.get("input", ""))[:80],
            )
            for item in error.errors()
        ) from None


@dataclass(frozen=True)
class _Reason:
    """Why pydantic refused a value, in both languages."""

    zh: str
    en: str


_REASONS = {
    "missing": ("缺少此项", "is missing"),
    "extra_forbidden": ("未知的键，请检查拼写", "unknown key; check the spelling"),
    "string_type": (
        "应为文本；数字代码请加引号",
        "must be text; put quotes around a code of digits",
    ),
    "int_type": ("应为整数", "must be a whole number"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
}


def _reason(item: dict) -> _Reason:
    zh, en = _REASONS.get(item["type"], (item["msg"], item["msg"]))
    shown = item.get("input")
    if item["type"] in ("missing", "extra_forbidden") or isinstance(shown, dict | list):
        return _Reason(zh, en)
    return _Reason(f"{zh}（现为 {shown!r}）", f"{en} (found {shown!r})")
