"""How a projected year's verdict is put into words: never without its chance and its condition.

The one place for both. A projected year has a single course, which is judged, and draws around it; the
verdict of the single course is no more than one of them, so it is called met only where the draws agree.
"""

from __future__ import annotations

from ..base.language import Language
from ..future.odds.chance import EVEN, Chance
from ..measure.study import Study
from .terms import status_name


def is_projected(study: Study, year: int | None = None) -> bool:
    """Whether a year (the judged one, if none is named) is projected, not observed."""
    return (study.year if year is None else year) > study.county.last_observed


def share_text(share: float, say: Language) -> str:
    """A share of draws as a percentage; what is not all and not none never looks like it."""
    if 0 < share < 0.005:
        return say("under 1%")
    if 0.995 <= share < 1:
        return say("over 99%")
    return say.percent(share, 0)


def standing(status: str, chance: Chance | None, what: str = "met") -> str:
    """What a projected year's verdict may be called: as on the single course, if the draws agree.

    Parameters
    ----------
    status : {"met", "not_met", "not_assessed"}
        Of the single course.
    chance : Chance or None
        None: nothing was drawn.
    what : {"met", "resource"}

    Returns
    -------
    str
        `not_assessed` where the single course meets everything but fewer than half of the draws do,
        the other way round, or where no chance is known; else `status`.
    """
    if chance is None:
        return "not_met" if status == "not_met" else "not_assessed"
    even = getattr(chance, what) >= EVEN
    return status if (status == "met") == even else "not_assessed"


def chance_text(chance: Chance | None, say: Language) -> str:
    """The chance of a projected year with its condition, as a sentence."""
    if chance is None:
        return say("No chance was computed for this projected year: the verdict is that of a single course.")  # fmt: skip
    named = {"scenario": say.label(chance.scenario), "n": say.number(chance.draws)}
    met = share_text(chance.met, say)
    if chance.open > 0:
        return say(
            "If the assumptions of “{scenario}” hold, everything is known to be met in {share} of {n} simulated courses; in {open} nothing fails, but data are missing for a verdict.",
            share=met,
            open=share_text(chance.open, say),
            **named,
        )
    return say(
        "If the assumptions of “{scenario}” hold, everything is met in {share} of {n} simulated courses.",
        share=met,
        **named,
    )


def condition_text(say: Language) -> str:
    """What the chances hold fixed."""
    return say(
        "The probability is conditional: in every simulated course, staff, buildings, equipment and what the county reports are those of the single course, the scenario and its plan are carried out as assumed (finished late at most as it says), and coming years vary as the county's past did. If the staff or the plan turn out differently, it does not hold."
    )


def conditional(chance: Chance | None, say: Language) -> str:
    """Chance, condition and what is held fixed, as one text."""
    text = chance_text(chance, say)
    return text if chance is None else say("{first} {second}", first=text, second=condition_text(say))  # fmt: skip


def short_text(status: str, chance: Chance | None, say: Language) -> str:
    """The verdict of a projected year with its chance in a line.

    Parameters
    ----------
    status : {"met", "not_met", "not_assessed"}
        Of the single course.
    chance : Chance or None
    """
    if chance is None:
        return {
            "met": say("Projected: all requirements met on the single course (no chance computed)"),
            "not_met": say("Projected: requirements not met (no chance computed)"),
            "not_assessed": say("Projected: verdict open (no chance computed)"),
        }[status]
    share = share_text(chance.met, say)
    if status == "met" and not chance.even:
        return say("Projected: more likely not met (conditional chance {share})", share=share)
    if status == "not_met" and chance.even:
        return say("Projected: not met on the single course only (conditional chance {share})", share=share)  # fmt: skip
    return {
        "met": say("Projected: all requirements met (conditional chance {share})", share=share),
        "not_met": say("Projected: requirements not met (conditional chance of meeting them {share})", share=share),
        "not_assessed": say("Projected: verdict open (conditional chance of being known to be met {share})", share=share),
    }[status]  # fmt: skip


def cell_text(status: str, chance: Chance | None, say: Language, what: str = "met") -> str:
    """A projected year's verdict in a cell of a table, with its chance.

    `uncertain` where the single course and half of the draws do not agree.
    """
    word = status_name(status, say.code)
    if chance is None:
        return say("{verdict} (no chance)", verdict=word)
    if standing(status, chance, what) != status:
        word = say("uncertain")
    return say("{verdict} {share}", verdict=word, share=share_text(getattr(chance, what), say))


def mark_text(study: Study, chance: Chance | None, say: Language) -> str:
    """What stands on every page and sheet about a projected year."""
    name = say.label(study.outlook.scenario.name)
    if chance is None:
        return say("Projected, not observed: {scenario}; no chance computed", scenario=name)
    return say(
        "Projected, not observed: {scenario}; if its assumptions hold, everything is met in {share} of {n} simulated courses",
        scenario=name,
        share=share_text(chance.met, say),
        n=say.number(chance.draws),
    )
