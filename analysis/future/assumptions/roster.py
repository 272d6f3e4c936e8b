"""The schools of a projection: those of the county's roster and those that the scenario makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...base.files import N_, Finding, InputError
from ...base.schema.terms import FIVE_FOUR, SCHOOL_TYPES, STAGES
from ...data.county import County
from ..grades import Ladder
from .fit import Roster
from .scenario import Scenario


class Schools:
    """Schools in their order, found by code or name.

    Parameters
    ----------
    county : County
    scenario : Scenario
        Its moves may make schools.

    Attributes
    ----------
    table : DataFrame
        The roster, new schools at its end.
    new : dict of str to NewSchool
    ladder : Ladder
        The grades of each school's stages.
    ids : ndarray of str
    opening, closing : ndarray
        First and last school year, NaN without; moves change `closing`.
    teaches : dict of str to ndarray of bool
        By stage.
    special : ndarray of bool
        Special-education schools.
    """

    def __init__(self, county: County, scenario: Scenario):
        self.county, self.scenario = county, scenario
        made = [move for move in scenario.moves if getattr(move, "school", None) is not None]
        self._refuse_codes(made)
        self.new = {move.school.school_id: move.school for move in made}
        self.table = self._with_new(made)
        self.ladder = Ladder(self.table["system"])
        self.ids = self.table["school_id"].to_numpy(dtype=object)
        self.place = {code: number for number, code in enumerate(self.ids)}
        names = self.table["name"].to_numpy(dtype=object)
        times = Counter(names)
        self.by_name = {name: n for n, name in enumerate(names) if times[name] == 1}
        self.closing = self.table["closed"].to_numpy(dtype=float, na_value=np.nan).copy()
        self.opening = self.table["opened"].to_numpy(dtype=float, na_value=np.nan)
        self.teaches = {
            stage: self.table["type"]
            .isin([name for name, kind in SCHOOL_TYPES.items() if stage in kind.stages])
            .to_numpy()
            for stage in STAGES
        }
        self.special = (self.table["type"] == "special_education").to_numpy()
        self.is_new = np.isin(self.ids, list(self.new))

    def _refuse_codes(self, made: list) -> None:
        """New schools need codes of their own."""
        known = set(self.county.tables["schools"]["school_id"])
        codes = Counter(move.school.school_id for move in made)
        findings = [
            Finding(
                "error",
                N_("the new school {name} has the code {code} of another school"),
                {"scenario": self.scenario.name, "name": move.school.name, "code": code},
                str(self.county.path),
            )
            for move in made
            if (code := move.school.school_id) in known or codes[code] > 1
        ]
        if findings:
            raise InputError(findings)

    def _with_new(self, made: list) -> pd.DataFrame:
        roster = self.county.tables["schools"].copy()
        taken = ("school_id", "name", "type", "ownership", "sponsor", "area", "boarding")
        systems = Roster(self.county, self.scenario.moves).systems if made else {}
        rows = [
            {key: getattr(move.school, key) for key in taken}
            | {"opened": move.start, "built_year": move.start}
            # six and three is left blank as in a roster that knows no other
            | ({"system": FIVE_FOUR} if systems[move.school.school_id] == FIVE_FOUR else {})
            for move in made
        ]
        if rows:
            added = pd.DataFrame(rows).reindex(columns=roster.columns)
            roster = pd.concat([roster, added.astype(roster.dtypes.to_dict())], ignore_index=True)
        return roster.reset_index(drop=True)

    def number(self, name: str) -> int:
        """Position of a school given by code or name, which stands for one school.

        Names have been looked up before: those of a scenario when it is loaded
        (`analysis.future.assumptions.fit`), those of a plan when it is read
        (`analysis.future.assumptions.from_plan`).
        """
        return self.place[name] if name in self.place else self.by_name[name]

    def numbers(self, names: Sequence[str]) -> list[int]:
        """Positions of several schools."""
        return [self.number(name) for name in names]
