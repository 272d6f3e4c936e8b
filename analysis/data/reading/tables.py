"""Tables of text -> typed columns, with ids in place of names and yuan in place of 万元: in one way for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ...base.files import Finding
from ...base.schema.tables import TABLES
from ...policy.own_columns import schema_of
from ...policy.standards import Standard
from .by_name import items_by_name, schools_by_name
from .cells import narrow
from .folder import read_csv
from .printed import fill_county_rows, without_examples
from .settings import NO_SETTINGS, Settings
from .typed import complete, typed


@dataclass(frozen=True)
class Read:
    """Tables as they are meant, and where each column of them stands.

    Attributes
    ----------
    frames : dict of str to DataFrame
        Typed columns, those that the file has; the index is the row in the file. Columns for people
        are texts under ``~`` and their id.
    files : dict of str to str
    unread : dict of (table, column) to Index
        Rows that could not be read.
    places : dict of (table, column) to (int, int)
        Row of the head and position, from 1.
    """

    frames: dict[str, pd.DataFrame]
    files: dict[str, str]
    unread: dict[tuple[str, str], pd.Index]
    places: dict[tuple[str, str], tuple[int, int]]


def read_tables(
    raw: Mapping[str, tuple[pd.DataFrame, str]],
    findings: list[Finding],
    settings: Settings = NO_SETTINGS,
    standard: Standard | None = None,
    schools: pd.DataFrame | None = None,
) -> Read:
    """Read tables of text.

    Parameters
    ----------
    raw : mapping of str to (DataFrame, str)
        Rows of text with their head, and the file they are from, by table.
    findings : list of Finding
        What is wrong with them is added.
    settings : Settings, optional
    standard : Standard, optional
        Whose items may be named; the national one if omitted.
    schools : DataFrame, optional
        The roster by which schools are named where `raw` has none: ``school_id, name``.
    """
    frames, unread, places = {}, {}, {}
    schema = TABLES if standard is None else schema_of(standard)
    for name, table in schema.items():
        if name in raw:
            rows, file = raw[name]
            frames[name] = typed(table, rows, file, findings, unread, places, settings)
    files = {name: file for name, (_, file) in raw.items()}
    findings += without_examples(frames, files, unread)
    known = frames if schools is None or "schools" in frames else frames | {"schools": schools}
    findings += schools_by_name(known, files, unread)
    findings += items_by_name(frames, files, standard)
    findings += fill_county_rows(frames, files, unread, places, settings, standard)
    return Read(frames, files, unread, places)


def read_table(
    file: Path, name: str, findings: list[Finding], as_written: Collection[str] = ()
) -> pd.DataFrame:
    """One CSV table, with all its columns.

    Parameters
    ----------
    file : Path
    name : str
        A key of `TABLES`.
    findings : list of Finding
        What is wrong with it is added.
    as_written : collection of str
        Columns of numbers that are wanted with the digits of the file.
    """
    rows = read_csv(file, findings)
    read = read_tables({name: (rows, str(file))}, findings)
    frame = complete(TABLES[name], read.frames[name])
    texts = rows.set_axis(rows.index + 1).reindex(frame.index)
    for column in as_written:
        if (name, column) in read.places:
            cells = texts.iloc[:, read.places[name, column][1] - 1].map(narrow)
            frame[column] = cells.where(frame[column].notna())
    return frame
