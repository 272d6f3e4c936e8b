"""The resource indicators: their number, order, labels, units and sources of figures."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from .terms import PERSONS, ROOMS, SQUARE_METRES, YUAN, Label


@dataclass(frozen=True)
class Indicator:
    """One of the seven resource indicators.

    Attributes
    ----------
    name, zh, en : str
        Id and labels; `short` is the label for narrow columns and axes.
    number : str
        R1 to R7, the official order.
    quantity : str
        Prefix or name of the quantity divided by students (see `apportioning.register.stage_rows`).
    per : int
        Students in the denominator's unit: 100 or 1.
    unit : Label
        Unit of the ratio; `resource` is that of the numerator and of a shortfall.
    shared : bool
        Whether the quantity is recorded for the whole school and apportioned to its stages.
    whole : bool
        Whether the resource only comes in whole units (persons, rooms).
    decimals : int
        Decimals printed (two in the official form).
    """

    name: str
    number: str
    zh: str
    en: str
    short: Label
    quantity: str
    per: int
    unit: Label
    resource: Label
    shared: bool
    whole: bool
    decimals: int = 2

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


_PER_100 = Label("人/百名学生", "per 100 students")

INDICATORS = MappingProxyType(
    {
        indicator.name: indicator
        for indicator in (
            Indicator(
                "teachers_above_qualification",
                "R1",
                "每百名学生拥有高于规定学历教师数",
                "Teachers above the required qualification per 100 students",
                Label("高于规定学历教师", "Teachers above requirement"),
                "above_qualification",
                100,
                _PER_100,
                PERSONS,
                False,
                True,
            ),
            Indicator(
                "backbone_teachers",
                "R2",
                "每百名学生拥有县级以上骨干教师数",
                "Backbone teachers at county level or above per 100 students",
                Label("骨干教师", "Backbone teachers"),
                "backbone",
                100,
                _PER_100,
                PERSONS,
                False,
                True,
            ),
            Indicator(
                "pe_arts_teachers",
                "R3",
                "每百名学生拥有体育、艺术（美术、音乐）专任教师数",
                "Full-time PE and arts (fine art, music) teachers per 100 students",
                Label("体艺专任教师", "PE and arts teachers"),
                "pe_arts",
                100,
                _PER_100,
                PERSONS,
                False,
                True,
            ),
            Indicator(
                "teaching_area",
                "R4",
                "生均教学及辅助用房面积",
                "Teaching and auxiliary floor area per student",
                Label("教学及辅助用房", "Teaching area"),
                "teaching_area",
                1,
                Label("平方米/生", "m² per student"),
                SQUARE_METRES,
                True,
                False,
            ),
            Indicator(
                "sports_area",
                "R5",
                "生均体育运动场馆面积",
                "Sports ground and hall area per student",
                Label("体育运动场馆", "Sports area"),
                "sports_area",
                1,
                Label("平方米/生", "m² per student"),
                SQUARE_METRES,
                True,
                False,
            ),
            Indicator(
                "equipment_value",
                "R6",
                "生均教学仪器设备值",
                "Value of teaching instruments and equipment per student",
                Label("教学仪器设备值", "Equipment value"),
                "equipment_value",
                1,
                Label("元/生", "yuan per student"),
                YUAN,
                True,
                False,
            ),
            Indicator(
                "multimedia_rooms",
                "R7",
                "每百名学生拥有网络多媒体教室数",
                "Networked multimedia rooms per 100 students",
                Label("网络多媒体教室", "Multimedia rooms"),
                "multimedia_rooms",
                100,
                Label("间/百名学生", "rooms per 100 students"),
                ROOMS,
                True,
                True,
            ),
        )
    }
)
#: Those of persons: recorded by stage, while the others are shared among a school's stages.
STAFF_INDICATORS = MappingProxyType(
    {name: about for name, about in INDICATORS.items() if not about.shared}
)
