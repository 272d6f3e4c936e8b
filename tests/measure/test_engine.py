"""The engine as a whole: projected years, many years at once, the same figures by every way."""

import dataclasses
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from make_nation import generate_nation

from analysis import County, analyze, load_county, load_standard
from analysis.base.schema.tables import TABLES
from analysis.data.county import CountyRecord
from analysis.measure.indicators import STATUSES
from analysis.measure.side_by_side.nation import judge_nation
from analysis.measure.study import judge
from analysis.measure.verdicts import VERDICTS


def test_years_after_the_last_observed_one_are_projected(make_county):
    county = make_county([{"students_primary": 100}], [2022, 2023, 2024])

    study = analyze(dataclasses.replace(county, observed_until=2022), 2024)

    tables = {
        "register": study.register,
        "indicators": study.all_indicators,
        "balance": study.all_balance,
        "schools": study.all_schools,
    }
    for name, table in tables.items():
        basis = table.groupby("year")["basis"].unique().map(list).to_dict()
        assert basis == {2022: ["observed"], 2023: ["projected"], 2024: ["projected"]}, name


def test_every_year_is_observed_unless_the_county_says_otherwise(make_county):
    study = analyze(make_county([{"students_primary": 100}], [2022, 2023]))

    assert set(study.register["basis"]) | set(study.all_balance["basis"]) == {"observed"}


def test_a_year_without_a_judged_school_has_its_basis_too(make_county):
    county = make_county(
        [{"students_primary": 100, "by_year": {2023: {"students_primary": 0}}}], [2022, 2023]
    )

    study = analyze(dataclasses.replace(county, observed_until=2022), 2023)

    assert study.indicators.empty
    assert set(study.balance["basis"]) == {"projected"}


# --- the nation ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def nation_tables():
    """Some counties with what real data have: gaps, through-schools, schools that open and close."""
    tables = generate_nation(5, 12, 3, seed=7)
    chance = np.random.default_rng(7)
    yearly = tables["school_years"]
    for name in yearly.columns.drop(["county", "school_id", "year"]):
        drawn = chance.random(len(yearly))
        yearly.loc[drawn < 0.01, name] = np.nan
        yearly.loc[drawn > 0.995, name] = 0.0
    roster = tables["schools"]
    drawn = chance.random(len(roster))
    roster.loc[drawn < 0.1, "type"] = "attached_class"
    roster.loc[(drawn > 0.1) & (drawn < 0.2), "type"] = "twelve_year"
    roster.loc[(drawn > 0.2) & (drawn < 0.25), "type"] = "special_education"
    roster.loc[(drawn > 0.3) & (drawn < 0.4), "opened"] = 2017
    roster.loc[(drawn > 0.4) & (drawn < 0.5), "closed"] = 2017
    # in no order
    return tables | {
        "schools": roster.sample(frac=1, random_state=1, ignore_index=True),
        "school_years": yearly.sample(frac=1, random_state=2, ignore_index=True)[:-20],
    }


def one_of(tables, code) -> County:
    """A county of a nation as the loader would give it."""
    frames = {}
    for name, table in TABLES.items():
        rows = tables.get(name, pd.DataFrame(columns=["county"])).query("county == @code")
        types = {c.name: "float64" if c.is_numeric else "str" for c in table.columns}
        frames[name] = rows.reindex(columns=table.names).astype(types)
    text = {"zh": "县", "en": "County"}
    record = CountyRecord(code=code, name=text, province=text)
    return County(record, MappingProxyType(frames), load_standard("cn-2017"), Path(code))


