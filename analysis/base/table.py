"""A result: a DataFrame that knows which table it is, the units of its columns, and how to show itself."""

from __future__ import annotations

import pandas as pd

from . import shown
from .schema.results import ResultColumn, column_of


class Table(pd.DataFrame):
    """A table of results: a pandas DataFrame, and what its columns mean.

    Everything that a DataFrame does, it does, and what comes out of a selection (`query`, ``[[…]]``)
    is a table again. In a notebook it shows labels, units and formatted numbers of its first rows.

    Attributes
    ----------
    kind : str
        Id of the table in `analysis.dictionary()`, such as ``balance``.
    """

    _metadata = ("kind",)
    kind: str = ""

    @classmethod
    def of(cls, frame: pd.DataFrame, kind: str) -> Table:
        """A DataFrame as the table of this id."""
        table = cls(frame, copy=False)
        table.kind = kind
        return table

    @property
    def _constructor(self) -> type[Table]:
        return Table

    def column_about(self, name: str) -> ResultColumn | None:
        """What a column means; None for one that is not of ours."""
        return column_of(self.kind, name) if isinstance(name, str) else None

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
