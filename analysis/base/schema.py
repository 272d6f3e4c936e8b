"""Tables, columns, units and their Chinese and English labels: the one place that knows them.

The tables are the contract with the people who fill them in. Loader, checks, template workbook,
charts and exports read names, labels, units and ranges from here and nowhere else. Terms follow
the bilingual statistics of the Ministry of Education where it has them.
"""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass, field
from types import MappingProxyType

STAGES = ("primary", "junior")
"""Stages of compulsory education that are judged; `senior` matters only for apportionment."""

#: Grades (as in `enrolment`) that belong to a stage.
STAGE_GRADES = MappingProxyType(
    {"primary": range(1, 7), "junior": range(7, 10), "senior": range(10, 13)}
)


@dataclass(frozen=True)
class Label:
    """One term in both languages."""

    zh: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Column:
    """One column of an input table.

    Attributes
    ----------
    name : str
        English id, unique in its table.
    zh, en : str
        Labels without the unit.
    kind : {"text", "integer", "count", "number", "choice", "value"}
        `count` is a whole number >= 0, `number` any number >= 0, `integer` a whole number,
        `value` a number or yes/no.
    unit : Label
        Unit shown to people; empty for text and choices.
    key : bool
        Part of the key of its table: never blank, unique together.
    needed : bool
        Whether the column must be present (its cells may still be blank).
    filled : bool
        Whether a blank cell is an error.
    choices : tuple of str
        Allowed values of a `choice`.
    low, high : float or None
        Inclusive range, where it is narrower than the kind's own.
    help : Label
        What whoever fills it in must know beyond label, unit and range.
    """

    name: str
    zh: str
    en: str
    kind: str
    unit: Label = Label("", "")
    key: bool = False
    needed: bool = True
    filled: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    help: Label = Label("", "")

    @property
    def is_numeric(self) -> bool:
        return self.kind in ("integer", "count", "number")

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Table:
    """One input table; `needed` tables must be there, the others are *not reported* when absent."""

    name: str
    zh: str
    en: str
    needed: bool
    columns: tuple[Column, ...] = field(repr=False)

    @property
    def keys(self) -> list[str]:
        return [column.name for column in self.columns if column.key]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class SchoolType:
    """A type of school and the stages it may teach; `judged` are the ones the rules look at."""

    zh: str
    en: str
    stages: tuple[str, ...]

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


SCHOOL_TYPES = MappingProxyType(
    {
        "primary": SchoolType("小学", "Primary school", ("primary",)),
        "junior": SchoolType("初级中学", "Junior secondary school", ("junior",)),
        "nine_year": SchoolType("九年一贯制学校", "Nine-year school", ("primary", "junior")),
        "twelve_year": SchoolType(
            "十二年一贯制学校", "Twelve-year school", ("primary", "junior", "senior")
        ),
        "combined_secondary": SchoolType(
            "完全中学", "Combined secondary school", ("junior", "senior")
        ),
        "teaching_point": SchoolType("教学点", "Teaching point", ("primary",)),
        "special_education": SchoolType(
            "特殊教育学校", "Special-education school", ("primary", "junior", "senior")
        ),
        "attached_class": SchoolType(
            "附设班", "School with attached classes", ("primary", "junior", "senior")
        ),
    }
)

CHOICE_LABELS = MappingProxyType(
    {
        **{name: Label(kind.zh, kind.en) for name, kind in SCHOOL_TYPES.items()},
        "public": Label("公办", "public"),
        "private": Label("民办", "private"),
        "urban": Label("城区", "urban"),
        "town": Label("镇区", "town"),
        "rural": Label("乡村", "rural"),
        "music": Label("音乐", "music"),
        "art": Label("美术", "art"),
        "yes": Label("是", "yes"),
        "no": Label("否", "no"),
    }
)

PERSONS = Label("人", "persons")
CLASSES = Label("班", "classes")
SQUARE_METRES = Label("平方米", "m²")
YUAN = Label("元", "yuan")
ROOMS = Label("间", "rooms")
YEAR = Label("年", "year")
YES_NO = ("yes", "no")


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


