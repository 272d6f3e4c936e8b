"""Districts of New York City as counties: what the bands are worth on real schools."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from cohort_county import cohort_county

from analysis.data.county import County
from analysis.future.odds.coverage import coverage

#: Kindergarten to grade 5 stand for a primary school, grades 6 to 8 for a junior school.
GRADES = ["K", *(str(grade) for grade in range(1, 9))]
#: Observed years behind a projection at least.
LEAST = 4


def districts(file: Path) -> list[County]:
    """Every district with its schools; its births are not known."""
    wide = pd.read_csv(file, dtype={"dbn": str, "district": str})
    years = sorted(int(year) for year in wide["fall_year"].unique())
    counties = []
    for _, part in wide.groupby("district"):
        schools = {}
        for name, rows in part.groupby("dbn"):
            cells = np.full((len(GRADES), len(years)), np.nan)
            at = [years.index(year) for year in rows["fall_year"]]
            cells[:, at] = rows[GRADES].to_numpy(dtype=float).T
            cells[cells == 0] = np.nan
            if np.isfinite(cells).any():
                schools[name] = cells
        counties.append(cohort_county(schools, years))
    return counties


def bands_of_districts(file: Path, draws: int = 300) -> pd.DataFrame:
    """How often the bands would have held, as `analysis.future.odds.coverage` of all districts."""
    parts = [coverage(county, draws=draws, least_years=LEAST) for county in districts(file)]
    found = pd.concat(parts)
    for what, count in (("within_schools", "schools"), ("within_county", "counties")):
        found[what] *= found[count]
    sums = found.groupby("horizon").sum()
    sums["within_schools"] /= sums["schools"]
    sums["within_county"] /= sums["counties"]
    return sums.reset_index()
