"""The engine as a whole: projected years, many years at once, the same figures by every way."""

import dataclasses

from analysis import analyze


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
