"""The input tables as data: columns, keys, ranges and help; and the sheets beside them."""

from __future__ import annotations

import dataclasses
import functools
from types import MappingProxyType

from .columns import Column, Table
from .terms import (
    AGE_BANDS,
    AREAS,
    BLANK,
    BOOKS,
    CLASSES,
    DEGREES,
    PERSONS,
    ROOMS,
    SCHOOL_TYPES,
    SETS,
    SQUARE_METRES,
    STAGES,
    SYSTEMS,
    YEAR,
    YES_NO,
    YUAN,
    Label,
)

_ID_HELP = Label(
    "文本，保留前面的 0；各表中同一学校用同一代码。",
    "Text, leading zeros are kept; the same id for a school in every table.",
)
_YEAR_HELP = Label(
    "填学年开始的年份：2021—2022学年填 2021。",
    "The year in which the school year begins: 2021 for 2021–2022.",
)


def _id() -> Column:
    return Column(
        "school_id", "学校标识码", "School id", "text", key=True, filled=True, help=_ID_HELP
    )


def _year(key: bool = True) -> Column:
    return Column(
        *("year", "学年", "School year", "integer", YEAR),
        key=key,
        filled=True,
        low=1949,
        high=2100,
        help=_YEAR_HELP,
    )


def _stage() -> Column:
    return Column(*("stage", "学段", "Stage", "choice"), key=True, filled=True, choices=STAGES)


def _note() -> Column:
    return Column("note", "备注", "Note", "text", needed=False)


def _count(name: str, zh: str, en: str, unit: Label = PERSONS, help: Label = BLANK) -> Column:
    return Column(name, zh, en, "count", unit, help=help)


def _number(name: str, zh: str, en: str, unit: Label, help: Label = BLANK) -> Column:
    return Column(name, zh, en, "number", unit, help=help)


