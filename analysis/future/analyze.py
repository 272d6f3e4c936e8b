"""The one call: read a county, project it where a scenario is asked for, judge every year."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..data.county import County
from ..data.load import load_county
from ..measure.study import Study, study_of
from .assumptions.scenario import Scenario
from .project import Outlook, project


def analyze(
    county: County | str | Path,
    year: int | None = None,
    *,
    as_of: int | None = None,
    concessions: Iterable[str] | None = None,
    scenario: str | Scenario | Outlook | None = None,
    until: int | None = None,
    standard: str | None = None,
) -> Study:
    """Analyze a county.

    Parameters
    ----------
    county : County, str or Path
        A county, its folder or workbook, or the name of a sample.
    year : int, optional
        School year to judge; the last observed one if omitted.
    as_of : int, optional
        Judge by the rules and targets of this year instead (for example of 2030).
    concessions : iterable of str, optional
        Concessions of the Working Rules to switch on; those of the county's profile if omitted.
    scenario : str, Scenario or Outlook, optional
        Adds projected years by this scenario (`analysis.future.project.project`), or those of a projection
        that is there already; without one only observed years are judged.
    until : int, optional
        Last projected year.
    standard : str, optional
        Judge by this standard instead of the one that the county names (`analysis.load_county`).

    Returns
    -------
    Study

    Raises
    ------
    InputError
        The county or scenario cannot be read, there is no data for the year, or a concession does
        not exist.
    """
    if not isinstance(county, County):
        county = load_county(county, standard)
    elif standard is not None and standard != county.record.standard:
        county = load_county(county.path, standard)
    outlook = None
    if scenario is not None:
        ready = isinstance(scenario, Outlook)
        outlook = scenario if ready else project(county, scenario, until)
        county = outlook.county
    return study_of(county, year, as_of=as_of, concessions=concessions, outlook=outlook)
