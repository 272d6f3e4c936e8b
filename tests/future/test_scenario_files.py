"""Files of scenarios as people write them: what is read, and every mistake as a sentence with its line."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import MappingProxyType

import hypothesis.strategies as st
import pandas as pd
import pydantic
import pytest
from counties import build_county
from hypothesis import given

from analysis import InputError, load_scenario, project
from analysis.base.files import parse_model, parse_yaml
from analysis.base.refusals import _OTHER, mistakes
from analysis.future.assumptions.scenario import Scenario, parse_scenario
from analysis.policy.plan import Plan, read_plan
from analysis.policy.standards import Profile

NAME = "name: {zh: 一, en: One}\n"
WHY = "source: 测算, confidence: low"


@pytest.fixture
def here(tmp_path):
    schools = [
        {"name": "第一小学", "students_primary": 300},
        {"name": "第二小学", "students_primary": 200},
        {"name": "中心小学", "students_primary": 100},
        {"name": "中心小学", "students_primary": 100},
        {"name": "第一中学", "type": "junior", "students_junior": 300},
    ]
    return dataclasses.replace(build_county(schools, [2022, 2023]), path=tmp_path)


def write(county, text: str, name: str = "mine", encoding: str = "utf-8") -> Path:
    folder = county.path / "scenarios"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_bytes(text.encode(encoding))
    return folder / f"{name}.yaml"


def refused(county, name: str = "mine", lang: str = "en") -> list[str]:
    """The sentences with which a scenario is refused, without the path of its folder."""
    with pytest.raises(InputError) as error:
        load_scenario(name, county)
    folder = f"{county.path / 'scenarios'}/"
    return [finding.sentence(lang).replace(folder, "") for finding in error.value.findings]


def one_move(**changes) -> str:
    """A file whose only move stands on line 3."""
    keys = {"kind": "diversion", "origin": "[第一小学]", "target": "[第二小学]", "stage": "primary"}
    keys |= {"start": "2024", "source": "测算", "confidence": "low"} | changes
    text = ", ".join(f"{key}: {value}" for key, value in keys.items() if value is not None)
    return f"{NAME}moves:\n  - {{{text}}}\n"


# --- reasons -----------------------------------------------------------------------------------------

EVERYTHING = f"""\
name: {{zh: 一, zn: x}}
base: none
births: {{values: {{20x: 3, 1800: -1}}, change: 7, source: 5, confidence: sure}}
entry: {{window: 0.5, source: {{zh: 甲}}, confidence: low}}
migration: [{{students: x, start: 2025, {WHY}}}, {{students: 1, start: 2025, end: 2023, {WHY}}}]
moves:
  - {{kind: swap}}
  - {{start: 2025}}
  - {{kind: merger, origin: [第一小学], start: 2025, {WHY}}}
  - {{kind: merger, origin: [第一小学], target: [第二小学, 第一中学], start: 2025, {WHY}}}
