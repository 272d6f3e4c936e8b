"""A county as a folder of CSV tables: the way back from the workbook that was filled in."""

from __future__ import annotations

from pathlib import Path

import yaml

from ...base.storage.temporary import scratch
from ...base.storage.writing import move_new, write_whole
from ...policy.own_columns import schema_of
from ..county import County
from ..texts import cell_text
from .write import files_beside, offered


def write_folder(county: County, folder: Path) -> list[Path]:
    """Write a county's record, tables, plan, standard and scenarios into a new folder.

    Parameters
    ----------
    county : County
    folder : Path
        A new folder, or one in which none of these is there yet.

    Returns
    -------
    list of Path
        What was put there.

    Raises
    ------
    InputError
        Everything that is there already. Nothing is written then.
    """
    with scratch(folder.parent) as made:
        for name, data in {"county.yaml": _record(county), **_tables(county)}.items():
            write_whole(made / name, data)
        # beside a workbook a plan bears its name, in a folder it stands for itself
        for path, data in files_beside(county, made / "county.xlsx").items():
            name = "plan.yaml" if path.name == "county.plan.yaml" else path.relative_to(made)
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
        found[f"{name}.csv"] = texts.to_csv(index=False, lineterminator="\n").encode()
    return found