def _note() -> Column:
    return Column("note", "备注", "Note", "text", needed=False)


def _count(
    name: str, zh: str, en: str, unit: Label = PERSONS, help: Label = Label("", "")
) -> Column:
    return Column(name, zh, en, "count", unit, help=help)


def _number(name: str, zh: str, en: str, unit: Label, help: Label = Label("", "")) -> Column:
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
                        choices=("urban", "town", "rural"),
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
                            "小学填 1—6，初中填 7—9，高中填 10—12。",
                            "Primary 1–6, junior secondary 7–9, senior secondary 10–12.",
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
                            "项目代码，见“项目清单”。",
                            "Id of an item; the sheet of items lists them.",
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


#: Items of county_years from which `analysis.measure.items` computes, and series that are only shown.
COUNTY_INPUTS = MappingProxyType(
    {
        "births": Label("出生人口（人）", "Births (persons)"),
        "entrants_grade1": Label("小学一年级招生数（人）", "Entrants to grade 1 (persons)"),
        "entrants_grade7": Label("初中一年级招生数（人）", "Entrants to grade 7 (persons)"),
        "budget_education_cny": Label("一般公共预算教育经费（元）", "Education budget (yuan)"),
        "salary_teachers_cny": Label(
            "义务教育教师年平均工资收入（元）", "Mean yearly salary of teachers (yuan)"
        ),
        "salary_civil_servants_cny": Label(
            "当地公务员年平均工资收入（元）", "Mean yearly salary of local civil servants (yuan)"
        ),
        "operating_standard_primary_cny": Label(
            "小学生均公用经费基准定额（元）", "Public-use funds standard per primary student (yuan)"
        ),
        "operating_standard_junior_cny": Label(
            "初中生均公用经费基准定额（元）", "Public-use funds standard per junior student (yuan)"
        ),
        "teachers_total": Label("应参加培训的专任教师数（人）", "Teachers who are to be trained"),
        "teachers_trained_360h": Label(
            "五年内培训满360学时的教师数（人）", "Teachers trained 360 hours in five years"
        ),
        "teachers_in_post": Label("在岗专任教师数（人）", "Full-time teachers in post"),
        "teachers_certified": Label("持有教师资格证的专任教师数（人）", "Certified teachers"),
        "special_post_teachers": Label("特岗教师数（人）", "Special-post teachers"),
        "teachers_eligible_rotation": Label(
            "符合交流条件的教师数（人）", "Teachers eligible for rotation"
        ),
        "teachers_rotated": Label("实际交流教师数（人）", "Teachers rotated"),
        "backbone_rotated": Label("其中：交流的骨干教师数（人）", "Backbone teachers rotated"),
        "zone_students_primary": Label(
            "划片范围内小学适龄儿童数（人）", "Primary children of the residence zones"
        ),
        "zone_enrolled_primary": Label(
            "其中：就近入学的小学生数（人）", "of them enrolled near home (primary)"
        ),
        "zone_students_junior": Label(
            "划片范围内初中适龄少年数（人）", "Junior-age children of the residence zones"
        ),
        "zone_enrolled_junior": Label(
            "其中：就近入学的初中生数（人）", "of them enrolled near home (junior)"
        ),
        "quality_senior_places": Label(
            "优质高中招生名额（个）", "Places of quality senior secondary schools"
        ),
        "quality_senior_places_allocated": Label(
            "其中：分配到初中的名额（个）", "of them allocated to junior schools"
        ),
        "quality_senior_places_rural": Label(
            "其中：分配到农村初中的名额（个）", "of them allocated to rural junior schools"
        ),
        "migrant_children_eligible": Label(
            "符合条件的随迁子女数（人）", "Eligible children of migrant workers"
        ),
        "migrant_children_public": Label("其中：在公办学校就读（人）", "of them in public schools"),
        "migrant_children_purchased": Label(
            "其中：政府购买服务在民办学校就读（人）", "of them in purchased private places"
        ),
        "left_behind_care": Label(
            "留守儿童关爱体系健全（是或否）",
            "Care for left-behind children is in place (yes or no)",
        ),
        "junior_graduates": Label("初中毕业生数（人）", "Junior secondary graduates"),
        "junior_entrants_three_years_ago": Label(
            "三年前初中一年级招生数（人）", "Junior entrants three years ago"
        ),
        "junior_transfers_in": Label("三年内转入初中生数（人）", "Junior students transferred in"),
        "junior_transfers_out": Label(
            "三年内转出初中生数（人）", "Junior students transferred out"
        ),
        "junior_deaths": Label("三年内死亡初中生数（人）", "Junior students deceased"),
        "disabled_children_registered": Label(
            "登记的适龄残疾儿童少年数（人）", "Registered disabled children of school age"
        ),
        "disabled_children_enrolled": Label("其中：已入学（人）", "of them enrolled"),
        **{
            f"monitoring_{kind}_{subject}": Label(
                f"质量监测：{zh}{label.zh}", f"Monitoring: {en}, {label.en}"
            )
            for kind, label in (
                ("level", Label("学业水平等级", "level")),
                ("ratio", Label("校际差异率", "between-school variance ratio")),
            )
            for subject, zh, en in (
                ("chinese", "语文", "Chinese"),
                ("mathematics", "数学", "mathematics"),
                ("science", "科学", "science"),
                ("pe", "体育", "physical education"),
                ("arts", "艺术", "arts"),
                ("moral_education", "德育", "moral education"),
            )
        },
        "satisfaction_questionnaires_issued": Label(
            "满意度问卷发放数（份）", "Questionnaires issued"
        ),
        "satisfaction_questionnaires_valid": Label("其中：有效问卷（份）", "of them valid"),
        "satisfaction_questionnaires_satisfied": Label("其中：满意（份）", "of them satisfied"),
        "satisfaction_visits": Label("实地走访人数（人）", "Persons visited"),
        "satisfaction_visits_satisfied": Label("其中：满意（人）", "of them satisfied"),
        "satisfaction_visits_parents": Label("其中：家长（人）", "of them parents"),
    }
)

