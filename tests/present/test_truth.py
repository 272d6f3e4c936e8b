"""What the report says is so: figures of sentences and tables against the tables they come from."""

import dataclasses
import html
import math
import re
from types import MappingProxyType

import numpy as np
import pytest
from counties import build_county, school

from analysis import analyze, load_county, load_scenario
from analysis.base.files import Finding
from analysis.base.language import speak
from analysis.data.paths import sample_folder
from analysis.future.assumptions.from_plan import plan_parts
from analysis.measure.gaps import doubted, school_gaps, stage_gaps
from analysis.measure.trajectories.trajectory import shrinking_table
from analysis.policy.standards import load_standard
from analysis.present import sentences
from analysis.present.brief.standing import missing_grid
from analysis.present.plan_review import project_effects, project_gaps
from analysis.present.tables.firmness import school_margins_grid
from analysis.present.tables.targets import targets_grid
from analysis.report.pages.contents import PAGES
from analysis.report.pages.report import Report

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


SAMPLES = sorted(path.name for path in sample_folder().iterdir() if path.is_dir())
#: Threshold of sports and teaching area per student, by stage, from the Measures.
THRESHOLDS = {
    ("sports_area", "primary"): 7.5,
    ("sports_area", "junior"): 10.2,
    ("teaching_area", "primary"): 4.5,
    ("teaching_area", "junior"): 5.8,
}


def lacking_by_hand(county, year, indicator, stage):
    """What a stage lacks and needs, and what its schools add, from the county's tables alone."""
    roster = county.tables["schools"].set_index("school_id")
    rows = county.tables["school_years"]
    rows = rows[rows["year"] == year].set_index("school_id")
    lacks = need = 0.0
    for name, row in rows.iterrows():
        kind, students = roster.loc[name, "type"], row[f"students_{stage}"]
        out = ("special_education", *(("teaching_point",) if students < 50 else ()))
        if kind in out or roster.loc[name, "indicators_in_scope"] == "no" or not students > 0:
            continue
        indoor = np.nan_to_num(row["indoor_sports_area_m2"])
        area = {
            "sports_area": row["outdoor_sports_area_m2"] + indoor,
            "teaching_area": row["teaching_area_m2"] - indoor,
        }[indicator]
        weights = {"primary": 1.0, "junior": 1.1, "senior": 1.32}
        weighted = {s: w * np.nan_to_num(row[f"students_{s}"]) for s, w in weights.items()}
        part = area * weighted[stage] / sum(weighted.values())
        required = THRESHOLDS[indicator, stage] * students
        need += required
        if part < required:
            lacks += required - part
    return lacks, need


@pytest.mark.parametrize(
    ("name", "year", "percent"), [("652323-hutubi", 2021, 11.5), ("150202-donghe", 2021, 14.5)]
)
def test_a_gap_has_one_base(name, year, percent):
    """Both figures of a gap are those of the stage; what a school adds for another is not in it."""
    county = load_county(name)
    study = analyze(county, year)
    gaps = stage_gaps(study.indicators, INDICATORS).set_index(["stage", "indicator"])
    for indicator, stage in THRESHOLDS:
        lacks, need = lacking_by_hand(county, year, indicator, stage)
        assert gaps.loc[(stage, indicator), "lacking"] == pytest.approx(lacks, abs=1e-6)
        assert gaps.loc[(stage, indicator), "need"] == pytest.approx(need)
    lacks, need = lacking_by_hand(county, year, "sports_area", "junior")
    assert round(100 * lacks / need, 1) == percent
    said = next(text for text in sentences.findings(study, "en") if "largest gaps" in text)
    assert f"{speak('en').number(math.ceil(lacks))} m² in all ({percent}%" in said


@pytest.mark.parametrize("name", SAMPLES)
def test_the_largest_gaps_come_largest_first(name):
    study = analyze(name)
    shares = stage_gaps(study.indicators, INDICATORS)["share"].dropna()

    assert ((shares >= 0) & (shares <= 1)).all()
    said = [text for text in sentences.findings(study, "en") if "largest gaps" in text]
    largest = sorted((share for share in shares if share > 0), reverse=True)[:3]
    printed = [float(part.split("%")[0]) for text in said for part in text.split(" in all (")[1:]]
    assert printed == [pytest.approx(100 * share, abs=0.0501) for share in largest]


