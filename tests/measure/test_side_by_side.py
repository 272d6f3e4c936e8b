"""Promise: counties and years side by side hold the figures of each study, one fact a row."""

from __future__ import annotations

import pytest

import analysis
from analysis import InputError, analyze, compare

KEYS = ["county", "year", "stage", "indicator", "quantity"]


def test_the_figures_are_those_of_the_studies():
    table = compare(["150202-donghe", "150304-wuda"], years="all")

    assert list(table.columns) == [*KEYS, "value", "unit"]
    assert not table.duplicated(KEYS).any()
    assert table["value"].dtype == float
    for name in ("150202-donghe", "150304-wuda"):
        study = analyze(name)
        rows = table[table["county"] == study.county.code]
        assert set(rows["year"]) == set(study.years)
        wide = rows.pivot(index=["year", "stage", "indicator"], columns="quantity", values="value")
        for row in study.all_balance.to_dict("records"):
            found = wide.loc[(row["year"], row["stage"], row["indicator"])]
            wanted = ["cv"] if row["indicator"] == "composite" else ["mean", "sd", "cv", "gini"]
            for what in wanted:
                assert found[what] == pytest.approx(row[what], nan_ok=True)
            if row["indicator"] != "composite" and not row["missing"]:
                per = analysis.dictionary("indicator").set_index("column")
                hundred = 100 if "100" in per.loc[row["indicator"], "unit"] else 1
                mean = hundred * found["amount"] / row["students"]
                assert mean == pytest.approx(row["mean"])
        whole = wide.xs("", level="indicator")
        passed = study.all_schools[study.all_schools["status"] == "met"]
        counts = passed.groupby(["year", "stage"]).size()
        assert whole["schools_met"].sum() == counts.sum()


def test_nothing_is_lacking_of_what_no_rule_asks_for_yet():
    early = compare("150202-donghe", years=2016).query("quantity == 'lacking'")
    late = compare("150202-donghe").query("quantity == 'lacking'")

    assert early["value"].isna().all()
    assert late["value"].notna().all()


def test_variants_of_a_county_by_their_names():
    study = analyze("150304-wuda")
    table = compare({"as it is": study, "limit 0.40": study.what_if(cv__primary=0.40)})
    limits = table[(table["quantity"] == "limit") & (table["stage"] == "primary")]

    assert limits.groupby("county")["value"].unique().map(list).to_dict() == {
        "as it is": [0.5],
        "limit 0.40": [0.4],
    }


def test_two_of_one_name_are_refused():
    study = analyze("150304-wuda")
    with pytest.raises(InputError, match="stands twice"):
        compare([study, study.what_if(cv__primary=0.40)])


def test_a_year_without_data_is_refused_with_those_there_are():
    with pytest.raises(InputError, match=r"no data for the school year 1999; there are 20\d\d"):
        compare("150304-wuda", years=[1999])


def test_no_county_is_an_empty_table():
    assert list(compare([]).columns) == [*KEYS, "value", "unit"]
