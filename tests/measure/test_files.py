"""Promise: every table of a study goes to CSV, Excel and Parquet, and other programs read it."""

from __future__ import annotations

import copy
import functools
import pickle

import pandas as pd
import pytest
from typer.testing import CliRunner

from analysis import analyze, compare, dictionary
from analysis.base.schema.results import result_tables
from analysis.cli.app import app


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    study = analyze("150202-donghe")
    own = [n for n in result_tables() if n not in ("comparison", "dictionary", "targets_by_phase")]
    made = {name: getattr(study, name) for name in own}
    made |= {
        f"all_{n}": getattr(study, f"all_{n}") for n in ("indicators", "balance", "evaluation")
    }
    made |= {"targets_by_phase": study.targets_by_phase()}
    return made | {"comparison": compare(study, "all"), "dictionary": dictionary()}


def same(ours: pd.DataFrame, read: pd.DataFrame) -> None:
    """What was read is what was written, texts as texts, nothing and empty alike."""
    assert list(read.columns) == list(ours.columns)
    for name in ours:
        mine = [None if isinstance(v, float) and v != v else v for v in ours[name].tolist()]
        theirs = [None if isinstance(v, float) and v != v else v for v in read[name].tolist()]
        if mine and isinstance(mine[0], tuple):
            mine, theirs = [list(v) for v in mine], [list(v) for v in theirs]
        assert [v for v in mine if v is not None] == [v for v in theirs if v is not None], name


def test_parquet_as_it_was(tables, tmp_path):
    for name, table in tables.items():
        table.to_parquet(tmp_path / "table.parquet", index=False)
        same(table, pd.read_parquet(tmp_path / "table.parquet"))
        assert name


def test_csv_and_excel_hold_every_row(tables, tmp_path):
    for name, table in tables.items():
        table.to_csv(tmp_path / "table.csv", index=False)
        table.to_excel(tmp_path / "table.xlsx", index=False)
        texts = {c: str for c in ("county", "school_id") if c in table}
        for read in (
            pd.read_csv(tmp_path / "table.csv", dtype=texts),
            pd.read_excel(tmp_path / "table.xlsx", dtype=texts, engine="calamine"),
        ):
            assert read.shape == table.shape, name
            for column in texts:
                assert read[column].dropna().tolist() == table[column].dropna().tolist()


def test_numbers_and_findings_are_columns_of_their_own(tables):
    table = tables["all_evaluation"]
    worded = table[table["finding"] != ""]

    assert table["value"].dtype == float
    assert set(worded["finding"]) == {"yes", "no"}
    assert worded["value"].isna().all()


def test_polars_reads_them(tables, tmp_path):
    polars = pytest.importorskip("polars")
    for name, table in tables.items():
        table.to_parquet(tmp_path / "table.parquet", index=False)
        read = polars.read_parquet(tmp_path / "table.parquet")
        assert read.shape == table.shape, name
        if "cv" in table:
            assert read["cv"].dtype == polars.Float64
    file = tmp_path / "evaluation.parquet"
    tables["evaluation"].to_parquet(file, index=False)
    found = polars.read_parquet(file).filter(polars.col("status") == "not_met")
    assert len(found) == (tables["evaluation"]["status"] == "not_met").sum()


def test_duckdb_reads_them_as_files_and_as_they_are(tables, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    for name, table in tables.items():
        table.to_parquet(tmp_path / "table.parquet", index=False)
        count = duckdb.sql(f"select count(*) from '{tmp_path / 'table.parquet'}'").fetchall()
        assert count == [(len(table),)], name
    evaluation = tables["evaluation"]
    found = duckdb.sql("select max(value) from evaluation where part = 'resource'").fetchall()
    assert found[0][0] == evaluation.loc[evaluation["part"] == "resource", "value"].max()


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "parquet"])
def test_the_command_writes_the_evaluation_to_every_kind_of_file(tmp_path, ending):
    file = tmp_path / f"evaluation.{ending}"
    done = CliRunner().invoke(app, ["evaluate", "150202-donghe", "--out", str(file)])

    assert done.exit_code == 0, done.output
    if ending == "json":
        return
    excel = functools.partial(pd.read_excel, engine="calamine")
    read = {"csv": pd.read_csv, "xlsx": excel, "parquet": pd.read_parquet}[ending](file)
    item = read.set_index("item").loc["cv_shrinking"]
    assert item["finding"] == "no"
    # people go on reading one column; a Parquet file has one kind in each
    assert (item["value"] == "no") == (ending != "parquet")


def test_tables_survive_copies_and_pickles(tables):
    for name in ("balance", "evaluation", "comparison"):
        for again in (pickle.loads(pickle.dumps(tables[name])), copy.deepcopy(tables[name])):
            assert type(again) is type(tables[name])
            assert again.table_id == tables[name].table_id
            assert again.equals(tables[name])
            assert again.units.equals(tables[name].units)