@pytest.mark.parametrize("together", [1, 2, 100])
def test_nation_and_county_come_to_the_same_figures(nation_tables, monkeypatch, together):
    monkeypatch.setattr("analysis.measure.side_by_side.nation.TOGETHER", together)

    nation = judge_nation(nation_tables)

    assert len(nation.counties) == 5
    assert len(nation.county) > 150
    assert set(nation.status.ravel()) == {0, 1, 2, 3}
    ids = nation_tables["schools"]["school_id"].to_numpy(dtype=object)
    for number, code in enumerate(nation.counties):
        study = analyze(one_of(nation_tables, code))
        mine = nation.county == number
        table = study.all_indicators
        assert ids[nation.school[mine]].repeat(7).tolist() == table["school_id"].tolist()
        years = np.array(nation.years)[nation.year[mine]]
        assert years.repeat(7).tolist() == table["year"].tolist()
        for name in ("value", "shortfall"):
            figures = getattr(nation, name)[:, mine].ravel("F")
            np.testing.assert_array_equal(figures, table[name].to_numpy(), name)
        statuses = np.array(STATUSES)[nation.status[:, mine].ravel("F")]
        assert statuses.tolist() == table["status"].tolist()
        verdicts = np.array(VERDICTS)[nation.verdict[mine]]
        assert verdicts.tolist() == study.all_schools["status"].tolist()
        for name in ("cv", "mean", "sd", "limit", "missing", "status"):
            figures = getattr(nation.balance, name)[:, number].transpose(1, 2, 0).ravel()
            np.testing.assert_array_equal(figures, study.all_balance[name].to_numpy(), name)
        rule = study.all_evaluation.query("item in ['schools.primary', 'schools.junior']")
        assert nation.schools_status[number].ravel().tolist() == rule["status"].tolist()
        shares = rule["value"].to_numpy(dtype=float)
        np.testing.assert_array_equal(nation.passing[number].ravel(), shares)


def test_a_school_stands_once_in_a_nation(nation_tables):
    roster = nation_tables["schools"]
    twice = nation_tables | {"schools": pd.concat([roster, roster[:1]])}

    with pytest.raises(ValueError, match="stands for two schools"):
        judge_nation(twice)


# --- one year and many -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("sample", ["150202-donghe", "150303-hainan", "411281-yima"])
def test_a_year_by_itself_and_among_others_is_judged_alike(sample):
    county = load_county(sample)
    every = analyze(county)
    for year in county.years:
        alone = judge(
            county,
            year,
            {year: every.years[year]},
            {y: every.plan[y] for y in [year] if every.plan},
        )

        for name in ("all_indicators", "all_balance", "all_schools", "register"):
            table = getattr(every, name)
            table = table[table["year"] == year].reset_index(drop=True)
            pd.testing.assert_frame_equal(getattr(alone, name), table, rtol=1e-12, atol=0)
        table = every.all_evaluation.query("year == @year and item != 'cv_shrinking'")
        expected = alone.evaluation.query("item != 'cv_shrinking'")
        pd.testing.assert_frame_equal(
            table.reset_index(drop=True).astype(object),
            expected.reset_index(drop=True).astype(object),
        )
        assert every.verdicts[year] == analyze(county, year).recognised


def test_an_alternative_is_judged_like_a_county_with_that_rule():
    """What alternatives share among themselves does not carry over from one to the next."""
    study = analyze("150302-haibowan")
    changes = {"option__cv_weighting": "none", "option__rooms_counting": "sum"}
    for name, value in (changes | changes).items():
        other = study.with_rules(**{name: value})
        rules = {study.year: study.rules.replace(**{name: value})}

        fresh = judge(study.county, study.year, rules, {}, concessions=study.concessions)

        pd.testing.assert_frame_equal(other.evaluation, fresh.evaluation)
        pd.testing.assert_frame_equal(other.balance, fresh.balance)


def test_verdicts_follow_from_the_statuses_of_all_items():
    study = analyze("150202-donghe")
    for year, table in study.all_evaluation.groupby("year"):
        assert study.statuses[year] == dict(zip(table["item"], table["status"], strict=True))
        failed, unknown = ((table["status"] == each).any() for each in ("not_met", "not_assessed"))
        assert study.verdicts[year] is (False if failed else None if unknown else True)
