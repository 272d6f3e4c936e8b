"""A made-up county of every type of school over several years, with no figure that two schools share."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import numpy as np
import pandas as pd
from counties import build_county

from analysis.base.schema.tables import TABLES
from analysis.base.schema.terms import SCHOOL_TYPES, STAGE_GRADES
from analysis.data.county import County

AREAS = ("urban", "town", "rural")

#: Columns of school_years that no form carries.
NOT_IN_FORMS = ("operating_funds_cny", "training_funds_cny")


def made_up_county(number: int = 60, years: tuple[int, ...] = (2020, 2021, 2022)) -> County:
    """So many schools of all types in turn, public and private, with grades and classes.

    Only what return sheets can say is filled in.
    """
    chance = np.random.default_rng(20240901)
    kinds = list(SCHOOL_TYPES)
    schools, yearly, grades = [], [], []
    for n in range(number):
        kind = kinds[n % len(kinds)]
        code = f"21{n + 1:04d}{chance.integers(1000, 9999)}"
        sponsor = 10 if n % 9 == 4 else int(chance.integers(3, 10))
        schools.append(
            {
                "school_id": code,
                "name": f"试验{n + 1:02d}{SCHOOL_TYPES[kind].zh}",
                "type": kind,
                "ownership": "private" if sponsor == 10 else "public",
                "sponsor": float(sponsor),
                "area": AREAS[n % 3],
                "longitude": round(106.5 + n / 997, 6),
                "latitude": round(39.25 + n / 1009, 6),
            }
        )
        for year in years:
            row, of_grade = _year(kind, chance)
            yearly.append({"school_id": code, "year": float(year)} | row)
            grades += [{"school_id": code, "year": float(year)} | each for each in of_grade]
    plain = build_county([{"students_primary": 100}], list(years))
    made = {"schools": schools, "school_years": yearly, "enrolment": grades}
    tables = {
        name: pd.DataFrame(made.get(name, []), columns=table.names).astype(
            plain.tables[name].dtypes.to_dict()
        )
        for name, table in TABLES.items()
    }
    return dataclasses.replace(plain, tables=MappingProxyType(tables))


def _year(kind: str, chance) -> tuple[dict, list[dict]]:
    """A school's figures of a year, and its grades."""
    row: dict[str, float] = {}
    of_grade = []
    students = 0
    for stage in SCHOOL_TYPES[kind].stages:
        pupils = chance.integers(5, 320, len(STAGE_GRADES[stage]))
        classes = np.ceil(pupils / 45)
        row[f"students_{stage}"] = float(pupils.sum())
        students += int(pupils.sum())
        known = stage != "senior"
        of_grade += [
            {"grade": float(grade), "students": float(n), "classes": float(c) if known else np.nan}
            for grade, n, c in zip(STAGE_GRADES[stage], pupils, classes, strict=True)
        ]
        if known:
            teachers = int(pupils.sum() // 14 + chance.integers(3, 9))
            row[f"classes_{stage}"] = float(classes.sum())
            row[f"teachers_{stage}"] = float(teachers)
            for name in ("above_qualification", "backbone", "pe_arts"):
                row[f"{name}_{stage}"] = float(chance.integers(1, teachers))
    indoor = int(chance.integers(0, 900))
    return row | {
        "teaching_area_m2": indoor + students * 4 + int(chance.integers(0, 400)) / 4,
        "indoor_sports_area_m2": float(indoor),
        "outdoor_sports_area_m2": students * 7 + int(chance.integers(0, 999)) / 8,
        "equipment_value_cny": float(students * 2000 + int(chance.integers(1, 99999))),
        "multimedia_rooms": float(chance.integers(1, 60)),
    }, of_grade
