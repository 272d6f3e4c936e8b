"""What stands in a table and is none of its data: totals, notes, ``sep=;``, formulas around text.

Office systems and people put them there for readers of the sheet; none of it is a mistake.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd

from ...base.refusals import shorten

_TOTAL = re.compile(
    r"(全|本|各)?(县|区|市|旗|校|学区|乡镇|表|年|页)?(小学|初中|高中)?"
    r"(合计|总计|小计|共计|累计|总和|汇总|总数)(数|人数)?[:.]?"
    r"|(sub|grand)?-?totals?[:.]?|sum[:.]?"
)
_NOTE = re.compile(
    r"(附?注|备注|说明|附?注\d+|注意(事项)?|填[表报]说明|编制说明|数据(来源|说明)|资料来源|来源|口径(说明)?"
    r"|(填[表报]|制[表单]|审核|复核|经办|负责|联系|单位负责|统计负责)人(签字|签名|签章)?"
    r"|填[表报](单位|日期|时间)|(联系)?电话|日期|notes?|remarks?|sources?|n\.?b\.?)\d*[:.].*"
)
_SEPARATOR = re.compile(r"\"?sep=(.)\"?[ \t]*(\r\n|\r|\n|$)", re.IGNORECASE)


def separator_line(text: str) -> tuple[str, int]:
    """The separator that the first line of a CSV file names for Excel, and the line's length.

    Examples
    --------
    >>> separator_line("sep=;\\na;b\\n"), separator_line("a;b\\n")
    ((';', 6), ('', 0))
    """
    found = _SEPARATOR.match(text)
    return (found[1], found.end()) if found else ("", 0)


def is_remark(text: str) -> bool:
    """Whether a cell says that its row is a total or a note.

    Examples
    --------
    >>> [is_remark(text) for text in ("合 计", "全县总计：", "注：由统计科填报", "Total", "0101")]
    [True, True, True, True, False]
    >>> is_remark("注册小学")
    False
    """
    if text[:1].isdigit():  # nearly every id, and not worth a look
        return False
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    return bool(_TOTAL.fullmatch(text) or _NOTE.fullmatch(text))


def remark_rows(rows: pd.DataFrame, filled: pd.DataFrame, key: int) -> dict[int, str]:
    """Rows of totals and notes.

    Parameters
    ----------
    rows : DataFrame of str
        Below the header.
    filled : DataFrame of bool
        Which of their cells are not blank.
    key : int
        Position of the column of ids (or items). A row with an id of its own is data, whatever its
        other cells say.

    Returns
    -------
    dict of int to str
        Index of a row -> what it says, shortened.
    """
    found: dict[int, str] = {}
    ids = rows.iloc[:, key]
    said = [text for text in pd.unique(ids) if is_remark(text)]
    for row, text in ids[ids.isin(said)].items() if said else ():
        found[row] = shorten(" ".join(text.split()), 20)
    there = filled.to_numpy()
    nameless = np.flatnonzero(~there[:, key])
    # looked at column by column, each text once
    for position in range(rows.shape[1]):
        if position == key or not there[nameless, position].any():
            continue
        cells = rows.iloc[nameless, position]
        said = [text for text in pd.unique(cells) if is_remark(text)]
        for row, text in cells[cells.isin(said)].items() if said else ():
            found.setdefault(row, shorten(" ".join(text.split()), 20))
    return dict(sorted(found.items()))
