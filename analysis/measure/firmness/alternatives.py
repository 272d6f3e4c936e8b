"""The judged year by other readings, concessions and targets: which verdicts would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ..requirements.concessions import covered
from ..requirements.facts import CountyData

if TYPE_CHECKING:
    from ..study import Study


def switch_audit(study: Study) -> pd.DataFrame:
    """Verdicts that another reading of the standard's open points would turn round.

    Returns
    -------
    DataFrame
        One row per verdict and alternative (`Entry.alternatives`): ``switch, alternative`` (as
        text), ``item, status, other_status``.
    """
    found, ours = [], study.statuses[study.year]
    for name, entry in study.rules.standard.entries.items():
        for alternative in entry.alternatives:
            if alternative == study.rules[name]:
                continue
            other = study.with_rules(**{name.replace(".", "__"): alternative})
            shown = alternative if isinstance(alternative, str) else f"{alternative:g}"
            for row in changed(ours, _statuses(other)):
                found.append({"switch": name, "alternative": shown} | row)
    columns = ["switch", "alternative", "item", "status", "other_status"]
    return pd.DataFrame(found, columns=columns)


def concession_effects(study: Study) -> pd.DataFrame:
    """Each concession: the schools it covers and the verdicts with and without it.

    Returns
    -------
    DataFrame
        ``concession, on, schools`` (names covered), ``item, without, with_it``; one row per
        verdict that it changes, or a single one with an empty `item`.
    """
    facts = study._facts_of_year
    data = CountyData(facts, {study.year: study.rules})
    found, ours = [], study.statuses[study.year]
    for name in study.rules.standard.concessions:
        on = name in study.concessions
        other = _statuses(study.with_concessions(study.concessions ^ {name}))
        without, with_it = (other, ours) if on else (ours, other)
        row = {"concession": name, "on": on, "schools": tuple(facts.names[covered(data, name)])}
        changes = changed(without, with_it)
        for change in changes or [{"item": "", "status": "", "other_status": ""}]:
            found.append(
                row
                | {"item": change["item"], "without": change["status"]}
                | {"with_it": change["other_status"]}
            )
    columns = ["concession", "on", "schools", "item", "without", "with_it"]
    return pd.DataFrame(found, columns=columns)


def targets_by_phase(study: Study, years: Iterable[int]) -> pd.DataFrame:
    """The judged year's data against the plan's targets of several years; see `Study`."""
    own, national = study.county.standard.plan, study.county.standard.evaluation
    found = []
    for as_of in years:
        again = study._again(
            {study.year: national.for_year(study.year, as_of)},
            study.concessions,
            {study.year: own.for_year(study.year, as_of)} if own else {},
            as_of,
        )
        table = again.evaluation
        found.append(table[table["target"] != ""].assign(as_of=as_of))
    columns = ["item", "value", "finding", "as_of", "requirement", "status"]
    columns += ["target", "target_status", "target_compared"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def _statuses(other: Study) -> dict[str, str]:
    """What is compared of a study that is made for nothing else."""
    return {row["item"]: row["status"] for row in other._evaluated(whole=())[other.year]}


def changed(ours: Mapping[str, str], other: Mapping[str, str]) -> list[dict]:
    """Items whose status differs between two evaluations of the same year."""
    return [
        {"item": item, "status": status, "other_status": other[item]}
        for item, status in ours.items()
        if item in other and other[item] != status
    ]
