"""The local plans against the published comparison tables, cell by cell.

Every figure is typed here a second time as the tables print it, so that neither the profiles nor
this file can hide a mistake of the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis.policy.standards import Profile, Standard, load_standard

SAMPLES = Path(__file__).parents[2] / "data" / "sample"
DONGHE = SAMPLES / "150202-donghe" / "standard.yaml"
#: Column of a table: its standard, and the day on which its figures are looked up.
COLUMNS = {
    "National": ("cn-2017", "2022-12-31"),
    "Donghe goals": (DONGHE, "2021-12-31"),
    "Donghe to 2025": (DONGHE, "2025-12-31"),
    "Donghe to 2030": (DONGHE, "2030-12-31"),
    "Yima": (SAMPLES / "411281-yima" / "standard.yaml", "2025-12-31"),
    "Hutubi": (SAMPLES / "652323-hutubi" / "standard.yaml", "2026-12-31"),
    "Sifangtai": (SAMPLES / "230505-sifangtai" / "standard.yaml", "2027-12-31"),
    "Wuhai": ("cn-150300-wuhai", "2022-12-31"),
}
#: The days after the beginning of the plan that belong to a phase.
PHASES = {
    "Donghe to 2025": ("2021-01-02", "2025-12-31"),
    "Donghe to 2030": ("2026-01-01", "2030-12-31"),
}


# -------------------------------------------------------------------- what a cell may claim


@dataclass(frozen=True)
class Column:
    """A column's standard and day."""

    name: str
    standard: Standard
    date: str

    def rule(self, entry: str, date: str | None = None) -> tuple:
        rules = self.standard.on(date or self.date)
        return rules.rule(entry), rules[entry]


Check = Callable[[Column], None]


def inherits(entry: str, rule: str, value: float | str) -> Check:
    """The plan repeats the national figure."""

    def check(column: Column) -> None:
        assert column.standard.stated_in(entry).id == "cn-2017"
        assert column.rule(entry) == (rule, value)

    return check


def states(entry: str, rule: str, value: float | str, date: str | None = None) -> Check:
    """The plan has a figure of its own (from a day on, if one is given)."""

    def check(column: Column) -> None:
        assert column.standard.stated_in(entry).id == column.standard.id
        assert column.rule(entry, date) == (rule, value)

    return check


def nothing(*entries: str) -> Check:
    """The plan says nothing about these entries."""

    def check(column: Column) -> None:
        assert [column.standard.stated_in(entry) for entry in entries] == [None] * len(entries)

    return check


def no_more(*entries: str) -> Check:
    """The phase says nothing; what the goals say goes on unchanged."""

    def check(column: Column) -> None:
        first, last = PHASES[column.name]
        for entry in entries:
            if column.standard.stated_in(entry) == column.standard.profile:
                dates = column.standard.profile.entries[entry].values
                assert not [date for date in dates if first <= date <= last]

    return check


def notes(entry: str, *words: str) -> Check:
    """What no entry can express stands in the note of one, in both languages."""

    def check(column: Column) -> None:
        note = column.standard.profile.entries[entry].note
        assert [word for word in words if word not in note.zh] == []
        assert note.en

    return check


def profile_notes(*words: str) -> Check:
    """What no entry can express stands in the note of the plan."""

    def check(column: Column) -> None:
        note = column.standard.profile.note
        assert [word for word in words if word not in note.zh] == []
        assert note.en

    return check


def both(check: Callable[..., Check], entry: str, rule: str, primary, junior, *more) -> list[Check]:
    """The same claim about both stages."""
    return [
        check(f"{entry}.primary", rule, primary, *more),
        check(f"{entry}.junior", rule, junior, *more),
    ]


def stages(entry: str) -> list[str]:
    return [f"{entry}.primary", f"{entry}.junior"]


def yes(check: Callable[..., Check], entry: str) -> Check:
    return check(entry, "yes", "yes")


G3 = ["G3.classes_per_room", "G3.music_area", "G3.art_area"]
G4 = ["G4.school_size", "G4.through_school_size"]
VETOES = [f"V{number}" for number in range(1, 7)]
SAME_G3 = [
    inherits("G3.classes_per_room", "at_most", 12),
    inherits("G3.music_area", "at_least", 96),
    inherits("G3.art_area", "at_least", 90),
]
SAME_G5 = both(inherits, "G5", "at_most", 45, 50)
SAME_G13 = [inherits("G13.primary", "equals", 1), inherits("G13.junior", "at_least", 0.95)]
STATED_G13 = [states("G13.primary", "equals", 1), states("G13.junior", "at_least", 0.95)]
SAME_CV = both(inherits, "cv", "at_most", 0.50, 0.45)
Q9 = [inherits("Q9.level", "at_least", 3), inherits("Q9.ratio", "below", 0.15)]

# --------------------------------------------------------------------------- the tables
# item -> column -> (as printed, claims)

