"""What an entry of the standard comes to: by its function, or as reported under its id."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .facts import NAN, CountyData
from .guarantee import GUARANTEE
from .plan_only import OWN
from .quality import QUALITY
from .values import Measure, of_county


def measure(name: str, data: CountyData) -> Measure:
    """What an entry of the standard comes to.

    Parameters
    ----------
    name : str
        Entry id such as ``G5.primary``.
    data : CountyData

    Returns
    -------
    Measure
        Computed in the years where there is a function for the entry and its inputs were reported;
        else the value or finding reported under the entry's id, or its item's id (``G11`` for
        ``G11.backbone``) if that is yes or no.
    """
    known = MEASURES | OWN
    found = known[name](data) if name in known else of_county(data, np.full(len(data.rules), NAN))
    years = len(data.rules)
    units = np.bincount(found.year, minlength=years)
    unknown = np.bincount(found.year[np.isnan(found.value)], minlength=years)
    missing = np.flatnonzero((units > 0) & (unknown == units))
    keys = dict.fromkeys((name, name.split(".")[0]))
    replaced = {}
    for position in missing.tolist():
        if position in found.text:
            continue
        for key in keys:
            value = data.facts.texts(key).get(position)
            if value is not None and (key == name or value in ("yes", "no")):
                replaced[position] = (key, value)
                break
    return _with_reported(found, replaced, name, data) if replaced else found


def _with_reported(
    found: Measure, replaced: Mapping[int, tuple[str, str]], name: str, data: CountyData
) -> Measure:
    """What was reported in place of what could not be computed."""
    kept = ~np.isin(found.year, list(replaced))
    year = np.concatenate([found.year[kept], list(replaced)]).astype(int)
    order = np.argsort(year, kind="stable")
    words = {position: v for position, (_, v) in replaced.items() if v in ("yes", "no")}
    value = [NAN if p in words else float(v) for p, (_, v) in replaced.items()]
    limit = None
    if found.limit is not None:
        limit = np.concatenate([found.limit[kept], data.required(name)[list(replaced)]])[order]
    reported = np.zeros(len(data.rules), bool) if found.reported is None else found.reported.copy()
    reported[list(replaced)] = True
    evidence = {p: data.facts.evidence_of(key).get(p, "") for p, (key, _) in replaced.items()}
    return Measure(
        year[order],
        np.concatenate([found.unit[kept], np.full(len(replaced), "", dtype=object)])[order],
        np.concatenate([found.value[kept], value])[order],
        limit,
        {**found.text, **words},
        reported,
        {**found.evidence, **evidence},
    )


#: By entry of the standard.
MEASURES = GUARANTEE | QUALITY
