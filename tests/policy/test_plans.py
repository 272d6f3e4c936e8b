"""The plans of the sample counties against their published texts, and refused plan files.

Every figure is typed here a second time, so that neither the plans nor this file can hide a mistake
of the other.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from analysis.base.files import InputError
from analysis.data.load import load_county
from analysis.policy.plan import Plan, Record, begins, ends, read_plan

SAMPLES = Path(__file__).parents[2] / "data" / "sample"
DONGHE, HUTUBI = "150202-donghe", "652323-hutubi"
YIMA, SIFANGTAI = "411281-yima", "230505-sifangtai"
HAIBOWAN = "150302-haibowan"
WUHAI = (HAIBOWAN, "150303-hainan", "150304-wuda")
PLANS = (DONGHE, YIMA, HUTUBI, SIFANGTAI, *WUHAI)


@cache
def plan(name: str) -> Plan:
    return read_plan(SAMPLES / name / "plan.yaml")


def records(thing: object):
    """Every record of a plan, also those inside another one."""
    if isinstance(thing, Record):
        yield thing
    if isinstance(thing, Plan | Record):
        thing = tuple(value for _, value in thing)
    if isinstance(thing, tuple):
        for part in thing:
            yield from records(part)


# -------------------------------------------------------------------- all plans


#: Entries of each list in the order of the model; what is not named is empty.
COUNTS = {
    DONGHE: {
        "phases": 2,
        "milestones": 8,
        "projects": 16,
        "totals": 10,
        "equipment": 7,
        "staffing": 27,
        "moves": 2,
        "measures": 36,
        "duties": 18,
        "groups": 6,
        "levels": 6,
        "oddities": 12,
    },
    YIMA: {
        "phases": 3,
        "milestones": 10,
        "projects": 5,
        "totals": 4,
        "staffing": 10,
        "moves": 2,
        "measures": 24,
        "duties": 31,
        "groups": 6,
        "levels": 6,
        "oddities": 10,
    },
    HUTUBI: {
        "phases": 4,
        "milestones": 8,
        "projects": 9,
        "staffing": 13,
        "moves": 6,
        "measures": 21,
        "duties": 12,
        "calendar": 37,
        "groups": 2,
        "oddities": 13,
    },
    SIFANGTAI: {
        "phases": 3,
        "milestones": 7,
        "totals": 3,
        "staffing": 10,
        "measures": 19,
        "duties": 14,
        "levels": 5,
        "oddities": 9,
    },
    HAIBOWAN: {
        "milestones": 5,
        "projects": 5,
        "measures": 40,
        "duties": 24,
        "yearly_goals": 9,
        "levels": 54,
        "oddities": 11,
    },
}


@pytest.mark.parametrize("name", COUNTS)
def test_number_of_entries(name):
    found = {key: len(value) for key, value in plan(name) if isinstance(value, tuple) and value}
    assert found == COUNTS[name]


def test_every_plan_of_the_samples_is_tested():
    assert sorted(PLANS) == sorted(path.parent.name for path in SAMPLES.glob("*/plan.yaml"))


@pytest.mark.parametrize("name", PLANS)
def test_every_entry_says_where_it_is_written(name):
    found = list(records(plan(name)))
    assert len(found) > 60
    assert [record for record in found if not record.where.strip()] == []


@pytest.mark.parametrize("name", PLANS)
def test_texts_are_written_in_both_languages(name):
    texts = list(plan(name).oddities) + [
        value for record in records(plan(name)) for _, value in record if hasattr(value, "zh")
    ]
    assert all(text.zh.strip() and text.en.strip() for text in texts)
    assert all(any("一" <= sign <= "鿿" for sign in text.zh) for text in texts)
    assert all(text.zh != text.en for text in texts)


@pytest.mark.parametrize("name", PLANS)
def test_nothing_ends_before_it_begins(name):
    for record in records(plan(name)):
        start, end = getattr(record, "start", None), getattr(record, "end", None)
        if start and end:
            assert begins(str(start)) <= ends(str(end)), record


@pytest.mark.parametrize("name", PLANS)
def test_entries_of_targets_stand_in_the_profile(name):
    entries = load_county(SAMPLES / name).standard.entries
    named = {record.entry for record in plan(name).staffing}
    named |= {record.replaces for record in plan(name).staffing}
    named |= {record.entry for record in plan(name).levels}
    assert named - {None} <= set(entries)


@pytest.mark.parametrize("name", PLANS)
def test_measures_are_numbered_once(name):
    numbers = Counter(measure.number for measure in plan(name).measures)
    assert set(numbers.values()) == {1}


def test_the_plan_of_wuhai_is_the_same_in_its_three_districts():
    assert len({(SAMPLES / name / "plan.yaml").read_bytes() for name in WUHAI}) == 1


# -------------------------------------------------------------------- Donghe


def test_donghe_phases_and_dates():
    donghe = plan(DONGHE)
    assert [(phase.start, phase.end) for phase in donghe.phases] == [
        ("2021", "2025"),
        ("2026", "2030"),
    ]
    dates = {stone.name.zh: (stone.date, stone.kind) for stone in donghe.milestones}
    assert dates["市级复核"] == ("2030-04", "assessment")
    assert dates["自治区评估"] == ("2030-05", "assessment")
    assert dates["国家审核认定"] == ("2030", "recognition")
    assert dates["全面实现集团化办学"] == ("2025", "target")


def test_donghe_ten_buildings():
    built = [
        (project.schools[0], project.kind, project.start, project.end)
        for project in plan(DONGHE).projects
        if project.kind in ("new_school", "extension")
    ]
    assert built == [
        ("回民小学", "new_school", "2021", "2022"),
        ("实验小学绿地分校", "new_school", "2021", "2022"),
        ("公园路小学井坪校区", "new_school", "2022", "2023"),
        ("井坪中学", "new_school", "2022", "2023"),
        ("铁路中学", "new_school", "2022", "2023"),
        ("安置区南部区中学", "new_school", "2022", "2023"),
        ("安置区南部区", "new_school", "2024", "2025"),
        ("南海小学", "extension", "2024", "2025"),
        ("西脑包第二小学", "extension", "2024", "2025"),
        ("西脑包第一小学", "extension", "2024", "2025"),
    ]


def test_donghe_repairs_and_sports_grounds():
    projects = plan(DONGHE).projects
    (repair,) = (project for project in projects if project.kind == "repair")
    assert repair.cost_cny == 9_520_000
    assert set(repair.schools) == {
        "包二十四中",
        "牛桥街小学",
        "包二十八中",
        "东一路小学",
        "康复路小学",
    }
    grounds = [project for project in projects if project.kind == "sports_ground"]
    assert {(ground.start, ground.end) for ground in grounds} == {("2026", "2027")}
    assert [ground.schools for ground in grounds] == [
        ("工业路二小",),
        ("工业路一小",),
        ("西脑包第一小学",),
        ("牛桥街小学",),
        ("胜利路小学",),
    ]


def test_donghe_wholes_and_parts():
    totals = {
        total.name.zh: (total.whole, sum(total.parts.values())) for total in plan(DONGHE).totals
    }
    assert totals == {
        "义务教育学校": (35, 35),
        "义务教育阶段在校生": (35_745, 35_745),
        "寄宿学生": (2_254, 2_254),
        "资源配置评估指标": (7, 7),
        "工作组": (6, 6),
        "评估指标": (31, 0),
        "新建、改扩建投资": (875_000_000, 0),
        "新建、改扩建面积": (133_000, 165_000),
        "校舍和操场维修投入": (9_520_000, 0),
        "教学仪器投入": (102_000_000, 0),
    }


def test_donghe_baseline():
    baseline = plan(DONGHE).baseline
    assert len(baseline) == 27
    assert baseline["population"] == 484_000
    assert baseline["area_km2"] == 470
    assert (baseline["staff"], baseline["full_time_teachers"]) == (3_230, 2_699)
    assert baseline["students_combined_secondary_private"] == 1_716
    assert baseline["students_combined_secondary_city"] == 801
    assert baseline["students_special_education"] == 54


def test_donghe_equipment():
    rows = [
        (row.year, row.books, row.computers, row.number_of_schools)
        for row in plan(DONGHE).equipment
        if row.books
    ]
    assert rows == [
        (2022, 144_000, 1_409, None),
        (2023, 40_000, 670, None),
        (2024, 8_000, 613, 5),
        (2025, 14_000, 585, 10),
        (2026, 13_000, 453, 12),
    ]
    assert sum(row[1] for row in rows) == 219_000
    assert sum(row[2] for row in rows) == 3_730
    assert sum(row[1] for row in rows[:4]) == 206_000
    assert sum(row[2] for row in rows[:4]) == 3_277
    (instruments,) = (row for row in plan(DONGHE).equipment if row.instruments_cny)
    assert (instruments.year, instruments.end) == (2022, 2029)
    assert instruments.instruments_cny == 102_000_000


@pytest.mark.parametrize(
    ("entry", "goals", "first", "second"),
    [
        ("teachers_above_qualification.primary", 4.2, 4.2, None),
        ("teachers_above_qualification.junior", 5.3, 5.3, None),
        ("staff.bachelor_share.primary", None, None, 0.99),
        ("staff.bachelor_share.junior", None, None, 0.99),
        ("backbone_teachers.primary", 1, 3, 4),
        ("backbone_teachers.junior", 1, 3, 6),
        ("pe_arts_teachers.primary", 0.9, 1, 1.2),
        ("pe_arts_teachers.junior", 0.9, 1, 1.2),
        ("G9", 1, 1, None),
        ("G11.rotation", 0.1, 0.1, 0.1),
        ("G11.backbone", 0.2, 0.25, 0.3),
        ("G12", 1, None, None),
    ],
)
def test_donghe_staffing(entry, goals, first, second):
    found = {row.by: row.target for row in plan(DONGHE).staffing if row.entry == entry}
    typed = {"2030-01": goals, "2025": first, "2030": second}
    assert found == {by: target for by, target in typed.items() if target is not None}


def test_donghe_second_phase_measures_qualification_by_another_entry():
    replaced = {row.entry: row.replaces for row in plan(DONGHE).staffing if row.replaces}
    assert replaced == {
        "staff.bachelor_share.primary": "teachers_above_qualification.primary",
        "staff.bachelor_share.junior": "teachers_above_qualification.junior",
    }


def test_donghe_moves():
    cut, group = plan(DONGHE).moves
    assert (cut.kind, cut.start, cut.end, cut.gradual) == ("intake_cut", "2027", "2030", True)
    assert (group.kind, group.start, group.end) == ("school_group", "2028", "2029")
    assert len(group.target) == 5


def test_donghe_groups():
    assert {group.name: len(group.units) for group in plan(DONGHE).groups} == {
        "发展规划工作组": 9,
        "经费保障工作组": 6,
        "人力资源工作组": 6,
        "综合治理工作组": 12,
        "弱势帮扶工作组": 6,
        "新闻宣传工作组": 5,
    }
    assert all("区教育局" in group.units for group in plan(DONGHE).groups)


def test_donghe_yearly_duties():
    every = Counter(duty.every for duty in plan(DONGHE).duties)
    assert every == {"year": 7, "five_years": 1, "month": 1, "day": 1, "continuous": 8}


# -------------------------------------------------------------------- Yima


def test_yima_phases():
    yima = plan(YIMA)
    assert [(phase.start, phase.end) for phase in yima.phases] == [
        ("2021-12", "2022-09"),
        ("2022-09", "2024-12"),
        ("2025", "2025"),
    ]
    assert [(step.start, step.end) for step in yima.phases[1].steps] == [
        ("2022-09", "2022-12"),
        ("2023-01", "2024-09"),
        ("2024-10", "2024-12"),
    ]
    kinds = Counter(stone.kind for stone in yima.milestones)
    assert kinds == {"target": 7, "assessment": 2, "recognition": 1}


def test_yima_schools():
    projects = {project.schools: project for project in plan(YIMA).projects}
    assert projects[("银杏小学",)].seats == (1080,)
    assert projects[("银杏小学",)].kind == "acquisition"
    assert projects[("实验中学",)].seats == (800, 1200)
    assert {("市高中西校区",), ("跃进小学",)} <= set(projects)
    bought, merged = plan(YIMA).moves
    assert (bought.origin, bought.target) == (("英山外语学校",), ("银杏小学",))
    assert (merged.origin, merged.target) == (("第四小学",), ("实验中学",))
    assert (merged.kind, merged.seats) == ("merger", (800, 1200))


def test_yima_measures():
    measures = plan(YIMA).measures
    assert [measure.number for measure in measures] == [str(number) for number in range(1, 25)]
    groups = Counter(measure.where.partition("）")[0] for measure in measures)
    assert groups == {"五（一": 1, "五（二": 4, "五（三": 5, "五（四": 4, "五（五": 7, "五（六": 3}
    assert [len(measure.responsible) for measure in measures] == [
        *(7, 4, 4, 1, 1, 3, 2, 4, 2, 3, 4, 7),
        *(3, 4, 1, 4, 1, 1, 3, 5, 3, 2, 3, 8),
    ]
    assert all("市教体局" in measure.responsible for measure in measures)


def test_yima_groups_and_reviews():
    assert {group.name: group.units[0] for group in plan(YIMA).groups} == {
        "材料组": "市教体局",
        "综合组": "市教体局",
        "督查组": "市政府督查室",
        "财务组": "市财政局",
        "设施配备组": "市财政局",
        "宣传报道组": "市委宣传部",
    }
    every = {duty.every: duty.where for duty in plan(YIMA).duties}
    assert every["two_months"] == "六（四）"
    assert "month" not in every


def test_yima_baseline():
    baseline = plan(YIMA).baseline
    assert baseline["schools"] == 15 == 10 + 4 + 1
    assert baseline["students"] == 10_073 == 7_623 + 2_450
    assert baseline["students_primary"] == 7_623
    assert baseline["population"] == 135_800


# -------------------------------------------------------------------- Hutubi


def test_hutubi_phases_leave_two_years_out():
    assert [(phase.start, phase.end) for phase in plan(HUTUBI).phases] == [
        ("2021-12", "2021-12"),
        ("2022-01", "2022-12"),
        ("2025-01", "2025-12"),
        ("2026-01", "2026-12"),
    ]


def test_hutubi_projects():
    found = [
        (project.schools[0], project.kind, project.area_m2, project.end)
        for project in plan(HUTUBI).projects
    ]
    assert found == [
        ("县一小东风校区", "building", 3500, "2022-12"),
        ("二十里店镇小学", "building", 3000, "2023-12"),
        ("县四中", "building", 4000, "2024-12"),
        ("雀尔沟镇小学", "building", 1000, "2024-12"),
        ("石梯子小学", "building", 3000, "2024-12"),
        ("二十里店镇小学", "sports_ground", None, "2024-12"),
        ("县二中", "building", 3000, "2025-12"),
        ("独山子小学", "building", 800, "2025-12"),
        ("五工台镇小学", "sports_ground", None, "2025-12"),
    ]
    assert sum(area or 0 for _, _, area, _ in found) == 18_300
    assert [project.funding for project in plan(HUTUBI).projects if project.funding] == ["援疆资金"]


def test_hutubi_steps():
    for project in plan(HUTUBI).projects:
        year = project.end[:4]
        formalities, tender, delivery = project.steps
        last = ("04", "06") if year == "2025" else ("03", "05")
        assert (formalities.start, formalities.end) == (f"{year}-03", f"{year}-{last[0]}")
        assert (tender.start, tender.end) == (f"{year}-05", f"{year}-{last[1]}")
        assert delivery.end == f"{year}-12"


def test_hutubi_moves():
    found = [(move.kind, move.origin, move.target, move.stage) for move in plan(HUTUBI).moves]
    assert found == [
        ("opening", (), ("新一中",), None),
        ("relocation", ("县二中",), ("县一中",), None),
        ("diversion", ("县六中",), ("县二中",), "junior"),
        ("campus_split", ("县二中",), ("县二小",), None),
        ("diversion", ("县三中",), ("县二小", "县一小幸福校区"), "primary"),
        ("diversion", ("县五中",), ("新一中",), "junior"),
    ]
    assert [move.gradual for move in plan(HUTUBI).moves] == [False, False, True, False, True, True]


def test_hutubi_calendar():
    rows = plan(HUTUBI).calendar
    assert Counter(row.start[:4] for row in rows) == {
        "2022": 9,
        "2023": 9,
        "2024": 8,
        "2025": 8,
        "2026": 3,
    }
    months = {
        year: [(row.start[5:], row.end[5:]) for row in rows if row.start[:4] == year]
        for year in ("2025", "2026")
    }
    assert months["2025"] == [
        *(("03", "04"), ("05", "06"), ("07", "07"), ("08", "08")),
        *(("09", "09"), ("10", "10"), ("09", "12"), ("12", "12")),
    ]
    assert months["2026"] == [("01", "05"), ("06", "06"), ("07", "08")]
    assert all(row.responsible for row in rows)
    units = Counter()
    for row in rows:
        units[row.start[:4]] += len(row.responsible)
    assert units == {"2022": 23, "2023": 18, "2024": 14, "2025": 21, "2026": 3}
    assert sum("片区调整论证会" in row.name for row in rows) == 1
    assert sum("县级骨干教师评选" in row.name for row in rows) == 2
    assert sum("联席会" in row.name for row in rows) == 5


def test_hutubi_dates_of_acceptance():
    kinds = {stone.date: stone.kind for stone in plan(HUTUBI).milestones if stone.kind != "target"}
    assert kinds == {
        "2022-12": "assessment",
        "2025-04": "assessment",
        "2025-12": "assessment",
        "2026-06": "recognition",
    }


def test_hutubi_staffing():
    found = Counter((row.entry, row.target) for row in plan(HUTUBI).staffing)
    assert found[("G11.rotation", 0.1)] == found[("G11.backbone", 0.2)] == 4
    arts = {row.by for row in plan(HUTUBI).staffing if row.entry.startswith("pe_arts_teachers")}
    assert arts == {"2023"}


# -------------------------------------------------------------------- Sifangtai


def test_sifangtai_phases_overlap():
    assert [(phase.start, phase.end) for phase in plan(SIFANGTAI).phases] == [
        ("2023-03", "2023-12"),
        ("2024-01", "2026-12"),
        ("2026-01", "2027-12"),
    ]
    dates = {(stone.date, stone.kind) for stone in plan(SIFANGTAI).milestones}
    assert {("2026", "target"), ("2027-12", "target"), ("2027", "recognition")} <= dates


def test_sifangtai_lists_twelve_of_fifteen():
    assert [(total.whole, total.parts["listed"]) for total in plan(SIFANGTAI).totals] == [
        (7, 7),
        (15, 12),
        (9, 9),
    ]


def test_sifangtai_staffing_and_units():
    targets = {row.entry: row.target for row in plan(SIFANGTAI).staffing}
    assert (targets["G11.rotation"], targets["G11.backbone"], targets["G12"]) == (0.1, 0.1, 1)
    units = {measure.number: measure.responsible for measure in plan(SIFANGTAI).measures}
    assert len(units["四（二）"]) == 7
    assert len(units["四（六）"]) == 6
    assert sum(not named for named in units.values()) == 7
    assert [level.value for level in plan(SIFANGTAI).levels] == [0.9, 0.98, 0.99, 1, 1]


# -------------------------------------------------------------------- Wuhai


def test_wuhai_forty_items_in_eleven_action_plans():
    measures = plan(HAIBOWAN).measures
    assert [measure.number for measure in measures] == [str(number) for number in range(1, 41)]
    plans = Counter(
        measure.where.partition("）")[0] for measure in measures if measure.where.startswith("二")
    )
    assert list(plans.values()) == [5, 4, 3, 4, 4, 1, 1, 4, 5, 2, 3]
    assert sum(measure.where.startswith("三") for measure in measures) == 4
    dated = [int(measure.number) for measure in measures if measure.end]
    assert dated == [3, 6, 8, 9, 12, 16, 24, 25, 28, 29, 37]


@pytest.mark.parametrize(
    ("name", "values", "above"),
    [
        ("公办园幼儿入园率", (0.5, 0.5, 0.5), (2021, 2022)),
        ("九年义务教育巩固率", (0.93, 0.95, 0.95), (2021, 2022)),
        ("残疾儿童入学率", (0.95, 0.97, 0.97), ()),
        ("高中阶段毛入学率", (0.97, 0.97, 0.97), (2020, 2021, 2022)),
        ("普通高考本科上线率", (0.8, 0.8, 0.8), (2021, 2022)),
        ("小学阶段专任教师本科以上学历占比", (0.85, 0.87, 0.9), ()),
        ("初中阶段专任教师本科以上学历占比", (0.95, 0.97, 0.97), (2022,)),
        ("高中阶段专任教师研究生学历占比", (0.39, 0.41, 0.42), ()),
    ],
)
def test_wuhai_table_of_indicators(name, values, above):
    rows = [
        (int(level.by), level.value, level.rule)
        for level in plan(HAIBOWAN).levels
        if level.name.zh == name and level.where == "一（三）预期指标表"
    ]
    assert rows == [
        (year, value, "above" if year in above else "equals")
        for year, value in zip((2020, 2021, 2022), values, strict=True)
    ]


def test_wuhai_yearly_goals():
    found = {
        goal.name.zh: (goal.low, goal.high, goal.to_level) for goal in plan(HAIBOWAN).yearly_goals
    }
    assert found == {
        "小学及格率（低年级）": (0.05, 0.08, 1),
        "小学及格率（高年级）": (0.05, 0.08, 0.95),
        "小学优秀率（低年级）": (0.01, 0.03, 0.7),
        "小学优秀率（高年级）": (0.01, 0.03, 0.5),
        "初中及格率": (0.03, 0.05, None),
        "初中优秀率": (0.01, None, None),
        "初中低分率": (-0.05, -0.03, None),
        "儿童青少年总体近视率": (-0.05, None, None),
        "“双一流”大学录取率": (0.05, None, None),
    }


def test_wuhai_other_numbers():
    levels = {level.name.zh: level for level in plan(HAIBOWAN).levels}
    masters = levels["教学名师（特级教师、学科带头人、自治区教学能手）"]
    assert (masters.value, masters.rule, masters.by) == (100, "at_least", "2022")
    money = [level for name, level in levels.items() if "渠道争取资金" in name]
    assert [(level.value, level.high) for level in money] == [(2e8, 3e8)] * 2
    assert (levels["三类残疾儿童少年入学率"].value, levels["三类残疾儿童少年入学率"].by) == (
        0.96,
        "2020",
    )
    assert levels["达到“最强党支部”标准的教育系统党支部"].value == 0.6
    (campus,) = (project for project in plan(HAIBOWAN).projects if project.seats)
    assert campus.seats == (3000, 4000)
    assert any(duty.every == "two_years" for duty in plan(HAIBOWAN).duties)


# -------------------------------------------------------------------- refused plans


GOOD = """\
title: {zh: 试验规划, en: Trial plan}
document: 试验〔2021〕1号
start: 2021
end: 2030-12
baseline:
  schools: 35
