"""Study -> sentences. Every number comes from the results, rounded as in the tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..base.language import Language, places, speak
from ..base.schema.terms import STAGE_LABELS
from ..future.odds.chance import Chance
from ..measure.balance import COMPOSITE
from ..measure.evaluation_table import said
from ..measure.gaps import doubted, doubted_items, stage_gaps
from ..measure.indicators import whole_up
from ..measure.study import Study
from .chance import conditional, is_projected, short_text, standing
from .tables.schools import furthest
from .terms import (
    PART_NAMES,
    bracketed,
    item_against,
    item_requirement,
    item_title,
    printed_part,
    school_year,
    variation_limit,
)

#: Requirements that the brief lists with their figures; the names of more fill its second page.
WITH_FIGURES = 16


def status(study: Study) -> str:
    """The county's verdict of the judged year: met, not_met or not_assessed."""
    return {True: "met", False: "not_met", None: "not_assessed"}[study.recognised]


def verdict(study: Study, lang: str = "zh", chance: Chance | None = None) -> str:
    """The verdict in one sentence; of a projected year with its chance and condition.

    Parameters
    ----------
    study : Study
    lang : {"zh", "en"}
    chance : Chance, optional
        Of the judged year, if that is projected.
    """
    say = speak(lang)
    text = _verdict(study, say)
    if not is_projected(study):
        return text
    if standing("met", chance) != "met" and study.recognised:
        text = say(
            "On the single course of the projection {name} meets every requirement in the {year}; that does not make it likely.",
            name=say.label(study.county.record.name),
            year=school_year(study.year, say),
        )
    return say("{first} {second}", first=text, second=conditional(chance, say))


def _verdict(study: Study, say: Language) -> str:
    """The verdict of the judged year's figures."""
    name = say.label(study.county.record.name)
    year = school_year(study.year, say)
    if study.recognised:
        return say("{name} meets every requirement in the {year}.", name=name, year=year)
    if study.recognised is None:
        open_ = study.items[study.items["status"] == "not_assessed"]
        return say(
            "{name} fails no requirement in the {year}, but the verdict stays open: "
            "{n} requirements are not assessed.",
            name=name,
            year=year,
            n=say.number(len(open_)),
        )
    failed = [part for part in PART_NAMES if study.part_status(part) == "not_met"]
    return say(
        "{name} does not meet the requirements in the {year}; not met: {parts}.",
        name=name,
        year=year,
        parts=say.join(say(PART_NAMES[part]) for part in failed),
    )


def verdict_short(study: Study, lang: str = "zh", chance: Chance | None = None) -> str:
    """The verdict in a word or two, for the cover; of a projected year with its chance."""
    say = speak(lang)
    if is_projected(study):
        return short_text(status(study), chance, say)
    return {
        True: say("All requirements met"),
        False: say("Requirements not met"),
        None: say("Verdict open"),
    }[study.recognised]


def findings(study: Study, lang: str = "zh") -> list[str]:
    """What is met, what is not, the largest gaps, the schools that matter most, what is open."""
    say, doubt = speak(lang), doubted(study)
    return [
        *_schools(study, say),
        *_balance(study, say),
        *_items(study, say),
        *_doubts(study, doubt, say),
        *_largest_gaps(study, doubt, say),
        *_schools_that_matter(study, doubt, say),
        *_open(study, say),
    ]


def unknown(study: Study, lang: str = "zh") -> list[str]:
    """What is not known: figures that can hardly be meant, and what is not assessed."""
    say = speak(lang)
    return [*_doubts(study, doubted(study), say), *_open(study, say)]


def failing(study: Study, lang: str = "zh") -> list[str]:
    """What is not met: coefficients of variation above their limits, and items by part; with figures if few."""
    say = speak(lang)
    above = (study.balance["status"] == "not_met").any()
    few = (study.evaluation["status"] == "not_met").sum() <= WITH_FIGURES
    return [*(_balance(study, say) if above else []), *_items(study, say, figures=few)]