D5: dict[str, dict[str, tuple]] = {
    "G1 layout": {
        "National": ("qualitative", yes(inherits, "G1")),
        "Donghe goals": ("scientific long-term layout plan", yes(states, "G1")),
        "Donghe to 2025": (
            "十四五 layout plan 包东政发〔2021〕38号",
            notes("G1", "十四五", "包东政发〔2021〕38号"),
        ),
        "Donghe to 2030": ("十五五 layout plan to be drafted", notes("G1", "十五五")),
        "Yima": ("merged with G2 as item (1)", yes(states, "G1"), notes("G1", "第（1）项")),
        "Hutubi": (
            "qualitative; school moves in F.3",
            yes(states, "G1"),
            notes("G1", "新一中", "县二中", "县六中", "县五中", "县三中"),
        ),
        "Sifangtai": ("= nat.", yes(inherits, "G1")),
        "Wuhai": (
            "new schools where enrolment is difficult",
            yes(states, "G1"),
            notes("G1", "入学有困难", "新建学校"),
        ),
    },
    "G2 four unified standards": {
        "National": ("qualitative", yes(inherits, "G2")),
        "Donghe goals": (
            "stated piecewise (build, equipment, funds, staffing; staffing excl. private)",
            yes(states, "G2"),
            notes("G2", "分条", "不含民办"),
        ),
        "Donghe to 2025": ("—", no_more("G2")),
        "Donghe to 2030": ("—", no_more("G2")),
        "Yima": ("in item (1)", yes(states, "G2"), notes("G2", "第（1）项")),
        "Hutubi": ("all four stated", yes(inherits, "G2")),
        "Sifangtai": ("all four stated", yes(inherits, "G2")),
        "Wuhai": ("—", nothing("G2")),
    },
    "G3 rooms / 12 classes": {
        "National": ("1 + 1; 96 / 90 m²", *SAME_G3),
        "Donghe goals": ("1; 96 / 90", *SAME_G3),
        "Donghe to 2025": ("—", no_more(*G3)),
        "Donghe to 2030": ("—", no_more(*G3)),
        "Yima": ("= nat. item (2)", *SAME_G3),
        "Hutubi": ("= nat.", *SAME_G3),
        "Sifangtai": ("= nat.", *SAME_G3),
        "Wuhai": (
            "“学科专用教室” all schools by 2022",
            nothing(*G3),
            states("subject_rooms", "yes", "yes", "2022-12-31"),
            states("subject_rooms", "yes", None, "2022-12-30"),
        ),
    },
    "G4 size": {
        "National": (
            "2000 ; 2500",
            inherits("G4.school_size", "at_most", 2000),
            inherits("G4.through_school_size", "at_most", 2500),
        ),
        "Donghe goals": (
            "≤ 2000 by 2030; 2500 not stated although there are five nine-year schools",
            states("G4.school_size", "at_most", 2000, "2030-12-31"),
            states("G4.school_size", "at_most", None, "2030-12-30"),
            nothing("G4.through_school_size"),
            notes("G4.school_size", "5所九年一贯制", "未写2500"),
        ),
        "Donghe to 2025": ("—", no_more("G4.school_size"), nothing("G4.through_school_size")),
        "Donghe to 2030": (
            "2027–2030: reduce intake of large schools",
            notes("G4.school_size", "2027—2030年", "减少大校招生"),
        ),
        "Yima": (
            "2000 ; 2500 (9-year only) item (3)",
            inherits("G4.school_size", "at_most", 2000),
            states("G4.through_school_size", "at_most", 2500),
            notes("G4.through_school_size", "只写9年一贯制"),
        ),
        "Hutubi": (
            "2000 ; 2500 (9-year) “继续保持”",
            inherits("G4.school_size", "at_most", 2000),
            states("G4.through_school_size", "at_most", 2500),
            notes("G4.through_school_size", "只写九年一贯制"),
        ),
        "Sifangtai": ("not listed", nothing(*G4), profile_notes("缺学校规模")),
        "Wuhai": ("—", nothing(*G4)),
    },
    "G5 class size": {
        "National": ("45 / 50", *SAME_G5),
        "Donghe goals": (
            "45 / 50 by 2025",
            *both(states, "G5", "at_most", 45, 50, "2025-12-31"),
        ),
        "Donghe to 2025": (
            "45 / 50 by 2025",
            *both(states, "G5", "at_most", 45, 50),
            *both(states, "G5", "at_most", None, None, "2025-12-30"),
        ),
        "Donghe to 2030": ("—", no_more(*stages("G5"))),
        "Yima": (
            "45 / 50; “2022年全面落实”",
            *both(states, "G5", "at_most", 45, 50, "2022-12-31"),
            *both(states, "G5", "at_most", None, None, "2022-12-30"),
            notes("G5.primary", "2022年全面落实"),
        ),
        "Hutubi": ("45 / 50 “继续保持”", *SAME_G5),
        "Sifangtai": ("45 / 50", *SAME_G5),
        "Wuhai": (
            "remove large classes, no number",
            nothing(*stages("G5")),
            yes(states, "large_classes_removed"),
            notes("large_classes_removed", "没有数字"),
        ),
    },
    "G6 < 100 students": {
        "National": ("fund as 100", inherits("G6", "at_least", 100)),
        "Donghe goals": ("= nat.", inherits("G6", "at_least", 100)),
        "Donghe to 2025": ("—", no_more("G6")),
        "Donghe to 2030": ("—", no_more("G6")),
        "Yima": (
            "not listed; replaced by item (5) “义务教育阶段中小学生公用经费达到省定标准”",
            nothing("G6"),
            yes(states, "public_funds_provincial_standard"),
            notes("public_funds_provincial_standard", "代替国家第6项"),
        ),
        "Hutubi": ("—", nothing("G6")),
        "Sifangtai": ("= nat.", inherits("G6", "at_least", 100)),
        "Wuhai": ("—", nothing("G6")),
    },
    "G7 special ed yuan": {
        "National": ("6000", inherits("G7", "at_least", 6000)),
        "Donghe goals": ("6000", states("G7", "at_least", 6000)),
        "Donghe to 2025": ("special-ed allowance policy", notes("G7", "特教津贴")),
        "Donghe to 2030": ("—", no_more("G7"), states("G7", "at_least", 6000)),
        "Yima": (
            "6000 item (6), repeated in measure 21",
            states("G7", "at_least", 6000),
            notes("G7", "措施21"),
        ),
        "Hutubi": ("—", nothing("G7")),
        "Sifangtai": ("not listed", nothing("G7"), profile_notes("特殊教育经费")),
        "Wuhai": ("—", nothing("G7")),
    },
    "G8 salary": {
        "National": ("≥ civil servants", inherits("G8", "at_least", 1)),
        "Donghe goals": (
            "≥, excluding private",
            states("G8", "at_least", 1),
            notes("G8", "不含民办"),
        ),
        "Donghe to 2025": ("—", no_more("G8")),
        "Donghe to 2030": ("“高于” in 六(三)2", notes("G8", "高于")),
        "Yima": ("= nat. item (7)", inherits("G8", "at_least", 1)),
        "Hutubi": ("≥", inherits("G8", "at_least", 1)),
        "Sifangtai": ("= nat.", inherits("G8", "at_least", 1)),
        "Wuhai": (
            "“优先保障提高教师待遇”",
            nothing("G8"),
            yes(states, "teacher_pay_priority"),
        ),
    },
    "G9 360 h": {
        "National": ("100 %", inherits("G9", "equals", 1)),
        "Donghe goals": ("100 %", inherits("G9", "equals", 1)),
        "Donghe to 2025": ("100 %", inherits("G9", "equals", 1)),
        "Donghe to 2030": ("—", no_more("G9")),
        "Yima": ("100 % item (8)", inherits("G9", "equals", 1)),
        "Hutubi": (
            "5-year cycle ≥ 360 h (no %)",
            states("G9", "equals", 1),
            notes("G9", "5年一周期不少于360学时", "未写100%"),
        ),
        "Sifangtai": ("100 %", inherits("G9", "equals", 1)),
        "Wuhai": ("—", nothing("G9")),
    },
    "G10 staffing allocation": {
        "National": ("qualitative", yes(inherits, "G10")),
        "Donghe goals": ("stated, excl. private", yes(states, "G10"), notes("G10", "不含民办")),
        "Donghe to 2025": ("—", no_more("G10")),
        "Donghe to 2030": ("—", no_more("G10")),
        "Yima": ("item (9)", yes(inherits, "G10")),
        "Hutubi": ("stated", yes(inherits, "G10")),
        "Sifangtai": ("stated", yes(inherits, "G10")),
        "Wuhai": (
            "县管校聘 “两管理一自主”",
            yes(states, "G10"),
            notes("G10", "县管校聘", "两管理一自主"),
        ),
    },
    "G11 rotation": {
        "National": ("10 %", inherits("G11.rotation", "at_least", 0.10)),
        "Donghe goals": ("10 %", inherits("G11.rotation", "at_least", 0.10)),
        "Donghe to 2025": ("≥ 10 %", inherits("G11.rotation", "at_least", 0.10)),
        "Donghe to 2030": ("≥ 10 %", inherits("G11.rotation", "at_least", 0.10)),
        "Yima": ("10 % item (10)", inherits("G11.rotation", "at_least", 0.10)),
        "Hutubi": (
            "10 % town→rural schools",
            states("G11.rotation", "at_least", 0.10),
            notes("G11.rotation", "城镇学校", "农牧区学校"),
        ),
        "Sifangtai": ("10 %", inherits("G11.rotation", "at_least", 0.10)),
        "Wuhai": ("—", nothing("G11.rotation")),
    },
    "G11 backbone share": {
        "National": ("20 %", inherits("G11.backbone", "at_least", 0.20)),
        "Donghe goals": ("20 %", states("G11.backbone", "at_least", 0.20)),
        "Donghe to 2025": (
            "25 %",
            states("G11.backbone", "at_least", 0.25),
            states("G11.backbone", "at_least", 0.20, "2025-12-30"),
        ),
        "Donghe to 2030": ("30 %", states("G11.backbone", "at_least", 0.30)),
        "Yima": ("20 % item (11)", inherits("G11.backbone", "at_least", 0.20)),
        "Hutubi": ("20 %", inherits("G11.backbone", "at_least", 0.20)),
        "Sifangtai": (
            "10 %",
            states("G11.backbone", "at_least", 0.10),
            notes("G11.backbone", "低于国家规定的20%"),
        ),
        "Wuhai": ("—", nothing("G11.backbone")),
    },
    "G12 certificate": {
        "National": ("100 %", inherits("G12", "equals", 1)),
        "Donghe goals": ("100 %", inherits("G12", "equals", 1)),
        "Donghe to 2025": ("—", no_more("G12")),
        "Donghe to 2030": ("—", no_more("G12")),
        "Yima": (
            "100 % item (12), 5-year registration",
            states("G12", "equals", 1),
            notes("G12", "5年一周期", "注册"),
        ),
        "Hutubi": ("—", nothing("G12")),
        "Sifangtai": (
            "100 %, excluding 特岗教师 in service period",
            states("G12", "equals", 1),
            notes("G12", "特岗教师"),
            states("option.certificate_without_special_post", "option", "yes"),
        ),
        "Wuhai": ("—", nothing("G12")),
    },
    "G13 zone enrolment": {
        "National": ("100 / 95", *SAME_G13),
        "Donghe goals": ("100 / 95", *SAME_G13),
        "Donghe to 2025": ("100 / 95 (五(四)1)", *SAME_G13),
        "Donghe to 2030": ("same text for both phases", *SAME_G13),
        "Yima": ("100 / 95 item (13)", *SAME_G13),
        "Hutubi": (
            "100 / 95 (no urban/boarding qualifier)",
            *STATED_G13,
            notes("G13.primary", "未限定城区和镇区", "寄宿制"),
            notes("G13.junior", "未限定城区和镇区", "寄宿制"),
        ),
        "Sifangtai": (
            "100 / 95 for “公办学校” (no qualifier)",
            *STATED_G13,
            notes("G13.primary", "公办学校", "未限定"),
            notes("G13.junior", "公办学校", "未限定"),
        ),
        "Wuhai": (
            "“就近、划片、免试”",
            nothing("G13.primary", "G13.junior"),
            yes(states, "near_home_admission"),
        ),
    },
    "G14 quality senior-high places": {
        "National": (
            "50 %",
            inherits("G14.allocated", "at_least", 0.50),
            yes(inherits, "G14.rural_tilt"),
        ),
        "Donghe goals": (
            "60 %, tilt to rural juniors",
            states("G14.allocated", "at_least", 0.60),
            yes(inherits, "G14.rural_tilt"),
        ),
        "Donghe to 2025": (
            "“达到包头市规定” (no number)",
            notes("G14.allocated", "达到包头市规定"),
            no_more("G14.allocated"),
        ),
        "Donghe to 2030": ("same", no_more("G14.allocated")),
        "Yima": (
            "50 % item (14)",
            inherits("G14.allocated", "at_least", 0.50),
            yes(inherits, "G14.rural_tilt"),
        ),
        "Hutubi": ("—", nothing("G14.allocated", "G14.rural_tilt")),
        "Sifangtai": (
            "not listed",
            nothing("G14.allocated", "G14.rural_tilt"),
            profile_notes("优质高中名额分配"),
        ),
        "Wuhai": ("—", nothing("G14.allocated", "G14.rural_tilt")),
    },
    "G15 migrant children": {
        "National": (
            "85 %",
            inherits("G15.migrant", "at_least", 0.85),
            yes(inherits, "G15.left_behind"),
        ),
        "Donghe goals": (
            "85 %",
            states("G15.migrant", "at_least", 0.85),
            yes(inherits, "G15.left_behind"),
        ),
        "Donghe to 2025": ("“零门槛”, “应入尽入”", notes("G15.migrant", "零门槛", "应入尽入")),
        "Donghe to 2030": ("same", no_more("G15.migrant")),
        "Yima": (
            "85 % item (15)",
            inherits("G15.migrant", "at_least", 0.85),
            yes(inherits, "G15.left_behind"),
        ),
        "Hutubi": (
            "“均能就近入学” (no number)",
            nothing("G15.migrant"),
            yes(states, "migrant_near_enrolment"),
            notes("migrant_near_enrolment", "均能就近入学"),
        ),
        "Sifangtai": (
            "85 % in public schools only",
            states("G15.migrant", "at_least", 0.85),
            notes("G15.migrant", "只计公办学校"),
        ),
        "Wuhai": (
            "equal access, no number",
            nothing("G15.migrant"),
            yes(states, "migrant_equal_access"),
        ),
    },
}


