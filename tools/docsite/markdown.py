"""Small pieces of Markdown, and GitHub's names of headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def cell(text: object) -> str:
    """A text that may stand in a cell of a table."""
    flat = " ".join(str(text).split())
    return flat.replace("|", "\\|").replace("<", "&lt;")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown (see `cell` for plain text)."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(each or " " for each in line) + " |" for line in lines)


def code(text: object) -> str:
    """Code within a line, or nothing where there is none."""
    return f"`{text}`" if text else ""


def page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", *(part for part in parts if part)]) + "\n"


def slug(heading: str, separator: str = "-") -> str:
    """The name of a heading in links, as GitHub makes it: links work there and here."""
    text = re.sub(r"<[^>]+>|[`*]", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", separator)
