"""The region's report: who stands where, by hand-made counties."""

import pytest
from counties import build_county, save_county

from analysis.present.region.summary import read_region
from analysis.present.region.tables import failing_grid, near_grid, ranking_grid, unread_grid
from analysis.report.pages import region as pages

#: Three schools, one of which decides.
GOOD = {"students_primary": 100}


def write(folder, code, last, years=2023, **facts):
    county = build_county([GOOD, GOOD, GOOD | last], years, code=code, facts=facts or None)
    save_county(county, folder / code)


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """Met; open (a school's rooms not reported); S1 not met; two requirements not met; no data."""
    folder = tmp_path_factory.mktemp("region")
    write(folder, "100005", {}, years=2021)
    write(folder, "100004", {"backbone_primary": 0}, S1="0.8")
    write(folder, "100003", {}, S1="0.8")
    write(folder, "100002", {"multimedia_rooms": None})
    write(folder, "100001", {})
    return read_region(folder, 2023)


def texts(grid):
    return [[cell.text for cell in row] for row in grid.rows]


@pytest.mark.slow
def test_counties_stand_in_order(region):
    counties = region.counties

    assert list(counties["code"]) == ["100001", "100002", "100003", "100004"]
    assert list(counties["verdict"]) == ["met", "not_assessed", "not_met", "not_met"]
    assert list(counties["failed"])[:3] == [0, 0, 1]
    assert counties["failed"].iloc[3] >= 2
    assert counties["open"].iloc[1] > 0
    assert list(counties["schools"]) == [3, 3, 3, 3]
    assert list(counties["rows_met"]) == [3, 2, 3, 2]


@pytest.mark.slow
def test_what_fails_most_comes_first(region):
    first = texts(failing_grid(region, "en"))[0]

    assert first == ["Social recognition (satisfaction)", "2", "0", "2"]


def test_who_is_near_and_by_what(region):
    rows = {row[1]: row for row in texts(near_grid(region, "en"))}

    assert rows["1"][2] == "Social recognition (satisfaction)"
    assert "0" in rows  # the open county fails nothing


def test_county_without_the_year_is_named(region):
    assert texts(unread_grid(region, "en"))[0][0] == "100005"
    assert "2021" in texts(unread_grid(region, "en"))[0][1]


def test_ranking_names_every_county_once(region):
    assert [row[0] for row in texts(ranking_grid(region, "zh"))] == ["1", "2", "3", "4"]


def test_the_region_says_that_it_compares_observed_years(region):
    said = {lang: "".join(pages.cover(region, lang).body) for lang in ("zh", "en")}
    assert "Only observed years are compared here" in said["en"]
    assert "stand with its chance" in said["en"]
    assert "仅比较实测年份" in said["zh"]


def test_region_without_counties_has_pages_all_the_same(tmp_path):
    empty = read_region(tmp_path)

    for name in ("cover", "ranking", "variation", "failing", "near", "unread"):
        assert getattr(pages, name)(empty, "en").body


@pytest.mark.slow
def test_region_becomes_a_pdf_that_says_what_it_is_about(tmp_path):
    from analysis.data.paths import sample_folder
    from analysis.report.build import write_region

    names = ("150303-hainan", "230505-sifangtai")
    paths = write_region([sample_folder() / n for n in names], tmp_path, lang="en")
    page = (tmp_path / "region-en.html").read_text(encoding="utf-8")

    assert [path.name for path in paths] == ["region-en.pdf", "region-en.html"]
    assert b"junheng region 2022 14 8323" in paths[0].read_bytes()
    assert page.index("Hainan District") < page.index("Sifangtai District")