def _national(indicator: str, primary: float, junior: float) -> list[Check]:
    return both(inherits, indicator, "at_least", primary, junior)


R1, R2, R3 = "teachers_above_qualification", "backbone_teachers", "pe_arts_teachers"
R4, R5, R6, R7 = "teaching_area", "sports_area", "equipment_value", "multimedia_rooms"
RULE = ("school.indicators_met", "school.floor")

D6: dict[str, dict[str, tuple]] = {
    "R1 above-required degree": {
        "National": ("4.2 / 5.3", *_national(R1, 4.2, 5.3)),
        "Donghe goals": ("4.2 / 5.3", *_national(R1, 4.2, 5.3)),
        "Donghe to 2025": ("4.2 / 5.3", *_national(R1, 4.2, 5.3)),
        "Donghe to 2030": (
            "changes measure: 99 % of full-time teachers with bachelor's or above, both stages",
            *both(states, "staff.bachelor_share", "at_least", 0.99, 0.99),
            *both(states, "staff.bachelor_share", "at_least", None, None, "2030-12-30"),
            notes("staff.bachelor_share.primary", "改用", "不可比"),
        ),
        "Yima": ("4.2 / 5.3", *_national(R1, 4.2, 5.3)),
        "Hutubi": ("4.2 / 5.3", *_national(R1, 4.2, 5.3)),
        "Sifangtai": ("4.2 / 5.3", *_national(R1, 4.2, 5.3)),
        "Wuhai": (
            "share with bachelor's: primary 85→87→90 %; junior 95→97→>97 % (2020/21/22)",
            nothing(*stages(R1)),
            *both(states, "staff.bachelor_share", "at_least", 0.85, 0.95, "2020-12-31"),
            *both(states, "staff.bachelor_share", "at_least", 0.87, 0.97, "2021-12-31"),
            states("staff.bachelor_share.primary", "at_least", 0.90, "2022-12-31"),
            states("staff.bachelor_share.junior", "above", 0.97, "2022-12-31"),
        ),
    },
    "R2 backbone": {
        "National": ("1 / 1", *_national(R2, 1, 1)),
        "Donghe goals": ("1 / 1", *both(states, R2, "at_least", 1, 1)),
        "Donghe to 2025": (
            "3 / 3",
            *both(states, R2, "at_least", 3, 3),
            *both(states, R2, "at_least", 1, 1, "2025-12-30"),
        ),
        "Donghe to 2030": ("4 / 6", *both(states, R2, "at_least", 4, 6)),
        "Yima": ("1 / 1", *_national(R2, 1, 1)),
        "Hutubi": ("no number", nothing(*stages(R2))),
        "Sifangtai": ("1 / 1", *_national(R2, 1, 1)),
        "Wuhai": (
            "≥ 100 名师 in the city by 2022",
            nothing(*stages(R2)),
            states("master_teachers", "at_least", 100, "2022-12-31"),
            notes("master_teachers", "全市"),
        ),
    },
    "R3 PE/arts": {
        "National": ("0.9 / 0.9", *_national(R3, 0.9, 0.9)),
        "Donghe goals": ("0.9 / 0.9", *both(states, R3, "at_least", 0.9, 0.9)),
        "Donghe to 2025": ("1 / 1", *both(states, R3, "at_least", 1, 1)),
        "Donghe to 2030": ("1.2 / 1.2", *both(states, R3, "at_least", 1.2, 1.2)),
        "Yima": ("0.9 / 0.9", *_national(R3, 0.9, 0.9)),
        "Hutubi": (
            "0.9 by 2023",
            *both(states, R3, "at_least", 0.9, 0.9, "2023-12-31"),
            *both(states, R3, "at_least", None, None, "2022-12-31"),
        ),
        "Sifangtai": ("0.9 / 0.9", *_national(R3, 0.9, 0.9)),
        "Wuhai": (
            "PE full-time teacher in 100 % of schools",
            nothing(*stages(R3)),
            states("pe_teacher_schools_share", "equals", 1),
        ),
    },
    "R4 floor area m²": {
        "National": ("4.5 / 5.8", *_national(R4, 4.5, 5.8)),
        "Donghe goals": (
            "4.5 / 5.8 (excl. special ed)",  # as nationally: option.special_education_in_scope
            *_national(R4, 4.5, 5.8),
            inherits("option.special_education_in_scope", "option", "no"),
        ),
        "Donghe to 2025": (
            "+70,000 m²",
            states("teaching_area_added_m2", "at_least", 70_000),
            states("teaching_area_added_m2", "at_least", None, "2025-12-30"),
        ),
        "Donghe to 2030": (
            "“逐步达标”",
            notes("teaching_area_added_m2", "逐步达标"),
            *_national(R4, 4.5, 5.8),
        ),
        "Yima": ("4.5 / 5.8", *_national(R4, 4.5, 5.8)),
        "Hutubi": ("4.5 / 5.8", *_national(R4, 4.5, 5.8)),
        "Sifangtai": ("4.5 / 5.8", *_national(R4, 4.5, 5.8)),
        "Wuhai": ("—", nothing(*stages(R4))),
    },
    "R5 sports m²": {
        "National": ("7.5 / 10.2", *_national(R5, 7.5, 10.2)),
        "Donghe goals": ("7.5 / 10.2", *_national(R5, 7.5, 10.2)),
        "Donghe to 2025": ("+95,000 m²", states("sports_area_added_m2", "at_least", 95_000)),
        "Donghe to 2030": (
            "“逐步达标”",
            notes("sports_area_added_m2", "逐步达标"),
            *_national(R5, 7.5, 10.2),
        ),
        "Yima": ("7.5 / 10.2", *_national(R5, 7.5, 10.2)),
        "Hutubi": ("7.5 / 10.2", *_national(R5, 7.5, 10.2)),
        "Sifangtai": ("7.5 / 10.2", *_national(R5, 7.5, 10.2)),
        "Wuhai": (
            "国家学校体育卫生条件试行基本标准 in 100 %",
            nothing(*stages(R5)),
            states("pe_health_standard_schools_share", "equals", 1),
        ),
    },
    "R6 equipment yuan": {
        "National": ("2000 / 2500", *_national(R6, 2000, 2500)),
        "Donghe goals": ("2000 / 2500", *_national(R6, 2000, 2500)),
        "Donghe to 2025": ("—", no_more(*stages(R6))),
        "Donghe to 2030": (
            "1.02 亿元 by 2030",
            states("equipment_investment_cny", "at_least", 102_000_000),
            states("equipment_investment_cny", "at_least", None, "2030-12-30"),
        ),
        "Yima": ("2000 / 2500", *_national(R6, 2000, 2500)),
        "Hutubi": ("2000 / 2500", *_national(R6, 2000, 2500)),
        "Sifangtai": ("2000 / 2500", *_national(R6, 2000, 2500)),
        "Wuhai": ("—", nothing(*stages(R6))),
    },
    "R7 multimedia rooms": {
        "National": ("2.3 / 2.4", *_national(R7, 2.3, 2.4)),
        "Donghe goals": ("2.3 / 2.4", *_national(R7, 2.3, 2.4)),
        "Donghe to 2025": ("—", no_more(*stages(R7))),
        "Donghe to 2030": ("—", no_more(*stages(R7))),
        "Yima": ("2.3 / 2.4", *_national(R7, 2.3, 2.4)),
        "Hutubi": ("not stated", nothing(*stages(R7))),
        "Sifangtai": ("2.3 / 2.4", *_national(R7, 2.3, 2.4)),
        "Wuhai": (
            "wireless + digital campus 100 %",
            nothing(*stages(R7)),
            states("digital_campus_share", "equals", 1, "2022-12-31"),
        ),
    },
    "CV limit": {
        "National": (
            "0.50 / 0.45 each",
            *SAME_CV,
            *both(inherits, "composite_cv", "at_most", None, None),
        ),
        "Donghe goals": (
            "0.50 / 0.45 single and composite",
            *SAME_CV,
            *both(states, "composite_cv", "at_most", 0.50, 0.45),
        ),
        "Donghe to 2025": ("yearly, shrinking", yes(states, "cv_shrinking")),
        "Donghe to 2030": ("yearly, shrinking", yes(states, "cv_shrinking")),
        "Yima": ("0.50 / 0.45", *SAME_CV),
        "Hutubi": ("not stated", nothing(*stages("cv"))),
        "Sifangtai": ("0.50 / 0.45", *SAME_CV),
        "Wuhai": ("—", nothing(*stages("cv"))),
    },
    "6-of-7 + 85 % rule": {
        "National": (
            "yes",
            inherits("school.indicators_met", "at_least", 6),
            inherits("school.floor", "at_least", 0.85),
        ),
        "Donghe goals": ("not stated", nothing(*RULE)),
        "Donghe to 2025": ("–", nothing(*RULE)),
        "Donghe to 2030": ("–", nothing(*RULE)),
        "Yima": ("not stated", nothing(*RULE)),
        "Hutubi": ("not stated", nothing(*RULE)),
        "Sifangtai": ("not stated", nothing(*RULE)),
        "Wuhai": ("–", nothing(*RULE)),
    },
}

