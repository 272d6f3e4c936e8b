"""Net migration that the county reports: taken out of the ratios, and projected by itself."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from cohort_county import cohort_county
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from analysis import load_county, project
from analysis.cli.app import app
from analysis.future.assumptions.scenario import Scenario
from analysis.future.odds.draws import pupil_bands
from analysis.future.projection.model import Model

ANY = {"source": "test", "confidence": "low"}
YEARS = list(range(2016, 2022))
UNTIL = 2029
RATIO = np.array([0.98, 0.99, 1.01, 0.99, 0.97, 0.96, 0.99, 0.98])
#: Pupils who come every year by grade, those who enter first grade and grade 7 among them.
STREAM = np.array([6.0, 10.0, -4.0, 8.0, 3.0, 0.0, 5.0, 7.0, -2.0])
RECORD = """\
code: "999999"
name: {zh: 测试县, en: Test County}
province: {zh: 测试省, en: Test Province}
standard: cn-2017
"""


def scenario(**sections) -> Scenario:
    given_ = {
        "births": {"change": 0.0, **ANY},
        "entry": {"window": 3, **ANY},
        "net_migration": {"level": "mean", "years": 3, **ANY},
    }
    whole = {"name": {"zh": "试", "en": "Test"}, **given_, **sections}
    return Scenario.model_validate({key: each for key, each in whole.items() if each is not None})


def grown(entrants: list[float], stream: np.ndarray, ratio=RATIO) -> np.ndarray:
    """The county's pupils (9, years) after eight years with the stream, which goes on."""
    found, now = [], np.zeros(9)
    for first in entrants:
        now = np.concatenate([[first], now[:-1] * ratio]) + stream
        found.append(now)
    return np.array(found[-len(YEARS) :]).T


def county(whole: np.ndarray, items: dict, parts=(0.5, 0.3, 0.2), births=None, system=None):
    """Primary and junior schools with the same parts of every grade."""
    last = 5 if system else 6
    schools = {}
    for name, grades in (("P", slice(0, last)), ("J", slice(last, 9))):
        for number, part in enumerate(parts):
            cells = np.full(whole.shape, np.nan)
            cells[grades] = part * whole[grades]
            schools[f"{name}{number}"] = cells
    systems = dict.fromkeys(schools, system) if system else {}
    plain = cohort_county(schools, YEARS, births, system=systems)
    past = plain.tables["county_years"]
    rows = [
        (year, item, str(value)) for item, each in items.items() for year, value in each.items()
    ]
    added = pd.DataFrame(rows, columns=["year", "item", "value"]).reindex(columns=past.columns)
    table = pd.concat([past, added.astype(past.dtypes.to_dict())], ignore_index=True)
    tables = dict(plain.tables) | {"county_years": table}
    return dataclasses.replace(plain, tables=MappingProxyType(tables))


def by_grade(stream: np.ndarray, years=YEARS) -> dict:
    return {f"net_migration_grade{n}": dict.fromkeys(years, m) for n, m in enumerate(stream, 1)}


def course(outlook) -> np.ndarray:
    return outlook.students.sum(axis=1)


def goes_on(found: np.ndarray, stream: np.ndarray, ratio=RATIO) -> None:
    """Every cohort goes on by the ratios, and who comes is added."""
    assert found[1:, 1:] == pytest.approx(found[:-1, :-1] * ratio + stream[1:], rel=1e-9)


streams = st.lists(st.integers(-8, 25).map(float), min_size=9, max_size=9).map(np.array)
entrants = st.lists(st.floats(250.0, 400.0), min_size=len(YEARS) + 9, max_size=len(YEARS) + 9)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(entrants, streams, st.sampled_from([None, "5+4"]))
def test_a_known_stream_goes_on_exactly(children, stream, system) -> None:
    here = county(grown(children, stream), by_grade(stream), system=system)
    found = course(project(here, scenario(), UNTIL))
    goes_on(found, stream)
    ended = course(project(here, scenario(net_migration={"level": "none", **ANY}), UNTIL))
    goes_on(ended, np.zeros(9))
    # the course without migration, and the stream accumulated on its way through the grades
    more = np.zeros(9)
    for year in range(1, len(found)):
        more = np.concatenate([[0.0], more[:-1] * RATIO]) + stream
        assert found[year] == pytest.approx(ended[year] + more, rel=1e-9)


def test_entrants_per_child_are_those_without_the_stream() -> None:
    """320 children of age a year, of whom nine in ten enter; six more come from outside."""
    births = dict.fromkeys(range(2003, 2024), 320.0)
    here = county(grown([288.0] * (len(YEARS) + 9), STREAM), by_grade(STREAM), births=births)
    model = Model(here, scenario())
    assert model.rates.entry_ratio == pytest.approx(0.9)
    assert model.rates.flows[0].ratio == pytest.approx(RATIO[5])
    outlook = project(here, scenario(), UNTIL)
    goes_on(course(outlook), STREAM)
    assert course(outlook)[1:, 0] == pytest.approx(288 + STREAM[0])
    # schools keep their parts
    assert outlook.students[-1, :3, 0] == pytest.approx(
        (288 + STREAM[0]) * np.array([0.5, 0.3, 0.2])
    )


def test_without_the_series_the_ratios_grow_with_the_stream() -> None:
    """The stream of a county whose cohorts shrink is wrongly taken as part of every cohort."""
    shrinking = [600 * 0.94**n for n in range(len(YEARS) + 9)]
    stream = np.where(np.arange(9) > 0, 12.0, 0.0)
    whole = grown(shrinking, stream)
    plain, told = (
        course(project(county(whole, items), scenario(), UNTIL)) for items in ({}, by_grade(stream))
    )
    goes_on(told, stream)
    with pytest.raises(AssertionError):
        goes_on(plain, stream)