phases:
  - {where: 五, name: {zh: 第一阶段, en: Phase 1}, start: 2021, end: 2025}
milestones:
  - {where: 三, name: {zh: 国家认定, en: Recognition}, date: 2030-05, kind: recognition}
projects:
  - where: 五（一）
    name: 新建小学
    schools: [新小学]
    kind: new_school
    area_m2: 3000
    seats: [1080]
    steps:
      - {where: 附件, name: {zh: 招标, en: Tender}, start: 2022-05, end: 2022-05}
totals:
  - {where: 五, name: {zh: 面积, en: Area}, unit: {zh: 平方米, en: m²}, whole: 10, parts: {a: 4}}
equipment:
  - {where: 五, year: 2022, books: 1000, for_what: {zh: 新建校, en: New schools}}
moves:
  - {where: 五, kind: merger, name: 并校, origin: [甲], target: [乙]}
duties:
  - {where: 六, name: {zh: 汇报, en: Report}, every: year}
calendar:
  - {where: 附件2, start: 2022-03, end: 2022-03, name: 手续, responsible: [教育局]}
oddities:
  - {zh: 缺字, en: A word is missing}
"""

#: What is replaced, by what, the line that is named, and words of the English sentence.
BAD = {
    "unknown key of the plan": ("document:", "dokument:", 2, "dokument: unknown key"),
    "unknown key of an entry": ("    area_m2: 3000", "    area: 3000", 16, "area: unknown key"),
    "where is missing": ("  - where: 五（一）\n    name:", "  - name:", 12, "where: is missing"),
    "where of a step is missing": ("{where: 附件, name", "{name", 19, "where: is missing"),
    "where is a number": ("{where: 三,", "{where: 3,", 10, "where: must be text"),
    "title is missing": ("title: {zh: 试验规划, en: Trial plan}\n", "", 1, "title: is missing"),
    "title in one language": (", en: Trial plan}", "}", 1, "title.en: is missing"),
    "month 13": ("date: 2030-05", "date: 2030-13", 10, "“2030-13” is neither a year"),
    "month 0": ("start: 2022-03", "start: 2022-00", 29, "“2022-00” is neither a year"),
    "a day": ("date: 2030-05", "date: 2030-05-01", 10, "neither a year (2025) nor a month"),
    "month of one digit": ("start: 2022-03", "start: 2022-3", 29, "“2022-3” is neither a year"),
    "year of two digits": ("start: 2021, end", "start: 21, end", 8, "“21” is neither a year"),
    "year with a fraction": ("start: 2021, end", "start: 2021.5, end", 8, "“2021.5” is neither"),
    "period left empty": ("end: 2030-12", "end:", 4, "“” is neither a year"),
    "unknown kind of project": ("kind: new_school", "kind: castle", 15, "kind: expected one of"),
    "unknown kind of move": ("kind: merger", "kind: marriage", 25, "kind: expected one of"),
    "unknown kind of date": ("kind: recognition", "kind: party", 10, "kind: expected one of"),
    "unknown interval": ("every: year", "every: fortnight", 27, "every: expected one of"),
    "text for a number": ("area_m2: 3000", "area_m2: 约3000", 16, "area_m2: must be a number"),
    "text for seats": ("seats: [1080]", "seats: [1080座]", 17, "must be a whole number"),
    "fraction of a book": ("books: 1000", "books: 10.5", 23, "books: must be a whole number"),
    "one school without list": ("schools: [新小学]", "schools: 新小学", 14, "must be a list"),
    "list for an entry": (
        "  - {zh: 缺字, en: A word is missing}",
        "  - 缺字",
        31,
        "must be written as",
    ),
    "text for a part": ("parts: {a: 4}", "parts: {a: 四}", 21, "parts.a: must be a number"),
    "key twice": (
        "    kind: new_school",
        "    name: 重复\n    kind: new_school",
        15,
        "stands twice",
    ),
    "list twice": ("oddities:", "phases:", 30, "stands twice"),
    "alias": ("schools: [新小学]", "schools: *list", 14, "aliases (*) are not allowed"),
    "bracket left open": ("schools: [新小学]", "schools: [新小学", 15, "not valid YAML"),
}


def test_good_plan_is_read(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(GOOD, encoding="utf-8")
    read = read_plan(path)
    assert (read.start, read.end) == ("2021", "2030-12")
    assert (begins("2021"), ends("2021")) == (2021 * 12, 2021 * 12 + 11)
    assert begins("2030-05") == ends("2030-05") == 2030 * 12 + 4
    assert len(list(records(read))) == 9


@pytest.mark.parametrize("name", BAD)
def test_bad_plan_is_refused_with_file_and_line(name, tmp_path):
    old, new, line, words = BAD[name]
    assert GOOD.count(old) == 1
    path = tmp_path / "plan.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_plan(path)
    sentence = str(refusal.value)
    assert str(path) in sentence
    assert f"line {line}:" in sentence
    assert words in sentence
    chinese = "\n".join(finding.sentence("zh") for finding in refusal.value.findings)
    assert f"第{line}行" in chinese


def test_every_mistake_is_named(tmp_path):
    path = tmp_path / "plan.yaml"
    text = GOOD.replace("kind: merger", "kind: marriage").replace("every: year", "every: fortnight")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_plan(path)
    assert [finding.values["line"] for finding in refusal.value.findings] == [25, 27]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        ("- 一\n- 二\n".encode(), "must be written as"),
        ("title: 計畫書".encode("big5"), "neither UTF-8 nor GB18030 text"),
    ],
    ids=["empty", "a list", "not UTF-8"],
)
def test_file_that_is_no_plan_is_refused(content, words, tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        read_plan(path)
    assert str(path) in str(refusal.value)
    assert words in str(refusal.value)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="the file is missing"):
        read_plan(tmp_path / "plan.yaml")