E4: dict[str, dict[str, tuple]] = {
    "Q1 retention": {
        "National": ("95 %", inherits("Q1", "at_least", 0.95)),
        "Donghe goals": ("95 %", inherits("Q1", "at_least", 0.95)),
        "Yima": ("95 %", inherits("Q1", "at_least", 0.95)),
        "Hutubi": ("95 %", inherits("Q1", "at_least", 0.95)),
        "Sifangtai": (
            "95 % in phase 2; “学巩固率达到98%和99%以上” in 四(六) (garbled)",
            inherits("Q1", "at_least", 0.95),
            states("retention.first_figure", "at_least", 0.98),
            states("retention.second_figure", "at_least", 0.99),
            notes("retention.first_figure", "学巩固率达到98%和99%以上", "缺学段"),
            notes("retention.second_figure", "学巩固率达到98%和99%以上", "缺学段"),
        ),
        "Wuhai": (
            "nine-year 巩固率 93 → >95 → >95",
            nothing("Q1"),
            states("nine_year_retention", "at_least", 0.93, "2020-12-31"),
            states("nine_year_retention", "above", 0.95, "2021-12-31"),
            states("nine_year_retention", "above", 0.95, "2022-12-31"),
        ),
    },
    "Q2 disabled enrolment": {
        "National": ("95 %", inherits("Q2", "at_least", 0.95)),
        "Donghe goals": ("95 %", inherits("Q2", "at_least", 0.95)),
        "Yima": ("95 %", inherits("Q2", "at_least", 0.95)),
        "Hutubi": ("95 %", inherits("Q2", "at_least", 0.95)),
        "Sifangtai": ("95 % (twice)", inherits("Q2", "at_least", 0.95)),
        "Wuhai": (
            "95→97→97; text says 96 % for 2020",
            states("Q2", "at_least", 0.95, "2020-12-31"),
            states("Q2", "at_least", 0.97, "2021-12-31"),
            states("Q2", "at_least", 0.97, "2022-12-31"),
            notes("Q2", "2020年", "96%"),
        ),
    },
    "Q3 charter + IT": {
        "National": ("yes", yes(inherits, "Q3")),
        "Donghe goals": (
            "yes, charter approved by authority",
            yes(states, "Q3"),
            notes("Q3", "审核通过"),
        ),
        "Yima": ("yes", yes(inherits, "Q3")),
        "Hutubi": ("IT plan only", yes(states, "Q3"), notes("Q3", "信息化", "未提学校章程")),
        "Sifangtai": ("yes", yes(inherits, "Q3")),
        "Wuhai": ("yes (现代学校制度)", yes(states, "Q3"), notes("Q3", "现代学校制度")),
    },
    "Q4 training funds": {
        "National": ("5 %", inherits("Q4", "at_least", 0.05)),
        "Donghe goals": ("5 %", inherits("Q4", "at_least", 0.05)),
        "Yima": ("5 %", inherits("Q4", "at_least", 0.05)),
        "Hutubi": ("5 %", inherits("Q4", "at_least", 0.05)),
        "Sifangtai": ("5 %", inherits("Q4", "at_least", 0.05)),
        "Wuhai": ("—", nothing("Q4")),
    },
    "Q5 IT use": {
        "National": ("higher level", yes(inherits, "Q5")),
        "Donghe goals": ("higher level", yes(inherits, "Q5")),
        "Yima": ("=", yes(inherits, "Q5")),
        "Hutubi": ("=", yes(inherits, "Q5")),
        "Sifangtai": ("=", yes(inherits, "Q5")),
        "Wuhai": (
            "100 % of teachers apply by 2022",
            nothing("Q5"),
            states("it_use_teachers_share", "equals", 1, "2022-12-31"),
        ),
    },
    "Q6 moral ed / culture": {
        "National": ("良好", yes(inherits, "Q6")),
        "Donghe goals": ("良好", yes(inherits, "Q6")),
        "Yima": ("=", yes(inherits, "Q6")),
        "Hutubi": ("qualitative", yes(states, "Q6"), notes("Q6", "定性", "未写良好")),
        "Sifangtai": ("=", yes(inherits, "Q6")),
        "Wuhai": ("qualitative", yes(states, "Q6"), notes("Q6", "定性", "未写良好")),
    },
    "Q7 curriculum": {
        "National": ("yes", yes(inherits, "Q7")),
        "Donghe goals": ("yes", yes(inherits, "Q7")),
        "Yima": ("=", yes(inherits, "Q7")),
        "Hutubi": ("yes", yes(inherits, "Q7")),
        "Sifangtai": ("=", yes(inherits, "Q7")),
        "Wuhai": ("100 % of schools", yes(states, "Q7"), notes("Q7", "100%的中小学")),
    },
    "Q8 burden": {
        "National": ("none", yes(inherits, "Q8")),
        "Donghe goals": ("五项管理, 双减", yes(states, "Q8"), notes("Q8", "五项管理", "双减")),
        "Yima": ("=", yes(inherits, "Q8")),
        "Hutubi": ("双减", yes(states, "Q8"), notes("Q8", "双减")),
        "Sifangtai": ("= + 六项管理", yes(states, "Q8"), notes("Q8", "六项", "两次")),
        "Wuhai": ("—", nothing("Q8")),
    },
    "Q9 monitoring": {
        "National": ("Ⅲ, < 0.15", *Q9),
        "Donghe goals": (
            "Ⅲ, < 0.15 (“已参加的”)",
            states("Q9.level", "at_least", 3),
            states("Q9.ratio", "below", 0.15),
            notes("Q9.level", "已参加的"),
            notes("Q9.ratio", "已参加的"),
        ),
        "Yima": ("=", *Q9),
        "Hutubi": (
            "autonomous-region monitoring “中等以上”; 0.15 stated under 集团化",
            nothing("Q9.level"),
            yes(states, "regional_monitoring_medium"),
            states("Q9.ratio", "below", 0.15),
            notes("Q9.ratio", "集团化"),
        ),
        "Sifangtai": ("=", *Q9),
        "Wuhai": (
            "own pass/excellent rates (F.5)",
            nothing("Q9.level", "Q9.ratio"),
            states("pass_rate.primary_lower", "at_least", 1),
            states("excellent_rate.primary_lower", "at_least", 0.70),
            states("pass_rate.primary_upper", "at_least", 0.95),
            states("excellent_rate.primary_upper", "at_least", 0.50),
            *both(states, "pass_rate_gain", "at_least", 0.05, 0.03),
            *both(states, "excellent_rate_gain", "at_least", 0.01, 0.01),
            states("low_score_rate_drop.junior", "at_least", 0.03),
            notes("pass_rate_gain.primary", "5—8"),
            notes("excellent_rate_gain.primary", "1—3"),
            notes("pass_rate_gain.junior", "3—5"),
            notes("low_score_rate_drop.junior", "3—5"),
        ),
    },
    "Social recognition": {
        "National": ("85 %", inherits("S1", "at_least", 0.85)),
        "Donghe goals": ("85 %", inherits("S1", "at_least", 0.85)),
        "Yima": ("85 %", inherits("S1", "at_least", 0.85)),
        "Hutubi": ("85 % (stated twice)", inherits("S1", "at_least", 0.85)),
        "Sifangtai": ("90 %", states("S1", "at_least", 0.90)),
        "Wuhai": ("—", nothing("S1")),
    },
    "Veto list": {
        "National": ("6", *[inherits(name, "no", "no") for name in VETOES]),
        "Donghe goals": ("6", *[inherits(name, "no", "no") for name in VETOES]),
        "Yima": ("6", *[inherits(name, "no", "no") for name in VETOES]),
        "Hutubi": (
            "not listed (招生、择校、安全 督导)",
            nothing(*VETOES),
            profile_notes("招生", "择校", "安全"),
        ),
        "Sifangtai": ("6", *[inherits(name, "no", "no") for name in VETOES]),
        "Wuhai": ("—", nothing(*VETOES)),
    },
}

