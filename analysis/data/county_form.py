"""The items of county_years as rows that a person reads: name, unit, help, and where they are asked.

The official form asks for some of them in its tables I and IV to VI; from others what lies ahead is
reckoned. Ids remain valid everywhere; a name stands for its id in whichever language.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from ..base.language import N_, Said
from ..base.schema.county_items import COUNTY_INPUTS, whole_of
from ..base.schema.terms import BLANK, PERSONS, YUAN, Label
from ..policy.standards import NATIONAL, Standard, load_standard
from .checks.ranges import range_of
from .texts import plain

#: Tables of the official form, and two groups beside them; in the order of the sheet.
FORM_TABLES = {
    "I": Label("表Ⅰ 基本情况", "Table I: basic facts"),
    "IV": Label("表Ⅳ 政府保障程度", "Table IV: government guarantee"),
    "V": Label("表Ⅴ 教育质量", "Table V: education quality"),
    "VI": Label("表Ⅵ 社会认可度", "Table VI: satisfaction"),
    "veto": Label("一票否决事项", "Vetoes"),
    "ahead": Label("预测与分析（申报表不要求）", "For what lies ahead (not in the form)"),
    "computed": Label("由系统计算，一般空格", "Computed; usually blank"),
}

#: Totals: these may be given in 万元. What is per person is always in yuan.
TOTALS = ("budget_education_cny",)

_BASIC = ("population", "rural_population", "towns", "villages", "gdp", "fiscal", "rural_income")
_BASIC += ("urban_income", "staff_")
_GOVERNMENT = ("operating_standard", "salary_", "teachers_", "special_post", "backbone_", "zone_")
_GOVERNMENT += ("quality_senior", "migrant_", "left_behind")
_QUALITY = ("junior_", "disabled_", "monitoring_")
_AHEAD = ("births", "entrants_", "net_migration", "kindergarten_", "senior_", "budget_")
_STARTS = {"I": _BASIC, "IV": _GOVERNMENT, "V": _QUALITY, "VI": ("satisfaction_",), "ahead": _AHEAD}
_PARTS = {"government": "IV", "quality": "V", "recognition": "VI", "veto": "veto"}

_UNITS = {
    **dict.fromkeys(("人",), PERSONS),
    "元": YUAN,
    "个": Label("个", "number"),
    "份": Label("份", "copies"),
}
_KIND_UNITS = {
    "yes_no": Label("是或否", "yes or no"),
    "share": Label("比例（小数）", "share (decimal)"),
    "level": Label("级", "level"),
    "ratio": Label("比值", "ratio"),
}
_KIND_HELP = {
    "yes_no": N_("Choose yes or no."),
    "share": N_("A decimal: write 95 % as 0.95."),
    "count": N_("Whole number."),
    "level": N_("The number of the level: 1, 2, 3 or 4."),
    "amount": N_("Number, 0 or more."),
}
_COMPUTED = N_(
    "Computed from the tables; leave it blank, unless the county has a finding of its own (a number, or yes or no)."
)
_MIGRATION = N_(
    "Pupils who moved in less those who moved out in the year; negative where more moved out. Entrants of the lowest grade are not counted."
)
_VETO = N_("Yes if there was such a case, otherwise no.")


@dataclass(frozen=True)
class FormItem:
    """One item as a row to fill in.

    Attributes
    ----------
    id : str
    table : str
        Key of `FORM_TABLES`.
    label : Label
        Unique among all items in each language, without the unit.
    unit : Label
    help : tuple of Said
        Sentences with full stops.
    kind : str
        As of `analysis.data.checks.ranges.Range`; empty where it is not known.
    """

    id: str
    table: str
    label: Label
    unit: Label
    help: tuple[Said, ...]
    kind: str

    @property
    def total(self) -> bool:
        """Whether it is an amount that may be given in 万元."""
        return self.id in TOTALS


@functools.lru_cache(maxsize=16)
def form_items(standard: Standard | None = None) -> tuple[FormItem, ...]:
    """All items of county_years under a standard, in the order of the form.

    Parameters
    ----------
    standard : Standard, optional
        Its entries may be reported, too; the national one if omitted.

    Returns
    -------
    tuple of FormItem
        A rule that is called as an item it is computed from is left out: the item stands for it.
    """
    standard = standard or _national()
    found = [_of_input(name, standard) for name in COUNTY_INPUTS]
    names = {_key(item.label[lang]) for item in found for lang in ("zh", "en")}
    for name, entry in standard.entries.items():
        label = Label(_bare(entry.title.zh), _bare(entry.title.en))
        keys = {_key(label.zh), _key(label.en)}
        if entry.part in ("resource", "option", "concession") or keys & names:
            continue
        names |= keys
        found.append(_of_entry(name, label, entry, standard))
    order = list(FORM_TABLES)
    return tuple(sorted(found, key=lambda item: order.index(item.table)))


def item_ids(standard: Standard | None = None) -> dict[str, str]:
    """Names of items in either language, as `name_key` makes them -> ids."""
    found: dict[str, str] = {}
    for item in (*form_items(_national()), *(form_items(standard) if standard else ())):
        found |= {_key(item.label[lang]): item.id for lang in ("zh", "en")}
    return found


def name_key(name: str) -> str:
    """A name in the form in which `item_ids` knows it: without unit, spaces and width variants."""
    return _key(_bare(name))


@functools.cache
def _national() -> Standard:
    return load_standard(NATIONAL)


def _of_input(name: str, standard: Standard) -> FormItem:
    label = COUNTY_INPUTS[name]
    table = next(t for t, starts in _STARTS.items() if name.startswith(starts))
    range = range_of(name, standard)
    kind = range.kind if range else ""
    bracket = re.search(r"（([^（），；]*)[^（）]*）$", label.zh)
    unit = _UNITS.get(bracket[1] if bracket else "", _KIND_UNITS.get(kind, BLANK))
    texts = [_MIGRATION] if name.startswith("net_migration") else []
    texts += [_KIND_HELP[kind]] if kind in _KIND_HELP and kind != "amount" else []
    texts += [_KIND_HELP["amount"]] if kind == "amount" else []
    return FormItem(name, table, _whole(name), unit, tuple(Said(text) for text in texts), kind)


def _of_entry(name: str, label: Label, entry, standard: Standard) -> FormItem:
    range = range_of(name, standard)
    table = _PARTS.get(entry.part, "ahead")
    if range.kind != "yes_no":
        unit = Label(entry.unit.zh, entry.unit.en) if entry.unit else _KIND_UNITS.get(range.kind)
        return FormItem(name, "computed", label, unit or BLANK, (Said(_COMPUTED),), "")
    help = _VETO if entry.part == "veto" else _KIND_HELP["yes_no"]
    return FormItem(name, table, label, _KIND_UNITS["yes_no"], (Said(help),), "yes_no")


def _whole(name: str) -> Label:
    """What an item is called; one that is a part of another with what it is a part of."""
    own, of = COUNTY_INPUTS[name], whole_of(name)
    zh, en = _bare(own.zh), _bare(own.en)
    if of is None:
        return Label(zh, en)
    whole = COUNTY_INPUTS[of]
    part = f"{_bare(whole.en)}, {en}" if en.startswith("of them") else en
    return Label(f"{_bare(whole.zh)}，{zh}", part)


def _bare(text: str) -> str:
    """A label without what stands in brackets at its end."""
    return re.sub(r"\s*[（(][^（）()]*[）)]\s*$", "", text)


def _key(text: str) -> str:
    return plain(text)
