"""A county as a folder of CSV tables: the way back from the workbook that was filled in."""

from __future__ import annotations

from pathlib import Path

import yaml

from ...base.files import N_, Finding, problem
from ...base.spreadsheet import csv_bytes
from ...base.storage.temporary import scratch
from ...base.storage.writing import move_new, write_whole
from ...policy.own_columns import schema_of
from ..county import County
from ..load import plan_file, prices_file
from ..texts import cell_text
from .write import files_beside, offered


def write_folder(county: County, folder: Path, skipped: list[Finding] | None = None) -> list[Path]:
    """Write a county's record, tables, plan, prices, standard and scenarios into a new folder.

    Parameters
    ----------
    county : County
    folder : Path
        A new folder, or one in which none of these is there yet.
    skipped : list of Finding, optional
        Warnings of scenarios that cannot be read are added to it.

    Returns
    -------
    list of Path
        What was put there.

    Raises
    ------
    InputError
        Everything that is there already. Nothing is written then.
    """
    if not folder.parent.is_dir():
        raise problem(N_("the folder does not exist"), file=folder.parent)
    with scratch(folder.parent) as made:
        # beside a workbook a plan and prices bear its name, in a folder they stand for themselves
        book = made / "county.xlsx"
        called = {of(book): of(made).name for of in (plan_file, prices_file)}
        files = {"county.yaml": _record(county), **_tables(county)}
        for path, data in files_beside(county, book, skipped).items():
            name = called.get(path, path.relative_to(made).as_posix())
            if name in files:  # a standard that is called like something else
                raise problem(
                    N_(
                        "is there already and is another file; move it away or choose another folder"
                    ),
                    file=folder / name,
                )
            files[name] = data
        for name, data in files.items():
            (made / name).parent.mkdir(exist_ok=True)
            write_whole(made / name, data)
        return move_new(made, folder)


def _record(county: County) -> bytes:
    record = county.record.model_dump(mode="json", exclude_none=True)
    return yaml.safe_dump(record, allow_unicode=True, sort_keys=False, width=100).encode()


def _tables(county: County) -> dict[str, bytes]:
    """Tables that have rows, as they were entered; heads are ids, amounts yuan, blanks stay blank."""
    found = {}
    for name, table in schema_of(county.standard).items():
        frame = county.as_entered[name]
        if not len(frame) and not table.needed:
            continue
        columns = [column.name for column in offered(table, frame).columns]
        texts = frame[columns].astype(object).where(frame[columns].notna(), None).map(cell_text)
        found[f"{name}.csv"] = csv_bytes(texts)
    return found