TABLES = {"D.5": D5, "D.6": D6, "E.4": E4}
CELLS = [
    pytest.param(column, claims, id=f"{table} {item}, {column}: {printed}")
    for table, rows in TABLES.items()
    for item, cells in rows.items()
    for column, (printed, *claims) in cells.items()
]


@pytest.mark.parametrize(("column", "claims"), CELLS)
def test_cell(column, claims):
    name, date = COLUMNS[column]
    found = Column(column, load_standard(name), date)
    assert claims
    for claim in claims:
        claim(found)


def test_every_cell_is_covered():
    everywhere = list(COLUMNS)
    quality = [column for column in everywhere if not column.startswith("Donghe to")]
    assert [len(rows) for rows in TABLES.values()] == [16, 9, 11]
    for table, rows in TABLES.items():
        for cells in rows.values():
            assert list(cells) == (quality if table == "E.4" else everywhere)


@pytest.mark.parametrize(("column", "share"), [("Donghe goals", 0.15), ("Yima", 0.05)])
def test_private_share_is_an_additional_target(column, share):
    name, date = COLUMNS[column]
    standard = load_standard(name)
    assert standard.on(date)["private_share"] == share
    assert standard.on(date).rule("private_share") == "at_most"
    assert standard.entries["private_share"].new
    assert "private_share" not in standard.evaluation.entries


