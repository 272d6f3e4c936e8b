"""What is wrong with the items of county_years: unknown, of the wrong kind, out of range."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from ...base.files import N_, Finding
from ...base.language import Said
from ...base.schema.county_items import COUNTY_INPUTS, COUNTY_PARTS
from ...base.schema.terms import Label, Named
from ...policy.overrides import LARGEST_SHARE
from ...policy.standards import NATIONAL, Standard, load_standard
from .amounts import county_amounts
from .faults import (
    SEVERAL_OF_ITEM,
    Limits,
    faults_of_number,
    faults_of_text,
    listed,
    right_form,
)
from .ranges import named, range_of
from .tables import Tables, those

_TABLE = "county_years"
#: Unreadable values that are looked into for what is wrong with them; of more only the first are listed.
LOOKED_AT = 1000
PLUS = Label(" + ", " + ")
COMPUTED = N_("{problem}; the system computes it, so the cell may be cleared")
RARE = N_("{item} is {value}; usual is {low} to {high}: is a digit wrong, or the unit?")


def check_items(tables: Tables, standard: Standard) -> list[Finding]:
    """Check the items of county_years against the standard and the table of ranges.

    Parameters
    ----------
    tables : Tables
    standard : Standard
        Its entries may be reported as items, too.

    Returns
    -------
    list of Finding
        Every item is looked at once, however many years it has.
    """
    if _TABLE not in tables:
        return []
    rows = tables[_TABLE]
    rows = rows[rows["item"].notna()]
    if rows.empty:
        return []
    number = pd.to_numeric(rows["value"], errors="coerce").to_numpy(dtype=float)
    findings = [
        *_names(tables, rows, standard),
        *_kinds_and_ranges(tables, rows, number, standard),
        *_parts(tables, rows, number, standard),
    ]
    money = list(county_amounts(tables, standard))
    # what is wrong is not questioned as well, and what is questioned as 万元 not as a rare value
    wrong = {finding.row for finding in findings if finding.severity == "error"} - {None}
    asked = {finding.row for finding in money} - {None}
    kept = [
        f
        for f in findings
        if f.severity == "error"
        or (f.row not in wrong and (f.message != RARE or f.row not in asked))
    ]
    return [_of_computed(f, standard) for f in (*kept, *(f for f in money if f.row not in wrong))]


def unreadable_values(tables: Tables, standard: Standard) -> Iterator[Finding]:
    """Values that are no numbers, yes or no, with what the item of the row takes.

    Parameters
    ----------
    tables : Tables
    standard : Standard
        The county's own; the national one where that cannot be read.
    """
    if _TABLE not in tables:
        return
    rows = tables[_TABLE]
    number = pd.to_numeric(rows["value"], errors="coerce")
    wrong = rows["value"].notna() & number.isna() & ~rows["value"].isin(["yes", "no"])
    rows = rows[wrong | np.isinf(number)]
    codes, items = pd.factorize(rows["item"])
    value = tables.schema[_TABLE]["value"]
    takes = [*(range_of(item, standard) for item in items), None]  # the last: of a blank item
    names = np.array([*(named([item], standard) for item in items), value], dtype=object)[codes]
    kinds = np.array([of.kind if of else "" for of in takes], dtype=object)[codes]
    both = np.array([of is None or of.finding for of in takes])[codes]
    limits = [of and Limits(of.whole, of.low, _or_none(of.high)) for of in takes]
    forms = np.array([of and right_form(of) for of in limits], dtype=object)[codes]
    faults: list[list] = [[] for _ in range(len(rows))]
    for at, (text, code) in enumerate(zip(rows["value"].head(LOOKED_AT), codes, strict=False)):
        if limits[code] and kinds[at] != "yes_no":
            faults[at] = faults_of_text(text, limits[code])
    rows = rows.assign(
        _item=names,
        _faults=[listed(found) for found in faults],
        _form=forms,
    )
    near = np.array([len(found) > 0 for found in faults], dtype=bool)
    yes_no = kinds == "yes_no"
    for message, where, columns in (
        (N_("{item} is “{value}”; expected yes or no"), yes_no, {}),
        (SEVERAL_OF_ITEM, near, {"faults": "_faults", "form": "_form"}),
        (N_("{item} is “{value}”; expected a number"), ~near & ~both & ~yes_no, {}),
        (N_("{item} is “{value}”; expected a number, yes or no"), ~near & both & ~yes_no, {}),
    ):
        yield from tables.report(
            message, _TABLE, rows[where], "value", item="_item", value="value", **columns
        )


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else number


def _of_computed(finding: Finding, standard: Standard) -> Finding:
    """Of a value that nobody need give: it may as well be cleared."""
    said = finding.values.get("item")
    if finding.severity != "error" or not isinstance(said, Named) or len(said.things) > 1:
        return finding
    item = said.things[0][1]
    if item in COUNTY_INPUTS or item not in standard.entries:
        return finding
    if range_of(item, standard).kind == "yes_no":
        return finding
    values = finding.values | {"problem": Said(finding.message, finding.values)}
    return dataclasses.replace(finding, message=COMPUTED, values=values)


def _names(tables: Tables, rows: pd.DataFrame, standard: Standard) -> Iterator[Finding]:
    """Items that nothing is called, if they look like one: what is only shown may have any name."""
    groups = {name.split(".")[0] for name in standard.entries}
    # what another standard asks for is kept for it
    others = load_standard(NATIONAL).entries
    known = groups | {*standard.entries, *COUNTY_INPUTS, *others}
    known |= {name.split(".")[0] for name in others}
    near = {}
    for item in set(rows["item"]) - known:
        found = difflib.get_close_matches(item, sorted(known), n=1, cutoff=0.85)
        if found or re.fullmatch(r"[GQSV]\d+(\..*)?", item):
            near[item] = named(found, standard) if found else "G1 … V6"
    yield from tables.report(
        N_("nothing is called “{item}”; did you mean “{near}”?"),
        _TABLE,
        those(rows.assign(_near=rows["item"].map(near)), rows["item"].isin(near)),
        "item",
        "warning",
        item="item",
        near="_near",
    )
    # a number under G11 is used nowhere: its requirements are G11.rotation and G11.backbone
    groups = {
        group: tuple(name for name in standard.entries if name.startswith(f"{group}."))
        for group in groups - set(standard.entries) - set(COUNTY_INPUTS)
    }
    number = ~rows["value"].isin(["yes", "no"]) & rows["value"].notna()
    unused = those(rows, rows["item"].isin(groups) & number)
    yield from tables.report(
        N_("{item} is {value}, which is not used; report a number under one of {names}"),
        _TABLE,
        unused.assign(_names=[named(groups.get(item, ()), standard) for item in unused["item"]]),
        "value",
        "warning",
        item="item",
        value="value",
        names="_names",
    )


def _kinds_and_ranges(
    tables: Tables, rows: pd.DataFrame, number: np.ndarray, standard: Standard
) -> Iterator[Finding]:
    codes, items = pd.factorize(rows["item"])
    ranges = [range_of(item, standard) for item in items]

    def each(take, otherwise) -> np.ndarray:
        """What the range of each row's item says."""
        return np.array([otherwise if found is None else take(found) for found in ranges])[codes]

    kind = each(lambda found: found.kind, "")
    low, high = each(lambda found: found.low, np.nan), each(lambda found: found.high, np.nan)
    below, above = number < low, number > high
    rare_low = each(lambda found: found.rare_low, np.nan)
    rare_high = each(lambda found: found.rare_high, np.nan)
    rare = ((number < rare_low) | (number > rare_high)) & ~below & ~above
    yes_no = kind == "yes_no"
    share = kind == "share"
    of_one = share | (high <= LARGEST_SHARE)
    is_word = rows["value"].isin(["yes", "no"]).to_numpy()
    names = np.array([named([item], standard) for item in items], dtype=object)
    rows = rows.assign(
        _item=names[codes],
        _low=low,
        _high=high,
        _rare_low=np.where(np.isnan(rare_low), np.where(share & (low < 0), low, 0.0), rare_low),
        _rare_high=rare_high,
    )

    def say(
        message: str, where: np.ndarray, severity: str = "error", **columns: str
    ) -> Iterator[Finding]:
        yield from tables.report(
            message,
            _TABLE,
            those(rows, where),
            "value",
            severity,
            item="_item",
            value="value",
            **columns,
        )

    finite = np.isfinite(number)
    fraction = finite & (kind == "count")
    fraction[fraction] = number[fraction] % 1 != 0
    several = fraction & (below | above)
    yield from tables.report(
        SEVERAL_OF_ITEM,
        _TABLE,
        _with_faults(those(rows, several), number[several]),
        "value",
        item="_item",
        value="value",
        faults="_faults",
        form="_form",
    )
    below, above, fraction = (rows_of & ~several for rows_of in (below, above, fraction))
    yield from say(N_("{item} is {value}; expected yes or no"), yes_no & finite)
    yield from say(
        N_("{item} is “{value}”; expected a number"),
        is_word & (kind != "") & ~yes_no & ~each(lambda found: found.finding, True).astype(bool),
    )
    yield from say(
        N_("{item} is {value}; expected {low} or more"),
        below & ~yes_no,
        low="_low",
    )
    yield from say(
        N_("{item} is {value}; a share is written between 0 and 1 (95 % is 0.95)"),
        above & of_one,
    )
    yield from say(
        N_("{item} is {value}; expected {high} or less"),
        above & ~of_one & ~yes_no,
        high="_high",
    )
    yield from say(N_("{item} is {value}; expected a whole number"), fraction)
    yield from say(
        N_("{item} is {value}; a share above 1 is rare: is a digit or a sign wrong?"),
        rare & share & (number > 1),
        "warning",
    )
    bounded = rare & ~(share & (number > 1)) & ~fraction
    yield from say(
        RARE,
        bounded & ~np.isnan(rare_high),
        "warning",
        low="_rare_low",
        high="_rare_high",
    )