def test_a_number_by_stage_is_spread_over_the_grades_above_the_entrance() -> None:
    steady = np.tile(np.linspace(300, 260, 9)[:, None], len(YEARS))
    items = {
        "net_migration_primary": dict.fromkeys(YEARS, 50),
        "net_migration_junior": dict.fromkeys(YEARS, -12),
    }
    for system, last in ((None, 6), ("5+4", 5)):
        here = county(steady, items, system=system)
        level = Model(here, scenario()).rates.migrants.level
        assert level[[0, last]] == pytest.approx(0.0)
        assert level[:last].sum() == pytest.approx(50)
        assert level[last:].sum() == pytest.approx(-12)
        part = steady[1:last, 0] / steady[1:last, 0].sum()
        assert level[1:last] == pytest.approx(50 * part)
        # a steady county stays steady
        assert course(project(here, scenario(), UNTIL))[-1] == pytest.approx(steady[:, 0])
        # a number of a grade goes before that of its stage
        more = here.tables["county_years"]
        assert more["item"].str.startswith("net_migration").sum() == 2 * len(YEARS)
        both = county(
            steady, items | {"net_migration_grade3": dict.fromkeys(YEARS, 7)}, system=system
        )
        assert Model(both, scenario()).rates.migrants.level[2] == pytest.approx(7)


def test_what_is_not_reported_for_every_year_is_not_used() -> None:
    whole = grown([300.0] * (len(YEARS) + 9), STREAM)
    plain = project(county(whole, {}), scenario(), UNTIL)
    short = by_grade(STREAM)
    del short["net_migration_grade4"][2020], short["net_migration_grade2"][2021]
    found = project(county(whole, short), scenario(), UNTIL)
    assert (found.students == plain.students).all()
    said = [note.sentence("en") for note in found.notes]
    assert any("not reported for every stage in 2020, 2021" in text for text in said)
    assert not [note for note in plain.notes if "migration" in note.message]
    # a year before the window may be missing; entrance grades need not be reported
    late = by_grade(STREAM, YEARS[-3:])
    del late["net_migration_grade1"], late["net_migration_grade7"]
    without = np.where(np.isin(np.arange(9), [0, 6]), 0.0, STREAM)
    model = Model(county(whole, late), scenario())
    assert model.rates.migrants.level == pytest.approx(without)
    # where the scenario does not say what becomes of it, nothing is done
    alone = scenario(net_migration=None, base="none", progression=ANY, rounding="none")
    told, silent = (project(county(whole, items), alone, UNTIL) for items in (by_grade(STREAM), {}))
    assert (told.students == silent.students).all()


def test_more_than_the_pupils_of_a_grade_is_not_used() -> None:
    whole = grown([300.0] * (len(YEARS) + 9), STREAM)
    wrong = by_grade(STREAM)
    wrong["net_migration_grade5"][2019] = 3000
    found = project(county(whole, wrong), scenario(), UNTIL)
    assert (found.students == project(county(whole, {}), scenario(), UNTIL).students).all()
    said = [note.sentence("en") for note in found.notes]
    assert any("net migration of 2019 is 3000 in grade 5, which has" in text for text in said)


def test_the_stream_has_its_own_noise() -> None:
    whole = grown([300.0] * (len(YEARS) + 9), STREAM)
    steady, wild = by_grade(STREAM), by_grade(STREAM)
    for at, year in enumerate(YEARS):
        for item in wild:
            wild[item][year] = wild[item][year] * (0.2 if at % 2 else 1.8)
    width, kept = {}, {}
    for name, items in (("none", {}), ("steady", steady), ("wild", wild)):
        here = county(whole, items)
        course_ = scenario(net_migration={"level": "mean", "years": 6, **ANY})
        model = Model(here, course_)
        kept[name] = model.rates.migrants.totals
        bands, _ = pupil_bands(here, course_, until=2024, draws=400)
        bands = bands[bands["stage"] == "primary"]
        width[name] = (bands["high"] - bands["low"]).to_numpy()
    assert kept["wild"].std() > kept["steady"].std()
    assert (width["wild"] > 1.3 * width["steady"]).all()
    # nobody is drawn to come who never came
    still = county(whole, by_grade(np.zeros(9)))
    bands, _ = pupil_bands(still, scenario(), until=2024, draws=400)
    plain, _ = pupil_bands(county(whole, {}), scenario(), until=2024, draws=400)
    assert bands["median"].to_numpy() == pytest.approx(plain["median"].to_numpy(), rel=0.01)


def test_a_file_may_have_negative_numbers_and_check_says_what_is_done(tmp_path) -> None:
    whole = grown([300.0] * (len(YEARS) + 9), STREAM).round()
    here = county(whole * 10, by_grade(STREAM))
    folder = tmp_path / "county"
    folder.mkdir()
    (folder / "county.yaml").write_text(RECORD, encoding="utf-8")
    for name in ("schools", "enrolment", "county_years"):
        table = here.tables[name]
        if name == "enrolment":
            table = table.assign(students=table["students"].round(), largest_class=pd.NA)
        table.to_csv(folder / f"{name}.csv", index=False)
    read = load_county(folder)
    assert Model(read).rates.migrants.level == pytest.approx(STREAM)
    done = CliRunner().invoke(app, ["check", str(folder), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert (
        "33 pupils a year come from outside (negative: leave), as on average of 2019 to 2021"
        in done.output
    )
    # projected years do not repeat what was reported
    table = project(read).county.tables["county_years"]
    ahead = table[table["year"] > YEARS[-1]]
    assert not ahead["item"].str.startswith("net_migration").any()
