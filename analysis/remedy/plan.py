"""A solution as measures that somebody carries out, and the county after them."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import pandas as pd

from ..base.files import N_
from ..base.schema.terms import PERSONS, ROOMS, SQUARE_METRES, YUAN, Label
from ..data.county import County
from .problem.instance import Instance, exact
from .problem.items import KINDS, Mending
from .problem.means import ATTRIBUTES, INDOOR, ITEMS, PEOPLE, Means, is_bought, purchase_label
from .solve.model import Key

#: Means that fit out a room; the measure's kind is its area.
FITTED = tuple(f"{kind}_rooms" for kind in KINDS)

UNITS = {
    "teaching_area_m2": SQUARE_METRES,
    INDOOR: SQUARE_METRES,
    "outdoor_sports_area_m2": SQUARE_METRES,
    "equipment_value_cny": YUAN,
    "multimedia_rooms": ROOMS,
    **dict.fromkeys(FITTED, ROOMS),
    "operating_funds_cny": YUAN,
}


@dataclass(frozen=True, order=True)
class Measure:
    """One line of a plan.

    Attributes
    ----------
    school_id : str
        Where it helps: for a transfer the school that receives.
    stage : str
        Empty where the stages share it.
    means : str
        A purchase (`PURCHASES`), what an item asks for (`ITEMS`), or ``hire``, ``upgrade``, ``transfer``.
    kind : str
        The kind of teacher hired, the attribute, or what the teachers are who move (three digits: above
        qualification, backbone, PE or arts), or m² of a music or art room.
    origin : str
        For a transfer the school that gives.
    amount : float
        m², yuan, rooms, persons.
    cny : float
    """

    school_id: str
    stage: str
    means: str
    kind: str
    origin: str
    amount: float
    cny: float

    def label(self, means: Means, lang: str) -> str:
        """What is done, in a word."""
        if is_bought(self.means) or self.means in ITEMS:
            # without the unit, which stands beside the amount
            label = ITEMS.get(self.means) or purchase_label(self.means, means)
            return label[lang].split("（" if lang == "zh" else " (")[0]
        if self.means == "hire":
            title = next((h.title for h in means.hire if h.name == self.kind), None)
            return getattr(title, lang) if title else f"{PEOPLE['hire'][lang]} ({self.kind})"
        if self.means == "upgrade":
            return f"{PEOPLE['upgrade'][lang]}{'：' if lang == 'zh' else ': '}{ATTRIBUTES[self.kind][lang]}"
        return PEOPLE["transfer"][lang]


def unit_of(name: str, means: Means) -> Label:
    """Unit of what a means amounts to."""
    if name in UNITS:
        return UNITS[name]
    unit = means.purchase[name].unit if name in means.purchase else None
    return Label(unit.zh, unit.en) if unit else PERSONS


def measures_of(instance: Instance, means: Means, amounts: dict[Key, int]) -> list[Measure]:
    """The lines of a solution, by school.

    Who gives and who receives is matched in the order of the codes; all transfers of a stage cost the same.
    """
    found = []
    giving: dict[tuple[str, str], list[str]] = defaultdict(list)
    taking: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (name, code, stage, kind), units in sorted(amounts.items()):
        if name in means.purchase:
            purchase = means.purchase[name]
            amount = exact(purchase.step) * units
            cny = exact(purchase.cny) * amount
            found.append(Measure(code, "", name, "", "", float(amount), float(cny)))
        elif name == "hire":
            price = next(hire.cny for hire in means.hire if hire.name == kind)
            found.append(Measure(code, stage, name, kind, "", units, units * price))
        elif name == "upgrade":
            price = means.upgrade[kind].cny
            found.append(Measure(code, stage, name, kind, "", units, units * price))
        elif name == "transfer_out":
            giving[stage, kind] += [code] * units
        elif name == "transfer_in":
            taking[stage, kind] += [code] * units
    for (stage, kind), origins in giving.items():
        targets = list(taking[stage, kind])
        # who would give to itself keeps its teacher
        for code in sorted(set(origins) & set(targets)):
            while code in origins and code in targets:
                origins.remove(code)
                targets.remove(code)
        pairs = itertools.groupby(sorted(zip(origins, targets, strict=True)))
        for (origin, target), group in pairs:
            persons = len(list(group))
            cny = persons * means.transfer.cny
            found.append(Measure(target, stage, "transfer", kind, origin, persons, cny))
    return sorted(found)


def mended(found: list[Mending], means: Means) -> list[Measure]:
    """The lines of what items ask for."""
    return [
        Measure(
            *(m.school_id, "", m.means, m.area, "", m.amount, m.amount * means.items[m.means].cny)
        )
        for m in found
    ]


def total(measures: list[Measure]) -> Fraction:
    """What the measures cost together."""
    return sum((exact(each.cny) for each in measures), Fraction(0))


def apply(county: County, year: int, measures: list[Measure], means: Means) -> County:
    """The county as if the measures had been carried out in a year.

    Indoor sports area counts within the teaching area of the statistics, so it adds to both.
    """
    changes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for each in measures:
        here = changes[each.school_id]
        if is_bought(each.means):
            here[each.means] += each.amount
            if each.means == INDOOR:
                here["teaching_area_m2"] += each.amount
            adds = means.purchase[each.means].adds_equipment_cny
            if adds:
                here["equipment_value_cny"] += adds * each.amount
            continue
        if each.means in ITEMS:
            if each.means == "operating_funds_cny":
                here[each.means] += each.amount
            continue
        if each.means == "upgrade":
            here[f"{each.kind}_{each.stage}"] += each.amount
            continue
        if each.means == "hire":
            brings = next(hire.brings for hire in means.hire if hire.name == each.kind)
        else:
            brings = tuple(int(digit) for digit in each.kind)
        ends = [(here, 1)]
        if each.means == "transfer":
            ends.append((changes[each.origin], -1))
        for end, sign in ends:
            end[f"teachers_{each.stage}"] += sign * each.amount
            for attribute, has in zip(ATTRIBUTES, brings, strict=True):
                if has:
                    end[f"{attribute}_{each.stage}"] += sign * each.amount
    table = _changed(county.tables["school_years"], year, changes)
    tables = dict(county.tables) | {"school_years": table, "rooms": _rooms(county, year, measures)}
    # the line of the stated rule no longer says who is what
    text = county.fingerprint + json.dumps([dataclasses.astuple(each) for each in measures])
    return dataclasses.replace(
        county,
        tables=MappingProxyType(tables),
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
    )


def _changed(
    table: pd.DataFrame, year: int, changes: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    """The yearly table with what is added to each school, column by column: cells one by one are slow."""
    here = (table["year"] == year).to_numpy().nonzero()[0]
    place = dict(zip(table["school_id"].iloc[here], here.tolist(), strict=True))
    columns: dict[str, dict[int, float]] = defaultdict(dict)
    for code, more in changes.items():
        for column, amount in more.items():
            columns[column][place[code]] = amount
    changed = {}
    for column, added in columns.items():
        values = table[column].to_numpy(dtype=float, copy=True)
        values[list(added)] += list(added.values())
        changed[column] = values
    return table.assign(**changed)


def _rooms(county: County, year: int, measures: list[Measure]) -> pd.DataFrame:
    """The music and art rooms with those that were fitted out."""
    rows = [
        {
            "school_id": each.school_id,
            "year": year,
            "kind": each.means.removesuffix("_rooms"),
            "area_m2": float(each.kind),
        }
        for each in measures
        if each.means in FITTED
        for _ in range(int(each.amount))
    ]
    table = county.tables["rooms"]
    if not rows:
        return table
    new = pd.DataFrame(rows).reindex(columns=table.columns).astype(table.dtypes)
    return pd.concat([table, new], ignore_index=True)


def table_of(
    measures: list[Measure],
    instance: Instance,
    means: Means,
    names: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """The measures as a table: one line each; `names` of schools that are not judged.

    Returns
    -------
    DataFrame
        ``school_id, school, stage, means, kind, from_school_id, amount, unit, cny``.
    """
    names = dict(names or {}) | {school.school_id: school.name for school in instance.schools}
    rows = [
        (
            each.school_id,
            names[each.school_id],
            each.stage,
            each.means,
            each.kind,
            each.origin,
            each.amount,
            unit_of(each.means, means).en,
            each.cny,
        )
        for each in measures
    ]
    columns = ["school_id", "school", "stage", "means", "kind"]
    return pd.DataFrame(rows, columns=[*columns, "from_school_id", "amount", "unit", "cny"])


#: Sentences about what was left out and how it is to be read.
LEFT_OUT = N_(
    "{school} ({stage}): figures are missing, so no plan can make it pass; it is left out of the proof"
)