caps: [{{start: 2025, {WHY}}}]
additions: [{{schools: [], year: 2025, {WHY}}}]
purchases: [{{cny: 5, to: 第一小学, start: 2025, {WHY}}}]
parts: [{{part: a, delay: 99}}]
plan: {{delay: 3}}
equipment: 3
until: 1
"""


def test_every_reason_is_ours_in_english(here):
    write(here, EVERYTHING)
    assert refused(here) == [
        "mine.yaml: line 3: births.values.20x: must be a whole number (found '20x')",
        "mine.yaml: line 3: births.values.1800: must be 1949 or more (found 1800)",
        "mine.yaml: line 1: name.en: is missing",
        "mine.yaml: line 1: name.zn: unknown key; check the spelling",
        "mine.yaml: line 14: parts.0.delay: must be 20 or less (found 99)",
        "mine.yaml: line 17: until: must be 1949 or more (found 1)",
        "mine.yaml: line 3: births.source: must be written as “key: value”, or must be text; put "
        "quotes around a code of digits (found 5)",
        "mine.yaml: line 3: births.confidence: expected one of high | medium | low (found 'sure')",
        "mine.yaml: line 3: births.values.1800: must be 0 or more (found -1)",
        "mine.yaml: line 3: births.change: must be 1 or less, or expected one of trend (found 7)",
        "mine.yaml: line 4: entry.source.en: is missing",
        "mine.yaml: line 4: entry.window: must be a whole number (found 0.5)",
        "mine.yaml: line 5: migration.0.students: must be a number (found 'x')",
        "mine.yaml: line 5: migration.1: ends (2023) before it starts (2025)",
        "mine.yaml: line 7: moves.0.kind: expected one of diversion | boundary | "
        "stage_relocation | opening | closure | merger | acquisition | premises (found 'swap')",
        "mine.yaml: line 8: moves.1.kind: is missing",
        "mine.yaml: line 9: moves.2: give either `target` (a school of the roster) or `school` "
        "(a new one)",
        "mine.yaml: line 10: moves.3.target: names 2 schools, expected is one (that several "
        "schools take over from one is a closure)",
        "mine.yaml: line 11: caps.0: a cap needs students, classrooms or class_size",
        "mine.yaml: line 12: additions.0.schools: must have 1 or more entries",
        "mine.yaml: line 13: purchases.0.to: expected one of need | students, or must be a list, "
        "each entry after “- ” (found '第一小学')",
        "mine.yaml: line 16: equipment: must be written as “key: value” (found 3)",
        "mine.yaml: line 15: plan.source: is missing",
        "mine.yaml: line 15: plan.confidence: is missing",
    ]


def test_every_reason_is_ours_in_chinese(here):
    write(here, EVERYTHING)
    found = refused(here, lang="zh")
    assert "mine.yaml：第5行：migration.1：结束（2023）早于开始（2025）" in found
    assert "mine.yaml：第3行：births.change：应不大于1，或者应为下列之一：trend（现为7）" in found
    assert "mine.yaml：第11行：caps.0：上限须写明 students、classrooms 或 class_size" in found
    english = ("must", "expected", "missing", "should", "Input", "valid", "before", " or ")
    assert not [text for text in found if any(word in text for word in english)]


def test_a_scenario_that_rests_on_nothing_says_everything(here):
    write(here, f"{NAME}base: none\n")
    sentence = "rests on nothing (base: none), so it must state births, entry, progression"
    assert refused(here) == [f"mine.yaml: line 1: mine.yaml: {sentence}"]


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3000, 3000)
    | st.floats(allow_nan=True)
    | st.sampled_from(["", "low", "merger", "diversion", "primary", "2025-13", "2024-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    *Scenario.model_fields,
                    *("kind", "start", "end", "source", "confidence", "target", "school", "values"),
                    *("rule", "entries", "judged_on", "date", "projects", "2024-01-01"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("model", [Scenario, Plan, Profile])
@given(data=st.fixed_dictionaries({}, optional=dict.fromkeys(Scenario.model_fields, JUNK)))
def test_nothing_is_said_in_pydantic_s_words(model, data):
    if model is not Scenario:
        data = dict(zip(list(model.model_fields), data.values(), strict=False))
    try:
        model.model_validate(data)
    except pydantic.ValidationError as error:
        found = mistakes(error, data)
        assert found
        assert _OTHER not in [reason.message for _, _, reason, _ in found]
        for path, _, _, _ in found:
            assert len(path) < 2 or _reached(data, path[:-1])


def _reached(data, path) -> bool:
    for part in path:
        if not (isinstance(data, list) or part in data):
            return False
        data = data[part]
    return True


# --- encodings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_files_in_the_encodings_of_chinese_programs(here, encoding):
    write(here, one_move(name="由第一小学划出学区"), encoding=encoding)
    assert load_scenario("mine", here).moves[0].name == "由第一小学划出学区"


def test_utf_16_with_its_first_byte_behind(here):
    data = b"\xfe\xff" + one_move().encode("utf-16-be")
    assert parse_scenario(data, "a.yaml", here).moves[0].target == ("第二小学",)


def test_other_text_is_refused(here):
    file = write(here, "")
    file.write_bytes("name: {zh: 計畫書, en: One}\n".encode("big5"))
    assert refused(here) == ["mine.yaml: is neither UTF-8 nor GB18030 text; save it as UTF-8"]
    file.write_bytes((NAME * 9).encode()[:9] + b"\xe4\n" + "# 这里的文字都是完好的".encode())
    assert refused(here) == [
        "mine.yaml: line 1: the text is damaged here; save the file again as UTF-8"
    ]


# --- names of schools --------------------------------------------------------------------------------


def test_a_school_that_does_not_exist(here):
    write(here, one_move(target="[第二小学, 第一小]"))
    assert refused(here) == [
        "mine.yaml: line 3: moves.0.target.1: no school is called “第一小”; the nearest: "
        "第一小学, 第二小学, 第一中学"
    ]
    assert refused(here, lang="zh") == [
        "mine.yaml：第3行：moves.0.target.1：没有名为“第一小”的学校，名称相近的有：第一小学, 第二小学, 第一中学"
    ]


def test_a_name_like_no_other(here):
    write(here, one_move(origin="Elsewhere"))
    assert refused(here) == [
        "mine.yaml: line 3: moves.0.origin: no school is called “Elsewhere”; write it as in the "
        "roster, or its code"
    ]


def test_a_name_of_two_schools(here):
    write(here, one_move(target="[中心小学]"))
    assert refused(here) == [
        "mine.yaml: line 3: moves.0.target.0: 2 schools are called “中心小学”; write the code of "
        "one: 003, 004"
    ]
    write(here, one_move(target='["004"]'))
    assert load_scenario("mine", here).moves[0].target == ("004",)


def test_every_section_that_names_schools(here):
    text = f"""\
{NAME}migration: [{{students: 1, start: 2024, schools: [甲], {WHY}}}]
housing: [{{name: 一, homes: 1, students_per_home: 1, schools: [乙], start: 2024, {WHY}}}]
caps: [{{start: 2024, students: 9, schools: [丙], surplus_to: [丁], {WHY}}}]
recruitment: [{{stage: primary, persons: 1, to: [戊], start: 2024, {WHY}}}]
rotation: [{{stage: primary, persons: 1, origin: [己], target: [庚], start: 2024, {WHY}}}]
additions: [{{schools: [辛], year: 2024, {WHY}}}]
purchases: [{{cny: 1, to: [壬], start: 2024, {WHY}}}]
moves: [{{kind: premises, origin: 癸, target: 子, start: 2024, {WHY}}}]
"""
    write(here, text)
    found = "\n".join(refused(here))
    assert found.count("no school is called") == 11
    for line, key, name in (
        (2, "migration.0.schools.0", "甲"),
        (3, "housing.0.schools.0", "乙"),
        (4, "caps.0.schools.0", "丙"),
        (4, "caps.0.surplus_to.0", "丁"),
        (5, "recruitment.0.to.0", "戊"),
        (6, "rotation.0.origin.0", "己"),
        (6, "rotation.0.target.0", "庚"),
        (7, "additions.0.schools.0", "辛"),
        (8, "purchases.0.to.0", "壬"),
        (9, "moves.0.origin", "癸"),
        (9, "moves.0.target", "子"),
    ):
        assert f"line {line}: {key}: no school is called “{name}”" in found


def test_a_new_school_may_be_named(here):
    school = "{school_id: n1, name: 东城小学, type: primary, area: urban}"
    write(
        here,
        f"{NAME}moves:\n"
        f"  - {{kind: opening, school: {school}, intake: {{primary: 40}}, start: 2024, {WHY}}}\n"
        f"additions:\n  - {{schools: 东城小学, year: 2025, teaching_area_m2: 9, {WHY}}}\n",
    )
    assert load_scenario("mine", here).additions[0].schools == ("东城小学",)


def test_figures_that_no_school_has(here):
    school = "{school_id: n1, name: 东城小学, type: primary, area: urban, more: {seats: 4}}"
    write(
        here,
        f"{NAME}additions: [{{schools: [第一小学], year: 2025, more: {{boks: 5, multimedia_rooms: 1}}, {WHY}}}]\n"
        f"moves:\n  - {{kind: opening, school: {school}, intake: {{primary: 40}}, start: 2024, {WHY}}}\n",
    )
    first, second, third = refused(here)
    assert first.startswith(
        "mine.yaml: line 2: additions.0.more.boks: no figure of a school is called “boks”"
    )
    assert "multimedia_rooms” has a key of its own" in second
    assert "line 4: moves.0.school.more.seats: no figure of a school is called “seats”" in third


def test_a_figure_that_another_standard_looks_at_is_no_mistake(here):
    write(
        here, f"{NAME}additions: [{{schools: [第一小学], year: 2025, more: {{books: 5}}, {WHY}}}]\n"
    )
    assert load_scenario("mine", here).additions[0].amount("books") == 5


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"target": "第一小学"}, "moves.0.origin: 第一小学 would give pupils to itself"),
        (
            {"target": "第一中学"},
            "moves.0.target: 第一中学 does not teach the stage Primary; make a new school "
            "(`school`) that does",
        ),
        (
            {"start": 2023},
            "moves.0.start: a move starts in 2023, but 2023 has been observed; expected a later year",
        ),
        (
            {"kind": "merger", "stage": None, "target": "[第一中学]"},
            "moves.0.target: 第一中学 does not teach the stage Primary; make a new school "
            "(`school`) that does",
        ),
    ],
)
def test_moves_that_cannot_be(here, changes, sentence):
    write(here, one_move(**changes))
    assert refused(here) == [f"mine.yaml: line 3: {sentence}"]


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        (
            f"seat_warning: {{yellow: 0.9, orange: 0.8, {WHY}}}",
            "seat_warning: yellow 0.9, orange 0.8, red 1: expected rising numbers",
        ),
        (
            f"seat_warning: {{yellow: 0, {WHY}}}",
            "seat_warning.yellow: must be more than 0 (found 0)",
        ),
        (
            f"births: {{monthly: {{2024: [{', '.join('9' * 13)}]}}, {WHY}}}",
            "births.monthly.2024: must have 12 entries or fewer",
        ),
    ],
)
def test_figures_that_cannot_be(here, section, sentence):
    write(here, f"{NAME}{section}\n")
    assert refused(here) == [f"mine.yaml: line 2: {sentence}"]


# --- several files -----------------------------------------------------------------------------------


def test_mistakes_in_a_scenario_and_in_what_it_rests_on(here):
    write(here, one_move(origin="[第九小学]", confidence="sure"), "below")
    write(here, f"{NAME}unti: 2030\n", "part")
    write(here, one_move(target="[第一小学]").replace(NAME, f"{NAME}base: below\nparts: part\n"))
    assert refused(here) == [
        "below.yaml: line 3: moves.0.confidence: expected one of high | medium | low (found 'sure')",
        "part.yaml: line 2: unti: unknown key; check the spelling",
        "mine.yaml: line 5: moves.0.origin: 第一小学 would give pupils to itself",
        "below.yaml: line 3: moves.0.origin.0: no school is called “第九小学”; the nearest: "
        "第二小学, 第一小学, 第一中学",
    ]


def test_a_base_or_part_that_does_not_exist(here):
    write(here, f"{NAME}base: nobody\nparts: [births_low, {{part: nothing, delay: 1}}]\n")
    first, second = refused(here)
    assert first.startswith("mine.yaml: line 2: base: there is no scenario “nobody”; there are ")
    assert second.startswith("mine.yaml: line 3: parts.1: there is no scenario “nothing”; there ")


# --- what is only seen when the county is projected ----------------------------------------------------

PLAN = """\
title: {zh: 规划, en: Plan}
document: 规划
start: 2022
end: 2030
projects:
  - {name: 教学楼, schools: [第一小学], kind: building, area_m2: 900, where: 一}
  - {name: 围墙, schools: [第一小学], kind: repair, end: 2025, where: 二}
