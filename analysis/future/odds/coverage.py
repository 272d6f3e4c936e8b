"""Whether the bands would have held in a county's past."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import numpy as np
import pandas as pd

from ...base.files import InputError
from ...base.schema.tables import SCHOOL_TABLES
from ...base.schema.terms import STAGES
from ...data.county import County
from .draws import pupil_bands


def coverage(
    county: County, *, draws: int = 400, seed: int = 1, least_years: int = 3
) -> pd.DataFrame:
    """How often the bands would have held, had they been drawn in earlier years.

    From every year with `least_years` behind it, knowing only what was known then, by the baseline.

    Returns
    -------
    DataFrame
        ``horizon, schools, within_schools, counties, within_county``: comparisons and the share of
        them inside the 80 % band, for schools' and the county's pupils by stage. Empty where the
        past is too short.
    """
    rows = []
    years = county.years
    for origin in years[least_years - 1 : -1]:
        past = _until(county, origin)
        try:
            totals, each = pupil_bands(
                past, until=min(years[-1], origin + 40), draws=draws, seed=seed
            )
        except InputError:
            continue
        actual = county.tables["school_years"].set_index(["year", "school_id"])
        for stage in STAGES:
            seen = actual[f"students_{stage}"].astype(float)
            bands = each[each["stage"] == stage]
            value = seen.reindex(pd.MultiIndex.from_frame(bands[["year", "school_id"]])).to_numpy()
            known = np.isfinite(value) & (value > 0)
            inside = (bands["low"] <= value + 0.5) & (value - 0.5 <= bands["high"])
            rows += [
                (year - origin, "school", hit)
                for year, hit in zip(bands["year"][known], inside[known], strict=True)
            ]
            ordinary = actual[~actual.index.get_level_values(1).isin(_special(county))]
            sums = ordinary[f"students_{stage}"].astype(float).groupby("year").sum()
            whole = totals[totals["stage"] == stage].set_index("year")
            special = actual[actual.index.get_level_values(1).isin(_special(county))]
            constant = float(special[f"students_{stage}"].astype(float).get(origin, pd.Series([0.0])).sum())  # fmt: skip
            for year, band in whole.iterrows():
                value = sums[year] + constant
                rows.append((year - origin, "county", band["low"] <= value <= band["high"]))
    table = pd.DataFrame(rows, columns=["horizon", "unit", "inside"])
    if table.empty:
        return pd.DataFrame(columns=["horizon", "schools", "within_schools", "counties", "within_county"])  # fmt: skip
    grouped = table.groupby(["horizon", "unit"])["inside"].agg(["size", "mean"]).unstack("unit")
    return pd.DataFrame(
        {
            "horizon": grouped.index.astype(int),
            "schools": grouped[("size", "school")].to_numpy(),
            "within_schools": grouped[("mean", "school")].to_numpy(dtype=float),
            "counties": grouped[("size", "county")].to_numpy(),
            "within_county": grouped[("mean", "county")].to_numpy(dtype=float),
        }
    )


def _special(county: County) -> list[str]:
    schools = county.tables["schools"]
    return list(schools.loc[schools["type"] == "special_education", "school_id"])


def _until(county: County, year: int) -> County:
    """A county as it was known in an earlier year."""
    tables = {
        name: table[table["year"] <= year] if "year" in table else table
        for name, table in county.tables.items()
    }
    schools = tables["schools"]
    known = schools["school_id"].isin(tables["school_years"]["school_id"])
    tables["schools"] = schools[known & ~(schools["opened"] > year)].assign(
        closed=lambda t: t["closed"].mask(t["closed"] >= year)
    )
    ids = set(tables["schools"]["school_id"])
    for name in SCHOOL_TABLES:
        tables[name] = tables[name][tables[name]["school_id"].isin(ids)]
    return dataclasses.replace(county, tables=MappingProxyType(tables))
