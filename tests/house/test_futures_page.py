"""docs/futures.md holds what is measured, not what was typed."""

import re
from pathlib import Path

import pytest
from calibration import COUNTIES
from make_futures_page import SAMPLES, break_row, entry_rows, merger, new_york, table

PAGE = Path(__file__).parents[2] / "docs" / "futures.md"


def lines(text: str) -> list[str]:
    """Lines of a table without its head and rule."""
    return [line for line in text.splitlines() if line.startswith("| ")][1:]


@pytest.mark.slow
@pytest.mark.parametrize("rows", [entry_rows, break_row])
def test_the_tables_of_the_samples_are_measured(rows):
    page = PAGE.read_text(encoding="utf-8")
    made = [rows(name) for name in SAMPLES]

    for line in lines(table(["x"] * len(made[0]), made)):
        if not line.startswith("| --"):
            assert line in page


@pytest.mark.slow
def test_entry_by_the_cut_off_date_is_nearer_on_the_whole():
    made = [entry_rows(name) for name in SAMPLES]
    old, new = (sum(row[at] for row in made) / len(made) for at in (6, 7))

    assert new < 0.75 * old


@pytest.mark.slow
def test_the_merger_is_measured():
    text = merger()
    page = PAGE.read_text(encoding="utf-8")

    assert all(line in page for line in lines(text) if not line.startswith("| --"))
    assert float(text.rsplit(": ", 1)[1].split()[0]) < 1e-6


@pytest.mark.slow
def test_real_schools_are_measured_where_they_are_at_hand():
    import os

    real = Path(os.environ.get("JUNHENG_REAL_DATA", PAGE.parents[2] / "shared" / "real"))
    if not (real / "nyc_schools_2005_2011" / "schools.csv").exists():
        pytest.skip("real enrolment data are not at hand (set JUNHENG_REAL_DATA to their folder)")
    page = PAGE.read_text(encoding="utf-8")

    assert all(line in page for line in lines(new_york(real)) if not line.startswith("| --"))


def test_coverage_is_of_enough_counties():
    page = PAGE.read_text(encoding="utf-8")

    error = float(re.search(r"largest standard error, [^.]* is ([0-9.]+) points", page)[1])

    assert f"{COUNTIES} counties a truth" in page
    assert error <= 1.5