def _with_faults(rows: pd.DataFrame, number: np.ndarray) -> pd.DataFrame:
    """Counts that break more than one rule, with their faults and the right form."""
    limits = [
        Limits(True, low, _or_none(high))
        for low, high in zip(rows["_low"], rows["_high"], strict=True)
    ]
    faults = [listed(faults_of_number(value, of)) for value, of in zip(number, limits, strict=True)]
    return rows.assign(_faults=faults, _form=[right_form(of) for of in limits])


def _parts(
    tables: Tables, rows: pd.DataFrame, number: np.ndarray, standard: Standard
) -> Iterator[Finding]:
    """Items that are more than what they are a part of."""
    values = pd.Series(number, [rows["year"], rows["item"]])
    first = ~values.index.duplicated()
    wide = values[first].unstack("item")
    places = pd.Series(rows.index, values.index)[first].unstack("item")
    figures = {item: column.to_numpy() for item, column in wide.items()}
    for parts, wholes, severity in COUNTY_PARTS:
        if not {*parts, *wholes} <= set(figures):
            continue
        part, whole = (sum(figures[name] for name in names) for names in (parts, wholes))
        wrong = part > whole
        if not wrong.any():
            continue
        found = rows.loc[places[parts[0]].to_numpy()[wrong].astype(int)]
        constants: Mapping[str, object] = MappingProxyType(
            {
                "item": named(parts, standard, PLUS),
                "whole": named(wholes, standard, PLUS),
            }
        )
        yield from tables.report(
            N_("{item} is {value}, more than {whole}, of which it is a part ({total})")
            if severity == "error"
            else N_("{item} is {value}, more than {whole} ({total}); is one of them wrong?"),
            _TABLE,
            found.assign(_part=part[wrong], _total=whole[wrong]),
            "value",
            severity,
            constants,
            value="_part",
            total="_total",
        )
