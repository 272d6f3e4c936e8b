"""Sites that belong to another school (不计校数): joined at reading, refused or asked for."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from splitting import split

from analysis import analyze, load_county
from analysis.base.files import InputError
from analysis.data.belonging.joining import join_sites
from analysis.data.load import read_county
from analysis.data.paths import sample_folder
from analysis.data.template.write import write_template
from analysis.future.assumptions.fit import Roster
from analysis.present.tables.data_quality import sites_grid
from analysis.report.form import form_grids

MAIN = {"school_id": "100", "name": "第一小学", "students_primary": 600}
SITE = {"school_id": "101", "name": "第一小学河东校点", "students_primary": 90}
OTHER = {"school_id": "200", "name": "第二小学", "students_primary": 500}
AGES = "school_id,year,stage,age_band,persons,women\n"
GRADES = [("100", 1, 100, 3, 40), ("100", 2, 500, 12, 45), ("101", 1, 90, 2, 48)]


def folder(tmp_path, make_county, write_county, *schools, grades=(), years=2023):
    path = write_county(make_county(list(schools), years), tmp_path / "county")
    if grades:
        rows = pd.DataFrame(
            grades, columns=["school_id", "grade", "students", "classes", "largest_class"]
        )
        rows.assign(year=2023).to_csv(path / "enrolment.csv", index=False)
    return path


def said(path, severity="warning") -> str:
    _, findings = read_county(path)
    return "\n".join(f.sentence("en") for f in findings if f.severity == severity)


def test_a_site_counts_with_its_school(tmp_path, make_county, write_county):
    site = SITE | {"belongs_to": "100", "teaching_area_m2": 640.1, "multimedia_rooms": 4}
    main = MAIN | {"teaching_area_m2": 5000.2}
    path = folder(tmp_path, make_county, write_county, main, site, OTHER, grades=GRADES)
    county = load_county(path)

    assert list(county.tables["schools"]["school_id"]) == ["100", "200"]
    row = county.tables["school_years"].set_index("school_id").loc["100"]
    assert row["students_primary"] == 690
    assert row["teaching_area_m2"] == 5640.3
    assert row["teachers_primary"] == 60 + 9
    grade = county.tables["enrolment"].set_index("grade").loc[1]
    assert (grade["students"], grade["classes"], grade["largest_class"]) == (190, 5, 48)
    assert [site.name for site in county.sites.of("100")] == ["第一小学河东校点"]
    assert (
        "sites that count with the schools they belong to: 1, of 第一小学 (第一小学河东校点)"
        in said(path)
    )


def test_rooms_of_a_site_are_its_schools(tmp_path, make_county, write_county):
    path = folder(
        tmp_path, make_county, write_county, MAIN, SITE | {"belongs_to": "100"}, grades=GRADES
    )
    rooms = [("100", 2023, "music", 96), ("101", 2023, "art", "")]
    pd.DataFrame(rooms, columns=["school_id", "year", "kind", "area_m2"]).to_csv(
        path / "rooms.csv", index=False
    )

    rooms = load_county(path).tables["rooms"]

    assert list(rooms["school_id"]) == ["100", "100"]
    assert rooms["area_m2"].isna().tolist() == [False, True]


@pytest.mark.parametrize("part", ["main", "site"])
def test_a_sum_with_an_unknown_part_is_unknown(part, tmp_path, make_county, write_county):
    blank = {"teaching_area_m2": None}
    main, site = MAIN, SITE | {"belongs_to": "100"}
    path = folder(
        tmp_path,
        make_county,
        write_county,
        main | (blank if part == "main" else {}),
        site | (blank if part == "site" else {}),
    )

    row = load_county(path).tables["school_years"].iloc[0]

    assert np.isnan(row["teaching_area_m2"])
    assert row["students_primary"] == 690


def test_a_site_without_a_row_in_a_year_leaves_its_school_open(tmp_path, make_county, write_county):
    site = SITE | {"belongs_to": "100", "by_year": {2023: None}}
    path = folder(tmp_path, make_county, write_county, MAIN, site, years=[2022, 2023])

    rows = load_county(path).tables["school_years"].set_index("year")["students_primary"]

    assert rows[2022] == 690
    assert np.isnan(rows[2023])
    assert "has no row in school_years for 2023" in said(path)


def test_a_site_without_any_rows_is_contained(tmp_path, make_county, write_county):
    site = SITE | {"belongs_to": "100", "by_year": {2023: None}}
    path = folder(tmp_path, make_county, write_county, MAIN, site)

    assert load_county(path).tables["school_years"]["students_primary"].tolist() == [600]
    assert "taken as contained in the figures" in said(path)
    assert "has no row in school_years" not in said(path)


def test_a_site_counts_apart_from_the_first_year_with_rows_of_its_own(
    tmp_path, make_county, write_county
):
    """The sheets of the first year were summed into its school, those of the second were not."""
    site = SITE | {"belongs_to": "100", "by_year": {2022: None}}
    path = folder(tmp_path, make_county, write_county, MAIN, site, years=[2022, 2023])
    ages = "".join(f"100,{year},primary,55_to_59,60,\n" for year in (2022, 2023))
    (path / "staff_ages.csv").write_text(f"{AGES}{ages}101,2023,primary,55_to_59,9,\n")
    county = load_county(path)

    rows = county.tables["school_years"].set_index("year")["students_primary"]

    assert rows.to_dict() == {2022: 600, 2023: 690}
    assert county.tables["staff_ages"]["persons"].tolist() == [60, 69]
    assert "has no row in school_years" not in said(path)
    assert "only from a later year on" in said(path)
    told = [sites_grid(analyze(path, year), "en").rows[0][2].text for year in (2022, 2023)]
    assert ["contain" in text for text in told] == [True, False]


def test_classes_of_a_site_that_are_not_told_leave_the_grades_open(
    tmp_path, make_county, write_county
):
    site = SITE | {"belongs_to": "100"}
    path = folder(tmp_path, make_county, write_county, MAIN, site, grades=GRADES[:2])

    grades = load_county(path).tables["enrolment"]

    assert grades[["students", "classes", "largest_class"]].isna().all(axis=None)


def test_a_grade_of_nobody_has_no_classes_and_one_that_is_not_taught_is_no_gap(
    tmp_path, make_county, write_county
):
    main = MAIN | {"type": "nine_year", "students_junior": 120}
    site = SITE | {"belongs_to": "100", "type": "primary"}
    grades = [("100", 1, 570, 15, 40), ("100", 7, 120, 3, 42), ("100", 8, "", "", "")]
    grades += [("101", 1, 90, 2, 45), ("101", 2, 0, "", ""), ("101", 7, "", "", "")]
    grades += [("101", 8, "", "", ""), ("100", 2, 30, 1, 30), ("101", 3, "", "", "")]
    path = folder(tmp_path, make_county, write_county, main, site, grades=grades)

    found = load_county(path).tables["enrolment"].set_index("grade")

    assert found[["students", "classes", "largest_class"]].loc[7].tolist() == [120, 3, 42]
    assert found[["students", "classes", "largest_class"]].loc[2].tolist() == [30, 1, 30]
    # blank at the main school itself, and in a grade of the site's own stage: not known
    assert found["students"].loc[[3, 8]].isna().all()


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("4,3", [14.0, 9.0]),
        ("4,", [14.0, None]),  # nobody reads women among some as women among all
        ("0,", [10.0, 6.0]),
        (",3", None),
    ],
)
def test_teachers_by_age_of_a_site(site, expected, tmp_path, make_county, write_county):
    path = folder(tmp_path, make_county, write_county, MAIN, SITE | {"belongs_to": "100"}, OTHER)
    rows = f"100,2023,primary,55_to_59,10,6\n101,2023,primary,55_to_59,{site}\n"
    (path / "staff_ages.csv").write_text(AGES + rows, encoding="utf-8")

    found = load_county(path).tables["staff_ages"]

    got = [[None if np.isnan(v) else v for v in row] for row in found[["persons", "women"]].values]
    assert got == ([] if expected is None else [expected])


def test_a_blank_column_that_need_not_be_there_is_nothing(tmp_path, make_county, write_county):
    main = MAIN | {"off_campus_sports_area_m2": 500}
    site = SITE | {"belongs_to": "100", "training_funds_cny": None}
    path = folder(tmp_path, make_county, write_county, main, site)

    row = load_county(path).tables["school_years"].iloc[0]

    assert row["off_campus_sports_area_m2"] == 500
    assert np.isnan(row["training_funds_cny"]), "the share of the funds is judged"


@pytest.mark.parametrize("belongs", ["unknown", "未知", "9999"])
def test_an_unknown_school_leaves_both_open(belongs, tmp_path, make_county, write_county):
    path = folder(tmp_path, make_county, write_county, MAIN, SITE | {"belongs_to": belongs}, OTHER)

    status = analyze(path).schools.set_index("school_id")["status"]

    assert status.to_dict() == {"100": "not_assessed", "101": "not_assessed", "200": "met"}
    text = said(path)
    assert text.count("does not name the school") == 1
    assert "schools.csv" in text
    assert "assessed (第一小学)" in text


def test_where_no_name_tells_every_school_of_the_stage_stays_open(
    tmp_path, make_county, write_county
):
    site = SITE | {"belongs_to": "unknown", "name": "河东校点"}
    junior = {"school_id": "300", "type": "junior", "students_junior": 300}
    path = folder(tmp_path, make_county, write_county, MAIN, site, OTHER, junior)

    status = analyze(path).schools.set_index("school_id")["status"]

    assert status.pop("300") == "met"
    assert set(status) == {"not_assessed"}


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"belongs_to": "101"}, "a site of itself"),
        ({"belongs_to": "102"}, "is itself a site (100); enter the id of the school that both"),
        ({"belongs_to": "100", "type": "junior"}, "the site teaches Junior secondary"),
        ({"belongs_to": "100", "system": "5+4"}, "grade 6 would count twice"),
        ({"belongs_to": "400"}, "is open from 2024 to"),
    ],
)
def test_what_cannot_be_is_refused(cells, sentence, tmp_path, make_county, write_county):
    second = SITE | {"school_id": "102", "name": "河西校点", "belongs_to": "100"}
    young = OTHER | {"school_id": "400", "opened": 2024, "by_year": {2023: None}}
    path = folder(tmp_path, make_county, write_county, MAIN, second, SITE | cells, young)

    with pytest.raises(InputError) as caught:
        load_county(path)

    assert sentence in str(caught.value)


def test_ownership_that_contradicts_is_named(tmp_path, make_county, write_county):
    site = SITE | {"belongs_to": "100", "ownership": "private", "sponsor": 10}
    path = folder(tmp_path, make_county, write_county, MAIN, site)

    assert "of the site “第一小学河东校点” is “private”, that of “第一小学”" in said(path)


def _same(left, right) -> None:
    for name, table in right.items():
        expected = table.reset_index(drop=True)
        pd.testing.assert_frame_equal(left[name].reset_index(drop=True), expected, check_exact=True)


@pytest.mark.slow
@pytest.mark.parametrize("sample", sorted(path.name for path in sample_folder().glob("*-*")))
@settings(max_examples=3)
@given(seed=st.integers(0, 10**6))
def test_a_split_county_is_the_same_county(sample, seed):
    tables = load_county(sample).tables

    parts = split(tables, np.random.default_rng(seed))
    found, _ = join_sites(parts)

    assert len(parts["schools"]) > len(tables["schools"])
    _same(found, tables)


def test_the_template_hands_back_the_rows_of_sites(tmp_path, make_county, write_county):
    main = MAIN | {"teaching_area_m2": 5000.2}
    site = SITE | {"belongs_to": "100"}
    path = folder(tmp_path, make_county, write_county, main, site, grades=GRADES)
    county = load_county(path)
    book = tmp_path / "county.xlsx"
    book.write_bytes(write_template(county))

    again = load_county(book)

    assert list(again.as_entered["schools"]["school_id"]) == ["100", "101"]
    _same(again.tables, county.tables)
    assert again.sites == county.sites


@pytest.fixture(scope="module")
def divided(tmp_path_factory):
    """A sample of which two schools are divided: grade 1 with a building, and one at the end."""
    path = tmp_path_factory.mktemp("divided") / "150303-hainan"
    shutil.copytree(sample_folder() / "150303-hainan", path)
    tables = {
        name: pd.read_csv(path / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("schools", "school_years", "enrolment", "rooms")
    }
    for main, site in (("150303001", "150303901"), ("150303007", "150303907")):
        _divide(tables, main, site)
    for name, table in tables.items():
        table.to_csv(path / f"{name}.csv", index=False)
    return path


def _divide(tables, main, site) -> None:
    roster = tables["schools"]
    row = roster[roster["school_id"] == main].assign(
        school_id=site, type="primary", name=lambda rows: rows["name"] + "东校区", belongs_to=main
    )
    tables["schools"] = pd.concat([roster, row]).fillna("")
    grades, yearly = tables["enrolment"], tables["school_years"]
    moved = (grades["school_id"] == main) & (grades["grade"] == "1")
    first = grades[moved].set_index("year")
    grades.loc[moved, "school_id"] = site
    here = yearly["school_id"] == main
    rows = yearly[here].assign(school_id=site)
    for column in rows.columns[2:]:
        if not column.endswith("_primary") and not column.endswith(("_m2", "_cny", "_rooms")):
            rows[column] = ""
            continue
        part = [
            first.loc[year, "students" if column == "students_primary" else "classes"]
            if column in ("students_primary", "classes_primary")
            else ("" if text == "" else f"{float(text) // 4:g}")
            for year, text in zip(rows["year"], rows[column], strict=True)
        ]
        rows[column] = part
        left = [
            text if text == "" else f"{float(text) - float(taken):.10g}"
            for text, taken in zip(yearly.loc[here, column], part, strict=True)
        ]
        yearly.loc[here, column] = left
    tables["school_years"] = pd.concat([yearly, rows])
    rooms = tables["rooms"]
    mine = rooms.index[rooms["school_id"] == main]
    rooms.loc[mine[::3], "school_id"] = site


@pytest.mark.slow
def test_a_divided_sample_has_the_results_of_the_whole_one(divided):
    whole, parts = analyze("150303-hainan"), analyze(divided)

    assert len(parts.county.as_entered["schools"]) == len(whole.county.tables["schools"]) + 2
    for name in ("all_indicators", "all_balance", "all_schools", "all_evaluation"):
        pd.testing.assert_frame_equal(getattr(parts, name), getattr(whole, name), check_exact=True)
    without = whole.register.drop(columns="sites")
    pd.testing.assert_frame_equal(parts.register.drop(columns="sites"), without)
    assert set(parts.register["sites"]) == {"", "小学01东校区", "九年一贯制学校01东校区"}


@pytest.mark.slow
def test_report_and_form_name_the_sites(divided):
    whole, parts = analyze("150303-hainan"), analyze(divided)

    told = sites_grid(parts, "en")
    assert [row[0].text for row in told.rows] == ["小学01东校区", "九年一贯制学校01东校区"]
    forms = [form_grids(study, "en") for study in (whole, parts)]
    for name, grid in forms[0].items():
        texts = [[cell.text for cell in row] for row in grid.rows]
        mine = [[cell.text for cell in row] for row in forms[1][name].rows]
        if name == "表Ⅱ-2":
            named = [row[-1] for row in mine if "with its sites" in row[-1]]
            assert len(named) == 3  # the nine-year school in both stages
            mine = [[*row[:-1], row[-1].partition("; with its sites")[0]] for row in mine]
        assert mine == texts


def test_a_scenario_that_names_a_site_is_told_its_school(tmp_path, make_county, write_county):
    path = folder(tmp_path, make_county, write_county, MAIN, SITE | {"belongs_to": "100"})

    reason = Roster(load_county(path), ()).stranger("第一小学河东校点")

    assert "is a site of “第一小学” and counts with it" in reason.text("en")