def _stage(stage: str, say: Language) -> str:
    return say.label(STAGE_LABELS[stage])


def _schools(study: Study, say: Language) -> list[str]:
    sentences = []
    if not study.rules.asks_of_schools:
        return sentences
    for stage, rows in study.schools.groupby("stage", sort=False):
        passed, failed = (rows["status"] == "met").sum(), (rows["status"] == "not_met").sum()
        words = {
            "stage": _stage(stage, say),
            "passed": say.number(passed),
            "all": say.number(len(rows)),
            "needed": say.number(study.rules.number("school.indicators_met")),
            "k": len(study.rules.indicators),
            "floor": say.percent(study.rules.number("school.floor"), 0),
            "failed": say.number(failed),
        }
        if passed == len(rows):
            text = say(
                "{stage}: all {all} schools judged meet the rule “at least {needed} of {k} "
                "indicators, the rest at {floor} or more”.",
                **words,
            )
        elif not passed:
            text = say(
                "{stage}: none of the {all} schools judged meets the rule “at least {needed} of {k} "
                "indicators, the rest at {floor} or more”.",
                **words,
            )
        elif not failed:
            text = say(
                "{stage}: {passed} of {all} schools judged meet the rule “at least {needed} of {k} "
                "indicators, the rest at {floor} or more”; none is known to fail it.",
                **words,
            )
        else:
            text = say(
                "{stage}: {passed} of {all} schools judged meet the rule “at least {needed} of {k} "
                "indicators, the rest at {floor} or more”; {failed} do not.",
                **words,
            )
        unknown = len(rows) - passed - failed
        if unknown:
            text += say.plural(
                " {n} school is open for lack of data.", " {n} schools are open for lack of data.",
                int(unknown),
            )  # fmt: skip
        sentences.append(text)
    return sentences


def _balance(study: Study, say: Language) -> list[str]:
    # the composite is applicable only where the standard limits it
    judged = study.balance[study.balance["status"] != "not_applicable"]
    if judged.empty:
        return []
    over = judged[judged["status"] == "not_met"]
    met = (judged["status"] == "met").sum()
    words = {"all": say.number(len(judged)), "met": say.number(met)}
    if met == len(judged):
        text = say(
            "All {all} coefficients of variation between schools are within their limits.", **words
        )
    elif not met:
        text = say(
            "None of {all} coefficients of variation between schools is within its limit.", **words
        )
    else:
        text = say(
            "Of {all} coefficients of variation between schools, {met} are within their limits.",
            **words,
        )
    if len(over):
        text += say(
            " Above the limit: {list}.",
            list=say.join(
                say(
                    "{stage} {indicator} {cv} (limit {limit})",
                    stage=_stage(row["stage"], say),
                    indicator=say("Composite (mean of all)")
                    if row["indicator"] == COMPOSITE
                    else say.label(study.rules.indicators[row["indicator"]].short),
                    cv=say.number(row["cv"], 3),
                    limit=variation_limit(row["limit"], say),
                )
                for row in over.to_dict("records")
            ),
        )
    open_ = (judged["status"] == "not_assessed").sum()
    if open_:
        text += say.plural(
            " {n} is not assessed, because schools are missing or all values are 0.",
            " {n} are not assessed, because schools are missing or all values are 0.",
            int(open_),
        )
    return [text]


def _items(study: Study, say: Language, figures: bool = True) -> list[str]:
    """Government guarantee, quality, recognition and vetoes: which items fail."""
    sentences = []
    titles = _titles_that_fail(study, say, figures)
    for part in ("government", "quality", "recognition", "veto"):
        items = study.items[study.items["part"] == part]
        items = items[items["status"] != "not_applicable"]
        failed = items.loc[items["status"] == "not_met", "item"]
        if failed.empty:
            continue
        met = (items["status"] == "met").sum()
        words = {
            "part": say(PART_NAMES[part]),
            "all": say.number(len(items)),
            "met": say.number(met),
            "list": say("; ").join(
                f"{item} {say(', ').join(titles.get(item, []))}" for item in failed
            ),
        }
        sentences.append(
            say("{part}: of {all} items, {met} are met; not met are {list}.", **words)
            if met
            else say("{part}: of {all} items, none is met; not met are {list}.", **words)
        )
    doubts = doubted_items(study)
    if doubts:
        names = say("; ").join(f"{i} {item_title(study, i, say.code)}" for i in doubts)
        sentences.append(
            say(
                "The data checks question amounts behind {list}: check the unit first, yuan or 万元; it alone may decide them.",
                list=names,
            )
        )
    return sentences


