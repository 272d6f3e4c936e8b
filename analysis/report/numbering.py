"""Numbers of chapters, letters of annexes, and the contents of a report's web page.

Pages of a report do not know each other: which of them there are decides about the numbers. So they
are given once, to the whole page, before it is shown, printed or written as a Word document.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

#: Letters of annexes: without I and O, which look like figures.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "零一二三四五六七八九"
_HEADING = re.compile(r"<h([23])((?: [^>]*)?)>(.*?)</h\1>", re.DOTALL)
_SEE = re.compile(r'<div class="see">.*?</div>\n?', re.DOTALL)
_LINK = re.compile(r'<a class="see" href="#([^"]*)">.*?</a>')


@dataclass
class _Count:
    """Where the numbering has come to."""

    lang: str
    chapter: int = 0
    annex: int = 0
    part: int = 0
    in_annex: bool = False
    letters: dict[str, str] = field(default_factory=dict)
    entries: list[tuple[int, str, str, str]] = field(default_factory=list)


def chinese(number: int) -> str:
    """A number below 100 as headings count: 十二."""
    tens, ones = divmod(number, 10)
    text = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return text + (_DIGITS[ones] if ones or not tens else "")


def number_headings(page: str, lang: str) -> tuple[str, list[tuple[int, str, str, str]]]:
    """Number the headings of a page and fill in the letters where it points to annexes.

    Parameters
    ----------
    page : str
        HTML; chapters are ``h2``, annexes ``h2 class="annex"``, their parts ``h3``.
    lang : {"zh", "en"}

    Returns
    -------
    str
        The page; before the first annex stands ``<div class="annexes"></div>``.
    list of (int, str, str, str)
        The contents: level, id, number, title.
    """
    count = _Count(lang)
    page = _HEADING.sub(lambda found: _numbered(found, count), page)

    def pointed(line: re.Match) -> str:
        # an annex that has nothing to show is not there
        if any(name not in count.letters for name in _LINK.findall(line[0])):
            return ""
        return _LINK.sub(lambda link: f'<a href="#{link[1]}">{count.letters[link[1]]}</a>', line[0])

    return _SEE.sub(pointed, page), count.entries


def _numbered(found: re.Match, count: _Count) -> str:
    level, marks, title = int(found[1]), found[2], found[3]
    before = ""
    if level == 2:
        count.part = 0
        if 'class="annex"' in marks:
            if not count.in_annex:
                before = '<div class="annexes"></div>\n'
            count.in_annex = True
            count.annex += 1
            number = _annex(count)
        else:
            count.chapter += 1
            number = f"{chinese(count.chapter)}、" if count.lang == "zh" else f"{count.chapter} "
    else:
        count.part += 1
        number = _part(count)
    name = re.search(r'id="([^"]*)"', marks)
    if name is None:
        name = f"h-{len(count.entries) + 1}"
        marks += f' id="{name}"'
    else:
        name = name[1]
    if level == 2 and count.in_annex:
        count.letters[name] = number.rstrip("\u3000 ")
    count.entries.append((level, name, number, html.unescape(re.sub(r"<[^>]+>", "", title))))
    return f'{before}<h{level}{marks}><span class="no">{number}</span>{title}</h{level}>'


def _annex(count: _Count) -> str:
    letter = LETTERS[count.annex - 1]
    return f"附录{letter}\u3000" if count.lang == "zh" else f"Annex {letter} "


def _part(count: _Count) -> str:
    if count.in_annex:
        return f"{LETTERS[count.annex - 1]}.{count.part}\u2002"
    return f"（{chinese(count.part)}）" if count.lang == "zh" else f"{count.chapter}.{count.part} "


def contents(entries: list[tuple[int, str, str, str]], title: str, further: str = "") -> str:
    """The contents of a web page, beside the text; empty where there is little to choose from.

    `further` is HTML that stands below the chapters.
    """
    chapters = [entry for entry in entries if entry[0] == 2]
    if len(chapters) < 3:
        return ""
    items = "".join(
        f'<li><a href="#{name}">{html.escape(number + text)}</a></li>\n'
        for _, name, number, text in chapters
    )
    label = html.escape(title)
    return f'<nav class="contents" aria-label="{label}"><p>{label}</p><ul>\n{items}</ul>{further}</nav>\n'
