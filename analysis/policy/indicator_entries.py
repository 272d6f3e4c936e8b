"""How a profile writes an indicator: figures, unit and thresholds in one entry -> `Indicator` and rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import pydantic

from ..base.files import N_
from ..base.refusals import refusal
from ..base.schema.indicators import Indicator
from ..base.schema.tables import TABLES
from ..base.schema.terms import STAGE_LABELS, STAGES, Label
from .entries import Entry, IsoDate, Reference, Text

#: From when an own threshold holds that does not say it: data of all years are judged by it.
ALWAYS = "1949-10-01"

Column = Annotated[str, pydantic.Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
#: A threshold or limit by stage.
ByStage = dict[Literal["primary", "junior"], Annotated[float, pydantic.Field(ge=0)]]

_FIGURES = {column.name for column in TABLES["school_years"].columns if not column.key}
_BY_STAGE = {name.removesuffix(f"_{STAGES[0]}") for name in _FIGURES if name.endswith(STAGES[0])}


class IndicatorEntry(pydantic.BaseModel):
    """One indicator of a standard, as its profile writes it.

    The shortest has a title, the columns and the unit of what is counted, and thresholds::

        library_books:
          title: {zh: 生均图书册数, en: Library books per student}
          add: [books]
          resource: {zh: 册, en: books}
          at_least: {primary: 25, junior: 35}
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    title: Text
    short: Text | None = None
    """For narrow columns and axes; the title if omitted."""
    head: Text | None = None
    """For heads of columns of figures, where even that is too wide (``\\n`` begins a line); `short` if omitted."""
    add: Annotated[tuple[Column, ...], pydantic.Field(min_length=1)]
    """Columns of `school_years` that make up the numerator; without the stage where they are recorded by stage."""
    less: tuple[Column, ...] = ()
    """Columns that are taken out of it."""
    quantity: Column | None = None
    """Name of the numerator in the register; the indicator's own if omitted."""
    denominator: Literal["students"] = "students"
    """What it is divided by. Schools count by their students in every coefficient of variation, and no text
    says what they would count by if it were anything else."""
    per: Annotated[int, pydantic.Field(ge=1, le=1000)] = 1
    """Students in the denominator's unit."""
    resource: Text
    """Unit of what is counted."""
    unit: Text | None = None
    """Unit of the ratio; the resource's per student if omitted."""
    by_stage: bool | None = None
    """Whether the columns are recorded by stage (``…_primary``, ``…_junior``); known for those of the tables."""
    whole: bool = False
    """Whether it only comes in whole units."""
    decimals: Annotated[int, pydantic.Field(ge=0, le=6)] = 2
    at_least: ByStage = {}
    """Thresholds for schools; where omitted, entries ``<indicator>.<stage>`` say them."""
    cv_at_most: ByStage = {}
    """Limits of its coefficient of variation, where they are not those of all (``cv.<stage>``)."""
    since: IsoDate = ALWAYS
    """From when `at_least` and `cv_at_most` hold."""
    columns: dict[Column, Text] = {}
    """Labels of columns that the tables do not have of themselves."""
    reference: Reference | None = None

    @pydantic.model_validator(mode="after")
    def _recorded_one_way(self) -> IndicatorEntry:
        columns = (*self.add, *self.less)
        doubled = sorted({name for name in columns if columns.count(name) > 1})
        if doubled:
            raise refusal(
                N_("the column {name} stands twice among those to add and to take out"),
                name=", ".join(doubled),
            )
        ways = {self._is_by_stage(name) for name in columns}
        if len(ways) > 1:
            raise refusal(
                N_(
                    "{names}: some of the columns are recorded by stage and some for the whole "
                    "school; an indicator has columns of one kind"
                ),
                names=", ".join(columns),
            )
        return self

    def _is_by_stage(self, column: str) -> bool:
        if column in _BY_STAGE or column in _FIGURES:
            return column in _BY_STAGE
        return bool(self.by_stage)

    @property
    def shared(self) -> bool:
        """Whether its figures are recorded once for a school of several stages."""
        return not self._is_by_stage(self.add[0])

    def indicator(self, name: str, position: int, asked: tuple[str, ...]) -> Indicator:
        """The indicator, at its place among those of the standard (from 0)."""
        unit = self.unit or _ratio_unit(self.resource, self.per)
        short = self.short or self.title
        head = self.head or short
        return Indicator(
            name=name,
            number=f"R{position + 1}",
            zh=self.title.zh,
            en=self.title.en,
            short=Label(short.zh, short.en),
            head=Label(head.zh, head.en),
            quantity=self.quantity or name,
            add=self.add,
            less=self.less,
            per=self.per,
            unit=Label(unit.zh, unit.en),
            resource=Label(self.resource.zh, self.resource.en),
            shared=self.shared,
            whole=self.whole,
            decimals=self.decimals,
            asked=asked,
        )

    def rules(self, name: str, document: str) -> Iterator[tuple[str, Entry]]:
        """The requirements that stand in the entry itself, by id.

        `document` is where they are written, unless the entry says otherwise.
        """
        reference = self.reference or Reference(document=document, section=name)
        for values, prefix, rule in (
            (self.at_least, "", "at_least"),
            (self.cv_at_most, "cv.", "at_most"),
        ):
            for stage, value in values.items():
                label = STAGE_LABELS[stage]
                yield (
                    f"{prefix}{name}.{stage}",
                    Entry(
                        title=Text(
                            zh=f"{self.title.zh}{'差异系数' if prefix else ''}（{label.zh}）",
                            en=f"{self.title.en}{', coefficient of variation' if prefix else ''} ({label.en})",
                        ),
                        part="resource",
                        rule=rule,
                        unit=None if prefix else self.resource,
                        values={self.since: value},
                        reference=reference,
                        new=True,
                    ),
                )


def _ratio_unit(resource: Text, per: int) -> Text:
    if per == 1:
        return Text(zh=f"{resource.zh}/生", en=f"{resource.en} per student")
    return Text(zh=f"{resource.zh}/百名学生", en=f"{resource.en} per {per} students")