def _titles_that_fail(study: Study, say: Language, figures: bool) -> dict[str, list[str]]:
    """All requirements that fail, by item: the title, and how a figure stands against what is asked."""
    titles: dict[str, list[str]] = {}
    evaluation = study.evaluation
    for row in evaluation[evaluation["status"] == "not_met"].to_dict("records"):
        title = item_title(study, row["item"], say.code)
        if figures:
            value, asked = item_against(study, row, say.code)
            if not isinstance(said(row), str):
                value = say("{value}, not {required}", value=value, required=asked)
            title += bracketed(value, say)
        titles.setdefault(row["item"].split(".")[0], []).append(title)
    return titles


def _largest_gaps(study: Study, doubt: np.ndarray, say: Language) -> list[str]:
    """The three indicators whose schools lack most, relative to what the threshold asks for."""
    gaps = stage_gaps(study.indicators[~doubt], study.rules.indicators)
    gaps = gaps[gaps["share"] > 0].sort_values("share", ascending=False, kind="stable").head(3)
    if gaps.empty:
        return []
    items = []
    for row in gaps.to_dict("records"):
        about = study.rules.indicators[row["indicator"]]
        items.append(
            say(
                "{stage} {indicator}, where {schools} schools lack {amount} {unit} in all "
                "({share} of what the threshold asks of the stage)",
                stage=_stage(row["stage"], say),
                indicator=say.label(about.short),
                schools=say.number(row["schools"]),
                amount=say.number(*printed_part(row["lacking"], about.whole)),
                unit=say.label(about.resource),
                share=say.percent(row["share"], 1),
            )
        )
    return [say("The largest gaps: {list}.", list=say("; ").join(items))]


def _doubts(study: Study, doubt: np.ndarray, say: Language) -> list[str]:
    """Figures that can hardly be meant: said, and kept out of what leads the findings."""
    table = study.indicators[doubt]
    if table.empty:
        return []
    shown = [
        say(
            "{school} ({stage}, {indicator} {value} {unit}, threshold {threshold})",
            school=row["school"],
            stage=_stage(row["stage"], say),
            indicator=say.label(study.rules.indicators[row["indicator"]].short),
            value=say.number(row["value"], study.rules.indicators[row["indicator"]].decimals),
            unit=say.label(study.rules.indicators[row["indicator"]].unit),
            threshold=say.number(row["threshold"], places(row["threshold"])),
        )
        for row in table.head(3).to_dict("records")
    ]
    return [
        say(
            "{n} values can hardly be meant as they stand, among them {list}. "
            "Check digits and units first; what matters most leaves them out, verdicts, totals and costs do not.",
            n=say.number(len(table)),
            list=say("; ").join(shown),
        )
    ]


def weaker_targets(study: Study, lang: str = "zh") -> list[str]:
    """One sentence for each target whose fulfilment would fail the national evaluation."""
    say = speak(lang)
    table = study.evaluation[study.evaluation["target_compared"] == "weaker"]
    return [
        say(
            "{item}: the plan asks for {target}, the national rule for {required}; "
            "meeting the plan would fail the evaluation.",
            item=item_title(study, row["item"], lang),
            target=item_requirement(study, row["item"], row["target"], lang),
            required=item_requirement(study, row["item"], row["requirement"], lang),
        )
        for row in table.to_dict("records")
    ]


#: Items named in a sentence about what a plan leaves out; the rest is counted.
NAMED = 10


