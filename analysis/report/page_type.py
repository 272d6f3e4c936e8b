"""Typefaces inside a web page: of each exactly the characters that the page has in it.

A page is the same on every device then, as its PDF is, and still one file without requests. HarfBuzz
cuts a typeface of 65,000 characters down in a hundredth of a second.
"""

from __future__ import annotations

import base64
import html
import io
import itertools
import re
import string
from pathlib import Path

from ..base.typefaces import font_files, further

#: Elements in the sans-serif typeface (report.css); pictures are in it, too.
_SANS = re.compile(r"<(h[1-3]|th|caption|figcaption|nav|header|svg)\b.*?</\1>", re.DOTALL)
#: What stands around the texts: labels that the style sheet and the script write are in it.
_AROUND = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL)
_PICTURE = re.compile(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]*)">')
#: Ids of a picture that something in it refers to.
_USED = re.compile(r'(?:url\(#|href="#)([^)"]+)')


def with_typefaces(page: str) -> str:
    """A web page with its pictures in it as they are, and with the typefaces of all its texts.

    Parameters
    ----------
    page : str
        HTML with one style sheet; pictures as SVG in ``img``, in which no typeface of the page counts.

    Returns
    -------
    str
        The same page; the same input gives the same text.
    """
    numbers = itertools.count(1)
    page = _PICTURE.sub(lambda found: _inline(found, next(numbers)), page)
    everything = html.unescape(page) + string.digits
    sans = "".join(found[0] for of in (_SANS, _AROUND) for found in of.finditer(page))
    texts = {
        "Noto Sans CJK SC": html.unescape(sans) + string.digits,
        "Noto Serif CJK SC": everything,
    }
    rules = [_rule(name, _subset(file, texts[name])) for name, file in font_files().items()]
    # a script whose letters change by their neighbours keeps the rules for that
    rules += [
        _rule(face.family, _subset(face.path, everything, joined=True))
        for face in further(everything)
        if face.family not in texts
    ]
    return page.replace("<style>\n", "<style>\n" + "".join(rules), 1)


def _inline(found: re.Match, number: int) -> str:
    """A picture in the page itself; ids that nothing refers to are left out, the others its own."""
    drawing = base64.b64decode(found[1]).decode("utf-8")
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", drawing, flags=re.DOTALL)
    # matplotlib's style sheet would count for the whole page
    drawing = re.sub(r"<style\b.*?</style>", "", drawing, flags=re.DOTALL)
    used = set(_USED.findall(drawing))
    drawing = re.sub(
        r' id="([^"]*)"', lambda n: f' id="p{number}-{n[1]}"' if n[1] in used else "", drawing
    )
    drawing = _USED.sub(lambda n: n[0].replace(f"#{n[1]}", f"#p{number}-{n[1]}"), drawing)
    head = f'<svg role="img" aria-label="{found[2]}" style="stroke-linejoin: round; stroke-linecap: butt"'
    return head + drawing.removeprefix("<svg")


def _rule(family: str, data: bytes) -> str:
    source = base64.b64encode(data).decode()
    return f'@font-face {{ font-family: "{family}"; src: url(data:font/woff;base64,{source}) format("woff"); }}\n'


def _subset(file: Path, text: str, joined: bool = False) -> bytes:
    """The characters of a text as a typeface for web pages (WOFF)."""
    import uharfbuzz
    from fontTools.ttLib import TTFont

    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(map(ord, set(text)))
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING
    if not joined:
        wanted.layout_feature_tag_set.clear()
        wanted.layout_feature_tag_set.update(map(_tag, ("tnum", "kern")))
    face = uharfbuzz.subset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file))), wanted)
    font = TTFont(io.BytesIO(face.blob.data), recalcTimestamp=False)
    font.flavor = "woff"
    packed = io.BytesIO()
    font.save(packed, reorderTables=False)
    return packed.getvalue()


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")
