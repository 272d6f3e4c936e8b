"""Items of an evaluation: under which ids a standard's requirements are judged, their titles and units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..base.schema.terms import STAGE_LABELS, STAGES, Label

if TYPE_CHECKING:
    from .entries import Entry
    from .standards import Standard

#: By these an item is judged for every indicator, or all schools: they are none themselves.
_OF_ALL = ("school.indicators_met", "school.floor", *(f"cv.{stage}" for stage in STAGES))
#: Parts of a standard that say how to reckon and judge nothing.
_METHOD = ("concession", "option")

_SHARE = Label("比例（1为100%）", "share (1 is 100 %)")
_COEFFICIENT = Label("系数（无单位）", "coefficient (no unit)")
_WORD = Label("", "")


@dataclass(frozen=True)
class Item:
    """One row of the table `evaluation`.

    Attributes
    ----------
    title : Label
    unit : Label
        Of the value and of the requirement; empty where a word (yes, no) stands for it.
    """

    title: Label
    unit: Label


def items(standard: Standard) -> dict[str, Item]:
    """Every item that a standard, or a plan that extends it, may be judged on, by id."""
    found = {}
    if standard.evaluation.asks("school.indicators_met"):
        for stage in STAGES:
            title = _of_stage(stage, "每所学校综合达标", "every school meets the rule")
            found[f"schools.{stage}"] = Item(title, _SHARE)
    for name, about in standard.indicators.items():
        for stage in STAGES:
            title = _of_stage(stage, f"{about.short.zh}差异系数", f"CV of {about.short.en}")
            found[f"cv.{name}.{stage}"] = Item(title, _COEFFICIENT)
    for name, entry in standard.entries.items():
        if name in found or name in _OF_ALL or entry.part in _METHOD:
            continue
        title = Label(entry.title.zh, entry.title.en)
        found[name] = Item(title, unit_of(standard, name, entry))
    return found


def _of_stage(stage: str, zh: str, en: str) -> Label:
    return Label(f"{STAGE_LABELS[stage].zh}：{zh}", f"{STAGE_LABELS[stage].en}: {en}")


def unit_of(standard: Standard, name: str, entry: Entry) -> Label:
    """Unit of an entry's numbers: an indicator's own, the one that the profile states, or none."""
    indicator, _, stage = name.rpartition(".")
    if stage in STAGES and indicator in standard.indicators:
        return standard.indicators[indicator].unit
    if name.startswith(("cv.", "composite_cv.")):
        return _COEFFICIENT
    if entry.unit is not None:
        return Label(entry.unit.zh, entry.unit.en)
    return _SHARE if entry.is_share else _WORD
