"""Reference of the public names, from their numpydoc documentation."""

from __future__ import annotations

import dataclasses
import inspect
import re

import analysis
from analysis.base.schema.results import result_tables

from .markdown import page
from .words import word

_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", flags=re.MULTILINE)
#: Sections whose entries are "name : type" with an indented text.
_LISTS = ("Parameters", "Attributes", "Returns", "Yields", "Raises", "Other Parameters")


def pages(lang: str) -> dict[str, str]:
    """Place in the site -> Markdown."""
    parts = [word("api_about", lang)]
    for name in analysis.__all__:
        thing = getattr(analysis, name)
        parts += _documented(f"analysis.{name}", name, thing)
    parts += _room()
    return {"reference/api.md": page(word("api", lang), *parts)}


def _documented(path: str, name: str, thing) -> list[str]:
    text = numpydoc(inspect.getdoc(thing) or "")
    if inspect.ismodule(thing):
        return [f"## {path}", text]
    parts = [f"## {path}"]
    if inspect.isfunction(thing):
        parts.append(f"```python\n{signature(name, thing)}\n```")
    parts.append(text)
    return parts + (_members(name, thing) if name in ("Study", "County") else [])


def _room() -> list[str]:
    """The room that can be called like a function."""
    from analysis.remedy.answer import remedy

    return [
        "### analysis.remedy(…)",
        f"```python\n{signature('remedy', remedy)}\n```",
        numpydoc(inspect.getdoc(remedy) or ""),
    ]


def _members(owner: str, kind: type) -> list[str]:
    fields = (
        {field.name for field in dataclasses.fields(kind)}
        if dataclasses.is_dataclass(kind)
        else set()
    )
    parts = []
    for name in dir(kind):
        if name.startswith("_") or name in fields:
            continue
        found = inspect.getattr_static(kind, name)
        function = getattr(found, "func", None) or getattr(found, "fget", None) or found
        text = inspect.getdoc(function)
        if not text:
            continue
        callable_ = inspect.isfunction(found)
        parts.append(f"### {owner}.{name}")
        if callable_:
            parts.append(f"```python\n{signature(name, function)}\n```")
        parts.append(numpydoc(text))
        if owner == "Study" and name in result_tables():
            parts.append(f"[{name}](data-results.md#{name})")
    return parts


def signature(name: str, function) -> str:
    """How a function is called; one parameter a line where they are many."""
    found = inspect.signature(function)
    given = _given(found)
    back = found.return_annotation
    end = (
        f" -> {back if isinstance(back, str) else back.__name__}"
        if back not in (found.empty, None)
        else ""
    )
    line = f"{name}({', '.join(given)}){end}"
    return line if len(line) < 90 else f"{name}(\n    " + ",\n    ".join(given) + f",\n){end}"


def _given(found: inspect.Signature) -> list[str]:
    """Parameters as they are written, with the star behind which they go by name."""
    kinds = inspect.Parameter
    given, starred = [], False
    for key, parameter in found.parameters.items():
        if parameter.kind == kinds.KEYWORD_ONLY and not starred:
            given.append("*")
        starred = starred or parameter.kind in (kinds.VAR_POSITIONAL, kinds.KEYWORD_ONLY)
        if key != "self":
            given.append(str(parameter))
    return given


def numpydoc(text: str) -> str:
    """A numpydoc text as Markdown: sections in bold, entries as lists, examples as code."""
    pieces = _SECTION.split(text)
    parts = [_plain(pieces[0])]
    for name, body in zip(pieces[1::2], pieces[2::2], strict=True):
        shown = _entries(body) if name in _LISTS else _plain(body)
        parts.append(f"**{name}**\n\n{shown}")
    return "\n\n".join(part for part in parts if part.strip())


def _entries(body: str) -> str:
    """Lines at the margin name something, what is indented below says what it is."""
    lines = []
    for line in body.strip("\n").splitlines():
        if not line.strip():
            lines.append("")
        elif not line.startswith(" "):
            name, _, kind = line.partition(" : ")
            lines += ["", f"- `{name}`" + (f" : {_inline(kind)}" if kind else ""), ""]
        else:
            lines.append("    " + _inline(line.strip()))
    return "\n".join(lines).strip("\n")


def _plain(text: str) -> str:
    """Paragraphs; what begins with >>> is Python."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        lines = inspect.cleandoc(block)
        is_code = lines.startswith(">>>")
        parts.append(f"```pycon\n{lines}\n```" if is_code else _inline(lines))
    return "\n\n".join(parts)


def _inline(text: str) -> str:
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    return "".join(
        piece if piece.startswith("`") else piece.replace("<", "&lt;").replace("*", "\\*")
        for piece in re.split(r"(`[^`]*`)", text)
    )
