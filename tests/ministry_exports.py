"""Makes workbooks in the layout of the statistics system's own export, one per school.

The layout follows a real export of 2020: cover, list of forms, the school's identity as a table on
基础基111 only, a hidden grid of letters and numbers, figures as texts. Figures stand in the cells
that public programs read in both generations (`GRIDS`). All contents are made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import xlsxwriter
from ministry_files import Sheet, blank, sheets
from xlsxwriter.utility import xl_col_to_name

_KINDS = {
    "primary": ("小学", "211"),
    "teaching_point": ("小学教学点", "218"),
    "attached_class": ("附设小学班", "219"),
    "junior": ("初级中学", "311"),
    "nine_year": ("九年一贯制学校", "312"),
    "combined_secondary": ("完全中学", "341"),
    "twelve_year": ("十二年一贯制学校", "345"),
    "special_education": ("特殊教育学校", "514"),
    "kindergarten": ("幼儿园", "111"),
    "vocational": ("调整后中等职业学校", "361"),
}
_AREAS = {"urban": ("主城区", "111"), "town": ("镇中心区", "121"), "rural": ("村庄", "220")}
_SPONSORS = {
    3: ("省级教育部门", "811"),
    4: ("省级其他部门", "812"),
    5: ("地级教育部门", "821"),
    6: ("地级其他部门", "822"),
    7: ("县级教育部门", "831"),
    8: ("县级其他部门", "832"),
    9: ("地方企业", "891"),
    10: ("民办", "999"),
}


@dataclass(frozen=True)
class Grid:
    """Where a form stands: column of its first figure, row of its first line.

    `columns` and `lines` say before which of them how many others stand that nobody reads.
    """

    left: str
    top: int
    columns: dict[int, int] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)


#: Cells of the public programs: 312 H7, 313 and 314 G7, 412 D7 and E7, 423 D8, M8, N8, P8, Q8, D11-D13 …
GRIDS = {
    "基础基312": Grid("E", 7),
    "基础基313": Grid("E", 7),
    "基础基314": Grid("E", 7),
    "基础基212": Grid("E", 6),
    "基础基213": Grid("E", 6),
    "基础基412": Grid("D", 7),
    "基础基423": Grid("D", 8, {5: 4, 7: 1}, {2: 1}),
    "基础基424": Grid("D", 8, {5: 13}, {2: 2}),
    "基础基512": Grid("E", 9),
    "基础基522": Grid("D", 9, {4: 3}),
    "教基3112": Grid("C", 6),
    "教基3115": Grid("C", 6),
    "教基3118": Grid("C", 6),
    "教基2106": Grid("C", 5),
    "教基2107": Grid("C", 5),
    "教基4149": Grid("C", 6),
    "教基4155": Grid("C", 6, {5: 4, 6: 1}, {2: 1}),
    "教基4156": Grid("C", 6, {5: 13}, {2: 2}),
    "教基1102续": Grid("D", 9),
    "教基5170": Grid("F", 9),
    "教基5176": Grid("D", 6, {}, {4: 6}),
}


def export_school(
    path: Path, school: dict, year: int, made: list[Sheet], generation: str = "old"
) -> Path:
    """One school's workbook.

    `school` has school_id, name, type, area, sponsor and perhaps longitude and latitude; `made` are
    its forms, as from `ministry_files.sheets`.
    """
    basics = "基础基111" if generation == "old" else "教基1001"
    with xlsxwriter.Workbook(path) as book:
        _cover(_page(book, "封面", 8, 14), school, year)
        contents = _page(book, "目录", 5, 30)
        contents.write_string(2, 1, "目录")
        for number, form in enumerate([basics, *(sheet.form for sheet in made)], 3):
            contents.write_string(number, 1, "全国")
            contents.write_string(number, 2, form)
            contents.write_string(number, 3, "见各表")
        _basics(_page(book, basics, 12, 35), school, year, basics)
        for sheet in made:
            if sheet.form == "基础基112":
                _backbone(_page(book, sheet.form, 6, 46), sheet)
            else:
                grid = GRIDS.get(sheet.form, Grid("E", 9))
                whole = _filled_up(sheet, grid)
                width = ord(grid.left) - 65 + len(whole.columns)
                _form(_page(book, sheet.form, width, grid.top + len(whole.lines)), whole, grid)
    return path


def export_county(county, folder: Path, year: int, generation: str = "old") -> Path:
    """A folder with a workbook for every school of a county in a year."""
    folder.mkdir(parents=True, exist_ok=True)
    schools = county.tables["schools"].set_index("school_id", drop=False)
    grades = {
        key: {int(r["grade"]): r for r in rows.to_dict("records")}
        for key, rows in county.tables["enrolment"].groupby(["school_id", "year"])
    }
    for row in county.tables["school_years"].to_dict("records"):
        if int(row["year"]) == year:
            school = schools.loc[row["school_id"]].to_dict()
            made = sheets(row, grades.get((row["school_id"], row["year"]), {}), generation)
            export_school(folder / f"{school['name']}.xlsx", school, year, made, generation)
    return folder


def _page(book, name: str, width: int, height: int):
    """A sheet with the grid in its hidden first row and column."""
    page = book.add_worksheet(name)
    for column in range(width):
        page.write_string(0, column, xl_col_to_name(column))
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


def _basics(page, school, year, form) -> None:
    kind, area = _KINDS[school["type"]], _AREAS[school["area"]]
    sponsor = _SPONSORS[int(school["sponsor"])]
    _put(page, 1, B="基础教育学校（机构）统计调查表")
    _put(page, 2, B=f"（{year} /{year + 1} 学年初）")
    _put(page, 3, B="制定机关：教       育    部")
    _put(page, 4, B=form)
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


def _filled_up(sheet: Sheet, grid: Grid) -> Sheet:
    """A form with the columns and lines that the real one has besides those that are read."""
    columns, lines = list(sheet.columns), list(sheet.lines)
    figures = [list(values) for _, _, values in lines]
    drop = []
    if sheet.form == "基础基312":  # one column for all who went to a kindergarten
        drop = [n for n, path in enumerate(columns) if path[-1] in ("一年", "两年", "三年")]
    if sheet.form == "基础基522":
        drop = [n for n, path in enumerate(columns) if path == ("固定资产总值（万元）", "计")]
    for at in reversed(drop):
        del columns[at]
        for values in figures:
            del values[at]
    for at in sorted(grid.columns, reverse=True):
        columns[at:at] = [(f"其他内容{n}",) for n in range(grid.columns[at])]
        for values in figures:
            values[at:at] = [None] * grid.columns[at]
    lines = [(label, unit, values) for (label, unit, _), values in zip(lines, figures, strict=True)]
    for at in sorted(grid.lines, reverse=True):
        nothing = [None] * len(columns)
        lines[at:at] = [(f"　其他项目{n}", "", nothing) for n in range(grid.lines[at])]
    return replace(sheet, columns=columns, lines=lines)


def _form(page, sheet: Sheet, grid: Grid) -> None:
    """Heads without merged cells, 甲 and 乙 and numbers below them if there is room, lines.

    Rows and columns are counted from 0, so `top` is the row of 甲 and 乙.
    """
    left, top = ord(grid.left) - 65, grid.top - 1
    depth = max(map(len, sheet.columns))
    numbered = top - 1 >= depth + 2
    first = top - depth - numbered
    if first > 2:
        _put(page, 1, B=sheet.title)
        _put(page, 2, B=f"{sheet.form}            ")
    else:
        _put(page, 1, B=f"{sheet.form}    {sheet.title}")
    units = any(unit for _, unit, _ in sheet.lines)
    if left > 2:
        page.write_string(first, left - 1, "计量单位" if units else "编号")
    before: tuple[str, ...] = ()
    for column, path in enumerate(sheet.columns, left):
        for level, text in enumerate(path):
            if path[: level + 1] != before[: level + 1]:
                page.write_string(first + level, column, text + "_x000D_\n" * (level == 0))
        before = path
    if numbered:
        _put(page, top - 1, B="甲")
        if left > 2:
            page.write_string(top - 1, left - 1, "乙")
        for number in range(len(sheet.columns)):
            page.write_string(top - 1, left + number, str(number + 1))
    for number, (label, unit, figures) in enumerate(sheet.lines):
        row = top + number
        _put(page, row, B="总     计" if label == "总计" else label)
        if left > 2:
            page.write_string(row, left - 1, unit if units else str(number + 1))
        for column, value in enumerate(figures, left):
            text = _text(value)
            page.write_string(row, column, text or ("*" if column % 5 == 0 else ""))
