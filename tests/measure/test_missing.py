"""What is still missing: entering a listed figure makes what it promises assessed, and nothing else."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from analysis import load_county
from analysis.data.belonging.joining import join_sites
from analysis.measure.open_items.missing import Gap, missing_figures, open_verdicts
from analysis.measure.study import study_of
from analysis.present.tables.missing import missing_figures_grid, missing_line

SCHOOLS = [
    {"students_primary": 300},
    {"students_primary": 400},
    {"type": "nine_year", "students_primary": 300, "students_junior": 200},
    {"type": "junior", "students_junior": 600},
]


def with_tables(county, **tables):
    import dataclasses

    return dataclasses.replace(county, tables=MappingProxyType({**county.tables, **tables}))


def blanked(county, blanks):
    """A county without some figures: (school, column) or an item of `county_years`."""
    yearly, items = (county.tables[name].copy() for name in ("school_years", "county_years"))
    year = county.last_observed
    for blank in blanks:
        if isinstance(blank, tuple):
            here = (yearly["school_id"] == blank[0]) & (yearly["year"] == year)
            yearly.loc[here, blank[1]] = np.nan
        else:
            items = items[(items["item"] != blank) | (items["year"] != year)]
    return with_tables(county, school_years=yearly, county_years=items)


def entered(county, gap: Gap, source):
    """The county with a listed figure as it stands in the one from which it was taken away."""
    blank, year = gap.blank, county.last_observed
    if blank.table == "county_years":
        rows = source.tables["county_years"]
        row = rows[(rows["item"] == blank.column) & (rows["year"] == year)]
        table = pd.concat([county.tables["county_years"], row])
        return with_tables(county, county_years=table)
    table, true = county.tables[blank.table].copy(), source.tables[blank.table]
    table.loc[blank.row, blank.column] = true.loc[blank.row, blank.column]
    return with_tables(county, **{blank.table: table})


BLANKS = [
    ("001", "teachers_primary"),
    ("001", "backbone_primary"),
    ("002", "indoor_sports_area_m2"),
    ("003", "students_junior"),
    ("004", "training_funds_cny"),
    ("004", "pe_arts_junior"),
    ("002", "multimedia_rooms"),
    *("G1", "V3", "Q4"),
]


@pytest.mark.parametrize("first", [1, 2, 4, len(BLANKS)])
def test_every_figure_unlocks_exactly_what_it_promises(first, make_county):
    whole = make_county(SCHOOLS)
    county = blanked(whole, BLANKS[:first])
    before = open_verdicts(study_of(county))

    gaps = missing_figures(county)

    listed = {(gap.blank.school_id, gap.blank.column) for gap in gaps if gap.blank.school_id}
    # teachers are no indicator of their own: nothing waits for them
    assert listed >= {
        b
        for b in BLANKS[:first]
        if b[1:]
        and b[1] in ("backbone_primary", "multimedia_rooms", "students_junior", "pe_arts_junior")
        and isinstance(b, tuple)
    }
    for gap in gaps:
        if gap.blank.table == "enrolment" or gap.blank.table == "rooms":
            continue  # there are none in this county
        if gap.blank.table == "county_years" and gap.blank.column not in BLANKS:
            continue
        after = open_verdicts(study_of(entered(county, gap, whole)))
        assert before - after == set(gap.unlocks), gap.blank


def test_several_figures_for_one_verdict_unlock_it_together(make_county):
    whole = make_county(SCHOOLS)
    county = blanked(whole, [("001", "multimedia_rooms"), ("002", "multimedia_rooms")])
    cv = ("item", "cv.multimedia_rooms.primary")

    gaps = [gap for gap in missing_figures(county) if gap.blank.column == "multimedia_rooms"]

    assert len(gaps) == 2
    assert all(cv in gap.waiting and cv not in gap.unlocks for gap in gaps)
    for gap in gaps:
        county = entered(county, gap, whole)
    assert cv not in open_verdicts(study_of(county))


@pytest.mark.slow
@pytest.mark.parametrize("sample", ["150303-hainan", "340207-jiujiang", "411281-yima"])
@pytest.mark.parametrize("seed", [1, 2])
def test_samples_with_gaps(sample, seed):
    whole = load_county(sample)
    random = np.random.default_rng(seed)
    year = whole.last_observed
    yearly, items = whole.tables["school_years"], whole.tables["county_years"]
    of_year = yearly[yearly["year"] == year]
    columns = [
        c for c in yearly if yearly[c].dtype == float and c != "year" and "part_time" not in c
    ]
    blanks = [
        (of_year["school_id"].iloc[random.integers(len(of_year))], str(random.choice(columns)))
        for _ in range(6)
    ]
    blanks += [str(item) for item in random.choice(items[items["year"] == year]["item"], 4)]
    county = blanked(whole, blanks)
    grades, rooms = (county.tables[name].copy() for name in ("enrolment", "rooms"))
    grades.loc[random.choice(grades.index[grades["year"] == year]), "largest_class"] = np.nan
    rooms.loc[random.choice(rooms.index[rooms["year"] == year], 2), "area_m2"] = np.nan
    county = with_tables(county, enrolment=grades, rooms=rooms)
    before = study_of(county)

    gaps = missing_figures(county)

    assert gaps
    for gap in gaps:
        if gap.blank.table == "county_years" and gap.blank.column not in blanks:
            continue
        after = study_of(entered(county, gap, whole))
        opened = open_verdicts(before) - open_verdicts(after)
        assert opened >= set(gap.unlocks), gap.blank
        # what else is decided was decided by failing, or by one room large enough among several blank
        status = after.statuses[year]
        other = opened - set(gap.unlocks)
        other = {v for v in other if not (gap.blank.table == "rooms" and v[1].startswith("G3."))}
        assert all(v[0] != "item" or status[v[1]] == "not_met" for v in other), gap.blank


def test_a_site_of_an_unknown_school_is_one_line(make_county):
    county = make_county(
        [
            {"school_id": "100", "name": "第一小学", "students_primary": 600},
            {"school_id": "101", "name": "第一小学东校区", "students_primary": 90}
            | {"belongs_to": "unknown"},
        ]
    )
    tables, sites = join_sites(county.tables)
    import dataclasses

    county = dataclasses.replace(
        county, tables=MappingProxyType(tables), sites=sites, entered=county.tables
    )

    first = missing_figures(county)[0]

    assert (first.blank.column, first.school) == ("belongs_to", "第一小学东校区")
    assert ("school", "primary", "100") in first.unlocks


def test_nothing_is_listed_where_everything_is_assessed(make_county):
    county = make_county([{"type": "special_education", "students_primary": 30}])
    open_ = {v[1] for v in open_verdicts(study_of(county))}

    assert {b for gap in missing_figures(county) for b in gap.waiting} <= {
        ("item", i) for i in open_
    }
    assert missing_figures(load_county("150303-hainan")) == []


def test_a_line_says_where_to_enter_it(tmp_path, make_county, write_county):
    path = write_county(
        blanked(make_county(SCHOOLS), [("001", "multimedia_rooms")]), tmp_path / "county"
    )
    county = load_county(path)
    gaps = [gap for gap in missing_figures(county) if gap.blank.column == "multimedia_rooms"]
    study = study_of(county)

    line = missing_line(study, gaps[0], "zh")

    at = county.tables["school_years"].columns.get_loc("multimedia_rooms")
    cell = f"{chr(65 + at)}2"
    assert "School 1" in line
    assert "网络多媒体教室数" in line
    assert "school_years.csv" in line
    assert cell in line
    grid = missing_figures_grid(study, gaps, "en")
    assert grid.rows[0][2].text == "school_years.csv"
    assert grid.rows[0][5].text == str(len(gaps[0].unlocks))
