"""Random small counties for remedies, some with limits of their own."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from analysis import load_standard, remedy
from analysis.base.schema.tables import TABLES
from analysis.data.county import County, CountyRecord
from analysis.policy.entries import Entry
from analysis.policy.standards import Profile, Standard
from analysis.remedy.problem.means import Means
from analysis.remedy.result import Remedy

CASES = json.loads((Path(__file__).parent / "published/remedy/tiny_cases.json").read_text("utf-8"))


def with_rules(county: County, values: dict[str, object]) -> County:
    """The county with a standard of its own, in which some entries have other values."""
    base = county.standard.evaluation
    entries = {
        name: Entry.model_validate(
            base.entries[name].model_dump() | {"values": {"2000-01-01": value}, "new": False}
        )
        for name, value in values.items()
    }
    profile = Profile(
        id="own",
        title=base.title,
        kind="evaluation",
        extends=base.id,
        judged_on=base.profile.judged_on,
        concessions=(),
        entries=entries,
    )
    return dataclasses.replace(county, standard=Standard([profile, *base.profiles]))


def county_of(tables: dict) -> County:
    """A county from rows of its tables."""
    frames = {}
    for name, table in TABLES.items():
        kinds = {c.name: "float64" if c.is_numeric else "str" for c in table.columns}
        rows = pd.DataFrame(tables.get(name, []))
        frames[name] = rows.reindex(columns=table.names).astype(kinds)
    name = {"zh": "县", "en": "county"}
    record = CountyRecord(code="000000", name=name, province=name)
    return County(record, MappingProxyType(frames), load_standard("cn-2017"), Path("county"))


def solved(tables: dict, means: dict, rules: dict | None = None, **options) -> Remedy:
    """The least cost; `rules` are entries of the standard with other values."""
    county = county_of(tables)
    if rules:
        county = with_rules(county, rules)
    options = {"gap": 0.0} | options
    return remedy(county, 2025, means=Means.model_validate(means), **options)


HIRES = [
    {"name": "graduate", "above_qualification": 1, "backbone": 0, "pe_arts": 0, "cny": 90000},
    {"name": "backbone", "above_qualification": 1, "backbone": 1, "pe_arts": 0, "cny": 150000},
    {"name": "pe_arts", "above_qualification": 1, "backbone": 0, "pe_arts": 1, "cny": 100000},
]
PURCHASES = {
    "teaching_area_m2": {"cny": 3000, "step": 40},
    "outdoor_sports_area_m2": {"cny": 500, "step": 60},
    "equipment_value_cny": {"cny": 1, "step": 20000},
    "multimedia_rooms": {"cny": 45000},
}


def random_case(seed: int) -> tuple[dict, dict]:
    """A county of two or three primary schools, some of them short of something, and some means."""
    pick = random.Random(seed)
    schools, yearly = [], []
    for n in range(pick.choice((2, 2, 3))):
        students = pick.choice((50, 60, 80, 100))
        code = f"S{n}"
        schools.append({"school_id": code, "name": code, "type": "primary"})
        schools[-1]["ownership"] = pick.choice(("public", "public", "private"))
        above = pick.randint(3, 7)
        backbone, pe_arts = pick.randint(0, 3), pick.randint(0, 3)
        teachers = max(above, backbone, pe_arts) + pick.randint(0, 2)
        level = pick.choice((0.9, 1.0, 1.2, 2.5))
        yearly.append(
            {
                "school_id": code,
                "year": 2025,
                "students_primary": students,
                "teachers_primary": teachers,
                "above_qualification_primary": above,
                "backbone_primary": backbone,
                "pe_arts_primary": pe_arts,
                "teaching_area_m2": round(students * 4.5 * level * pick.uniform(0.9, 1.3)),
                "indoor_sports_area_m2": 0,
                "outdoor_sports_area_m2": round(students * 7.5 * level * pick.uniform(0.9, 1.3)),
                "equipment_value_cny": round(students * 2000 * level * pick.uniform(0.9, 1.3)),
                "multimedia_rooms": round(students * 0.023 * level) + pick.randint(0, 2),
            }
        )
    means = {
        "purchase": {n: PURCHASES[n] for n in sorted(pick.sample(sorted(PURCHASES), 3))},
        "hire": sorted(pick.sample(HIRES, 2), key=lambda hire: hire["name"]),
    }
    if pick.random() < 0.6:
        means["upgrade"] = {pick.choice(("backbone", "pe_arts")): {"cny": 30000, "share": 0.25}}
    if pick.random() < 0.6:
        cny = pick.choice((5000, 60000))
        means["transfer"] = {"cny": cny, "ownership": ["public"], "share": 0.1}
    return {"schools": schools, "school_years": yearly}, means
