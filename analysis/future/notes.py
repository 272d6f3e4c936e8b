"""What a projection says of itself: done, not possible, taken for granted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..base.files import N_, Finding
from ..base.schema.tables import TABLES
from ..base.schema.terms import STAGE_LABELS, Label

if TYPE_CHECKING:
    from .projection.model import Model


@dataclass(frozen=True)
class Note:
    """What a projection did, could not do, or had to take for granted.

    `kind`: `applied`, `not_applied` or `assumed`; `message` and `values` as in `Finding`.
    """

    kind: str
    message: str
    values: dict = field(default_factory=dict)
    year: int | None = None
    cost_cny: float = float("nan")

    def sentence(self, lang: str = "zh") -> str:
        """The note in words."""
        return Finding("warning", self.message, self.values).sentence(lang)


def announce(model: Model) -> None:
    """What is assumed beside moves and buildings, which speak for themselves in their years."""
    scenario, names = model.applied, model.roster["name"]
    for entry in scenario.migration:
        model.note("applied", N_("{year}: {n} pupils a year come (negative: leave)"), year=entry.start, n=f"{entry.students:g}")  # fmt: skip
    for entry in scenario.housing:
        model.note("applied", N_("{year}: {homes} new homes, {name}"), year=entry.start, homes=f"{entry.homes:g}", name=entry.name)  # fmt: skip
    for cap in scenario.caps:
        chosen = "; ".join(str(names.iloc[n]) for n in model.schools.numbers(cap.schools))
        model.note("applied", N_("{year}: a cap on size ({schools})"), year=cap.start, schools=chosen or Label("全部学校", "all schools"))  # fmt: skip
    for entry in scenario.attrition:
        model.note("applied", N_("{year}: {share} of the teachers leave every year"), year=entry.start, share=f"{entry.share:.1%}")  # fmt: skip
    for entry in scenario.recruitment:
        model.note("applied", N_("{year}: {n} teachers a year recruited ({stage})"), year=entry.start, n=f"{entry.persons:g}", stage=STAGE_LABELS[entry.stage])  # fmt: skip
    for entry in scenario.rotation:
        model.note("applied", N_("{year}: {n} teachers a year change schools ({stage})"), year=entry.start, n=f"{entry.persons:g}", stage=STAGE_LABELS[entry.stage])  # fmt: skip
    for entry in scenario.training:
        schools = "; ".join(str(names.iloc[n]) for n in model.schools.numbers(entry.schools))
        trained = entry.above_qualification + entry.backbone + entry.pe_arts
        model.note("applied", N_("{year}: {n} teachers a year trained ({schools})"), year=entry.start, n=f"{trained:g}", schools=schools)  # fmt: skip
    for target in scenario.staff_targets:
        if not model.staff.can_reach(target):
            kind = TABLES["school_years"][f"{target.entry}_{target.stage}"]
            model.note("not_applied", N_("{what}: no indicator of {standard} asks for it; its figures stay as last reported"), what=Label(kind.zh, kind.en), standard=model.source.standard.evaluation.title)  # fmt: skip