def test_the_other_figures_of_the_wuhai_table():
    standard = load_standard("cn-150300-wuhai")
    expected = {
        "public_kindergarten_share": [("at_least", 0.50), ("above", 0.50), ("above", 0.50)],
        "senior_gross_enrolment": [("above", 0.97)] * 3,
        "university_admission_share": [("at_least", 0.80), ("above", 0.80), ("above", 0.80)],
        "staff.graduate_share.senior": [("at_least", value) for value in (0.39, 0.41, 0.42)],
    }
    for entry, figures in expected.items():
        for year, figure in zip((2020, 2021, 2022), figures, strict=True):
            rules = standard.for_year(year)
            assert (rules.rule(entry), rules[entry]) == figure


# ------------------------------------------------------------------- profiles as a whole

PLANS = [name for name, _ in dict.fromkeys(COLUMNS.values()) if name != "cn-2017"]
PLANS = list(dict.fromkeys(PLANS))


@pytest.mark.parametrize("name", PLANS, ids=str)
def test_plans_list_only_what_differs(name):
    standard = load_standard(name)
    national = load_standard("cn-2017")
    assert standard.profile.kind == "plan"
    assert standard.evaluation.id == "cn-2017"
    for entry, stated in standard.profile.entries.items():
        assert stated.reference.confidence == "read"
        assert (entry not in national.entries) == stated.new
        if not stated.new:
            same = dict(stated.values) == dict(national.entries[entry].values)
            assert stated.note or not same, entry
    assert len(set(standard.profile.not_stated)) == len(standard.profile.not_stated)


