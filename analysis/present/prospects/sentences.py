"""What several scenarios of one county come to, in sentences."""

from __future__ import annotations

from ...base.language import speak
from ...future.comparison import side_by_side
from ...future.emptied import emptied_items
from ...future.odds.draws import BAND
from ...future.prospects import Prospects
from ..terms import PART_NAMES
from .emptied import emptied_clause


def scenario_name(prospects: Prospects, lang: str, scenario: str) -> str:
    """What a scenario is called."""
    return speak(lang).label(prospects.scenarios[scenario].name)


def conclusions(prospects: Prospects, lang: str = "zh") -> list[str]:
    """What the scenarios come to, the verdict first."""
    say = speak(lang)
    table = side_by_side(prospects.studies)
    goal = prospects.county.record.target_year
    found = []
    for name, row in table.iterrows():
        year = int(row["until"])
        verdict = prospects.verdicts[name].set_index("year")
        due = goal if goal in verdict.index and goal > prospects.last else year
        status = verdict.loc[due, "recognised"]
        failing = [
            say(PART_NAMES[part]) for part in PART_NAMES if verdict.loc[due, part] == "not_met"
        ]
        if status == "met":
            text = say("{scenario}: everything is met in {year}.", scenario=scenario_name(prospects, lang, name), year=due)  # fmt: skip
        elif status == "not_assessed":
            text = say("{scenario}: in {year} nothing fails, but the verdict is open for lack of data.", scenario=scenario_name(prospects, lang, name), year=due)  # fmt: skip
        else:
            text = say("{scenario}: not met in {year} ({parts}).", scenario=scenario_name(prospects, lang, name), year=due, parts=say.join(failing))  # fmt: skip
        then = prospects.yearly[name]
        then = then[then["year"] == due][["passing", "schools", "cv_over"]].sum()
        text += say(
            " {passing} of {schools} rows of schools meet the school rule; coefficients of variation above their limit: {over}.",
            passing=say.number(then["passing"]),
            schools=say.number(then["schools"]),
            over=say.number(then["cv_over"]),
        )
        study = prospects.studies[name]
        emptied = emptied_items(study, prospects.full[name])
        found.append(text + emptied_clause(study, emptied[emptied["year"] == due], say))
    if prospects.forecast is not None:
        found.append(_chance(prospects, lang))
    return found


def _chance(prospects: Prospects, lang: str = "zh") -> str:
    say, drawn = speak(lang), prospects.forecast
    best = drawn.probability.loc[drawn.probability["met"].idxmax()]
    if best["met"] == 0:
        return say("By {scenario}, there is no course and no year in which the county is known to meet everything.", scenario=scenario_name(prospects, lang, prospects.main))  # fmt: skip
    if drawn.first_likely:
        return say("By {scenario}, the county meets everything in at least nine of ten courses from {year} on.", scenario=scenario_name(prospects, lang, prospects.main), year=drawn.first_likely)  # fmt: skip
    if drawn.first_even:
        return say("By {scenario}, the county meets everything in at least half of the courses from {year} on, and in no year in nine of ten.", scenario=scenario_name(prospects, lang, prospects.main), year=drawn.first_even)  # fmt: skip
    return say(
        "By {scenario}, the county meets everything in at most {share} of the courses ({year}).",
        scenario=scenario_name(prospects, lang, prospects.main),
        share=say.percent(best["met"], 0),
        year=int(best["year"]),
    )


def band_text(prospects: Prospects, lang: str = "zh") -> str:
    """What the bands are."""
    say = speak(lang)
    return say(
        "Bands hold {share} of {n} courses drawn around the middle one: births not known yet, entrants, schools' shares, progression and the dates of projects vary as they did in the county's past.",
        share=say.percent(BAND[1] - BAND[0], 0),
        n=say.number(prospects.draws),
    )
