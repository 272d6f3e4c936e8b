"""What an official document looks like (GB/T 9704): paper, sizes, typefaces, shades."""

from __future__ import annotations

from dataclasses import dataclass

#: GB/T 9704—2012, 5.2: A4, margins (mm) top 37, left 28, type area 156 x 225.
PAGE, TOP, BOTTOM, LEFT, RIGHT = (210, 297), 37, 35, 28, 26


#: Dots per inch of pictures, and their largest height (mm).
RESOLUTION, TALLEST = 300, 165


SHADES = {
    "StatusNear": "FDF3D5",
    "StatusShort": "F9DEDB",
    "StatusNotMet": "F9DEDB",
    "StatusNotAssessed": "E8E8E8",
}


#: Typefaces of official documents and what stands in for them where they are not installed.
FALLBACKS = {
    "仿宋_GB2312": "仿宋,FangSong,Noto Serif CJK SC",
    "楷体_GB2312": "楷体,KaiTi,Noto Serif CJK SC",
    "黑体": "SimHei,Noto Sans CJK SC",
    "方正小标宋简体": "方正小标宋_GBK,华文中宋,宋体,Noto Serif CJK SC",
    "宋体": "SimSun,Noto Serif CJK SC",
    "Times New Roman": "Liberation Serif",
    "Arial": "Liberation Sans",
}


@dataclass(frozen=True)
class Look:
    """Sizes (pt) and typefaces of one language."""

    body: float
    line: float
    title: float
    heading: tuple[str, str]
    """Latin typeface of the headings of both levels."""
    indent: int
    """First line of a paragraph, in characters."""


LOOKS = {
    # 三号仿宋, lines of 28 pt, title 二号小标宋
    "zh": Look(16, 28, 22, ("Times New Roman", "Times New Roman"), 2),
    "en": Look(12, 20, 22, ("Arial", "Arial"), 0),
}
