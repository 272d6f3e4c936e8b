"""What only the web page of a report has: links, a page for each school, tables that scroll in a box.

Pages of a report do not know each other, so links are set once, to the whole page: a school's name,
wherever a cell or a line of a list has it, leads to the school's page; the title of a requirement to
its row in the annex that lists them all. Names that two schools share lead nowhere.
"""

from __future__ import annotations

import html
import re

from .pages.schools import BEGIN, END

#: The annex whose rows are the requirements.
RULES = "checklist"

_SCHOOLS = re.compile(
    rf"<details><summary>([^<]*)</summary>\n{BEGIN}(.*?){END}</details>\n", re.DOTALL
)
_NAMED = re.compile(r'<section class="school" id="([^"]*)"[^>]*><h1 id="[^"]*">(.*?)</h1>')
_RULES = re.compile(rf'<h2 id="{RULES}".*?(?=<h2|\Z)', re.DOTALL)
_RULE = re.compile(r"<tr>(<td>([^<]*)</td><td>([^<]*)</td>)")
_PLACE = re.compile(r"(<(td|li)(?: [^>]*)?>)([^<]+)(?=</\2>)")
_TABLE = re.compile(r'<table class="(?:plain|tight)">.*?</table>', re.DOTALL)
#: A unit in brackets behind the title of a requirement.
_UNIT = re.compile(r" \([^()]*\)$")


def take_schools(page: str) -> tuple[str, str, str]:
    """A page without the schools' own, their heading, and their sections.

    The sections come last, and their headings have no numbers.
    """
    found = _SCHOOLS.search(page)
    if found is None:
        return page, "", ""
    return page.replace(found[0], "", 1), html.unescape(found[1]), found[2]


def finished(page: str, sections: str) -> str:
    """The body of a web page with its links, boxes and the schools' sections.

    Parameters
    ----------
    page : str
        With numbers of chapters; ends with the last annex.
    sections : str
        From `take_schools`.

    Returns
    -------
    str
    """
    schools, rules = school_links(sections), {}
    rows = _RULES.search(page)
    if rows is not None:
        listed, rules = _with_ids(rows[0])
        before, after = page[: rows.start()], page[rows.end() :]
        # the list of requirements does not point to itself
        page = _linked(before, schools, rules) + _linked(listed, schools, {})
        page += _linked(after, schools, rules)
    else:
        page = _linked(page, schools, rules)
    return _boxed(page)


def school_links(sections: str) -> dict[str, str]:
    """Where a school's name leads, names as HTML; of equal names none."""
    found: dict[str, str] = {}
    shared = set()
    for to, name in _NAMED.findall(sections):
        if name in found:
            shared.add(name)
        found[name] = to
    return {name: to for name, to in found.items() if name not in shared}


def list_of_schools(sections: str, title: str, back: str) -> str:
    """The schools of the contents, folded; and the way back to the report from one of them."""
    names = _NAMED.findall(sections)
    if not names:
        return ""
    items = "".join(f'<li><a href="#{to}">{name}</a></li>\n' for to, name in names)
    return (
        f'<p class="back"><a href="#report">{html.escape(back)}</a></p>\n'
        f"<details><summary>{html.escape(title)}</summary><ul>\n{items}</ul></details>\n"
    )


def section_of_schools(sections: str, title: str, back: str) -> str:
    """The schools' sections as the web page has them, behind the report."""
    if not sections:
        return ""
    way = f'<p class="back"><a href="#report">{html.escape(back)}</a></p>\n'
    sections = _boxed(sections.replace("</section>\n", f"{way}</section>\n"))
    return f'<section class="schools" aria-label="{html.escape(title)}">\n{sections}</section>\n'


def margins(mark: str, number: str) -> str:
    """A style for what a printed web page says in its margins: the mark above, the page's number below.

    Parameters
    ----------
    mark : str
    number : str
        With ``{page}`` and ``{pages}``.
    """
    counted = _css(number).replace("{page}", '" counter(page) "')
    counted = counted.replace("{pages}", '" counter(pages) "')
    return f"@page {{ @top-center {{ content: {_css(mark)}; }} @bottom-center {{ content: {counted}; }} }}"


def _css(text: str) -> str:
    """A text as a string of a style sheet inside a page: whatever it is, it ends neither."""
    unsafe = re.compile(r'["\\<>&\n\r]')
    return '"' + unsafe.sub(lambda found: f"\\{ord(found[0]):x} ", text) + '"'


def _with_ids(rows: str) -> tuple[str, dict[str, str]]:
    """The list of requirements with an id in each row, and where a title leads."""
    taken: dict[str, int] = {}
    found: dict[str, str] = {}

    def row(match: re.Match) -> str:
        code = match[2] or "R"
        taken[code] = taken.get(code, 0) + 1
        to = f"rule-{code}" + (f"-{taken[code]}" if taken[code] > 1 else "")
        title = _UNIT.sub("", match[3])
        for text in (match[3], title, f"{match[2]} {title}"):
            found.setdefault(text, to)
        return f'<tr id="{to}">{match[1]}'

    return _RULE.sub(row, rows), found


def _linked(page: str, schools: dict[str, str], rules: dict[str, str]) -> str:
    names = _any_of(schools)

    def place(found: re.Match) -> str:
        text = found[3]
        to = schools.get(text) or rules.get(text)
        if to:
            return f'{found[1]}<a href="#{to}">{text}</a>'
        if names is None:
            return found[0]
        return found[1] + names.sub(lambda n: f'<a href="#{schools[n[0]]}">{n[0]}</a>', text)

    return _PLACE.sub(place, page)


def _any_of(names: dict[str, str]) -> re.Pattern | None:
    """Finds a name that stands by itself, the longest first; None of no names."""
    if not names:
        return None
    listed = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    first = "".join(sorted({re.escape(name[0]) for name in names}))
    return re.compile(rf"(?<![\w-])(?=[{first}])(?:{listed})(?![\w-])")


def _boxed(page: str) -> str:
    """Tables in boxes, in which they scroll where the window is narrow."""
    # the style sheet of the web page knows where numbers stand
    page = page.replace(' style="text-align: right"', "")
    page = page.replace('style="text-align: right; --bar', 'style="--bar')
    return _TABLE.sub(lambda table: f'<div class="scroll">{table[0]}</div>', page)
