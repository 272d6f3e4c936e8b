"""What a folder of return sheets holds: figures with their places, contradictions, gaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from ..base.files import Finding
from ..base.schema.tables import TABLES
from ..base.schema.terms import CHOICE_LABELS, STAGE_LABELS, Label
from .forms import STAGE_BANDS, forms
from .reading.sheets import Place

STAGE_OF_COUNT = {
    stage: f"school_years.students_{stage}" for stage in ("primary", "junior", "senior")
}


@dataclass(frozen=True)
class Reading:
    """One figure of one school and year; `value` is None where the cells are blank."""

    school: str
    year: int
    to: str
    value: Decimal | None
    form: str
    places: tuple[Place, ...]
    written: str = ""
    unit: str = ""

    @property
    def place(self) -> str:
        """All its cells, the file and sheet once."""
        first, *others = self.places
        return ", ".join([str(first), *(place.cell for place in others)])


@dataclass(frozen=True)
class SheetRecord:
    """What became of a sheet, or of a part of it: `status` is read, not_needed or not_read."""

    file: str
    sheet: str
    form: str
    school: str
    name: str
    year: int | None
    status: str
    figures: int = 0


@dataclass(frozen=True)
class Contradiction:
    """Two figures that should agree: `left` and `right` are value and place of each."""

    what: Label
    school: str
    year: int
    left: tuple[str, str]
    right: tuple[str, str]


@dataclass(frozen=True)
class Missing:
    """A figure that a school of this kind should have in this year, and where it would stand.

    `reason`: absent (no sheet has it), blank (its cells are) or unread (a finding says why).
    """

    school: str
    year: int
    to: str
    forms: tuple[str, ...]
    reason: str
    place: str


@dataclass
class Returns:
    """Everything that a folder of return sheets holds."""

    folder: Path
    sheets: list[SheetRecord] = field(default_factory=list)
    readings: dict[tuple[str, int, str], Reading] = field(default_factory=dict)
    facts: dict[tuple[str, str], tuple[str, Place]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    systems: dict[str, str] = field(default_factory=dict)
    contradictions: list[Contradiction] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    unread: dict[tuple[str, int, str], Place] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)
    compared: int = 0
    not_compared: int = 0
    findings: list[Finding] = field(default_factory=list)

    def value(self, school: str, year: int, to: str) -> Decimal | None:
        """A figure, None if there is none."""
        reading = self.readings.get((school, year, to))
        return reading.value if reading else None

    @property
    def schools(self) -> list[str]:
        return sorted({school for school, _, _ in self.readings})

    @property
    def years(self) -> list[int]:
        return sorted({year for _, year, _ in self.readings})

    @property
    def school_years(self) -> list[tuple[str, int]]:
        return sorted({(school, year) for school, year, _ in self.readings})

    def stages(self, school: str, year: int) -> list[str]:
        """Stages in which a school has students in a year."""
        return [s for s, to in STAGE_OF_COUNT.items() if self.value(school, year, to)]


def target_label(to: str) -> Label:
    """A target as people call it."""
    table, name, *grade = to.split(".")
    if table == "enrolment":
        column = TABLES["enrolment"][name]
        return Label(f"{grade[0]}年级{column.zh}", f"{column.en} of grade {grade[0]}")
    if table == "staff_ages":
        stage, band = STAGE_BANDS[grade[0]]
        parts = STAGE_LABELS[stage], TABLES[table][name], CHOICE_LABELS[band]
        return Label("".join(each.zh for each in parts), ", ".join(each.en for each in parts))
    if table == "school_years":
        return Label(TABLES[table][name].zh, TABLES[table][name].en)
    text = forms().labels[to]
    return Label(text.zh, text.en)


def number(value: Decimal) -> str:
    """A figure without an exponent and without zeros behind the point."""
    return format(value.normalize(), "f") if value else "0"
