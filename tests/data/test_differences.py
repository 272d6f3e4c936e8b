"""Two versions of a county: what is listed is what differs, no more and no less."""

from __future__ import annotations

import dataclasses
from collections import Counter
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from counties import build_county, save_county, write_workbook
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from analysis import load_county
from analysis.base.schema.tables import TABLES
from analysis.cli.app import app
from analysis.data.differences import differences, keys_of, text_of
from analysis.future.analyze import analyze
from analysis.measure.side_by_side.turns import Turn, turns

SCHOOLS = [
    {"school_id": "01", "name": "一小", "students_primary": 100},
    {"school_id": "02", "name": "二小", "students_primary": 200},
    {"school_id": "03", "name": "一中", "type": "junior", "students_junior": 150},
]


def county(**tables):
    made = build_county(SCHOOLS, [2021, 2022], target_year=2029)
    rooms = pd.DataFrame(
        [("01", 2021.0, "music", 80.0), ("01", 2021.0, "music", 80.0), ("01", 2021.0, "art", 90.5)],
        columns=["school_id", "year", "kind", "area_m2"],
    ).reindex(columns=TABLES["rooms"].names)
    rooms = rooms.astype(made.tables["rooms"].dtypes.to_dict())
    return with_tables(made, rooms=rooms, **tables)


def with_tables(made, **tables):
    return dataclasses.replace(made, tables=MappingProxyType(dict(made.tables) | tables))


OLD = county()


def content(county) -> dict[str, Counter]:
    """Every table as rows of texts, in any order."""
    return {
        name: Counter(
            tuple(text_of(value) for value in row) for row in table.itertuples(index=False)
        )
        for name, table in county.tables.items()
    }


def applied(old, found) -> dict[str, Counter]:
    """The old version with all that is listed done to it."""
    made = {}
    for name, table in TABLES.items():
        keys = keys_of(table)
        rows = [
            {column: text_of(value) for column, value in row.items()}
            for row in old.tables[name].to_dict("records")
        ]
        for each in found:
            if each.table != name:
                continue
            here = [row for row in rows if tuple(row[key] for key in keys) == each.key]
            if each.kind == "row_added":
                rows.append(dict.fromkeys(table.names, "") | each.row)
            elif each.kind == "value":
                (row,) = here
                assert row[each.column] == each.old
                row[each.column] = each.new
        for each in found:
            if each.table == name and each.kind == "row_removed":
                here = [row for row in rows if tuple(row[key] for key in keys) == each.key]
                rows.remove(here[0])
        made[name] = Counter(tuple(row[column] for column in table.names) for row in rows)
    return made


@st.composite
def edits(draw):
    """A version with a few cells changed, rows taken out, doubled under another key, or shuffled."""
    tables = {}
    for name in ("schools", "school_years", "rooms", "county_years"):
        frame = OLD.tables[name].copy()
        for _ in range(draw(st.integers(0, 3))):
            row = draw(st.sampled_from(list(frame.index)))
            column = draw(st.sampled_from([c for c in TABLES[name].columns if not c.key]))
            if column.is_numeric:
                value = draw(st.sampled_from([np.nan, 0.0, 7.0, 0.1, 1234567.25]))
            else:
                value = draw(st.sampled_from([np.nan, "甲", "=1+2", "7"]))
            frame.loc[row, column.name] = value
        gone = draw(st.lists(st.sampled_from(list(frame.index)), max_size=2, unique=True))
        more = frame.loc[
            draw(st.lists(st.sampled_from(list(frame.index)), max_size=2, unique=True))
        ]
        if name == "schools":
            more = more.assign(school_id=[f"9{n}" for n in range(len(more))])
        elif name != "rooms":
            more = more.assign(year=more["year"] + 10)
        frame = pd.concat([frame.drop(index=gone), more], ignore_index=True)
        tables[name] = frame.iloc[draw(st.permutations(range(len(frame))))]
    return with_tables(OLD, **tables)


@pytest.mark.slow
@given(edits())
def test_what_is_listed_makes_the_new_version_of_the_old_one(new):
    found = differences(OLD, new)

    assert applied(OLD, found) == content(new)
    assert bool(found) == (content(new) != content(OLD))


@pytest.mark.slow
@given(edits())
def test_a_version_does_not_differ_from_itself_in_any_order(new):
    shuffled = {name: table.iloc[::-1] for name, table in new.tables.items()}
    assert differences(new, with_tables(new, **shuffled)) == []


