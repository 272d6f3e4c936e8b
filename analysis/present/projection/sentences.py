"""What several scenarios of one county come to, in sentences."""

from __future__ import annotations

import numpy as np

from ...base.language import speak
from ...future.odds.draws import BAND
from ...future.what_if import WhatIf
from ..chance import chance_text, condition_text, share_text, standing
from ..terms import PART_NAMES
from .emptied import emptied_clause


def scenario_name(what_if: WhatIf, lang: str, scenario: str) -> str:
    """What a scenario is called."""
    return speak(lang).label(what_if.scenarios[scenario].name)


def conclusions(what_if: WhatIf, lang: str = "zh") -> list[str]:
    """What the scenarios come to, the verdict with its chance first; what the chances hold fixed last."""
    say = speak(lang)
    goal = what_if.county.record.target_year
    found = []
    for name, study in what_if.studies.items():
        year = study.outlook.until
        verdict = what_if.verdicts[name].set_index("year")
        due = goal if goal in verdict.index and goal > what_if.last else year
        status, chance = verdict.loc[due, "recognised"], what_if.chance(name, due)
        failing = [
            say(PART_NAMES[part]) for part in PART_NAMES if verdict.loc[due, part] == "not_met"
        ]
        if status == "met" and standing(status, chance) == "met":
            text = say("{scenario}: everything is met in {year}.", scenario=scenario_name(what_if, lang, name), year=due)  # fmt: skip
        elif status == "met":
            text = say("{scenario}: on the single course nothing fails in {year}; that does not make it likely.", scenario=scenario_name(what_if, lang, name), year=due)  # fmt: skip
        elif status == "not_assessed":
            text = say("{scenario}: in {year} nothing fails, but the verdict is open for lack of data.", scenario=scenario_name(what_if, lang, name), year=due)  # fmt: skip
        else:
            text = say("{scenario}: not met in {year} ({parts}).", scenario=scenario_name(what_if, lang, name), year=due, parts=say.join(failing))  # fmt: skip
        text = say("{first} {second}", first=text, second=chance_text(chance, say))
        then = what_if.yearly[name]
        columns = ["passing", "schools", "undecided", "cv_over"]
        then = then[then["year"] == due][columns].sum(min_count=1)
        if np.isnan(then["passing"]) and np.isnan(then["cv_over"]):
            text += say(" Whether schools meet the school rule, and how unlike they are, cannot be judged: teachers, areas, equipment or funds were not reported.")  # fmt: skip
            found.append(text)
            continue
        text += say(
            " {passing} of {schools} rows of schools meet the school rule; coefficients of variation above their limit: {over}.",
            passing=say.number(then["passing"]),
            schools=say.number(then["schools"]),
            over=say.number(then["cv_over"]),
        )
        if then["undecided"]:
            text += say(" Open for lack of data: {n} rows of schools.", n=say.number(then["undecided"]))  # fmt: skip
        emptied = what_if.emptied[name]
        found.append(text + emptied_clause(study, emptied[emptied["year"] == due], say))
    if what_if.forecast is not None:
        found += [_chance(what_if, lang), condition_text(say)]
    return found


def _chance(what_if: WhatIf, lang: str = "zh") -> str:
    """From when on the main scenario meets everything in at least half, and nine tenths, of the draws."""
    say, drawn = speak(lang), what_if.forecast
    best, first = drawn.best_of("met"), drawn.first_even_of("met")
    named = {"scenario": scenario_name(what_if, lang, what_if.main)}
    if best.met == 0:
        return say("By {scenario}, there is no course and no year in which the county is known to meet everything (0%).", **named)  # fmt: skip
    if first is None:
        return say("By {scenario}, the county meets everything in no year in half of the courses; most often in {year} ({share}).", year=best.year, share=share_text(best.met, say), **named)  # fmt: skip
    text = say("By {scenario}, {year} is the first year in which the county meets everything in at least half of the courses ({share}).", year=first.year, share=share_text(first.met, say), **named)  # fmt: skip
    if drawn.first_likely:
        return text + say(" From {year} on it is nine of ten.", year=drawn.first_likely)
    return text


def band_text(what_if: WhatIf, lang: str = "zh") -> str:
    """What the bands are."""
    say = speak(lang)
    return say(
        "Bands hold {share} of {n} courses drawn around the middle one: births not known yet, entrants, schools' shares, progression and the dates of projects vary as they did in the county's past.",
        share=say.percent(BAND[1] - BAND[0], 0),
        n=say.number(what_if.draws),
    )