TABLES = MappingProxyType(
    {
        table.name: table
        for table in (
            Table(
                "schools",
                "学校名册",
                "Roster of schools",
                True,
                (
                    _id(),
                    Column("name", "学校名称", "School name", "text", filled=True),
                    Column(
                        "type",
                        "学校类型",
                        "School type",
                        "choice",
                        filled=True,
                        choices=tuple(SCHOOL_TYPES),
                    ),
                    Column(
                        "ownership",
                        "公办民办",
                        "Ownership",
                        "choice",
                        filled=True,
                        choices=("public", "private"),
                    ),
                    Column(
                        *("sponsor", "举办者类型", "Sponsor", "integer"),
                        needed=False,
                        low=1,
                        high=10,
                        help=Label(
                            "1 中央教育部门，2 中央其他部门，3 省级教育部门，4 省级其他部门，5 地级教育部门，"
                            "6 地级其他部门，7 县级教育部门，8 县级其他部门，9 地方企业，10 民办。",
                            "Education department of: 1 the state, 3 province, 5 prefecture, 7 county; "
                            "another department of: 2, 4, 6, 8 likewise; 9 local enterprise; 10 private.",
                        ),
                    ),
                    Column(
                        "area",
                        "城乡类型",
                        "Area",
                        "choice",
                        choices=AREAS,
                    ),
                    Column(
                        "boarding", "寄宿制", "Boarding", "choice", needed=False, choices=YES_NO
                    ),
                    Column(
                        "built_year",
                        "建校年份",
                        "Year built",
                        "integer",
                        YEAR,
                        needed=False,
                        low=1800,
                        high=2100,
                    ),
                    Column(
                        "opened",
                        "首个学年",
                        "First school year",
                        "integer",
                        YEAR,
                        needed=False,
                        low=1800,
                        high=2100,
                        help=Label(
                            "本校有数据的首个学年；空格表示一直开办。",
                            "First school year with data; blank = always open.",
                        ),
                    ),
                    Column(
                        "closed",
                        "末个学年",
                        "Last school year",
                        "integer",
                        YEAR,
                        needed=False,
                        low=1800,
                        high=2100,
                        help=Label(
                            "撤并学校的最后一个学年；空格表示仍在开办。",
                            "Last school year of a closed school; blank = still open.",
                        ),
                    ),
                    Column(
                        "indicators_in_scope",
                        "纳入指标测算",
                        "Counts for the indicators",
                        "choice",
                        needed=False,
                        choices=YES_NO,
                        help=Label(
                            "一般空格，按规则确定；填“是”或“否”时在备注中写明理由。",
                            "Usually blank: decided by rule; yes or no overrides it, with a reason in the note.",
                        ),
                    ),
                    _note(),
                    Column(
                        *("system", "学制", "School system", "choice"),
                        needed=False,
                        choices=SYSTEMS,
                        asked=False,
                        help=Label(
                            "空格为六三学制；五四学制学校填“五四学制”，其六年级计入初中。",
                            "Blank: six years of primary, three of junior secondary; 5+4 counts grade 6 as junior.",
                        ),
                    ),
                    *(
                        Column(
                            *(name, zh, en, "number", DEGREES),
                            needed=False,
                            asked=False,
                            judged=False,
                            low=low,
                            high=high,
                            help=Label("十进制度数。", "Decimal degrees."),
                        )
                        for name, zh, en, low, high in (
                            ("longitude", "经度", "Longitude", 73, 136),
                            ("latitude", "纬度", "Latitude", 3, 54),
                        )
                    ),
                    Column(
                        *("belongs_to", "所属学校标识码", "Belongs to school", "text"),
                        needed=False,
                        asked=False,
                        help=Label(
                            "一般空格；不计校数的校点、校区填所属学校的标识码，其各项数据并入该校计算；不知道所属学校的填“未知”。",
                            "Usually blank. For a site that is not counted as a school: the id of the school it belongs to, with which its figures count; “unknown” if that is not known.",
                        ),
                    ),
                ),
            ),
            Table(
                "school_years",
                "学校年度数据",
                "School data by year",
                True,
                (
                    _id(),
                    _year(),
                    _count("students_primary", "小学在校生数", "Primary students"),
                    _count("students_junior", "初中在校生数", "Junior secondary students"),
                    _count("students_senior", "高中在校生数", "Senior secondary students"),
                    _count("classes_primary", "小学班数", "Primary classes", CLASSES),
                    _count("classes_junior", "初中班数", "Junior secondary classes", CLASSES),
                    _count("teachers_primary", "小学专任教师数", "Full-time primary teachers"),
                    _count("teachers_junior", "初中专任教师数", "Full-time junior teachers"),
                    _count(
                        "above_qualification_primary",
                        "小学高于规定学历教师数",
                        "Primary teachers above the required qualification",
                    ),
                    _count(
                        "above_qualification_junior",
                        "初中高于规定学历教师数",
                        "Junior teachers above the required qualification",
                    ),
                    _count(
                        "backbone_primary",
                        "小学县级以上骨干教师数",
                        "Primary backbone teachers at county level or above",
                    ),
                    _count(
                        "backbone_junior",
                        "初中县级以上骨干教师数",
                        "Junior backbone teachers at county level or above",
                    ),
                    _count(
                        "pe_arts_primary",
                        "小学体育艺术专任教师数",
                        "Full-time primary PE and arts teachers",
                    ),
                    _count(
                        "pe_arts_junior",
                        "初中体育艺术专任教师数",
                        "Full-time junior PE and arts teachers",
                    ),
                    _number(
                        "teaching_area_m2",
                        "教学及辅助用房面积",
                        "Teaching and auxiliary floor area (indoor sports included)",
                        SQUARE_METRES,
                        Label(
                            "按教育事业统计口径填报，包含室内体育用房；计算时由系统扣除。",
                            "As in the yearly statistics, indoor sports included; it is taken out when computing.",
                        ),
                    ),
                    _number(
                        "indoor_sports_area_m2",
                        "室内体育用房面积",
                        "Indoor sports area",
                        SQUARE_METRES,
                    ),
                    _number(
                        "outdoor_sports_area_m2",
                        "室外运动场地面积",
                        "Outdoor sports ground",
                        SQUARE_METRES,
                    ),
                    _number(
                        "equipment_value_cny",
                        "教学仪器设备资产值",
                        "Value of teaching instruments and equipment (book original value)",
                        YUAN,
                        Label(
                            "账面原值，单位是元，不是万元。",
                            "Original book value in yuan, not in 万元.",
                        ),
                    ),
                    _count(
                        "multimedia_rooms", "网络多媒体教室数", "Networked multimedia rooms", ROOMS
                    ),
                    _number("operating_funds_cny", "公用经费", "Public-use funds", YUAN),
                    _number("training_funds_cny", "教师培训经费", "Teacher-training funds", YUAN),
                    # what the concessions of the Working Rules may add, if they are switched on
                    Column(
                        "pe_arts_part_time_primary",
                        "小学兼职走教体育艺术教师数",
                        "Part-time and itinerant primary PE and arts teachers",
                        "count",
                        PERSONS,
                        needed=False,
                    ),
                    Column(
                        "pe_arts_part_time_junior",
                        "初中兼职走教体育艺术教师数",
                        "Part-time and itinerant junior PE and arts teachers",
                        "count",
                        PERSONS,
                        needed=False,
                    ),
                    Column(
                        "off_campus_sports_area_m2",
                        "改造或租用体育场馆面积",
                        "Converted or rented sports venues",
                        "number",
                        SQUARE_METRES,
                        needed=False,
                    ),
                    # what the standard of 2012 looks at besides
                    *(
                        Column(
                            name, zh, en, "count", unit, needed=False, asked=False, offered=False
                        )
                        for name, zh, en, unit in (
                            ("computers", "计算机台数", "Computers for teaching", SETS),
                            ("books", "图书册数", "Library books", BOOKS),
                            (
                                *("senior_titles_primary", "小学中级及以上职称教师数"),
                                *("Primary teachers of middle or senior title", PERSONS),
                            ),
                            (
                                *("senior_titles_junior", "初中中级及以上职称教师数"),
                                *("Junior teachers of middle or senior title", PERSONS),
                            ),
                        )
                    ),
                    _note(),
                ),
            ),
            Table(
                "enrolment",
                "分年级在校生",
                "Enrolment by grade",
                False,
                (
                    _id(),
                    _year(),
                    Column(
                        *("grade", "年级", "Grade", "integer"),
                        key=True,
                        filled=True,
                        low=0,
                        high=12,
                        help=Label(
                            "小学填 1—6，初中填 7—9，高中填 10—12；五四学制初中填 6—9。",
                            "Primary 1–6, junior secondary 7–9 (6–9 where the school system is 5+4), senior secondary 10–12.",
                        ),
                    ),
                    _count("students", "在校生数", "Students"),
                    _count("classes", "班数", "Classes", CLASSES),
                    _count("largest_class", "最大班额", "Largest class"),
                    _note(),
                ),
            ),
            Table(
                "rooms",
                "音乐美术专用教室",
                "Music and art rooms",
                False,
                (
                    # several rooms of a school are several rows without a key
                    dataclasses.replace(_id(), key=False),
                    _year(key=False),
                    Column("kind", "用途", "Kind", "choice", filled=True, choices=("music", "art")),
                    _number("area_m2", "面积", "Area", SQUARE_METRES),
                    _note(),
                ),
            ),
            Table(
                "staff_kinds",
                "教师构成",
                "Teachers by what they are",
                False,
                (
                    _id(),
                    _year(),
                    _stage(),
                    *(
                        Column(name, zh, en, "integer", key=True, filled=True, low=0, high=1)
                        for name, zh, en in (
                            ("above_qualification", "高于规定学历", "Above qualification"),
                            ("backbone", "骨干教师", "Backbone teacher"),
                            ("pe_arts", "体育艺术教师", "PE or arts teacher"),
                        )
                    ),
                    _count("persons", "人数", "Persons"),
                ),
                asked=False,
            ),
            Table(
                "staff_ages",
                "专任教师年龄",
                "Full-time teachers by age",
                False,
                (
                    _id(),
                    _year(),
                    _stage(),
                    Column(
                        *("age_band", "年龄段", "Ages", "choice"),
                        key=True,
                        filled=True,
                        choices=tuple(AGE_BANDS),
                        help=Label(
                            "按报表的九个年龄段填写，如“55—59岁”。",
                            "One of the nine bands of the returns, such as 55_to_59.",
                        ),
                    ),
                    _count("persons", "人数", "Persons"),
                    Column("women", "其中女", "Women among them", "count", PERSONS, needed=False),
                ),
                asked=False,
            ),
            Table(
                "county_years",
                "县级年度数据",
                "County data by year",
                False,
                (
                    _year(),
                    Column(
                        *("item", "项目", "Item", "text"),
                        key=True,
                        filled=True,
                        help=Label(
                            "项目名称或代码，见“项目清单”。",
                            "Name or id of an item; the sheet of items lists them.",
                        ),
                    ),
                    Column(
                        *("value", "数值", "Value", "value"),
                        help=Label(
                            "数字，或“是”“否”；比例写成小数，95% 填 0.95。",
                            "A number, or yes or no; a share as a decimal, 0.95 for 95 %.",
                        ),
                    ),
                    Column(
                        *("evidence", "依据", "Evidence", "text"),
                        help=Label(
                            "文件名称、文号或数据来源。", "Document, its number, or source."
                        ),
                    ),
                    _note(),
                ),
            ),
        )
    }
)

