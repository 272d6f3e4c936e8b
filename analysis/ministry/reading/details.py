"""Detail tables, one row per school and one table per stage: known by the paths of their heads."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pydantic

from ...base.files import read_model
from ...data.reading.noise import is_remark
from ..forms import Kind, Term, Terms
from .labels import key, plain
from .parts import column_heads
from .sheets import Block, Place, show

Stage = Literal["primary", "junior", "senior"]


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class StageNames(_Strict):
    """How a stage is called in the names of files and sheets, its grades, and the first one's number."""

    names: tuple[str, ...]
    grades: tuple[str, ...]
    first: int


class Column(_Strict):
    """One figure of a row: columns that are added up, or others where one of them is not there.

    `default` is the unit where the heads write none.
    """

    to: str
    column: Terms
    otherwise: Terms = ()
    stages: tuple[Stage, ...] = ("primary", "junior", "senior")
    unit: Kind
    default: str = ""
    optional: bool = False


class _Read(_Strict):
    to: str
    column: tuple[str, ...]
    otherwise: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ("primary", "junior", "senior")
    unit: Kind
    default: str = ""
    optional: bool = False


class Layout(_Strict):
    """What stands in `details.yaml`."""

    stages: dict[Stage, StageNames]
    about: dict[str, str]
    read: tuple[_Read, ...]

    @functools.cached_property
    def about_terms(self) -> dict[str, Term]:
        return {name: Term.parse(text) for name, text in self.about.items()}

    def columns(self, stage: Stage) -> list[Column]:
        """What is read of a table of a stage."""
        here = self.stages[stage]
        found = []
        for each in self.read:
            if stage not in each.stages:
                continue
            data = each.model_dump()
            data["to"] = each.to.replace("{stage}", stage)
            for name in ("column", "otherwise"):
                data[name] = [text.replace("{stage}", here.names[0]) for text in data[name]]
            found.append(Column.model_validate(data))
        for grade, name in enumerate(here.grades, here.first):
            found.append(
                Column(
                    to=f"enrolment.students.{grade}",
                    column=[f"在校生数/{name} | 在校生/{name}"],
                    unit="persons",
                )
            )
        return found


@functools.cache
def layout() -> Layout:
    """The columns of detail tables that are known."""
    return read_model(Path(__file__).with_name("details.yaml"), Layout)


@dataclass(frozen=True)
class DetailTable:
    """A sheet with one row per school.

    Attributes
    ----------
    block : Block
    stage : Stage or None
        By the name of the sheet, else of the file; None if neither says it.
    head, body : range
    paths : dict of int to tuple of str
        Heads over every column.
    units : dict of int to dict of str to Place
        Units written in them.
    about : dict of str to int
        Columns that say who and where a school is.
    """

    block: Block
    stage: Stage | None
    head: range
    body: range
    paths: dict[int, tuple[str, ...]] = field(repr=False)
    units: dict[int, dict[str, Place]] = field(repr=False)
    about: dict[str, int] = field(repr=False)

    def find(self, term: Term) -> list[int]:
        """Columns of the first spelling that is there."""
        for *above, last in term.spellings:
            found = []
            for column, path in self.paths.items():
                heads = iter(path[:-1])
                if path[-1:] == (last,) and all(label in heads for label in above):
                    found.append(column)
            if found:
                return found
        return []

    def said(self, row: int, name: str) -> str:
        """What a row says about its school, "" if nothing."""
        if name not in self.about:
            return ""
        text = show(self.block.cells[row][self.about[name]])
        return "" if plain(text) in ("*", "-", "-1", "无") else text

    def place(self, row: int, name: str) -> Place:
        return self.block.place(row, self.about[name])

    @property
    def rows(self) -> Iterator[int]:
        """Rows of schools: with a name that is not that of a sum."""
        for row in self.body:
            name = self.said(row, "name")
            if name and key(name) not in ("总计", "合计", "小计", "计", "甲") and not _is_sum(name):
                yield row


def _is_sum(name: str) -> bool:
    said = key(name)
    foot = said.endswith(("合计", "小计", "总计")) or said.startswith(("填表", "审核"))
    return foot or is_remark(name)


def detail_table(block: Block) -> DetailTable | None:
    """The block as a detail table, None if it is none.

    It is one if a head is 学校名称, some rows have a name below it, and the heads name students or
    teachers.
    """
    names = {spelling[-1] for spelling in layout().about_terms["name"].spellings}
    for row in range(min(block.height, 15)):
        for column in range(block.width):
            if key(show(block.cells[row][column])) in names:
                made = _table(block, row, column)
                if made is not None:
                    return made
    return None


def _table(block: Block, top: int, column: int) -> DetailTable | None:
    first = next(
        (
            row
            for row in range(top + 1, block.height)
            if show(block.cells[row][column]) and row not in block.numbering
        ),
        block.height,
    )
    end = next((row for row in range(top + 1, first) if row in block.numbering), first)
    # the group heads may begin above the line with the name
    start = next((cell[0] for at, cell in block.owner.items() if at == (top, column)), top)
    head = range(start, end)
    data = list(range(block.width))
    texts = {
        (row, across): text for row in head for across in data if (text := block.text(row, across))
    }
    paths, units = column_heads(block, head, texts, data)
    if not any({"在校生数", "在校生", "专任教师", "班数"} & set(path) for path in paths.values()):
        return None
    bare = DetailTable(block, _stage(block), head, range(first, block.height), paths, units, {})
    about = {name: bare.find(term) for name, term in layout().about_terms.items()}
    found = {name: columns[0] for name, columns in about.items() if columns}
    made = DetailTable(block, bare.stage, head, bare.body, paths, units, found)
    return made if "name" in found and any(True for _ in made.rows) else None


def _stage(block: Block) -> Stage | None:
    for text in (block.sheet, Path(block.file).stem):
        named = [
            stage
            for stage, names in layout().stages.items()
            if any(name in plain(text) for name in names.names)
        ]
        if len(named) == 1:
            return named[0]
    return None