def test_a_through_school_is_built_once():
    """1,000 + 1,000 students lack 2,000 m² for one stage and 3,300 m² for the other: 3,300."""
    county = build_county(
        [
            school("nine_year", 1000, 1000, teaching_area_m2=8000, indoor_sports_area_m2=0),
            school("primary", 100, teaching_area_m2=400, indoor_sports_area_m2=0),
        ]
    )
    study = analyze(county)
    # by hand: D = 1000 + 1.1 * 1000; primary needs 4500 D / 1000, junior 5800 D / 1100
    weighted = 1000 + 1.1 * 1000
    primary, junior = 4500 * weighted / 1000 - 8000, 5800 * weighted / 1100 - 8000
    expected = max(primary, junior)
    gaps = school_gaps(study.indicators, INDICATORS)
    teaching = gaps[gaps["indicator"] == "teaching_area"].set_index("school_id")["lacking"]

    assert teaching["001"] == pytest.approx(expected)
    assert teaching["002"] == pytest.approx(50)
    row = next(r for r in missing_grid(study, "en").rows if r[0].text == "Teaching area")
    assert row[1].text == speak("en").number(math.ceil(expected - 1e-9) + 50)


def test_teachers_of_two_stages_are_two_sets_of_teachers():
    county = build_county([school("nine_year", 1000, 1000, backbone_primary=7, backbone_junior=6)])
    gaps = school_gaps(analyze(county).indicators, INDICATORS)

    assert dict(zip(gaps["indicator"], gaps["lacking"], strict=True)) == {"backbone_teachers": 7}


def test_what_projects_add_is_what_the_scenario_adds():
    """Hutubi's plan divides no building: 70 % of its 18,300 m² count in scenario and table alike."""
    county = load_county("652323-hutubi")
    study = analyze(county)
    scenario = load_scenario("plan_full", county)
    parts, _ = plan_parts(county, scenario, study.year)
    added = sum(each.teaching_area_m2 for each in parts.additions)
    named = {each.name for each in parts.additions}
    plan = county.plan.model_copy(
        update={"projects": [p for p in county.plan.projects if p.name in named]}
    )
    share = scenario.plan.teaching_share
    effects = project_effects(plan, study, share)

    assert effects["teaching_m2"].sum() == pytest.approx(added)
    buildings = [p.area_m2 for p in plan.projects if p.area_m2 and p.kind != "sports_ground"]
    assert added == pytest.approx(0.7 * sum(buildings))
    gaps = project_gaps(county.plan, study, share)
    assert gaps["area_m2"].max() == pytest.approx(0.7 * 4000)


def two_schools(years, areas):
    """Two schools alike but for the teaching area of the second, year by year."""
    by_year = {year: {"teaching_area_m2": area} for year, area in zip(years, areas, strict=True)}
    return build_county(
        [
            school("primary", 100, teaching_area_m2=800),
            school("primary", 100, teaching_area_m2=800, by_year=by_year),
        ],
        years,
    )


@pytest.mark.parametrize(
    ("areas", "steps", "expected"),
    [
        ((1600, 1700), 1, "not_assessed"),
        ((1700, 1600), 1, "not_assessed"),
        ((1600, 1700, 1500), 2, "not_met"),
        ((1700, 1600, 1500), 2, "met"),
    ],
)
def test_one_pair_of_years_is_no_course(areas, steps, expected):
    county = two_schools(list(range(2024 - len(areas), 2024)), areas)
    table = shrinking_table(analyze(county)).set_index(["stage", "indicator"])

    assert table.loc[("primary", "teaching_area"), "steps"] == steps
    assert table.loc[("primary", "teaching_area"), "status"] == expected


@pytest.mark.parametrize("kept", [{2020, 2021}, set(range(2016, 2022))])
def test_the_duty_to_shrink_says_how_many_pairs_it_saw(kept):
    county = load_county("150202-donghe")
    rows = county.tables["school_years"]
    tables = {**county.tables, "school_years": rows[rows["year"].isin(kept)]}
    study = analyze(dataclasses.replace(county, tables=MappingProxyType(tables)), 2021)
    row = study.evaluation.set_index("item").loc["cv_shrinking"]
    cv = study.all_balance.pivot_table(index="year", columns=["stage", "indicator"], values="cv")
    grown = int((cv.diff() > 0).any(axis=1).sum())

    assert row["detail"] == f"{grown}/{len(kept) - 1}"
    assert row["target_status"] == ("not_met" if len(kept) > 2 else "not_assessed")
    shown = [
        r for r in targets_grid(study, "en").rows if "shrink" in r[0].text or "smaller" in r[0].text
    ]
    assert str(len(kept) - 1) in shown[0][1].text