#: What a full-time teacher may be: columns of school_years, without the stage, that are parts of its teachers.
TEACHER_KINDS = ("above_qualification", "backbone", "pe_arts", "senior_titles")

#: Tables with rows of one school in one year.
SCHOOL_TABLES = tuple(
    name for name, table in TABLES.items() if {"school_id", "year"} <= set(table.names)
)

#: Columns of school_years of which the first is a part of the second, and how grave it is if it is
#: larger.
SCHOOL_PARTS = (
    *(
        (f"{part}_{stage}", f"teachers_{stage}", "error")
        for part in TEACHER_KINDS
        for stage in STAGES
    ),
    ("indoor_sports_area_m2", "teaching_area_m2", "error"),
    ("training_funds_cny", "operating_funds_cny", "warning"),
)

#: Columns that stand beside those of a table for people, by the name under which they are read.
BESIDE = MappingProxyType({"~school": Label("学校名称", "School name")})

#: Sheets that Junheng writes beside the tables and does not read.
OTHER_SHEETS = MappingProxyType(
    {
        "readme": Label("说明", "readme"),
        "items": Label("项目清单", "items"),
        "findings": Label("检查结果", "findings"),
        "missing": Label("未填报清单", "missing"),
    }
)

#: What the sheet `county` of a workbook holds: key and label.
COUNTY_SHEET = Label("县区信息", "county")
COUNTY_FIELDS = MappingProxyType(
    {
        "code": Label("行政区划代码", "Code"),
        "name.zh": Label("县（市、区）名称", "Name in Chinese"),
        "name.en": Label("英文名称", "Name in English"),
        "province.zh": Label("省（自治区、直辖市）", "Province in Chinese"),
        "province.en": Label("省份英文名称", "Province in English"),
        "standard": Label("评估标准", "Standard"),
        "target_year": Label("计划通过认定的年份", "Target year"),
        "synthetic": Label("样例数据", "Sample data"),
        "sources": Label("数据来源", "Source"),
    }
)


