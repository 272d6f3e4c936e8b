"""The workbook that a county office fills in: a sheet per table, with help, choices and limits.

Everything in it comes from `analysis.base.schema`. What it holds, `analysis.data.load` reads back unchanged.
"""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pandas as pd

from ...base.files import N_, Finding, problem
from ...base.language import speak
from ...base.schema.columns import Table
from ...base.spreadsheet import XLSX_OPTIONS
from ...base.storage.folders import SCENARIOS, entries, scenario_folder, usable
from ...policy.own_columns import schema_of
from ...policy.standards import NATIONAL, built_in, load_standard
from ..county import County
from ..county_form import form_items
from ..load import plan_file, prices_file
from ..reading.settings import YUAN
from .sheets import Sheets


def write_template(
    county: County | None = None,
    lang: str = "zh",
    money: str = YUAN,
    names_only: bool = False,
    standard: str = NATIONAL,
) -> bytes:
    """The workbook to fill in, empty or with a county's data.

    Parameters
    ----------
    county : County, optional
        Whose record and tables to fill in.
    lang : {"zh", "en"}
        Language of sheet names, heads, choices and help.
    money : {"yuan", "wan"}
        Unit of amounts: yuan, or 10,000 yuan (万元). What is per person is in yuan in either case.
    names_only : bool
        Whether schools are named by their names where that is enough, without their ids.
    standard : str
        Without a county: the columns and items are those that this standard asks for.

    Returns
    -------
    bytes
        An .xlsx workbook: a sheet that explains, the county's record, the tables of
        `analysis.base.schema.tables.TABLES` (each with an example row if there is no county), and the
        list of items of `county_years`. `load_county` reads the same record and tables from it; plan
        and standard are files, see `files_beside`. Heads are protected, without a password.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **XLSX_OPTIONS})
    chosen = county.standard if county else load_standard(standard)
    items = form_items(chosen)
    schema = {name: offered(table) for name, table in schema_of(chosen).items()}
    writer = Sheets(book, speak(lang), money, names_only, items)
    writer.readme(schema)
    writer.county(county, chosen.id)
    # as it was entered: a site keeps its rows
    tables = county.as_entered if county else {}
    for name, table in schema_of(chosen).items():
        if table.asked or len(tables.get(name, ())):
            writer.table(offered(table, tables.get(name)), tables.get(name), tables.get("schools"))
    writer.items()
    book.close()
    return buffer.getvalue()


def offered(table: Table, frame: pd.DataFrame | None = None) -> Table:
    """The table without the columns that only other standards count, unless they are filled in."""
    columns = tuple(
        column
        for column in table.columns
        if column.asked
        or column.offered
        or (frame is not None and frame[column.name].notna().any())
    )
    return dataclasses.replace(table, columns=columns)


def files_beside(
    county: County, workbook: Path, skipped: list[Finding] | None = None
) -> dict[Path, bytes]:
    """Plan, prices, standard and scenarios of a county as files for a workbook's folder.

    Parameters
    ----------
    county : County
    workbook : Path
        Where the workbook will stand.
    skipped : list of Finding, optional
        Warnings of scenarios that cannot be read are added to it.

    Returns
    -------
    dict of Path to bytes
        ``<stem>.plan.yaml``, ``<stem>.remedy.yaml``, the profile that the record names, with those it extends, and the
        folder ``scenarios``; only what is not yet there. Profiles that come with the package need no file.

    Raises
    ------
    InputError
        A file of that name is there already and says something else.
    """
    folder = county.path if county.path.is_dir() else county.path.parent
    wanted = {}
    if county.plan is not None:
        wanted[plan_file(workbook)] = plan_file(county.path)
    prices = prices_file(county.path)
    if prices.is_file():
        wanted[prices_file(workbook)] = prices
    names = [county.record.standard, *(profile.extends for profile in county.standard.profiles)]
    for name in names:
        if name is not None and (name not in built_in() or (folder / name).is_file()):
            wanted[workbook.parent / name] = folder / name
    for source in usable(entries(scenario_folder(county.path), ".yaml"), skipped):
        wanted[workbook.parent / SCENARIOS / source.name] = source
    found = {path: source.read_bytes() for path, source in wanted.items()}
    for path, data in found.items():
        if path.exists() and path.read_bytes() != data:
            raise problem(
                N_("is there already and is another file; move it away or choose another folder"),
                file=path,
            )
    return {path: data for path, data in found.items() if not path.exists()}
