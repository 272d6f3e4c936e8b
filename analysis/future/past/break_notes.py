"""Breaks of the past in words."""

from __future__ import annotations

from ...base.files import N_
from ...base.schema.terms import STAGE_LABELS
from ...data.county import County
from ..assumptions.roster import Schools
from ..assumptions.scenario import BASELINE, load_scenario
from ..notes import Note
from .breaks import KINDS, Past, entrance_openings, read_past
from .observed import observe


def told(past: Past, schools: Schools) -> list[Note]:
    """Breaks in words, as what a projection takes for granted."""
    names = schools.table["name"]

    def listed(schools: tuple[int, ...]) -> str:
        return "; ".join(str(names.iloc[n]) for n in schools) or "—"

    notes = []
    for each in past.exchanges:
        if each.everyone:
            message = N_(
                "break before {year}, {stage}: {kind} ({took}, about {n} pupils beyond the entrance grade; with whom they were exchanged is not clear): the ratios of that step are those of all schools together (confirm or deny it in a scenario, section `breaks`)"
            )
        else:
            message = N_(
                "break before {year}, {stage}: {kind} ({gave} → {took}, about {n} pupils beyond the entrance grade): the ratios of that step and the shares of the entrants are those of these schools together (confirm or deny it in a scenario, section `breaks`)"
            )
        values = {
            "year": each.year,
            "stage": STAGE_LABELS[each.stage],
            "kind": KINDS[each.kind],
            "gave": listed(each.gave),
            "took": listed(each.opened if each.everyone else each.took),
            "n": round(each.moved),
        }
        notes.append(Note("assumed", message, values))
    for school, stage, year in entrance_openings(past):
        message = N_(
            "{year}, {stage}: {name} opened with its entrance grade; its share of the entrants is that of its own years"
        )
        values = {"year": year, "stage": STAGE_LABELS[stage], "name": names.iloc[school]}
        notes.append(Note("assumed", message, values))
    return notes


def find_breaks(county: County) -> list[Note]:
    """Breaks of a county's observed years, as its baseline confirms and denies them.

    Parameters
    ----------
    county : County
        Observed years only.

    Returns
    -------
    list of Note

    Raises
    ------
    InputError
        Mistakes in the county's own `scenarios/baseline.yaml`.
    """
    scenario = load_scenario(BASELINE, county)
    schools = Schools(county, scenario)
    pupils = observe(county).grid["students"]
    found = read_past(pupils, county.years, schools, scenario.breaks)
    return told(found, schools)
