"""How items, values, requirements and statuses are put into words, the same in all texts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..base.files import N_
from ..base.language import DASH, Language, places, speak
from ..base.schema.terms import CHOICE_LABELS, RATIO, SUBJECTS
from ..measure.balance import COMPOSITE, CV_DECIMALS
from ..measure.evaluation_table import said
from ..measure.indicators import whole_up
from ..measure.study import Study

PART_NAMES = {
    "resource": N_("Resource allocation"),
    "government": N_("Government guarantee"),
    "quality": N_("Education quality"),
    "recognition": N_("Social recognition"),
    "veto": N_("Veto conditions"),
}
#: How sure an assumption is.
CONFIDENCE = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}
STATUS_NAMES = {
    "met": N_("met"),
    "not_met": N_("not met"),
    "near": N_("the floor or more"),
    "short": N_("below the floor"),
    "not_assessed": N_("not assessed"),
    "not_applicable": N_("not applicable"),
}

#: Wherever projected pupils are shown.
ROUNDED = N_(
    "Projected pupils are parts of persons; they are shown as whole persons, each figure rounded by "
    "itself, so that figures may add up to a few more or fewer than their total."
)

OPTION_WORDS = {
    "students": {"zh": "按学生数", "en": "by students"},
    "none": {"zh": "不加权", "en": "none"},
    "graduates": {"zh": "按毕业生数", "en": "by graduates"},
    "entrants": {"zh": "按招生数", "en": "by entrants"},
    "each": {"zh": "分别", "en": "each"},
    "sum": {"zh": "合并", "en": "in sum"},
    "unrounded": {"zh": "不舍入", "en": "unrounded"},
    "rounded": {"zh": "舍入后", "en": "rounded"},
    **{name: {"zh": CHOICE_LABELS[name].zh, "en": name} for name in ("yes", "no")},
}


def school_year(year: int, say: Language) -> str:
    """A school year as people write it: 2021 -> 2021—2022学年."""
    return say("school year {first}–{second}", first=year, second=year + 1)


def with_sites(names: str, say: Language) -> str:
    """That a school's figures include those of its sites; "" where it has none.

    `names` as in the column `sites` of the register.
    """
    return say("with its sites {names}", names=names) if names else ""


def floor_share(study: Study, lang: str) -> str:
    """The share of a threshold that every indicator of a school has to reach, such as 85 %."""
    return speak(lang).percent(study.rules.number("school.floor"), 0)


def status_name(status: str, lang: str) -> str:
    """A status in words."""
    return speak(lang)(STATUS_NAMES[status])


def bracketed(text: str, say: Language) -> str:
    """A text in the brackets of the language, as it follows a word; "" stays empty."""
    return say(" ({text})", text=text) if text else ""


def plan_date(date: str, lang: str) -> str:
    """A year or month of a plan as it is written: 2030年4月 for 2030-04; English keeps the figures."""
    if lang != "zh" or not re.fullmatch(r"\d{4}(-\d{2})?", date):
        return date
    year, _, month = date.partition("-")
    return f"{year}年" + (f"{int(month)}月" if month else "")


def named_units(detail: str, lang: str) -> tuple[list[tuple[str, str]], int]:
    """The units that `detail` of the evaluation names, and how many there are in all.

    Returns
    -------
    units : list of (name, value)
        Schools, or subjects in words; the value is "" where none is known.
    count : int
        With those that `detail` only counts ("… +10").
    """
    parts = re.fullmatch(r"(.*?)(?: \+(\d+))?", detail, re.S)
    units = []
    for text in filter(None, parts[1].split("; ")):
        name, value = re.fullmatch(r"(.*?)(?: \(([^()]*)\))?", text, re.S).groups(default="")
        units.append((SUBJECTS[name][lang] if name in SUBJECTS else name, value))
    return units, len(units) + int(parts[2] or 0)


def item_detail(detail: str, lang: str, most: int | None = None) -> str:
    """The units named in `detail` with their values, `most` of them; the others are counted."""
    say = speak(lang)
    units, count = named_units(detail, lang)
    shown = units[:most]
    text = say("; ").join(name + bracketed(value, say) for name, value in shown)
    if count == len(shown):
        return text
    return say("{names} and others ({n} in all)", names=text, n=say.number(count))


def variation_limit(limit: float, say: Language) -> str:
    """A limit of the coefficient of variation: two decimals, or as many as the standard writes."""
    return say.number(limit, 2 if limit is None or limit != limit else max(2, places(limit)))


def variation_item(row: Mapping) -> str:
    """Id of the requirement behind a row of `balance`: ``cv.backbone_teachers.junior``."""
    if row["indicator"] == COMPOSITE:
        return f"composite_cv.{row['stage']}"
    return f"cv.{row['indicator']}.{row['stage']}"


def item_title(study: Study, item: str, lang: str, own: bool = False) -> str:
    """What an item of the evaluation is called; `own`: by the county's plan, if it has a name for it."""
    say = speak(lang)
    both = (study.rules, study.plan.get(study.year))
    for rules in both[::-1] if own else both:
        if rules and item in rules.standard.items:
            return say.label(rules.standard.items[item].title)
        if rules and item in rules.standard.entries:
            return say.label(rules.entry(item).title)
    return item


