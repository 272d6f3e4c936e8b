"""Links of the pages: those that lead out of docs/ get a page of their own in the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Files outside docs/ that are pages of the site.
PAGES = {
    "README.md": "project/readme.md",
    "README.zh-CN.md": "project/readme-zh.md",
    "CHANGELOG.md": "project/changelog.md",
}
_LINK = re.compile(r"(\]\()([^)\s]+)(\))")
_CODE = re.compile(r"(^(?P<fence> *(?:```+|~~~+)).*?^(?P=fence)[^\n]*$|`[^`\n]+`)", re.M | re.S)


def outside_code(text: str) -> Iterator[tuple[bool, str]]:
    """The pieces of a text; of each, whether it is code."""
    at = 0
    for found in _CODE.finditer(text):
        yield False, text[at : found.start()]
        yield True, found.group()
        at = found.end()
    yield False, text[at:]


def links(text: str) -> list[str]:
    """Targets of the links of a text, those of pictures included."""
    return [
        found.group(2)
        for is_code, piece in outside_code(text)
        if not is_code
        for found in _LINK.finditer(piece)
    ]


def repository_path(target: str, source: str) -> str | None:
    """The file or folder that a link means, from the top of the repository; None if not a file."""
    path = target.partition("#")[0]
    if re.match(r"[a-z]+:", target) or not path:
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def place_in_site(path: str) -> str | None:
    """Where a file of the repository stands in the site; None for what has no place there."""
    if path in PAGES:
        return PAGES[path]
    if path.startswith("docs/"):
        inside = path.removeprefix("docs/").replace(".zh.md", ".md")
        return f"{inside}/index.md" if (ROOT / path).is_dir() else inside
    return f"files/{path}.md" if (ROOT / path).is_file() else None


def moved(text: str, source: str, place: str) -> str:
    """A text with its links as they have to be in the site.

    Parameters
    ----------
    source, place : str
        Where the text stands in the repository, and in the site.
    """

    def one(found: re.Match) -> str:
        target = found.group(2)
        path = repository_path(target, source)
        if path is None:
            return found.group()
        new = place_in_site(path)
        anchor = "#" + target.partition("#")[2] if "#" in target else ""
        if new is None and not (ROOT / path).is_dir():
            return found.group()  # MkDocs says that it has no end
        if new is None:  # a folder of the repository: README says what it is
            new, anchor = PAGES["README.md"], ""
        return f"]({posixpath.relpath(new, posixpath.dirname(place) or '.')}{anchor})"

    return "".join(
        piece if is_code else _LINK.sub(one, piece) for is_code, piece in outside_code(text)
    )
