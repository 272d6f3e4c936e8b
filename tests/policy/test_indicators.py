"""Promise: the indicators are those of the standard, their number, columns and thresholds as well."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from counties import build_county, school
from typer.testing import CliRunner

from analysis import InputError, analyze, load_county, load_standard
from analysis.cli.app import app
from analysis.data.paths import sample_folder
from analysis.data.template.write import write_template
from analysis.measure.indicators import ratios
from analysis.measure.study import study_of
from analysis.remedy.answer import remedy
from analysis.remedy.plan import unit_of
from analysis.remedy.problem.means import built_in_means, read_means
from analysis.report.pages import resources
from analysis.report.pages.report import Report

HAINAN = "150303-hainan"
OWN = """\
id: own
kind: evaluation
extends: cn-2017
title: {zh: 本县标准, en: Own standard}
indicators:
  maker_rooms:
    title: {zh: 每百名学生拥有创客教室数, en: Maker rooms per 100 students}
    short: {zh: 创客教室, en: Maker rooms}
    add: [maker_rooms]
    per: 100
    resource: {zh: 间, en: rooms}
    whole: yes
    at_least: {primary: 0.2, junior: 0.3}
    cv_at_most: {primary: 0.3}
"""


def sample_copy(name: str, tmp_path: Path) -> Path:
    return shutil.copytree(sample_folder() / name, tmp_path / name)


@pytest.fixture
def own(tmp_path):
    """A copy of a sample with a column of its own and the standard that counts it."""
    folder = sample_copy(HAINAN, tmp_path)
    (folder / "own.yaml").write_text(OWN, encoding="utf-8")
    file = folder / "school_years.csv"
    table = pd.read_csv(file, dtype=str)
    rooms = (table["students_primary"].astype(float).fillna(0) // 400).astype(int)
    table.assign(maker_rooms=rooms).to_csv(file, index=False)
    return folder


def test_the_national_standard_has_its_seven():
    indicators = load_standard("cn-2017").indicators

    assert [each.number for each in indicators.values()] == [f"R{n}" for n in range(1, 8)]
    assert indicators.stage_columns == ("above_qualification", "backbone", "pe_arts")
    assert len(indicators.recorded) == 11
    assert all(each.asked for each in indicators.values())


def test_the_standard_of_2012_has_eight_and_asks_nothing_of_single_schools():
    standard = load_standard("cn-2012")
    rules = standard.for_year(2021)

    assert len(standard.indicators) == 8
    assert sum(each.shared for each in standard.indicators.values()) == 5
    assert not rules.asks_of_schools
    assert (rules["composite_cv.primary"], rules["composite_cv.junior"]) == (0.65, 0.55)


def test_a_county_by_the_standard_of_2012():
    schools = [
        school("primary", 100, computers=10, books=2000, senior_titles_primary=3),
        school("primary", 300, computers=90, books=3000, senior_titles_primary=12),
    ]
    study = study_of(dataclasses.replace(build_county(schools), standard=load_standard("cn-2012")))
    found = study.balance.query("stage == 'primary'").set_index("indicator")

    # computers per 100: 10 and 30, mean 25, variance (1/4) 15² + (3/4) 5²
    assert found.loc["computers", "cv"] == pytest.approx(np.sqrt(0.25 * 225 + 0.75 * 25) / 25)
    assert found.loc["library_books", "mean"] == pytest.approx(5000 / 400)
    assert found.loc["composite", "cv"] == pytest.approx(found["cv"].iloc[:-1].mean())
    assert found.loc["composite", "status"] == "met"
    assert set(study.indicators["status"]) == {"not_applicable"}
    assert set(study.schools["status"]) == {"not_applicable"}
    assert not any(item.startswith("schools.") for item in study.statuses[study.year])
    assert study.recognised


def test_what_the_composite_needs_and_is_blank_leaves_it_open():
    schools = [school("primary", 100, books=2000), school("primary", 300, books=3000)]
    county = dataclasses.replace(build_county(schools), standard=load_standard("cn-2012"))

    assert study_of(county).statuses[2023]["composite_cv.primary"] == "not_assessed"
    with pytest.raises(InputError, match="sets no thresholds for schools"):
        remedy(county)


@pytest.mark.parametrize("sample", ["150202-donghe", HAINAN])
def test_columns_of_another_standard_move_nothing(sample, tmp_path):
    folder = sample_copy(sample, tmp_path)
    file = folder / "school_years.csv"
    more = ["computers", "books", "senior_titles_primary", "senior_titles_junior"]
    pd.read_csv(file, dtype=str).drop(columns=more).to_csv(file, index=False)

    for name in ("all_indicators", "all_balance", "all_schools", "all_evaluation"):
        with_them, without = (getattr(analyze(each), name) for each in (sample, folder))
        pd.testing.assert_frame_equal(pd.DataFrame(with_them), pd.DataFrame(without))


def test_an_indicator_of_ones_own_is_judged_like_the_others(own):
    study = analyze(own, standard="own.yaml")
    rows = study.indicators.query("indicator == 'maker_rooms' and stage == 'primary'")
    first = rows.iloc[0]
    plain = analyze(own)

    assert list(study.rules.indicators)[-1] == "maker_rooms"
    assert first["value"] == pytest.approx(100 * first["quantity"] / first["students"])
    assert set(rows["threshold"]) == {0.2}
    limits = study.balance.query("indicator == 'maker_rooms'").set_index("stage")["limit"]
    assert limits.to_dict() == {"primary": 0.3, "junior": 0.45}
    assert study.schools["met"].max() == 8
    # and the others stay what they are
    merged = study.indicators.query("indicator != 'maker_rooms'").reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.DataFrame(merged), pd.DataFrame(plain.indicators))


def test_its_column_is_read_and_checked_where_the_standard_counts_it(own):
    file = own / "school_years.csv"
    text = file.read_text(encoding="utf-8-sig").splitlines()
    text[1] = text[1].rsplit(",", 1)[0] + ",-2"
    file.write_text("\n".join(text), encoding="utf-8")

    with pytest.raises(InputError) as refused:
        load_county(own, "own.yaml")
    (finding,) = refused.value.findings
    assert "创客教室" in finding.text("zh")
    assert "-2" in finding.text("zh")
    # a standard that does not count it leaves it aside with a notice
    assert any("maker_rooms" in each.text("en") for each in load_county(own).warnings)


def test_what_is_missing_of_it_is_asked_for(own):
    from analysis.measure.open_items.missing import missing_figures

    file = own / "school_years.csv"
    pd.read_csv(file, dtype=str).assign(maker_rooms="").to_csv(file, index=False)
    gaps = missing_figures(load_county(own, "own.yaml"))

    assert any(gap.blank.column == "maker_rooms" and gap.waiting for gap in gaps)


def test_the_template_asks_for_what_the_standard_counts(own):
    import io

    import openpyxl

    def heads(county=None, standard="cn-2017"):
        book = openpyxl.load_workbook(io.BytesIO(write_template(county, "zh", standard=standard)))
        return " ".join(str(cell.value) for cell in book["学校年度数据"][1])

    assert "图书" not in heads()
    assert "计算机" not in heads()
    assert "图书册数（册）" in heads(standard="cn-2012")
    assert "创客教室（间）" in heads(load_county(own, "own.yaml"))


def test_the_least_cost_buys_it_at_its_price_or_says_that_none_is_set(own):
    study = analyze(own, standard="own.yaml")
    answer = remedy(study)
    assert answer.cost is None
    assert any("创客教室" in why.text("zh") for why in answer.why)

    prices = built_in_means().model_dump_json()
    file = own / "remedy.yaml"
    file.write_text(
        prices.replace('"purchase":{', '"purchase":{"maker_rooms":{"cny":50000,"step":1},'),
        encoding="utf-8",
    )
    means = read_means(study.county)
    assert means.purchase["maker_rooms"].title.zh == "创客教室（间）"
    answer = remedy(study)

    assert answer.cost is not None
    assert answer.confirmed
    bought = [each for each in answer.measures if each.means == "maker_rooms"]
    assert bought
    assert all(each.cny == 50_000 * each.amount for each in bought)
    assert bought[0].label(means, "zh") == "创客教室"
    assert unit_of("maker_rooms", means).zh == "间"


def test_a_price_for_what_nothing_counts_is_refused(own):
    (own / "remedy.yaml").write_text("purchase: {swimming_pools: {cny: 1}}", encoding="utf-8")

    with pytest.raises(InputError, match="unknown purchase swimming_pools"):
        read_means(load_county(own))


def test_a_limit_of_what_nothing_counts_is_refused(own):
    code = load_county(own).tables["schools"]["school_id"].iloc[0]
    text = f"""\