equipment:
  - {year: 2025, books: 3000, for_what: {zh: 图书, en: Books}, where: 三}
staffing:
  - {entry: G12, target: 1, by: 2025, where: 四}
moves:
  - {kind: merger, name: 合并, origin: [第一小学], target: [第二小学], start: 2025, where: 五}
  - {kind: diversion, name: 调整, origin: [第一中学], target: [九年学校], stage: junior, start: 2025, where: 六}
"""


def projected(county, name: str = "mine") -> dict[str, str]:
    """What a projection says of itself, and of which kind it is."""
    notes = project(county, load_scenario(name, county), 2025).notes
    return {note.sentence("en"): note.kind for note in notes}


def test_what_a_plan_says_too_little_about(here):
    roster = here.tables["schools"]
    more = roster[roster["name"] == "第一中学"]
    more = more.assign(school_id="006", name="九年学校", type="nine_year", system="5+4")
    here = dataclasses.replace(
        here, tables=MappingProxyType(dict(here.tables) | {"schools": pd.concat([roster, more])})
    )
    (here.path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    write(here, f"{NAME}plan: {{{WHY}}}\n")
    said = projected(dataclasses.replace(here, plan=read_plan(here.path / "plan.yaml")))

    assert said["“教学楼” has no date in the plan: taken as 2024"] == "assumed"
    refused = [text for text, kind in said.items() if kind == "not_applied"]
    assert refused == [
        "“围墙”: the plan gives neither area nor seats",
        "“Books”: books and computers without a sum in yuan",
        "“Full-time teachers in post with a teaching certificate”: a target for the county as a whole; "
        "its figures stay as last reported",
        "“合并”: what passes from school to school is not said; describe it in a scenario of the county",
        "“调整”: 第一中学 is a six-three school, 九年学校 a five-four school: a grade of the stage Junior "
        "secondary has no place at one of them. Only entrants of primary school can be turned to a "
        "school of the other system",
    ]


def test_a_plan_that_names_two_schools_by_one_name(here):
    """What it says of them is left out, the rest of it is carried out."""
    (here.path / "plan.yaml").write_text(
        PLAN[: PLAN.index("projects")]
        + "projects:\n"
        + "  - {name: 教学楼, schools: [中心小学], kind: building, area_m2: 900, end: 2024, where: 一}\n"
        + "  - {name: 食堂, schools: [第一小学], kind: building, area_m2: 900, end: 2024, where: 二}\n"
        + "equipment: [{year: 2025, instruments_cny: 9, schools: [中心小学], for_what: {zh: 图书, en: Books}, where: 三}]\n"
        + "moves: [{kind: diversion, name: 调整, origin: [中心小学], target: [第二小学], stage: primary, start: 2024, where: 四}]\n",
        encoding="utf-8",
    )
    write(here, f"{NAME}plan: {{{WHY}}}\n")
    said = projected(dataclasses.replace(here, plan=read_plan(here.path / "plan.yaml")))

    why = "2 schools are called “中心小学”; write the code of one: 003, 004"
    refused = [text for text, kind in said.items() if kind == "not_applied"]
    assert refused == [f"“教学楼”: {why}", f"“Books”: {why}", f"“调整”: {why}"]
    assert [text for text in said if "食堂" in text]


def test_a_plan_is_asked_for_where_there_is_none(here):
    write(here, f"{NAME}plan: {{{WHY}}}\n")
    assert projected(here)["the county has no plan (plan.yaml)"] == "not_applied"


def test_a_move_is_said_in_its_year(here):
    write(here, one_move())
    assert projected(here)["2024: Diversion (第一小学 → 第二小学)"] == "applied"


def test_a_new_school_with_the_code_of_another_one(here):
    school = '{school_id: "002", name: 东城小学, type: primary, area: urban}'
    write(
        here,
        f"{NAME}moves: [{{kind: opening, school: {school}, intake: {{primary: 40}}, start: 2024, {WHY}}}]\n",
    )
    with pytest.raises(
        InputError, match="the new school 东城小学 has the code 002 of another school"
    ):
        projected(here)


def test_a_scenario_of_another_county(here):
    write(here, one_move())
    scenario = load_scenario("mine", here)
    other = build_county([{"name": "第一小学校", "students_primary": 300}], [2022, 2023])
    with pytest.raises(InputError) as error:
        project(other, scenario, 2024)
    assert error.value.findings[0].text("en") == (
        "scenario “One”: moves.0.origin.0: no school is called “第一小学”; the nearest: 第一小学校"
    )


# --- what a careful user writes ------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["第二小学", "[第二小学]"])
@pytest.mark.parametrize("origin", ["第一小学", "[第一小学]"])
def test_one_school_with_and_without_a_list(here, origin, target):
    for kind in ("merger", "closure", "premises"):
        write(here, one_move(kind=kind, origin=origin, target=target, stage=None))
        move = load_scenario("mine", here).moves[0]
        single = {"merger": "第二小学", "premises": "第二小学", "closure": ("第二小学",)}
        assert move.target == single[kind]


def test_a_document_knows_its_lines():
    document = parse_yaml(one_move().encode(), "a.yaml")
    assert document.line(("moves", 0, "target", 0)) == 3
    assert parse_model(document, Scenario).moves[0].origin == ("第一小学",)