@functools.cache
def frame_schema(table: Table):
    """The pandera schema of one table, all checks of single cells and of its key.

    Parameters
    ----------
    table : Table

    Returns
    -------
    pandera.pandas.DataFrameSchema
        Blank cells are missing values and pass unless the column must be filled. The names of the
        checks (``whole``, ``low``, ``high``, ``choice``) are what `analysis.data.check` turns
        into sentences.
    """
    import pandera.pandas as pa  # slow to import, needed only where tables are validated

    def checks(column: Column) -> list:
        found = []
        low = 0 if column.kind in ("count", "number") else column.low
        if low is not None:
            found.append(pa.Check.ge(low, name="low"))
        if column.high is not None:
            found.append(pa.Check.le(column.high, name="high"))
        if column.kind in ("count", "integer"):
            found.append(pa.Check(lambda values: values % 1 == 0, name="whole"))
        if column.choices:
            found.append(pa.Check.isin(column.choices, name="choice"))
        return found

    return pa.DataFrameSchema(
        {
            column.name: pa.Column(
                checks=checks(column),
                nullable=not column.filled,
                required=column.needed,
                title=column.en,
                metadata={"zh": column.zh, "en": column.en, "unit": column.unit},
            )
            for column in table.columns
        },
        name=table.name,
        unique=table.keys or None,
        strict=False,
    )