purchase: {{swimming_pools: {{cny: 1}}}}
limits: [{{schools: ["{code}"], more: {{maker_roms: 1}}}}]
"""
    (own / "remedy.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(InputError) as refused:
        read_means(load_county(own))
    first, second = map(str, refused.value.findings)
    assert "swimming_pools" in first
    assert "maker_roms" in second
    assert "2" in second


def test_the_report_and_a_projection_have_it(own):
    study = analyze(own, 2026, scenario="baseline", standard="own.yaml")

    assert "创客教室" in resources.schools(Report(study)).body
    rows = study.indicators.query("indicator == 'maker_rooms'")
    assert rows["value"].notna().all()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("add: [books, books]", "stands twice"),
        ("add: [books, teachers]", "columns of one kind"),
        ("add: []", "add"),
        (
            "add: [Maker rooms]",
            "add.0: must be the id of a column: small letters, digits and “_”, a letter first, such as "
            "library_books (found 'Maker rooms')",
        ),
        ("per: 0", "1"),
        ("at_least: {secondary: 3}", "secondary"),
    ],
)
def test_mistakes_in_an_indicator_are_said_with_their_line(wrong, said, tmp_path):
    key = wrong.split(":")[0]
    lines = [line for line in OWN.splitlines() if not line.strip().startswith(f"{key}:")]
    (tmp_path / "own.yaml").write_text("\n".join([*lines, f"    {wrong}"]), encoding="utf-8")

    with pytest.raises(InputError) as refused:
        load_standard(tmp_path / "own.yaml")
    text = " ".join(finding.sentence("en") for finding in refused.value.findings)
    assert said in text
    assert "line" in text


def test_a_plan_has_no_indicators(tmp_path):
    (tmp_path / "plan.yaml").write_text(OWN.replace("evaluation", "plan"), encoding="utf-8")

    with pytest.raises(InputError, match="a plan has no indicators of its own"):
        load_standard(tmp_path / "plan.yaml")


def test_ratios_ask_nothing_where_there_is_no_threshold():
    rules = {2023: load_standard("cn-2012").for_year(2023)}
    one = np.array([100.0])
    found = ratios(np.zeros(1, int), np.zeros(1, int), one, np.ones(1), np.full((8, 1), 5.0), rules)

    assert (found.status == 4).all()
    assert np.isnan(found.shortfall).all()


def test_an_own_column_takes_no_head_of_the_tables_own(tmp_path):
    """A title that is called like a column of the tables: that column keeps its figures."""
    folder = sample_copy(HAINAN, tmp_path)
    text = OWN.replace("maker_rooms", "computerz").replace("Maker rooms}", "Books}")
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    study = analyze(folder, standard="own.yaml")

    assert study.county.tables["school_years"]["books"].notna().any()
    found = study.indicators.query("indicator == 'computerz'")
    assert set(found["status"]) == {"not_assessed"}


def test_an_own_column_that_nobody_filled_in_is_asked_for_by_its_name(own):
    file = own / "school_years.csv"
    pd.read_csv(file, dtype=str).drop(columns="maker_rooms").to_csv(file, index=False)
    shown = CliRunner().invoke(app, ["check", str(own), "--standard", "own.yaml", "--lang", "en"])

    assert shown.exit_code == 0, shown.output
    assert "Maker rooms" in shown.stdout


def test_two_versions_differ_in_an_own_column(own, tmp_path):
    """Whatever the standard of the versions, the column is named."""
    changed = shutil.copytree(own, tmp_path / "changed")
    for folder in (own, changed):
        record = (folder / "county.yaml").read_text(encoding="utf-8")
        lines = [line for line in record.splitlines() if not line.startswith("standard:")]
        (folder / "county.yaml").write_text(
            "\n".join([*lines, "standard: own.yaml"]) + "\n", encoding="utf-8"
        )
    table = pd.read_csv(changed / "school_years.csv", dtype=str)
    table.loc[table.index[-1], "maker_rooms"] = "99"
    table.to_csv(changed / "school_years.csv", index=False)
    shown = CliRunner().invoke(app, ["compare", str(own), str(changed), "--lang", "en"])

    assert not shown.exception or isinstance(shown.exception, SystemExit), shown.exception
    assert "maker_rooms" in shown.stdout


BESIDE_A_PLAN = """\
id: beside
kind: evaluation
extends: cn-2017
title: {zh: 本县标准, en: Own standard}
indicators:
  library_books:
    title: {zh: 生均图书册数, en: Library books per student}
    add: [books]
    resource: {zh: 册, en: books}
    at_least: {primary: 25, junior: 35}
