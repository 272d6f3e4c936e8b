"""The typefaces of PDF and pictures, and what can be printed with them.

Names of schools are in any script of the country. Two Chinese typefaces print nearly all of them;
further ones, each for one script, are asked only where a text needs them, so that all other files
stay what they were.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .files import N_, Finding
from .schema.tables import TABLES
from .schema.terms import Label

#: Stands for a type that the case does not have (〓, U+3013 geta mark): what Chinese printers set.
SUBSTITUTE = "〓"

_FOLDER = Path(__file__).parent / "fonts"


@dataclass(frozen=True)
class Typeface:
    """A typeface for the characters that the Chinese ones lack.

    Attributes
    ----------
    family : str
        As Typst, matplotlib and SVG name it.
    file : str
        Below ``analysis/base/fonts``; empty for one of the two Chinese typefaces.
    letters : str
        The characters for which it is taken, as the inside of a regular expression's class.
    joined : str
        What stands between letters and changes their forms; taken from the same typeface.
    serifs : bool, optional
        With serifs or without, where there is one of each: for text, and for headings and pictures.
    rare : bool
        Whether it only has what a Chinese typeface lacks of the same script.
    """

    family: str
    file: str
    letters: str
    joined: str = ""
    serifs: bool | None = None
    rare: bool = False

    @functools.cached_property
    def pattern(self) -> re.Pattern:
        """Finds a character for which the typeface is taken."""
        return re.compile(f"[{self.letters}]")

    @property
    def path(self) -> Path:
        return _FOLDER / self.file if self.file else font_files()[self.family]


_LATIN = "\u0100-\u024f\u02bb-\u02cd\u0300-\u036f\u1e00-\u1eff"
_CYRILLIC = "\u0400-\u052f"

#: Scripts of the country's languages, then Latin and Cyrillic letters (old Zhuang, Mongolian, Kazakh)
#: with and without serifs, then 1,700 rare Han
#: that the Chinese typeface without serifs lacks.
FURTHER = (
    Typeface(
        "Noto Sans Mongolian",
        "NotoSansMongolian.ttf",
        "\u1800-\u18af\U00011660-\U0001167f",
        "\u202f\u200d",
    ),
    Typeface(
        "Noto Naskh Arabic",
        "NotoNaskhArabic.ttf",
        "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
        "\u200c\u200d",
    ),
    Typeface("Noto Serif Tibetan", "NotoSerifTibetan.ttf", "\u0f00-\u0fff"),
    Typeface("Noto Sans Yi", "NotoSansYi.ttf", "\ua000-\ua4cf"),
    Typeface("Noto Sans NewTaiLue", "NotoSansNewTaiLue.ttf", "\u1980-\u19df"),
    Typeface("Noto Sans Tai Le", "NotoSansTaiLe.ttf", "\u1950-\u197f"),
    Typeface("Noto Sans Lisu", "NotoSansLisu.ttf", "\ua4d0-\ua4ff"),
    Typeface("Noto Sans Miao", "NotoSansMiao.ttf", "\U00016f00-\U00016f9f"),
    Typeface("Noto Serif", "NotoSerif.ttf", _LATIN + _CYRILLIC, serifs=True),
    Typeface("Noto Sans", "NotoSans.ttf", _LATIN + _CYRILLIC, serifs=False),
    Typeface(
        "Noto Serif CJK SC",
        "",
        "\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af",
        rare=True,
    ),
)

#: What both Chinese typefaces have, so that most texts need no look into the files.
_USUAL = (
    " -~²·×÷–—‘’“”…Σ↑↓√−∶≤≥○△Ⅰ-Ⅹ、。《》「」『』【】〔〕〓一-龥가-힣"
    "！％（）＋，：；＝？０-９Ａ-Ｚａ-ｚ\\s"
)
_UNUSUAL = re.compile(f"[^{_USUAL}]")

#: Letters that take less or more than one place, or change their form by their neighbours.
_FURTHER_LETTER = re.compile(f"[{''.join(face.letters for face in FURTHER[:8])}]")


@functools.cache
def font_files() -> dict[str, Path]:
    """The two typefaces of every report (SIL Open Font License), from the wheel `mplfonts`."""
    import importlib.util

    package = Path(importlib.util.find_spec("mplfonts").origin).parent / "fonts"
    return {
        "Noto Sans CJK SC": package / "NotoSansCJKsc-Regular.otf",
        "Noto Serif CJK SC": package / "NotoSerifCJKsc-Regular.otf",
    }


@functools.cache
def chinese() -> frozenset[str]:
    """Characters that both Chinese typefaces have."""
    return frozenset.intersection(*(_characters(path) for path in font_files().values()))


def font_folders(text: str) -> list[str]:
    """Folders with the typefaces that a text needs."""
    files = [*font_files().values(), *(face.path for face in further(text))]
    return sorted({str(path.parent) for path in files})


def families(text: str) -> dict:
    """What Typst's ``font`` takes for a text, ``serif`` and ``sans``: names, or name and characters.

    A script's own typeface stands before the Chinese one, which has the joiners and spaces too but
    would tear words apart at them. Rare Han stands behind, and so does what has letters once more
    for accents that stand on letters of the Chinese typeface. Words that ``high`` finds are taller
    than a line of Chinese.
    """
    faces = further(text)
    found = {}
    for name, (chinese, serifs) in {
        "sans": ("Noto Sans CJK SC", False),
        "serif": ("Noto Serif CJK SC", True),
    }.items():
        before, behind = [], []
        for face in faces:
            if face.rare or (face.serifs is not None and face.serifs != serifs):
                behind.append(face.family)
            else:
                covers = f"[{face.letters}{face.joined}]"
                before.append({"name": face.family, "covers": covers})
        found[name] = [*before, chinese, *(family for family in behind if family != chinese)]
    high = "".join(face.letters for face in faces if face.serifs is None and not face.rare)
    return found | {"high": f"[{high}]+" if high else ""}


@functools.cache
def _characters(path: Path) -> frozenset[str]:
    # twenty times as quick as fontTools, which names the glyphs first
    import uharfbuzz

    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
    return frozenset(map(chr, face.unicodes))


def _beyond(text: str) -> set[str]:
    """Characters of a text that the Chinese typefaces lack."""
    found = set(_UNUSUAL.findall(text))
    return found - chinese() if found else found


def further(text: str) -> tuple[Typeface, ...]:
    """The further typefaces that a text needs, in the order of `FURTHER`."""
    beyond = "".join(_beyond(text))
    return tuple(face for face in FURTHER if face.pattern.search(beyond)) if beyond else ()


def has_further_letters(text: str) -> bool:
    """Whether a text has letters of the scripts beside Chinese, Latin and Cyrillic."""
    return not text.isascii() and _FURTHER_LETTER.search(text) is not None


def unprintable(text: str) -> list[str]:
    """The visible characters of a text that no typeface has, in the order of their codes.

    Examples
    --------
    >>> unprintable("ᠮᠣᠩᠭᠣᠯ 小学"), unprintable("希望小学\U0001f600")
    ([], ['😀'])
    """
    return sorted(char for char in _without_type(text) if not _invisible(char))


def _without_type(text: str) -> set[str]:
    beyond = _beyond(text)
    for face in further(text):
        own = re.compile(f"[{face.letters}{face.joined}]")
        beyond -= {char for char in beyond & _characters(face.path) if own.match(char)}
    return beyond


def _invisible(char: str) -> bool:
    """Marks of direction, joiners, variation selectors: they have no type of their own."""
    return (
        unicodedata.category(char) in ("Cf", "Cc", "Cs")
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
    )


def for_print(text: str) -> str:
    """A text as it can be printed: the substitute for what has no type, without invisible marks.

    Examples
    --------
    >>> for_print("希望\U0001f600小学")
    '希望〓小学'
    """
    without = _without_type(text)
    if not without:
        return text
    return text.translate({ord(char): None if _invisible(char) else SUBSTITUTE for char in without})


def picture_for_print(drawing: str) -> str:
    """An SVG picture as Typst can print it: every run of a further script in a ``tspan`` of its own.

    Typst (usvg) asks a second typeface only where it makes as many glyphs of a text as the first;
    Mongolian or Tibetan never does.
    """
    drawing = for_print(drawing)
    faces = [face for face in further(drawing) if not face.serifs]
    if not faces:
        return drawing
    lacking = re.escape("".join(sorted(_beyond(drawing))))
    runs = "|".join(
        f"([{lacking if face.rare else face.letters + face.joined}]+)" for face in faces
    )

    def run(found: re.Match) -> str:
        family = faces[found.lastindex - 1].family
        return f"<tspan style=\"font-family: '{family}'\">{found[0]}</tspan>"

    def text(found: re.Match) -> str:
        return found[1] + re.sub(runs, run, found[2])

    return re.sub(r"(<text\b[^>]*>)([^<]*)", text, drawing)


def code_point(char: str) -> str:
    """How a character's code is written: U+ and four or more hexadecimal digits."""
    return f"U+{ord(char):04X}"


