"""Makes workbooks in the layout of the statistics system's own export, one per school.

The layout follows a real export of 2020: cover, list of forms, the school's identity as a table on
基础基111 only, a hidden grid of letters and numbers, figures as texts. All contents are made up.
"""

from __future__ import annotations

from pathlib import Path

import xlsxwriter
from ministry_files import Sheet, blank, sheets

_KINDS = {
    "primary": ("小学", "211"),
    "junior": ("初级中学", "311"),
    "nine_year": ("九年一贯制学校", "312"),
    "kindergarten": ("幼儿园", "111"),
    "vocational": ("调整后中等职业学校", "361"),
}
_AREAS = {"urban": ("主城区", "111"), "town": ("镇中心区", "121"), "rural": ("村庄", "220")}


def export_school(
    path: Path, school: dict, year: int, made: list[Sheet], *, attached: bool = True
) -> Path:
    """One school's workbook.

    `school` has school_id, name, type, area, sponsor (7 or 10) and perhaps longitude and latitude;
    `made` are its forms of the old generation, as from `ministry_files.sheets`.
    """
    with xlsxwriter.Workbook(path) as book:
        _cover(_page(book, "封面", 8, 14), school, year)
        contents = _page(book, "目录", 5, 30)
        contents.write_string(2, 1, "目录")
        for number, form in enumerate(["基础基111", *(sheet.form for sheet in made)], 3):
            contents.write_string(number, 1, "全国")
            contents.write_string(number, 2, form)
            contents.write_string(number, 3, "见各表")
        _basics(_page(book, "基础基111", 12, 35), school, year)
        for sheet in made:
            if sheet.form == "基础基112":
                _backbone(_page(book, sheet.form, 6, 46), sheet)
            else:
                depth = max(map(len, sheet.columns), default=1)
                width = len(sheet.columns) + 4
                _form(_page(book, sheet.form, width, depth + len(sheet.lines) + 6), sheet, depth)
    return path


def export_county(county, folder: Path, year: int) -> Path:
    """A folder with a workbook for every school of a county."""
    folder.mkdir(parents=True, exist_ok=True)
    schools = county.tables["schools"].set_index("school_id", drop=False)
    grades = {
        key: {int(r["grade"]): r for r in rows.to_dict("records")}
        for key, rows in county.tables["enrolment"].groupby(["school_id", "year"])
    }
    for row in county.tables["school_years"].to_dict("records"):
        if int(row["year"]) == year:
            school = schools.loc[row["school_id"]].to_dict()
            made = sheets(row, grades.get((row["school_id"], row["year"]), {}), "old")
            export_school(folder / f"{school['name']}.xlsx", school, year, made)
    return folder


def _page(book, name: str, width: int, height: int):
    """A sheet with the grid in its hidden first row and column."""
    page = book.add_worksheet(name)
    for column in range(width):
        page.write_string(0, column, chr(65 + column))
    for row in range(1, height):
        page.write_number(row, 0, row)
    page.set_row(0, None, None, {"hidden": True})
    page.set_column(0, 0, None, None, {"hidden": True})
    return page


def _put(page, row: int, **cells) -> None:
    for letter, text in cells.items():
        if not blank(text):
            page.write_string(row, ord(letter) - 65, str(text))


def _cover(page, school, year) -> None:
    _put(page, 2, C="基  础 教 育 基 层 统 计 调 查 表")
    _put(page, 3, C=f"（{year} /{year + 1} 学年初）")
    _put(page, 9, D="学校（机构）")
    _put(page, 10, C="名 称", D=school["name"])
    _put(page, 11, C="代 码", D=school["school_id"])


def _basics(page, school, year) -> None:
    kind, area = _KINDS[school["type"]], _AREAS[school["area"]]
    sponsor = ("民办", "999") if int(school["sponsor"]) == 10 else ("县级教育部门", "831")
    _put(page, 1, B="基础教育学校（机构）统计调查表")
    _put(page, 2, B=f"（{year} /{year + 1} 学年初）")
    _put(page, 3, B="制定机关：教       育    部")
    _put(page, 4, B="基础基111")
    _put(page, 5, B="学校标识码", D="学校（机构）名称（章）", H="学校（机构）英文名称")
    _put(page, 6, B=school["school_id"], D=school["name"], L="10")
    _put(page, 7, B="续")
    _put(
        page,
        8,
        D="学校（机构）地址",
        G="学校（机构）所在地城乡类型",
        H="学校（机构）属地管理教育行政部门",
    )
    _put(page, 9, B="名称", D="某县某路1号", G=area[0], H="某县教育局", L="20")
    _put(page, 10, B="代码", D="999901000000", G=area[1], H="999901000000", L="30")
    _put(page, 11, B="续")
    _put(page, 12, D="学校（机构）办学类型", E="学校（机构）举办者", G="学校（机构）性质类别")
    _put(page, 13, B="名称", D=kind[0], E=sponsor[0], G="*", H="小学", I="-1")
    _put(page, 14, B="代码", D=kind[1], E=sponsor[1], G="*", H="初中", I="-1")
    _put(page, 16, B="邮政编码", J="学校（机构）所在地")
    _put(page, 17, J="经度", K="纬度")
    if not blank(school.get("longitude")):
        _put(page, 18, J=school["longitude"], K=school["latitude"])


def _backbone(page, sheet: Sheet) -> None:
    """基础基112, a list: lines 26, 27 and 28 are the backbone teachers of the three stages."""
    figures = {label.removeprefix("其中："): values[0] for label, _, values in sheet.lines[3:6]}
    _put(page, 1, B="学校（机构）基本情况")
    _put(page, 2, B=f"{sheet.form}            ")
    _put(page, 3, B="项目", C="编号", D="内容", E="单位", F="备注")
    for number in range(1, 43):
        _put(page, 3 + number, C=number)
    _put(page, 5, B="乡镇中心小学", D="是")
    for number, stage in enumerate(("小学", "初中", "高中"), 26):
        text = _text(figures[stage])
        _put(page, 3 + number, B=f"县级及以上骨干教师（{stage}）", D=text, E="人", F=stage)


def _text(value) -> str:
    """A figure as the export writes it: a text, nothing where there is none."""
    if blank(value):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _form(page, sheet: Sheet, depth: int) -> None:
    """Heads without merged cells, 甲 and 乙 and numbers below them, lines with their number."""
    _put(page, 1, B=sheet.title)
    _put(page, 2, B=f"{sheet.form}            ")
    _put(page, 3, D="编号")
    before: tuple[str, ...] = ()
    for column, path in enumerate(sheet.columns, 4):
        for level, text in enumerate(path):
            if path[: level + 1] != before[: level + 1]:
                page.write_string(3 + level, column, text + "_x000D_\n" * (level == 0))
        before = path
    row = 3 + depth
    _put(page, row, B="甲", D="乙")
    for number in range(len(sheet.columns)):
        page.write_string(row, 4 + number, str(number + 1))
    for number, (label, _, figures) in enumerate(sheet.lines, 1):
        _put(page, row + number, B="总     计" if label == "总计" else label, D=number)
        for column, value in enumerate(figures, 4):
            text = _text(value)
            page.write_string(row + number, column, text or ("*" if column % 5 == 0 else ""))