def test_a_year_is_judged_with_the_targets_of_another():
    standard = load_standard(DONGHE)
    assert standard.for_year(2021)["backbone_teachers.junior"] == 1
    assert standard.for_year(2021, as_of=2025)["backbone_teachers.junior"] == 3
    assert standard.for_year(2021, as_of=2030)["backbone_teachers.junior"] == 6
    assert standard.evaluation.for_year(2021, as_of=2030)["backbone_teachers.junior"] == 1


def test_liaoning_adds_to_the_national_standard():
    standard = load_standard("cn-210000-liaoning")
    rules = standard.for_year(2026)
    assert standard.evaluation.id == standard.id
    assert rules["G7"] == 8000
    assert rules["Q7.labour_hours"] == 0.50
    assert (rules.rule("V7"), rules["V7"]) == ("no", "no")
    assert rules["operating_standard_primary_cny"] == 935
    assert rules["operating_standard_junior_cny"] == 1155
    for stage, city in (("primary", "1150"), ("junior", "1350")):
        assert city in standard.entries[f"operating_standard_{stage}_cny"].note.zh
    assert {e.reference.confidence for e in standard.profile.entries.values()} == {"secondary"}
    assert rules["teachers_above_qualification.primary"] == 4.2
    assert standard.for_year(2022)["G7"] == 6000


def test_what_is_usual_before_a_rule_holds_and_after_it_is_repealed():
    national = load_standard("cn-2017")
    assert national.on("2017-04-18").usual("G5.junior") == 50
    values = {"2018-01-01": 40.0, "2025-01-01": 35.0, "2028-01-01": None}
    entry = national.entries["G5.primary"].model_copy(update={"values": values})
    title = {"zh": "甲", "en": "A"}
    profile = Profile(id="own", kind="evaluation", title=title, entries={"G5.primary": entry})
    standard = Standard([profile])
    found = [standard.for_year(year).usual("G5.primary") for year in (2017, 2024, 2025, 2028)]
    assert found == [40, 40, 35, 40]
    assert standard.for_year(2024).replace(G5__primary=30.0).usual("G5.primary") == 30
    # what it does not mention is as in the national standard
    assert standard.for_year(2024).usual("G5.junior") == 50
