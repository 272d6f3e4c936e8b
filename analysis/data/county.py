"""A county as reported: its record, its typed tables, its standard and plan."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import numpy as np
import pandas as pd
import pydantic

from ..base.files import Finding
from ..base.schema.columns import Table
from ..policy.entries import Text
from ..policy.own_columns import schema_of
from ..policy.plan import Plan
from ..policy.standards import NATIONAL, Standard
from .belonging.sites import Sites
from .texts import clean_text


def _tidy(text: object) -> object:
    """Texts of the record in the form in which a cell of a table holds them."""
    if isinstance(text, Text):
        return Text(zh=clean_text(text.zh), en=clean_text(text.en))
    return clean_text(text)


Tidy = pydantic.AfterValidator(_tidy)


class Source(pydantic.BaseModel):
    """Where a county's figures come from."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    title: Annotated[str, Tidy]
    note: Annotated[str, Tidy] = ""


class CountyRecord(pydantic.BaseModel):
    """`county.yaml`."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    code: Annotated[str, pydantic.Field(pattern=r"^[0-9]{6}$")]
    name: Annotated[Text, Tidy]
    province: Annotated[Text, Tidy]
    standard: str = NATIONAL
    target_year: Annotated[int, pydantic.Field(ge=1949, le=2100)] | None = None
    synthetic: bool = False
    sources: tuple[Source, ...] = ()


# compared by identity: tables have no single answer to "equal", and caches need a hash
@dataclass(frozen=True, eq=False)
class County:
    """A county as reported.

    Attributes
    ----------
    record : CountyRecord
        Code, names, target year.
    tables : mapping of str to DataFrame
        The tables of `analysis.base.schema.tables.TABLES`, typed, all present (possibly empty) and with all
        columns; the index is the row number in the file. Missing values are NaN. Sites stand in
        the rows of the schools that they belong to.
    standard : Standard
    path : Path
        Where it was read from.
    plan : Plan or None
        What the county has decided: `plan.yaml` in its folder, or `<workbook>.plan.yaml` beside it.
    warnings : tuple of Finding
        What did not stop the reading but belongs in the report.
    fingerprint : str
        SHA-256 of the tables, record, standard and plan as read, independent of the file format.
    observed_until : int or None
        The last observed school year where later ones are projected; None: all were observed.
    sites : Sites
        Rows of the roster that are parts of other schools; those of known schools are in no table.
    entered : mapping of str to DataFrame or None
        The tables as they were entered, with a row for every site; None where there are no sites.
    form_year : int or None
        School year that the workbook sets once for all county items whose year is blank.
    files, places : mapping
        Where each table was read from, as the user knows it; row of the header and position of
        each (table, column), from 1; of items that are printed in a workbook and still blank, row
        and position of their value, under (table, item).
    """

    record: CountyRecord
    tables: MappingProxyType = field(repr=False)
    standard: Standard = field(repr=False)
    path: Path
    plan: Plan | None = field(repr=False, default=None)
    warnings: tuple[Finding, ...] = field(repr=False, default=())
    fingerprint: str = field(repr=False, default="")
    observed_until: int | None = None
    sites: Sites = field(repr=False, default=Sites())
    entered: MappingProxyType | None = field(repr=False, default=None)
    form_year: int | None = field(repr=False, default=None)
    files: MappingProxyType = field(repr=False, default_factory=lambda: MappingProxyType({}))
    places: MappingProxyType = field(repr=False, default_factory=lambda: MappingProxyType({}))

    @property
    def schema(self) -> Mapping[str, Table]:
        """Its tables and columns: those of all counties, and what its standard counts besides."""
        return schema_of(self.standard)

    @property
    def code(self) -> str:
        return self.record.code

    @property
    def as_entered(self) -> MappingProxyType:
        """The tables with a row for every site: what the user sees in the files."""
        return self.entered or self.tables

    @property
    def slug(self) -> str:
        """Name for files and for the command line: that of the folder or workbook."""
        return re.sub(r"[^\w.-]+", "-", self.path.stem if self.path.is_file() else self.path.name)

    @property
    def last_observed(self) -> int:
        """The last school year that has been observed, not projected."""
        return self.years[-1] if self.observed_until is None else self.observed_until

    @functools.cached_property
    def years(self) -> list[int]:
        """School years with data, ascending."""
        return sorted(int(year) for year in self.tables["school_years"]["year"].unique())

    def basis(self, year: int) -> str:
        """Whether a school year is `observed` or `projected`."""
        later = self.observed_until is not None and year > self.observed_until
        return "projected" if later else "observed"


def fingerprint(frames: dict, record: CountyRecord, standard: Standard, plan: Plan | None) -> str:
    """SHA-256 of everything that a verdict depends on."""
    digest = hashlib.sha256()
    digest.update(record.model_dump_json().encode())
    for model in (*standard.profiles, *([plan] if plan else [])):
        digest.update(model.model_dump_json().encode())
    for name, table in schema_of(standard).items():
        frame = frames[name]
        if frame.empty and not table.asked:
            continue
        digest.update(f"{name} {len(frame)}".encode())
        for column in table.columns:
            if not column.judged or (not column.asked and frame[column.name].isna().all()):
                continue
            if column.is_numeric:
                numbers = frame[column.name].to_numpy(dtype="<f8", na_value=np.nan)
                digest.update(np.where(np.isnan(numbers), np.nan, numbers).tobytes())
            else:
                # no text holds a line break (see `clean`)
                codes, texts = pd.factorize(frame[column.name])
                digest.update("\n".join(texts).encode() + codes.astype("<i8").tobytes())
    return digest.hexdigest()
