"""A result: a DataFrame that knows which table it is, the units of its columns, and how to show itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from . import shown
from .schema.indicators import Indicators
from .schema.results import ResultColumn, column_of, quantity_column


@dataclass(frozen=True, eq=False)
class Judged:
    """By what the items of a table are judged: the rules of a year, and the plan's by year."""

    year: int
    rules: Mapping
    plan: Mapping[int, Mapping]


class Table(pd.DataFrame):
    """A table of results: a pandas DataFrame, and what its columns mean.

    Everything that a DataFrame does, it does, and what comes out of a selection (`query`, ``[[…]]``)
    is a table again. In a notebook it shows labels, units and formatted numbers of its first rows.

    Attributes
    ----------
    table_id : str
        Id of the table in `analysis.dictionary()`, such as ``balance``.
    judged_by : Judged or None
        The rules that its items are requirements of, where it has items.
    indicators : Indicators or None
        What the ids of its indicators mean.
    """

    # a list: pandas adds it to another one when a table is unpickled
    _metadata: ClassVar[list[str]] = ["table_id", "judged_by", "indicators"]
    table_id: str = ""
    judged_by: Judged | None = None
    indicators: Indicators | None = None

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        table_id: str,
        judged_by: Judged | None = None,
        indicators: Indicators | None = None,
    ) -> Table:
        """A DataFrame as the table of this id."""
        table = cls(frame, copy=False)
        table.table_id, table.judged_by, table.indicators = table_id, judged_by, indicators
        return table

    @property
    def _constructor(self) -> type[Table]:
        return Table

    def column_about(self, name: str) -> ResultColumn | None:
        """What a column means; None for one that is not of ours."""
        if not isinstance(name, str):
            return None
        found = column_of(self.table_id, name)
        counted = (self.indicators or {}).values() if found is None else ()
        # a quantity that only some standards count
        return next((quantity_column(each) for each in counted if each.quantity == name), found)

    @property
    def units(self) -> pd.Series:
        """Unit of each column, in English.

        Returns
        -------
        Series
            Column -> unit: empty for texts and plain numbers; ``by indicator`` where it is that of
            the row's indicator (`analysis.dictionary` lists them: ``m² per student`` …).
        """
        about = {name: self.column_about(name) for name in self.columns}
        units = {name: each.unit_label.en if each else "" for name, each in about.items()}
        return pd.Series(units, dtype="str", name="unit")

    def _repr_html_(self) -> str | None:
        return shown.html("table", self) or super()._repr_html_()
