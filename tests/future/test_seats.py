"""Seat warnings: levels, places lacking and the year of the decision, by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from cohort_county import cohort_county

from analysis import InputError, analyze, load_county, load_scenario, project
from analysis.future.assumptions.planning import SeatWarning
from analysis.future.assumptions.scenario import Scenario
from analysis.future.odds.draws import Courses
from analysis.future.odds.places import seat_chances
from analysis.future.planning.seats import COLUMNS, decisions, levels, seat_warnings
from analysis.future.what_if import WhatIf
from analysis.present.projection import seats

ANY = {"source": "test", "confidence": "low"}
NAME = {"zh": "试", "en": "Test"}
RULES = {"yellow": 0.9, "orange": 0.95, "red": 1.0, "lead_years": 3, **ANY}


def scenario(**sections) -> Scenario:
    flat = {
        "births": {"change": 0.0, **ANY},
        "entry": {"ratio": 1.0, **ANY},
        "seat_warning": RULES,
    }
    return Scenario.model_validate({"name": NAME, **flat, **sections})


@pytest.fixture(scope="module")
def outlook():
    return project(load_county("340207-jiujiang"), "baseline")


def made(outlook, rows: list[tuple], **rules):
    """The outlook with other pupils and places: (school number, stage, year, students, seats)."""
    ids = outlook.county.tables["schools"]["school_id"].tolist()
    table = pd.DataFrame(rows, columns=["school_id", "stage", "year", "students", "seats"])
    table["school_id"] = [ids[number] for number in table["school_id"]]
    table["seats_missing"] = (table["students"] - table["seats"]).clip(lower=0)
    roster = outlook.county.tables["schools"].copy()
    roster["area"] = ["urban", "urban", "rural", *[pd.NA] * (len(roster) - 3)]
    tables = dict(outlook.county.tables) | {"schools": roster}
    county = dataclasses.replace(outlook.county, tables=tables)
    own = outlook.scenario.model_copy(update={"seat_warning": SeatWarning(**(RULES | rules))})
    return dataclasses.replace(outlook, county=county, scenario=own, capacity=table)


@pytest.mark.parametrize(
    ("pupils", "level"),
    [(89.9, "none"), (90, "yellow"), (94.9, "yellow"), (95, "orange"), (100, "orange"), (101, "red")],
)  # fmt: skip
def test_levels_begin_at_their_number_and_red_above_it(pupils, level):
    assert levels(np.array([pupils / 100]), SeatWarning(**RULES))[0] == level


def test_binary_fractions_raise_no_level():
    assert levels(np.array([0.1 * 3 / 0.3, np.nan]), SeatWarning(**RULES)).tolist() == ["orange", "unknown"]  # fmt: skip


def test_one_area_by_hand(outlook):
    # two urban schools: one full by 20.5, one with room; together they turn red in 2030
    rows = [
        (0, "primary", 2029, 120.5, 100), (1, "primary", 2029, 60, 100),
        (0, "primary", 2030, 130.5, 100), (1, "primary", 2030, 90, 100),
        (2, "primary", 2029, 10, 100), (2, "primary", 2030, 10, 100),
    ]  # fmt: skip
    table = seat_warnings(made(outlook, rows))
    assert list(table.columns) == COLUMNS
    assert table["area"].tolist() == ["urban", "urban", "rural", "rural"]
    first, second = table.iloc[0], table.iloc[1]
    assert (first["pupils"], first["places"], first["level"]) == (180.5, 200, "yellow")
    # a part of a place is a place
    assert (first["lack"], first["lack_schools"], first["full_schools"]) == (0, 21, 1)
    assert (second["pupils"], second["lack"], second["lack_schools"]) == (220.5, 21, 31)
    assert second["level"] == "red"
    assert table["decide_by"].tolist()[:2] == [2027, 2027]
    assert table["decide_by"].isna().tolist()[2:] == [True, True]
    table = seat_warnings(made(outlook, rows, lead_years=5))
    assert table["decide_by"].iloc[0] == 2025
    table = seat_warnings(made(outlook, rows, red=1.2))
    assert table["level"].tolist() == ["yellow", "orange", "none", "none"]


def test_unknown_places_are_not_none(outlook):
    rows = [(0, "junior", 2029, 300, 0), (1, "junior", 2029, 50, 100), (5, "junior", 2029, 9, 0)]
    table = seat_warnings(made(outlook, rows))
    urban, blank = table.iloc[0], table.iloc[1]
    assert (urban["pupils"], urban["places"], urban["level"]) == (50, 100, "none")
    assert (urban["schools"], urban["unknown_schools"], urban["lack_schools"]) == (2, 1, 0)
    assert (blank["area"], blank["level"], blank["lack"]) == ("", "unknown", 0)
    assert np.isnan(blank["occupancy"])


def test_decisions_are_the_most_urgent_first(outlook):
    rows = [(0, "primary", year, n, 100) for year, n in [(2028, 99), (2029, 110), (2030, 140), (2031, 80)]]  # fmt: skip
    rows += [(2, "primary", year, n, 100) for year, n in [(2028, 101), (2029, 120), (2030, 120), (2031, 150)]]  # fmt: skip
    found = decisions(seat_warnings(made(outlook, rows)))
    assert found[["area", "first_red", "decide_by", "worst_year", "lack", "last_red", "until"]].to_numpy().tolist() == [
        ["rural", 2028, 2025, 2031, 50, 2031, 2031],
        ["urban", 2029, 2026, 2030, 40, 2030, 2031],
    ]  # fmt: skip
    assert decisions(seat_warnings(made(outlook, rows[:1]))).empty


def test_a_growing_county_by_hand():
    # 40 in every grade; 100 are born every year from 2016 on: more than the places of the classes
    # reported as soon as enough of them have entered
    pupils = np.full((9, 3), np.nan)
    pupils[:6] = 40
    years = [2019, 2020, 2021]
    births = dict.fromkeys(range(2010, 2016), 40.0) | dict.fromkeys(range(2016, 2022), 100.0)
    county = cohort_county({"A": pupils}, years, births, area={"A": "town"})
    outlook = project(county, scenario(entry={"ratio": 1.0, "cutoff": "12-31", **ANY}), 2027)
    table = seat_warnings(outlook).set_index("year")
    rooms = county.tables["school_years"]["classes_primary"].max()
    places = rooms * outlook.county.standard.evaluation.for_year(2021).usual("G5.primary")
    grades = {year: min(max(year - 2021, 0), 6) for year in table.index}
    # children of 2016 are six in 2022
    for year, new in grades.items():
        expected = 40 * (6 - new) + 100 * new
        assert table.loc[year, "pupils"] == pytest.approx(expected)
        assert table.loc[year, "places"] == places
        assert table.loc[year, "lack"] == max(expected - places, 0)
    first = next(year for year, new in grades.items() if 40 * (6 - new) + 100 * new > places)
    assert first == 2025
    assert (table["decide_by"] == 2022).all()


def test_sums_are_those_of_the_capacity_table(outlook):
    table, rooms = seat_warnings(outlook), outlook.capacity
    known = rooms[rooms["seats"] > 0]
    for name, source in (("pupils", "students"), ("places", "seats")):
        ours = table.groupby(["stage", "year"])[name].sum()
        theirs = known.groupby(["stage", "year"])[source].sum()
        pd.testing.assert_series_equal(ours, theirs, check_names=False)
    assert (table["lack_schools"] >= table["lack"] - 1e-9).all()


def test_the_levels_move_no_figure():
    county = load_county("340207-jiujiang")
    plain = analyze(county, scenario="baseline")
    strict = analyze(county, scenario=scenario_with(county, red=0.5, orange=0.4, yellow=0.3))
    assert plain.statuses == strict.statuses
    pd.testing.assert_frame_equal(plain.outlook.capacity, strict.outlook.capacity)


def scenario_with(county, **rules) -> Scenario:
    whole = load_scenario("baseline", county)
    return whole.model_copy(update={"seat_warning": SeatWarning(**(RULES | rules))})


def test_levels_that_do_not_rise_are_refused(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(
        "name: {zh: 一, en: One}\nseat_warning: {yellow: 1.2, source: a, confidence: low}\n"
    )
    with pytest.raises(InputError) as error:
        load_scenario(file)
    assert "yellow 1.2, orange 0.95, red 1: expected rising numbers" in error.value.findings[0].sentence("en")  # fmt: skip


def test_without_levels_nobody_is_warned_of(outlook):
    bare = outlook.scenario.model_copy(update={"seat_warning": None})
    assert seat_warnings(dataclasses.replace(outlook, scenario=bare)).empty


class Shown:
    """As much of `WhatIf` as the sentences, the table and the picture look at."""

    def __init__(self, outlook, last):
        self.study = type("Study", (), {"outlook": outlook})
        self.last, self.main = last, "own"
        self.seats = seat_warnings(outlook)
        self.scenarios = {"own": outlook.scenario}
        # nothing is drawn
        self.forecast, self.seat_chances = None, pd.Series(np.nan, index=self.seats.index)


def test_sentences_say_whether_it_is_too_late(outlook):
    rows = [(0, "primary", 2030, 150, 100), (0, "primary", 2031, 50, 100), (2, "primary", 2031, 101, 100)]  # fmt: skip
    shown = Shown(made(outlook, rows), last=2027)
    late, in_time = seats.seat_sentences(shown, "en")
    assert late.startswith("Primary, urban")
    assert "would have had to be decided by 2027" in late
    assert "After 2030 the level is no longer red" in late
    assert "50 places lacking at most" in late
    assert "a building must be decided by 2028" in in_time
    assert "After" not in in_time
    late, in_time = seats.seat_sentences(shown, "zh")
    assert "小学" in late
    assert "城区" in late
    assert "2028" in in_time
    calm = Shown(made(outlook, [(0, "primary", 2030, 50, 100)]), last=2027)
    assert "no stage and area turns red until 2030" in seats.seat_sentences(calm, "en")[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_table_and_picture_of_a_county(lang):
    what_if = WhatIf("340207-jiujiang", ["plan_full"], draws=0)
    table = seat_warnings(what_if.study.outlook)
    grid = seats.seat_grid(what_if, lang)
    assert len(grid.rows) == len(table)
    assert grid.rows[0][1].text == str(table["year"].iloc[0])
    svg = seats.seat_chart(what_if, lang).to_svg()
    for occupancy in table["occupancy"].dropna():
        assert f">{occupancy * 100:.1f}<" in svg


# --- how likely a level is ---------------------------------------------------------------------------


def drawn(outlook, years, pupils) -> Courses:
    """Ten draws of primary pupils: (years, draws, schools), zeros for the schools beyond those given."""
    ids = outlook.county.tables["schools"]["school_id"].to_numpy()
    wide = np.zeros((len(years), 10, len(ids)))
    wide[..., : pupils.shape[-1]] = pupils
    return Courses.empty(years, ids, (), 10, {"primary": wide, "junior": np.zeros_like(wide)})


def test_chance_of_a_level_is_counted_over_the_area(outlook):
    """Urban: 200 places, 160 + 4 n pupils in draw n: 180 and more from n = 5 on, red never."""
    rows = [
        (0, "primary", 2029, 120, 100), (1, "primary", 2029, 65, 100),
        (0, "primary", 2030, 130, 100), (1, "primary", 2030, 80, 100),
        (2, "primary", 2029, 10, 100), (2, "primary", 2030, 10, 0),
    ]  # fmt: skip
    made_ = made(outlook, rows)
    table = seat_warnings(made_)
    n = np.arange(10)
    pupils = np.zeros((2, 10, 3))
    pupils[0, :, 0], pupils[0, :, 1] = 100, 60 + 4 * n
    pupils[1, :, 0], pupils[1, :, 1] = 140, 30 + 10 * n
    found = seat_chances(table, made_, drawn(outlook, (2029, 2030), pupils))

    assert table["level"].tolist() == ["yellow", "red", "none", "unknown"]
    # yellow or worse: 180 of 200 from n = 5; red: more than 200 from n = 4 (210)
    assert found.tolist()[:2] == [0.5, 0.6]
    # nobody of the countryside in the draws: no warning; no place known: no chance
    assert found.tolist()[2] == 0
    assert np.isnan(found.tolist()[3])
    # a year that was not drawn
    assert np.isnan(seat_chances(table, made_, drawn(outlook, (2029,), pupils[:1])).iloc[1])


def test_chances_grow_with_the_pupils_and_fall_with_the_level(outlook):
    rng = np.random.default_rng(3)
    pupils = rng.uniform(70, 130, (1, 10, 1))
    shares = []
    for students in (91, 96, 101):
        made_ = made(outlook, [(0, "primary", 2029, students, 100)])
        shares.append(seat_chances(seat_warnings(made_), made_, drawn(outlook, (2029,), pupils)).iloc[0])  # fmt: skip
    more = seat_chances(seat_warnings(made_), made_, drawn(outlook, (2029,), pupils + 10)).iloc[0]

    assert shares == sorted(shares, reverse=True)
    assert shares[2] == np.mean(pupils > 100)
    assert more >= shares[2]


@pytest.mark.slow
def test_levels_are_printed_with_their_share_of_the_draws():
    county = load_county("340207-jiujiang")
    ahead = WhatIf(county, ["plan_none"], until=2026, draws=40)
    grid, silent = (seats.seat_grid(each, "en") for each in (ahead, WhatIf(county, ["plan_none"], until=2026, draws=0)))  # fmt: skip
    at = [head.startswith("That level") for head in grid.header].index(True)

    assert all("%" in row[at].text or row[at].text == "—" for row in grid.rows)
    assert any("%" in row[at].text for row in grid.rows)
    assert {row[at].text for row in silent.rows} == {"—"}
    assert "40 simulated courses" in seats.seat_text(ahead, "en")