def test_columns_and_settings():
    schools = OLD.tables["schools"].assign(boarding=["yes", "no", np.nan])
    record = OLD.record.model_copy(update={"target_year": 2030})
    new = dataclasses.replace(with_tables(OLD, schools=schools), record=record)
    found = differences(OLD, new)

    assert [(d.kind, d.table, d.column, d.old, d.new) for d in found] == [
        ("value", "county", "target_year", "2029", "2030"),
        ("column_added", "schools", "boarding", "", "2"),
        ("value", "schools", "boarding", "", "yes"),
        ("value", "schools", "boarding", "", "no"),
    ]
    assert [(d.kind, d.new) for d in differences(new, OLD)[1:2]] == [("column_removed", "")]


def test_verdicts_that_turn():
    yearly = OLD.tables["school_years"].copy()
    row = (yearly["school_id"] == "02") & (yearly["year"] == 2022)
    yearly.loc[row, ["multimedia_rooms", "equipment_value_cny", "outdoor_sports_area_m2"]] = 0
    old, new = analyze(OLD), analyze(with_tables(OLD, school_years=yearly))
    found = turns(old, new)

    assert turns(old, old) == turns(new, new) == []
    assert Turn("school", 2022, "02", "primary", "二小", "met", "not_met") in found
    assert Turn("item", 2022, "schools.primary", "", "", "met", "not_met") in found
    assert {turn.year for turn in found} == {2022}
    assert turns(old, new, 2021) == []
    back = {(t.kind, t.name, t.new, t.old) for t in turns(new, old)}
    assert back == {(t.kind, t.name, t.old, t.new) for t in found}


def run(*arguments):
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


@pytest.fixture
def versions(tmp_path):
    old = save_county(OLD, tmp_path / "old")
    yearly = OLD.tables["school_years"].copy()
    yearly.loc[yearly["school_id"] == "02", "teachers_primary"] = 41
    yearly.loc[yearly["school_id"] == "02", "equipment_value_cny"] = 1234567.5
    return old, save_county(with_tables(OLD, school_years=yearly), tmp_path / "new")


@pytest.mark.slow
def test_the_same_county_as_folder_and_workbook(versions, tmp_path):
    old, _ = versions
    book = write_workbook(old, tmp_path / "book.xlsx")

    assert run(old, book).output == "两个版本没有差异。\n"
    assert differences(load_county(old), load_county(book)) == []


@pytest.mark.slow
def test_the_screen_and_the_file(versions, tmp_path):
    old, new = versions
    made = run(old, new, "--lang", "en", "--out", tmp_path / "d.csv")

    assert made.exit_code == 0
    assert "Full-time primary teachers (persons)" in made.output
    assert "1,234,567.5" in made.output
    assert "0 rows added, 0 removed, 4 values changed; 0 verdicts turn" in made.output
    table = pd.read_csv(tmp_path / "d.csv", dtype=str, keep_default_na=False)
    assert table.columns.tolist() == [
        *("Difference", "Table", "School id", "School", "School year"),
        *("What", "Old value", "New value", "Id"),
    ]
    assert table.iloc[0].tolist() == [
        *("value", "School data by year", "02", "二小", "2021"),
        *("Full-time primary teachers (persons)", "20", "41", "school_years.teachers_primary"),
    ]
    run(old, new, "--out", tmp_path / "d.xlsx")
    assert (
        pd.read_excel(tmp_path / "d.xlsx", dtype=str, engine="openpyxl")["学校"].tolist()
        == ["二小"] * 4
    )


@pytest.mark.slow
def test_many_lines_end_with_a_count(tmp_path):
    old = save_county(
        build_county([{"students_primary": 100 + n} for n in range(50)]), tmp_path / "a"
    )
    new = save_county(
        build_county([{"students_primary": 200 + n} for n in range(50)]), tmp_path / "b"
    )
    lines = run(old, new, "--lang", "en").output.splitlines()

    assert len(lines) == 33
    assert lines[-2].endswith("more; --out writes all of them to a file")


def test_a_version_that_cannot_be_read(versions, tmp_path):
    old, new = versions
    (new / "schools.csv").unlink()
    made = run(old, new, "--lang", "en")

    assert (made.exit_code, "Traceback" in made.output) == (1, False)
    assert "schools.csv" in made.stderr
    refused = run(old, old, "--out", old / "x.csv")
    assert refused.exit_code == 1
