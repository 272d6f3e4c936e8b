"""Makes return sheets as the ministry's forms are described, from a county's tables.

Nobody here has seen an original: form numbers, line and column heads follow the published
descriptions, in three layouts (see `LAYOUTS`) and both generations of forms. The reader's binding
table is not used, so that the two can disagree.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pandas as pd
import xlsxwriter

LAYOUTS = ("plain", "merged", "shifted")
GENERATIONS = ("old", "new")

GRADES = [f"{n}年级" for n in "一二三四五六"]
BANDS = [
    "25人及以下",
    *(f"{low}-{low + 4}人" for low in range(26, 66, 5)),
    "66人及以上",
]


@dataclass
class Sheet:
    """One filled form: heads as paths, lines with their label, unit and figures by column."""

    form: str
    title: str
    columns: list[tuple[str, ...]]
    lines: list[tuple[str, str, list]]  # label, unit (or ""), figures
    unit: str = ""  # the sheet's own line of units
    facts: list[tuple[str, str]] = field(default_factory=list)


def blank(value) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def plus(*values):
    there = [value for value in values if not blank(value)]
    return sum(there) if there else None


def minus(one, other):
    return None if blank(one) else one - (0 if blank(other) else other)


def ten_thousand(yuan):
    """Yuan as 万元, exactly."""
    return None if blank(yuan) else float(Decimal(str(yuan)) / 10000)


def sheets(
    row: dict, grades: dict[int, dict], generation: str, ages: list[dict] | None = None
) -> list[Sheet]:
    """All forms that a school hands in for a year.

    `row` is a row of `school_years`, `grades` maps a grade to its row of `enrolment`, `ages` are its
    rows of `staff_ages`.
    """
    old = generation == "old"
    found = []
    for stage, form, title, first, count in (
        ("primary", "基础基312" if old else "教基3112", "小学学生数", 1, 6),
        ("junior", "基础基313" if old else "教基3115", "初中学生数", 7, 4),
        ("senior", "基础基314" if old else "教基3118", "普通高中学生数", 10, 3),
    ):
        if not blank(row[f"students_{stage}"]):
            found.append(_students(stage, form, title, first, count, row, grades))
    for stage, form, title, first, count in (
        ("primary", "基础基212" if old else "教基2106", "小学班额情况", 1, 6),
        ("junior", "基础基213" if old else "教基2107", "初中班额情况", 7, 3),
    ):
        if not blank(row[f"classes_{stage}"]):
            found.append(_classes(stage, form, title, first, count, row, grades))
    found.append(_staff(row, "基础基412" if old else "教基4149"))
    if not blank(row["teachers_primary"]):
        found.append(_teachers("primary", "基础基423" if old else "教基4155", row, old))
    if not blank(row["teachers_junior"]):
        found.append(_teachers("junior", "基础基424" if old else "教基4156", row, old))
    if ages:
        found.append(
            _ages(
                ages,
                "基础基422" if old else "教基4153",
                {stage: row.get(f"senior_titles_{stage}") for stage in ("primary", "junior")},
            )
        )
    found.append(_backbone(row, old))
    found.append(_buildings(row, old))
    found.append(_grounds_old(row) if old else _grounds_new(row))
    return found


def _students(stage, form, title, first, count, row, grades) -> Sheet:
    by_grade = [grades.get(first + n, {}).get("students") for n in range(count)]
    last = by_grade[-1]
    if stage == "junior":
        # a fourth junior grade is there under the five-four system only: grade 10 is senior school
        last, by_grade[3] = by_grade[2], None
    total = row[f"students_{stage}"]
    columns = [("毕业生数",), ("招生数", "合计")]
    before = [None, by_grade[0]]
    if stage == "primary":
        columns += [
            ("招生数", "其中：受过学前教育", t) for t in ("未接受过", "一年", "两年", "三年")
        ]
        before += [0, 0, 0, by_grade[0]]
    columns += [("在校生数", "合计"), ("在校生数", "其中：女")]
    columns += [("在校生数", GRADES[n]) for n in range(count)] + [("预计毕业生数",)]
    half = None if blank(total) else total // 2
    girls = [None if blank(n) else n // 2 for n in by_grade]
    return Sheet(
        form,
        title,
        columns,
        [
            (
                "总计",
                "",
                [*before, total, half, *by_grade, last],
            ),
            ("其中：女", "", [None] * len(before) + [half, None, *girls, None]),
            ("　　　少数民族", "", [None] * len(columns)),
        ],
        unit="单位：人",
    )


def _classes(stage, form, title, first, count, row, grades) -> Sheet:
    by_grade = [grades.get(first + n, {}).get("classes") for n in range(count)]
    total = row[f"classes_{stage}"]
    nothing = [0] * (count + 1)
    lines = [("总计", "", [total, *by_grade])]
    for band in BANDS:
        lines.append((band, "", [total, *by_grade] if band.startswith("41") else nothing))
    columns = [("合计",), *((grade,) for grade in GRADES[:count])]
    return Sheet(form, title, columns, lines, unit="单位：个")


def _staff(row, form) -> Sheet:
    teachers = plus(row["teachers_primary"], row["teachers_junior"])
    if not blank(row["students_senior"]) and teachers is not None:
        teachers += 30
    columns = [
        ("教职工数", "合计"),
        ("教职工数", "专任教师"),
        ("教职工数", "行政人员"),
        ("教职工数", "教辅人员"),
        ("教职工数", "工勤人员"),
    ]
    all_staff = None if teachers is None else teachers + 6
    return Sheet(
        form,
        "中小学教职工数",
        columns,
        [("总计", "", [all_staff, teachers, 3, 2, 1]), ("其中：女", "", [2, 1, 1, 0, 0])],
        unit="单位：人",
    )


def _teachers(stage, form, row, old) -> Sheet:
    teachers, above, pe_arts = (
        row[f"{name}_{stage}"] for name in ("teachers", "above_qualification", "pe_arts")
    )
    title = (
        "小学专任教师分课程、分学历情况" if stage == "primary" else "中学专任教师分课程、分学历情况"
    )
    pe = None if blank(pe_arts) else pe_arts // 2
    music = None if blank(pe_arts) else (pe_arts - pe) // 2
    art = None if blank(pe_arts) else pe_arts - pe - music
    columns = [
        *(("合计",), ("其中：女",), ("道德与法治",), ("语文",), ("数学",)),
        *(("体育与健康",), ("艺术",), ("音乐",), ("美术",), ("其他",)),
    ]

    def line(label, total, courses=False):
        of_courses = [pe, 0, music, art] if courses else [None] * 4
        rest = minus(minus(total, pe_arts), 0) if courses else None
        return (label, "", [total, None, None, rest, None, *of_courses, None])

    top = None if blank(above) else above // 10
    lines = [line("总计" if stage == "primary" else "初中", teachers, True), line("其中：女", None)]
    if old:
        degrees = [("研究生毕业", top)]
    else:
        degrees = [("博士研究生", 0 if top is not None else None), ("硕士研究生", top)]
    if stage == "primary":
        bachelor = None if blank(above) else (above - top) // 2
        degrees += [("本科" if not old else "本科毕业", bachelor)]
        degrees += [("专科" if not old else "专科毕业", minus(minus(above, top), bachelor))]
        degrees += [("高中阶段", minus(teachers, above))]
    else:
        degrees += [("本科" if not old else "本科毕业", minus(above, top))]
        degrees += [("专科" if not old else "专科毕业", minus(teachers, above))]
    lines += [line(label, number) for label, number in degrees]
    if stage == "junior" and not blank(row["students_senior"]):
        lines += [line("高中", 30), line("其中：女", 10)]
        lines += [line(label, 10) for label, _ in degrees]
    return Sheet(form, title, columns, lines, unit="单位：人")


def _ages(ages, form, titles) -> Sheet:
    heads = ["24岁及以下", *(f"{age}-{age + 4}岁" for age in range(25, 60, 5)), "60岁及以上"]
    ids = ["24_or_less", *(f"{age}_to_{age + 4}" for age in range(25, 60, 5)), "60_or_more"]
    lines = [("学前教育", "", [None] * 11), ("#女", "", [None] * 11)]
    for stage, label in (("primary", "小学"), ("junior", "初中")):
        by_band = {each["age_band"]: each for each in ages if each["stage"] == stage}
        persons, women = (
            [by_band.get(band, {}).get(name) for band in ids] for name in ("persons", "women")
        )
        lines.append((label, "", [plus(*persons), plus(*women), *persons]))
        lines.append(("#女", "", [plus(*women), None, *women]))
        # titles of the teachers, whose lines are called the same below every stage
        lines += [(title, "", [1] * 11) for title in ("#少数民族", "正高级", "副高级")]
        lines.append(("中级", "", [minus(titles.get(stage), 2), *[None] * 10]))
    columns = [("合计",), ("#女",), *((head,) for head in heads)]
    return Sheet(form, "基础教育学校专任教师分年龄情况", columns, lines, unit="单位：人")


def _backbone(row, old) -> Sheet:
    unit = "人"
    lines = [
        ("附设幼儿班", "班", [0]),
        ("校医", unit, [1]),
        ("县级及以上骨干教师", unit, [plus(row["backbone_primary"], row["backbone_junior"])]),
        ("其中：小学", unit, [row["backbone_primary"]]),
        ("初中", unit, [row["backbone_junior"]]),
        ("高中", unit, [None]),
        ("心理健康教师", unit, [3]),
        ("小学", unit, [1]),
        ("初中", unit, [2]),
    ]
    form = "基础基112" if old else "教基1102续"
    return Sheet(form, "学校基本情况", [("数量",)], lines)


def _buildings(row, old) -> Sheet:
    teaching, indoor = row["teaching_area_m2"], row["indoor_sports_area_m2"]
    rooms = minus(teaching, indoor)
    if old:
        parts = [("教室", rooms), ("实验室", 0), ("图书室", 0), ("微机室", 0), ("语音室", 0)]
        parts += [("体育馆", indoor)]
    else:
        parts = [("教室", rooms), ("专用教室", 0), ("理化生实验室", 0), ("其他", 0)]
        parts += [("公共教学用房", indoor), ("图书阅览室", 0), ("室内体育用房", indoor)]
        parts += [("心理辅导室", 0), ("其他", 0)]
    own = "学校产权校舍建筑面积"
    columns = [(own, "计"), (own, "其中", "危房"), (own, "其中", "当年新增")]
    columns += [("非学校产权校舍建筑面积", "合计"), ("非学校产权校舍建筑面积", "独立使用")]
    lines = [
        ("总计", "", [plus(teaching, 900), 0, 0, 0, 0]),
        ("一、教学及辅助用房", "", [teaching, 0, 0, 0, 0]),
        *((label, "", [area, 0, 0, 0, 0]) for label, area in parts),
        ("二、行政办公用房", "", [900, 0, 0, 0, 0]),
    ]
    title = "中小学校舍情况"
    return Sheet("基础基512" if old else "教基5170", title, columns, lines, unit="单位：平方米")


def _grounds_old(row) -> Sheet:
    multimedia = row["multimedia_rooms"]
    special = None if blank(multimedia) else multimedia // 4
    columns = [
        ("占地面积（平方米）", "计"),
        ("占地面积（平方米）", "其中", "绿化用地面积"),
        ("占地面积（平方米）", "其中", "运动场地面积"),
        ("图书（册）",),
        ("普通教室（间）", "计"),
        ("普通教室（间）", "其中：网络多媒体教室"),
        ("专用教室（间）", "计"),
        ("专用教室（间）", "其中：网络多媒体教室"),
        ("固定资产总值（万元）", "计"),
        ("固定资产总值（万元）", "其中：教学仪器设备资产值"),
        ("数字终端数（台）", "计"),
    ]
    sports, value = row["outdoor_sports_area_m2"], ten_thousand(row["equipment_value_cny"])
    figures = [
        plus(sports, 5000),
        300,
        sports,
        row.get("books"),
        40,
        minus(multimedia, special),
        8,
        special,
    ]
    figures += [None if value is None else value * 3, value, row.get("computers")]
    return Sheet("基础基522", "中小学占地面积及其他办学条件", columns, [("总计", "", figures)])


def _grounds_new(row) -> Sheet:
    sports, value = row["outdoor_sports_area_m2"], ten_thousand(row["equipment_value_cny"])
    lines = [
        ("占地面积", "平方米", [plus(sports, 5000)]),
        ("其中：运动场地面积", "平方米", [sports]),
        ("绿化用地面积", "平方米", [300]),
        ("图书", "册", [row.get("books")]),
        ("教室", "间", [48]),
        ("其中：网络多媒体教室", "间", [row["multimedia_rooms"]]),
        ("固定资产总值", "万元", [None if value is None else value * 3]),
        ("其中：教学仪器设备资产值", "万元", [value]),
        ("数字终端数", "台", [row.get("computers")]),
    ]
    return Sheet("教基5176", "中小学占地面积及其他办学条件", [("数量",)], lines)


def basics(school: dict, generation: str) -> Sheet:
    """The sheet of basic facts, from which the roster can be made."""
    kinds = {
        "primary": "小学",
        "junior": "初级中学",
        "nine_year": "九年一贯制学校",
        "twelve_year": "十二年一贯制学校",
        "combined_secondary": "完全中学",
        "teaching_point": "小学教学点",
        "special_education": "特殊教育学校",
        "attached_class": "附设小学班",
    }
    sponsors = ["", "中央教育部门", "中央其他部门", "省级教育部门", "省级其他部门", "地级教育部门"]
    sponsors += ["地级其他部门", "县级教育部门", "县级其他部门", "地方企业", "民办"]
    areas = {"urban": "城区—主城区", "town": "镇区—镇中心区", "rural": "乡村—村庄"}
    facts = [
        ("学校（机构）办学类型", kinds[school["type"]]),
        ("学校（机构）举办者", sponsors[int(school["sponsor"])]),
        ("学校（机构）驻地城乡类型", areas[school["area"]]),
    ]
    form = "基础基111" if generation == "old" else "教基1001"
    return Sheet(form, "学校（机构）基本情况", [], [], facts=facts)


# --- layouts -------------------------------------------------------------------------------------

_WIDE = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


def _spaced(label: str) -> str:
    """A label as typists stretch it: 总计 -> 总　计."""
    return "　".join(label) if len(label) == 2 else label.replace("（", " (").replace("）", ")")


def write_sheet(
    page, sheet: Sheet, school: dict, year: int, layout: str, top: int = 0, book=None
) -> int:
    """Put a form on a worksheet; returns the first free line below it."""
    return {"plain": _plain, "merged": _merged, "shifted": _shifted}[layout](
        page, sheet, school, year, top, book
    )


def _figure(page, row, column, value) -> None:
    if not blank(value):
        page.write_number(row, column, value)


def _plain(page, sheet, school, year, top, book) -> int:
    """One line of heads, one cell each; code and name in cells of their own."""
    page.write_string(top, 0, f"{sheet.form} {sheet.title}")
    page.write_string(top + 1, 0, "学校（机构）标识码")
    page.write_string(top + 1, 1, school["school_id"])
    page.write_string(top + 1, 2, "学校（机构）名称")
    page.write_string(top + 1, 3, school["name"])
    page.write_string(top + 2, 0, f"{year}/{year + 1}学年初")
    if sheet.unit:
        page.write_string(top + 2, 3, sheet.unit)
    if sheet.facts:
        for number, (label, value) in enumerate(sheet.facts, top + 3):
            page.write_string(number, 0, label)
            page.write_string(number, 1, value)
        return top + 3 + len(sheet.facts)
    units = any(unit for _, unit, _ in sheet.lines)
    stub = ["指标名称", "代码", *(["计量单位"] if units else [])]
    heads = [*stub, *(_flat(path) for path in sheet.columns)]
    for column, text in enumerate(heads):
        page.write_string(top + 3, column, text)
    letters = ["甲", "乙", "丙"][: len(stub)]
    for column, text in enumerate([*letters, *map(str, range(1, len(sheet.columns) + 1))]):
        page.write_string(top + 4, column, text)
    for number, (label, unit, figures) in enumerate(sheet.lines):
        row = top + 5 + number
        page.write_string(row, 0, label)
        page.write_string(row, 1, f"{number + 1:02d}")
        if units:
            page.write_string(row, 2, unit)
        for column, value in enumerate(figures, len(stub)):
            _figure(page, row, column, value)
    return top + 5 + len(sheet.lines) + 1


def _flat(path: tuple[str, ...]) -> str:
    """One cell for a path of heads: the total of a group is called after the group.

    A unit behind a group stands behind each of its columns.
    """
    units = "".join(re.findall("（(?:平方米|间|册|万元)）", "".join(path)))
    last = path[-2] if len(path) > 1 and path[-1] in ("合计", "计") else path[-1]
    return last if last.endswith("）") else last + units


def _merged(page, sheet, school, year, top, book) -> int:
    """Title, form number, school and unit lines, heads of several merged lines, remarks below."""
    units = any(unit for _, unit, _ in sheet.lines)
    stub = ["指标名称", *(["计量单位"] if units else []), "代码"]
    width = max(len(stub) + len(sheet.columns), 6)
    page.merge_range(top, 0, top, width - 1, sheet.title)
    page.merge_range(top + 1, 0, top + 1, 2, "制定机关：教育部　批准文号：国统制〔2019〕12号")
    page.merge_range(top + 1, 3, top + 1, width - 1, f"表　　号：{sheet.form}")
    line = f"学校（机构）名称：{school['name']}　　学校（机构）标识码：{school['school_id']}"
    page.merge_range(top + 2, 0, top + 2, 2, line)
    page.merge_range(top + 2, 3, top + 2, width - 1, f"{year}年9月1日　　{sheet.unit}")
    page.merge_range(top + 3, 0, top + 3, width - 1, "有效期至：2030年12月")
    row = top + 4
    if sheet.facts:
        for label, value in sheet.facts:
            page.merge_range(row, 0, row, 2, label)
            page.write_string(row, 3, "01")
            page.write_string(row, 4, value)
            row += 1
        return row
    depth = max(map(len, sheet.columns))
    for column, text in enumerate(stub):
        _merge(page, row, column, row + depth - 1, column, text)
    first = len(stub)
    for level in range(depth):
        column = 0
        while column < len(sheet.columns):
            path = sheet.columns[column]
            if len(path) <= level:
                column += 1
                continue
            last = column
            while (
                last + 1 < len(sheet.columns)
                and sheet.columns[last + 1][: level + 1] == path[: level + 1]
            ):
                last += 1
            bottom = row + (depth - 1 if len(path) == level + 1 else level)
            _merge(page, row + level, first + column, bottom, first + last, path[level])
            column = last + 1
    row += depth
    letters = ["甲", "乙", "丙"][: len(stub)]
    for column, text in enumerate([*letters, *range(1, len(sheet.columns) + 1)]):
        page.write(row, column, text)
    for number, (label, unit, figures) in enumerate(sheet.lines, 1):
        page.write_string(row + number, 0, "  " + label)
        page.write_number(row + number, len(stub) - 1, number)
        if units:
            page.write_string(row + number, 1, unit)
        for column, value in enumerate(figures, first):
            _figure(page, row + number, column, value)
    row += len(sheet.lines) + 1
    page.merge_range(
        row, 0, row, width - 1, "单位负责人：　　统计负责人：　　填表人：　　填报日期：2030年1月5日"
    )
    page.merge_range(row + 1, 0, row + 1, width - 1, "说明：本表统计时点为9月1日。")
    return row + 3


def _merge(page, top, left, bottom, right, text) -> None:
    if (top, left) == (bottom, right):
        page.write_string(top, left, text)
    else:
        page.merge_range(top, left, bottom, right, text)


def _shifted(page, sheet, school, year, top, book) -> int:
    """Everything lower and further right, blank columns between, wide characters, no numbering."""
    top, left = top + 3, 2
    wide = school["school_id"].translate(_WIDE)
    page.write_string(top, left + 1, f"（{sheet.form.translate(_WIDE)}） {sheet.title}")
    page.write_string(top + 2, left, f"学 校（机 构）标 识 码：{wide}")
    page.write_string(top + 2, left + 4, f"学校（机构）名称：{school['name']}")
    page.write_string(top + 3, left, f"{year}－{year + 1}学年".translate(_WIDE))
    if sheet.unit:
        page.write_string(top + 3, left + 4, sheet.unit.replace("：", " ： "))
    row = top + 5
    if sheet.facts:
        for label, value in sheet.facts:
            page.write_string(row, left, label.replace("（", " ( ").replace("）", " ) "))
            page.write_string(row, left + 3, value)
            row += 2
        return row
    units = any(unit for _, unit, _ in sheet.lines)
    stub = ["项　目", "编　号", *(["计量单位"] if units else [])]
    depth = max(map(len, sheet.columns))
    places = [left + len(stub) + 1 + 2 * n for n in range(len(sheet.columns))]
    for column, text in enumerate(stub, left):
        page.write_string(row, column, text)
    before: tuple = ()
    for column, path in zip(places, sheet.columns, strict=True):
        for level, text in enumerate(path):
            if before[: level + 1] != path[: level + 1]:
                page.write_string(row + level, column, _spaced(text))
        before = path
    row += depth + 1
    for number, (label, unit, figures) in enumerate(sheet.lines, 1):
        page.write_string(row, left, "　" + _spaced(label))
        page.write_string(row, left + 1, f"{number:02d}".translate(_WIDE))
        if units:
            page.write_string(row, left + 2, unit)
        for column, value in zip(places, figures, strict=True):
            if not blank(value):
                number_text = f"{value:g}" if value < 1e6 and value % 1 == 0 else repr(float(value))
                page.write_string(row, column, number_text.translate(_WIDE))
        row += 1
    return row + 2


# --- folders -------------------------------------------------------------------------------------


def write_returns(
    county,
    folder: Path,
    generation: str,
    layout: str,
    *,
    arrangement: str = "school",
    years: list[int] | None = None,
    roster: bool = True,
    change=None,
) -> Path:
    """A folder of return sheets of a county.

    Parameters
    ----------
    county : County
    folder : Path
    generation : {"old", "new"}
    layout : {"plain", "merged", "shifted"}
    arrangement : {"school", "form", "stacked", "single"}
        One workbook per school with its forms as sheets; one per form with a sheet per school, or
        all schools below each other on one sheet; one per school and form.
    years : list of int, optional
    roster : bool
        Whether the sheets of basic facts are there.
    change : callable, optional
        ``change(sheet, school, year)`` may alter a `Sheet`, or return False to leave it out.
    """
    schools = county.tables["schools"].set_index("school_id", drop=False)
    enrolment = {
        key: {int(r["grade"]): r for r in rows.to_dict("records")}
        for key, rows in county.tables["enrolment"].groupby(["school_id", "year"])
    }
    ages = {
        key: rows.to_dict("records")
        for key, rows in county.tables["staff_ages"].groupby(["school_id", "year"])
    }
    books: dict[Path, list] = {}
    for row in county.tables["school_years"].to_dict("records"):
        year = int(row["year"])
        if years is not None and year not in years:
            continue
        school = schools.loc[row["school_id"]].to_dict()
        key = (row["school_id"], row["year"])
        made = sheets(row, enrolment.get(key, {}), generation, ages.get(key))
        if roster:
            made.insert(0, basics(school, generation))
        for sheet in made:
            if change is not None and change(sheet, school, year) is False:
                continue
            name = {
                "school": f"{school['school_id']}.xlsx",
                "form": f"{sheet.form}.xlsx",
                "stacked": f"{sheet.form}.xlsx",
                "single": f"{sheet.form}_{school['school_id']}.xlsx",
            }[arrangement]
            books.setdefault(folder / f"{year}学年" / name, []).append((sheet, school, year))
    for path, contents in books.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_book(path, contents, layout, arrangement)
    return folder


def write_book(path: Path, contents: list, layout: str, arrangement: str = "school") -> Path:
    """One workbook of (sheet, school, year)."""
    with xlsxwriter.Workbook(path) as book:
        if arrangement == "stacked":
            page, top = book.add_worksheet("全县"), 0
            for sheet, school, year in contents:
                top = write_sheet(page, sheet, school, year, layout, top)
            return path
        for number, (sheet, school, year) in enumerate(contents, 1):
            by_school = arrangement == "form"
            name = f"{school['name'][:20]}{number}" if by_school else sheet.form
            write_sheet(book.add_worksheet(name), sheet, school, year, layout)
    return path


def comparable(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rows in the order of their keys, without the row numbers of a file."""
    return table.sort_values(keys).reset_index(drop=True)