def silent(titles: list[str], lang: str = "zh") -> str:
    """Which national requirements the county's plan does not mention."""
    say = speak(lang)
    if len(titles) <= NAMED:
        return say("The plan says nothing about: {list}.", list=say("; ").join(titles))
    return say(
        "The plan says nothing about {n} of the national requirements, among them: {list}.",
        n=say.number(len(titles)),
        list=say("; ").join(titles[:NAMED]),
    )


def _doubtful(table: pd.DataFrame, study: Study, doubt: np.ndarray) -> np.ndarray:
    """Which rows of a table are of a school and stage of which a figure is doubted."""
    keys = pd.MultiIndex.from_frame(study.indicators.loc[doubt, ["school_id", "stage"]])
    return pd.MultiIndex.from_frame(table[["school_id", "stage"]]).isin(keys)


def furthest_from_rule(study: Study, doubt: np.ndarray) -> pd.DataFrame:
    """Schools that fail the rule, the furthest first; none of which a figure is doubted.

    Parameters
    ----------
    study : Study
    doubt : ndarray of bool
        As from `analysis.measure.gaps.doubted`.
    """
    rows = study.schools[~_doubtful(study.schools, study, doubt)]
    return furthest(rows[rows["status"] == "not_met"])


def _schools_that_matter(study: Study, doubt: np.ndarray, say: Language) -> list[str]:
    sentences = []
    worst = furthest_from_rule(study, doubt).head(3)
    if len(worst):
        sentences.append(
            say(
                "Furthest from the rule: {list}.",
                list=say.join(
                    say(
                        "{school} ({stage}, {met} of {k} met)",
                        school=row["school"],
                        stage=_stage(row["stage"], say),
                        met=say.number(row["met"]),
                        k=len(study.rules.indicators),
                    )
                    for row in worst.to_dict("records")
                ),
            )
        )
    margins = study.school_margins
    margins = margins[~_doubtful(margins, study, doubt)]
    near = margins[(margins["status"] == "not_met") & margins["change"].notna()]
    near = near.sort_values("change", kind="stable").head(3)
    if len(near):
        sentences.append(
            say(
                "Closest to meeting it, with one improvement each: {list}.",
                list=say.join(_improvement(row, study, say) for row in near.to_dict("records")),
            )
        )
    return sentences


def _improvement(row: dict, study: Study, say: Language) -> str:
    """What one school has to add of one thing: persons and rooms are whole."""
    about = study.rules.indicators[row["indicator"]]
    words = {
        "school": row["school"],
        "stage": _stage(row["stage"], say),
        "indicator": say.label(about.short),
        "amount": say.number(whole_up(row["amount"])),
        "unit": say.label(about.resource),
    }
    return say("{school} ({stage}, {indicator} +{amount} {unit})", **words)


def _open(study: Study, say: Language) -> list[str]:
    missing = study.indicators[study.indicators["status"] == "not_assessed"]
    sentences = []
    if len(missing):
        schools = missing[["school_id", "school"]].drop_duplicates()
        names = say.join(schools["school"].head(3))
        if len(schools) > 3:
            names = say("{names} and others", names=names)
        sentences.append(
            say(
                "Not assessed for lack of data: {n} values at {schools} schools ({names}). "
                "They count neither as passed nor as failed.",
                n=say.number(len(missing)),
                schools=say.number(len(schools)),
                names=names,
            )
        )
    others = study.evaluation[study.evaluation["part"] != "resource"]
    open_ = others[others["status"] == "not_assessed"]
    if len(open_):
        names = [say(PART_NAMES[part]) for part in open_["part"].unique()]
        sentences.append(
            say.plural(
                "Not assessed for lack of data: {n} requirement of {parts}. Before it is, the county cannot be called recognised.",
                "Not assessed for lack of data: {n} requirements of {parts}. Before they are, the county cannot be called recognised.",
                len(open_),
                parts=say.join(names),
            )
        )
    return sentences
