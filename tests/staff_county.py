"""A county whose pupils stay as they are, for what becomes of its teachers."""

import numpy as np
from cohort_county import cohort_county

from analysis.future.assumptions.scenario import Scenario
from analysis.future.projection.model import Model

SAID = {"source": "assumed", "confidence": "low"}
NAME = {"zh": "测试", "en": "Test"}
KINDS = ("teachers", "above_qualification", "backbone", "pe_arts")


def scenario(**staff) -> Scenario:
    return Scenario.model_validate({"name": NAME, "staff": SAID | staff})


def steady(*pupils: int, **columns) -> object:
    """Primary schools whose pupils stay as they are, with ten teachers for a hundred."""
    grades = {
        f"School {n}": np.array([[each / 6] * 3] * 6 + [[np.nan] * 3] * 3)
        for n, each in enumerate(pupils, 1)
    }
    # births as many as enter, as far as anybody looks
    births = dict.fromkeys(range(2010, 2030), sum(pupils) / 6)
    county = cohort_county(grades, [2021, 2022, 2023], births, **columns)
    table = county.tables["school_years"]
    whole = table["school_id"].astype(int).map(lambda n: float(pupils[n - 1]))
    for kind, each in zip(KINDS, (10, 8, 2, 2), strict=True):
        table[f"{kind}_primary"] = np.ceil(whole * each / 100)
    return county


def persons(county, **staff) -> np.ndarray:
    """Persons by year, school, stage and kind in the projected years."""
    model = Model(county, scenario(**staff)).run()
    return np.stack([record["staff"] for record in model.tables])