def test_one_teacher_more_is_one_person():
    county = build_county(
        [
            # 1 of 100 is asked for: 1,400 students and 13 backbone teachers; one PE teacher too few
            school("primary", 1400, backbone_primary=13, pe_arts_primary=12),
            school("primary", 300, backbone_primary=2, equipment_value_cny=590_000),
        ]
    )
    study = analyze(county)
    margins = study.school_margins.set_index("school_id")
    said = "".join(sentences.findings(study, "zh"))

    # the sixth of seven is enough: 14 backbone teachers, or 12.6 of PE and arts
    assert margins.loc["001", "amount"] == 1
    assert "增加1人" in said
    assert "增加0.7%" not in said
    row = next(r for r in school_margins_grid(study, "zh").rows if r[0].text == "School 1")
    assert [cell.text for cell in row[4:6]] == ["+1", "人"]


def test_a_margin_is_the_least_that_turns_the_verdict():
    """One thing less than said, and nothing changes; what is said, and the school's verdict turns."""
    for name in ("150202-donghe", "340207-jiujiang"):
        county = load_county(name)
        study = analyze(county)
        whole = {i.name: i for i in INDICATORS.values() if i.whole and not i.shared}
        margins = study.school_margins
        margins = margins[margins["indicator"].isin(whole)].head(4)
        assert len(margins)
        for row in margins.to_dict("records"):
            column = f"{whole[row['indicator']].quantity}_{row['stage']}"
            for less, turned in ((0, True), (1, False)):
                amount = row["amount"] - math.copysign(less, row["amount"])
                rows = county.tables["school_years"].copy()
                here = (rows["school_id"] == row["school_id"]) & (rows["year"] == study.year)
                rows.loc[here, column] += amount
                tables = MappingProxyType({**county.tables, "school_years": rows})
                other = analyze(dataclasses.replace(county, tables=tables), study.year).schools
                found = other.set_index(["school_id", "stage"])["status"]
                changed = found[row["school_id"], row["stage"]] != row["status"]
                assert changed is turned, row


def test_equipment_in_ten_thousands_leads_no_finding():
    """6 yuan (万元 typed for yuan) would be a gap of 2,000 × 300 / 6 = 99,900 %."""
    county = build_county(
        [
            school("primary", 300, equipment_value_cny=60, backbone_primary=9),
            school("primary", 300, backbone_primary=2),
        ]
    )
    study = analyze(county)
    found = sentences.findings(study, "en")

    assert list(study.indicators.loc[doubted(study), "school"]) == ["School 1"]
    leading = [text for text in found if text.startswith(("The largest", "Furthest", "Closest"))]
    assert leading
    assert not [text for text in leading if "School 1" in text or "Equipment" in text]
    assert any("can hardly be meant" in text and "School 1" in text for text in found)


def test_a_cell_that_the_checks_question_leads_no_finding():
    county = build_county([school("primary", 300, teaching_area_m2=400), school("primary", 300)])
    row = county.tables["school_years"].index[0]
    warning = Finding("warning", "?", {}, table="school_years", column="teaching_area_m2", row=row)
    plain, asked = analyze(county), analyze(dataclasses.replace(county, warnings=(warning,)))

    assert not doubted(plain).any()
    assert list(asked.indicators.loc[doubted(asked), "indicator"]) == ["teaching_area"]
    assert any("Teaching area" in t for t in sentences.findings(plain, "en") if "largest" in t)
    assert not any("largest" in text for text in sentences.findings(asked, "en"))


COLONS = {"zh": re.compile("：[^。；（）“”|]*："), "en": re.compile(r": [^.;()“”|]*: ")}
ZEROS = {
    "zh": re.compile("中，0[所项]|，0[所项]"),
    "en": re.compile(r"[Oo]f [^.;|]*, 0 |, 0 (are|reach)"),
}


def oddities(text, lang):
    return [m.group() for rule in (COLONS, ZEROS) for m in rule[lang].finditer(text)]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", SAMPLES)
def test_no_sentence_counts_nothing_or_has_two_colons(name, lang):
    for text in sentences.findings(analyze(name), lang):
        assert oddities(text, lang) == []


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", SAMPLES)
def test_no_page_counts_nothing_or_has_two_colons(name, lang):
    report = Report.of(name, lang=lang)
    for page in PAGES:
        for part in page(report).parts:
            if isinstance(part, str):
                for text in map(html.unescape, re.findall("<(?:p|li)>(.*?)</", part)):
                    # neither lines to sign nor a ratio such as 1 : 1.1 are sentences with two colons
                    if "____" not in text:
                        assert oddities(text.replace(" : ", "/"), lang) == [], page.__name__
