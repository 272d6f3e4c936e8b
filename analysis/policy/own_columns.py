"""The tables of a county as its standard asks for them: with the columns that its indicators count."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ..base.schema.columns import Column, Table
from ..base.schema.tables import TABLES
from ..base.schema.terms import STAGE_LABELS, STAGES, Label
from .indicator_entries import IndicatorEntry
from .standards import Standard

#: The table whose columns are counted.
COUNTED = "school_years"


@functools.lru_cache(maxsize=64)
def schema_of(standard: Standard) -> Mapping[str, Table]:
    """The input tables of a county that is judged by a standard.

    Parameters
    ----------
    standard : Standard

    Returns
    -------
    mapping of str to Table
        Those of `analysis.base.schema.tables.TABLES`; columns of `school_years` that an indicator counts
        are asked for, and those that the table does not have of itself stand before the remark.
    """
    table = TABLES[COUNTED]
    counted = standard.evaluation.indicators.recorded
    own = {
        column.name: column for column in _own_columns(standard) if column.name not in table.names
    }
    if not own and all(c.asked for c in table.columns if c.name in counted):
        return TABLES
    columns = []
    for column in table.columns:
        if column.name == "note":
            columns += own.values()
        asked = column.asked or column.name in counted
        columns.append(
            column if asked == column.asked else dataclasses.replace(column, asked=asked)
        )
    changed = dataclasses.replace(table, columns=tuple(columns))
    return MappingProxyType({**TABLES, COUNTED: changed})


def _own_columns(standard: Standard) -> Iterator[Column]:
    for profile in standard.evaluation.profiles:
        for about in profile.indicators.values():
            for name in (*about.add, *about.less):
                for stage in (None,) if about.shared else STAGES:
                    label = _label(about, name, stage)
                    yield Column(
                        name if stage is None else f"{name}_{stage}",
                        label.zh,
                        label.en,
                        "count" if about.whole else "number",
                        Label(about.resource.zh, about.resource.en),
                        needed=False,
                    )


def _label(about: IndicatorEntry, column: str, stage: str | None) -> Label:
    said = about.columns.get(column)
    if said is None and (*about.add, *about.less) == (column,):
        said = about.short or about.title
    zh, en = (said.zh, said.en) if said else (column, column)
    if stage is None:
        return Label(zh, en)
    of = STAGE_LABELS[stage]
    return Label(f"{of.zh}{zh}", f"{en} ({of.en})")
