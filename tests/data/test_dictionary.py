"""Promise: the data dictionary has every column, indicator and rule, as they are."""

from __future__ import annotations

import pytest

from analysis import InputError, analyze, compare, dictionary, load_standard
from analysis.base.schema.results import UNITS, result_tables
from analysis.base.schema.tables import TABLES
from analysis.data.paths import sample_counties

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


def results(study) -> dict:
    """Every table of results that there is, by its id in the dictionary."""
    own = {
        name: getattr(study, name)
        for name in result_tables()
        if name not in ("comparison", "dictionary", "targets_by_phase")
    }
    others = {"comparison": compare(study), "dictionary": dictionary()}
    return own | others | {"targets_by_phase": study.targets_by_phase()}


def test_every_column_that_comes_out_is_in_it_in_its_order():
    study = analyze("150202-donghe")
    about = dictionary("result")
    for name, table in results(study).items():
        assert list(table.columns) == about.loc[about["table"] == name, "column"].tolist(), name
        assert table.table_id == name


def test_kinds_are_those_of_the_tables():
    for name, table in results(analyze("150202-donghe")).items():
        for column in result_tables()[name].columns.values():
            values, kind = table[column.name], column.kind
            if not len(values):
                continue
            numbers = values.dtype.kind in "if" and values.dtype != bool
            assert numbers == (kind in ("integer", "number", "share")), (name, column.name)
            assert (values.dtype == bool) == (kind == "flag"), (name, column.name)
            if kind == "share" and column.range == "0 to 1":
                assert values.dropna().between(0, 1).all(), (name, column.name)
            if kind == "number" and column.range == "0 or more":
                assert (values.dropna() >= 0).all(), (name, column.name)
            if " | " in column.range and kind == "text":
                allowed = {*column.range.split(" | "), ""}
                assert set(values.dropna()) <= allowed, (name, column.name)


def test_every_column_that_goes_in_every_indicator_and_rule_is_in_it():
    table = dictionary()
    found = {kind: part["column"].tolist() for kind, part in table.groupby("kind")}

    assert len(found["input"]) == sum(len(each.columns) for each in TABLES.values())
    assert found["indicator"] == list(INDICATORS)
    assert found["rule"] == list(load_standard("cn-2017").entries)
    assert set(found["item"]) >= {"schools.primary", "cv.sports_area.junior", "G7", "V6"}
    assert (table[["zh", "en"]] != "").all(axis=None)
    assert (table.loc[table["kind"] == "rule", "source"] != "").all()
    assert not table.duplicated(["kind", "table", "column"]).any()


def test_units_are_said_where_there_are_any():
    units = analyze("150304-wuda").balance.units

    assert units["students"] == "persons"
    assert units["mean"] == "by indicator"
    assert units["cv"] == ""
    assert all(unit.zh and unit.en for name, unit in UNITS.items() if name)


def test_a_local_standard_and_an_unknown_kind():
    national, local = dictionary("rule"), dictionary("rules", standard="cn-2017")

    assert national.equals(local)
    with pytest.raises(InputError, match=r"unknown kind “colums”"):
        dictionary("colums")


@pytest.mark.parametrize(
    ("county", "standard"),
    [(name, None) for name in sample_counties()] + [("150303-hainan", "cn-2012")],
)
def test_every_item_of_an_evaluation_is_in_it_with_its_unit(county, standard):
    study = analyze(county, standard=standard)
    items = dictionary("item", standard=study.county.standard).set_index("column")

    assert set(study.evaluation["item"]) <= set(items.index)
    numbers = study.evaluation.query("value == value")["item"]
    assert (items.loc[numbers, ["unit", "unit_zh"]] != "").all(axis=None)


def test_a_threshold_has_the_unit_of_the_ratio():
    rules = dictionary("rule").set_index("column")["unit"]

    assert rules["teaching_area.primary"] == "m² per student"
    assert rules["cv.primary"] == rules["composite_cv.junior"] == "coefficient (no unit)"
    assert rules["school.floor"] == "share (1 is 100 %)"
    assert rules["G1"] == ""


def test_indicators_are_those_of_the_standard_that_is_named():
    own = sample_counties()["150303-hainan"] / "with-books.yaml"

    assert dictionary("indicator", standard=own)["column"].tolist()[-1] == "library_books"
    assert dictionary("indicator", standard="cn-2012")["source"].str.startswith("教督").all()


def test_what_the_rule_says_of_an_item_is_not_what_the_plan_does():
    study = analyze("150202-donghe")
    items = dictionary("item", standard=study.county.standard).set_index("column")

    assert items.loc["backbone_teachers.primary", "source"].startswith("教督〔2017〕6号")
    assert items.loc["staff.bachelor_share.junior", "source"].startswith("包东政发〔2021〕322号")