#: Columns of school_years of which the first is a part of the second, and how grave it is if it is
#: larger.
SCHOOL_PARTS = (
    *(
        (f"{part}_{stage}", f"teachers_{stage}", "error")
        for part in ("above_qualification", "backbone", "pe_arts")
        for stage in STAGES
    ),
    ("indoor_sports_area_m2", "teaching_area_m2", "error"),
    ("training_funds_cny", "operating_funds_cny", "warning"),
)

#: Sheets that Junheng writes beside the tables and does not read.
OTHER_SHEETS = MappingProxyType(
    {
        "readme": Label("说明", "readme"),
        "items": Label("项目清单", "items"),
        "findings": Label("检查结果", "findings"),
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

#: Pairs of county_years items of which the first is a part of the second.
COUNTY_PARTS = (
    ("teachers_trained_360h", "teachers_total"),
    ("teachers_certified", "teachers_in_post"),
    ("teachers_rotated", "teachers_eligible_rotation"),
    ("backbone_rotated", "teachers_rotated"),
    ("zone_enrolled_primary", "zone_students_primary"),
    ("zone_enrolled_junior", "zone_students_junior"),
    ("quality_senior_places_allocated", "quality_senior_places"),
    ("quality_senior_places_rural", "quality_senior_places_allocated"),
    ("migrant_children_public", "migrant_children_eligible"),
    ("disabled_children_enrolled", "disabled_children_registered"),
    ("satisfaction_questionnaires_valid", "satisfaction_questionnaires_issued"),
    ("satisfaction_questionnaires_satisfied", "satisfaction_questionnaires_valid"),
    ("satisfaction_visits_satisfied", "satisfaction_visits"),
    ("satisfaction_visits_parents", "satisfaction_visits"),
)


@dataclass(frozen=True)
class Indicator:
    """One of the seven resource indicators.

    Attributes
    ----------
    name, zh, en : str
        Id and labels; `short` is the label for narrow columns and axes.
    number : str
        R1 to R7, the official order.
    quantity : str
        Prefix or name of the quantity divided by students (see `apportioning.stage_rows`).
    per : int
        Students in the denominator's unit: 100 or 1.
    unit : Label
        Unit of the ratio; `resource` is that of the numerator and of a shortfall.
    shared : bool
        Whether the quantity is recorded for the whole school and apportioned to its stages.
    whole : bool
        Whether the resource only comes in whole units (persons, rooms).
    decimals : int
        Decimals printed (two in the official form).
    """

    name: str
    number: str
    zh: str
    en: str
    short: Label
    quantity: str
    per: int
    unit: Label
    resource: Label
    shared: bool
    whole: bool
    decimals: int = 2

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


_PER_100 = Label("人/百名学生", "per 100 students")

INDICATORS = MappingProxyType(
    {
        indicator.name: indicator
        for indicator in (
            Indicator(
                "teachers_above_qualification",
                "R1",
                "每百名学生拥有高于规定学历教师数",
                "Teachers above the required qualification per 100 students",
                Label("高于规定学历教师", "Teachers above requirement"),
                "above_qualification",
                100,
                _PER_100,
                PERSONS,
                False,
                True,
            ),
            Indicator(
                "backbone_teachers",
                "R2",
                "每百名学生拥有县级以上骨干教师数",
                "Backbone teachers at county level or above per 100 students",
                Label("骨干教师", "Backbone teachers"),
                "backbone",
                100,
                _PER_100,
                PERSONS,
                False,
                True,
            ),
            Indicator(
                "pe_arts_teachers",
                "R3",
                "每百名学生拥有体育、艺术（美术、音乐）专任教师数",
                "Full-time PE and arts (fine art, music) teachers per 100 students",
                Label("体艺专任教师", "PE and arts teachers"),
                "pe_arts",
                100,
                _PER_100,
                PERSONS,
                False,
                True,
            ),
            Indicator(
                "teaching_area",
                "R4",
                "生均教学及辅助用房面积",
                "Teaching and auxiliary floor area per student",
                Label("教学及辅助用房", "Teaching area"),
                "teaching_area",
                1,
                Label("平方米/生", "m² per student"),
                SQUARE_METRES,
                True,
                False,
            ),
            Indicator(
                "sports_area",
                "R5",
                "生均体育运动场馆面积",
                "Sports ground and hall area per student",
                Label("体育运动场馆", "Sports area"),
                "sports_area",
                1,
                Label("平方米/生", "m² per student"),
                SQUARE_METRES,
                True,
                False,
            ),
            Indicator(
                "equipment_value",
                "R6",
                "生均教学仪器设备值",
                "Value of teaching instruments and equipment per student",
                Label("教学仪器设备值", "Equipment value"),
                "equipment_value",
                1,
                Label("元/生", "yuan per student"),
                YUAN,
                True,
                False,
            ),
            Indicator(
                "multimedia_rooms",
                "R7",
                "每百名学生拥有网络多媒体教室数",
                "Networked multimedia rooms per 100 students",
                Label("网络多媒体教室", "Multimedia rooms"),
                "multimedia_rooms",
                100,
                Label("间/百名学生", "rooms per 100 students"),
                ROOMS,
                True,
                True,
            ),
        )
    }
)
#: Those of persons: recorded by stage, while the others are shared among a school's stages.
STAFF_INDICATORS = MappingProxyType(
    {name: about for name, about in INDICATORS.items() if not about.shared}
)

STAGE_LABELS = MappingProxyType(
    {
        "primary": Label("小学", "Primary"),
        "junior": Label("初中", "Junior secondary"),
        "senior": Label("高中", "Senior secondary"),
    }
)


@functools.cache
def frame_schema(name: str):
    """The pandera schema of one table, all checks of single cells and of its key.

    Parameters
    ----------
    name : str
        A key of `TABLES`.

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

    table = TABLES[name]
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
        name=name,
        unique=table.keys or None,
        strict=False,
    )