"""


def test_a_standard_that_rests_on_the_plans_own_keeps_the_plan(tmp_path):
    folder = sample_copy("150202-donghe", tmp_path)
    (folder / "beside.yaml").write_text(BESIDE_A_PLAN, encoding="utf-8")
    own, other = analyze(folder), analyze(folder, standard="beside.yaml")
    columns = ["item", "target", "target_status", "target_source"]
    targets = own.evaluation.loc[own.evaluation["target"] != "", columns]
    kept = other.evaluation.loc[other.evaluation["target"] != "", columns]

    assert len(other.rules.indicators) == 8
    assert set(targets["item"]) <= set(kept["item"])
    # the rule of schools is another one: six of eight
    same = ~targets["item"].str.startswith("schools.")
    merged = targets[same].merge(kept, on="item", suffixes=("", "_kept"))
    for column in columns[1:]:
        assert merged[column].tolist() == merged[f"{column}_kept"].tolist()
    assert other.county.warnings == own.county.warnings


@pytest.mark.parametrize("standard", ["cn-2017", "cn-2012"])
def test_a_plan_that_another_standard_leaves_out_is_named(standard):
    county = load_county("150202-donghe", standard)
    (said,) = [f.sentence("zh") for f in county.warnings]

    assert said == (
        f"只按{standard}评定，不对照“包头市东河区义务教育优质均衡发展规划方案（2021—2030年）”的目标"
    )
    assert county.standard.plan is None


def test_only_students_are_divided_by(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace("    per: 100\n", "    denominator: classes\n"), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_standard(path)

    assert "denominator: expected one of students" in str(refused.value)


def test_concessions_are_those_of_the_standard_that_is_named(tmp_path):
    folder = sample_copy("150202-donghe", tmp_path)
    text = BESIDE_A_PLAN + "concessions: [rooms_small_rural]\n"
    (folder / "beside.yaml").write_text(text, encoding="utf-8")

    assert load_county(folder, "beside.yaml").standard.switched_on == ("rooms_small_rural",)
    assert analyze(folder, standard="beside.yaml").concessions == {"rooms_small_rural"}
    assert load_county(folder).standard.switched_on == ()


def test_an_own_standard_that_cannot_be_read_stands_in_nobodys_way(tmp_path):
    folder = sample_copy("150202-donghe", tmp_path)
    (folder / "standard.yaml").write_text("id: [", encoding="utf-8")
    county = load_county(folder, "cn-2017")

    assert county.standard.id == "cn-2017"
    assert "standard.yaml" in county.warnings[0].sentence("zh")