UNPRINTABLE = N_(
    "“{value}”: no typeface has {characters}; in PDF files and pictures {substitute} stands in its place, workbooks, Word text and web pages keep it. Check whether it was mistyped; otherwise write a standard character"
)


def check_typefaces(tables) -> Iterator[Finding]:
    """Names and other texts with characters that cannot be printed, one warning per cell.

    Parameters
    ----------
    tables : analysis.data.checks.tables.Tables
    """
    for name, table in TABLES.items():
        for column in table.columns:
            if name not in tables or column.kind != "text" or column.name not in tables[name]:
                continue
            if column.name == "school_id" and name != "schools":
                continue  # the roster says it once
            cells = tables[name][column.name].dropna()
            lacking = set(unprintable("".join(map(str, cells.unique()))))
            if not lacking:
                continue
            rows = tables[name].loc[cells.index[[not lacking.isdisjoint(str(c)) for c in cells]]]
            characters = [_named(str(cell), lacking) for cell in rows[column.name]]
            yield from tables.report(
                UNPRINTABLE,
                name,
                rows.assign(_characters=characters),
                column.name,
                "warning",
                {"substitute": f"“{SUBSTITUTE}”"},
                value=column.name,
                characters="_characters",
            )


def _named(text: str, lacking: set[str]) -> Label:
    shown = [f"“{char}” ({code_point(char)})" for char in sorted(lacking & set(text))]
    chinese = [f"“{char}”（{code_point(char)}）" for char in sorted(lacking & set(text))]
    return Label("、".join(chinese), ", ".join(shown))