def is_share(study: Study, item: str) -> bool:
    """Whether an item is a share that people read as a percentage."""
    if item.startswith("schools."):
        return True
    for rules in (study.plan.get(study.year), study.rules):
        if rules and item in rules.standard.entries:
            entry = rules.entry(item)
            return entry.unit is None and not item.startswith(("cv.", "composite_cv."))
    return False


def item_value(study: Study, item: str, value, lang: str) -> str:
    """A value of an item with its unit: percentages for shares, three decimals for CVs."""
    say = speak(lang)
    if isinstance(value, str):
        return OPTION_WORDS.get(value, {}).get(lang, value)
    if item.startswith(("cv.", "composite_cv.")):
        return say.number(value, CV_DECIMALS)
    if is_share(study, item):
        return say.percent(value, 1)
    shown = say.number(value, 0 if value == round(value) else 2) if value == value else DASH
    return shown


def item_requirement(study: Study, item: str, text: str, lang: str) -> str:
    """A requirement as people read it: percentages for shares, words for findings."""
    say = speak(lang)
    if text in ("yes", "no"):
        return OPTION_WORDS[text][lang]
    sign, _, number = text.partition(" ")
    if not number:
        return text
    value = float(number)
    if is_share(study, item):
        return f"{sign} {say.percent(value, 0 if abs(value * 100 % 1) < 1e-9 else 1)}"
    return f"{sign} {say.number(value, places(value))}"


def item_unit(study: Study, item: str, lang: str) -> str:
    """Unit of an item's value; empty for shares, ratios and findings."""
    for rules in (study.rules, study.plan.get(study.year)):
        if rules and item in rules.standard.entries and (unit := rules.entry(item).unit):
            return "" if unit.en == RATIO.en else speak(lang).label(unit)
    return ""


def item_against(study: Study, row: Mapping, lang: str) -> tuple[str, str]:
    """What a row of `evaluation` says with its unit, and what is asked: ``24 classes``, ``≤ 12``."""
    item = row["item"]
    unit = item_unit(study, item, lang)
    value = item_value(study, item, said(row), lang)
    asked = item_requirement(study, item, row["requirement"], lang).removeprefix("= ")
    if lang == "zh":
        return value + unit, asked.replace(" ", "")
    return f"{value} {unit}".rstrip(), asked


def printed_part(lacking: float, whole: bool) -> tuple[float, int]:
    """What a stage lacks as printed, and its decimals: parts of rooms have one, all else is whole."""
    if whole and abs(lacking - round(lacking)) > 1e-6:
        return lacking, 1
    return float(whole_up(lacking)) + 0.0, 0
