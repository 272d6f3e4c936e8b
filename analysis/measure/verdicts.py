"""Met, not met, not assessed, not applicable: what a value comes to by a rule.

Everything is three-valued: met, not met, and *not assessed* where something was not reported.
What is not assessed is never a pass and never a fail; it leaves the verdict of the county open,
unless something else has failed already.
"""

from __future__ import annotations

import numpy as np

from ..policy.standards import Rules
from .indicators import at_least, at_most

#: Verdicts; codes are positions here.
VERDICTS = ("met", "not_met", "not_assessed", "not_applicable")
MET, NOT_MET, NOT_ASSESSED, NOT_APPLICABLE = range(4)


def three_valued(statuses) -> str:
    """The status of a whole from those of its parts: one failure decides, one gap leaves it open."""
    statuses = set(statuses) - {"not_applicable"}
    if "not_met" in statuses:
        return "not_met"
    if "not_assessed" in statuses:
        return "not_assessed"
    return "met" if statuses else "not_applicable"


def whole_statuses(units: np.ndarray, failing: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """`three_valued` in numbers (positions in `VERDICTS`), from how many units there are."""
    open_ = np.where(unknown > 0, NOT_ASSESSED, MET)
    return np.where(units == 0, NOT_APPLICABLE, np.where(failing > 0, NOT_MET, open_))


def as_number(required: float | str | None) -> float:
    return np.nan if required is None or isinstance(required, str) else float(required)


def compare_rules(
    own: tuple[str, float | str], other: tuple[str, float | str | None] | None
) -> str:
    """Whether a target is `same`, `stricter`, `weaker` than a rule, or `additional` to it."""
    if other is None or other[1] is None:
        return "additional"
    (word, value), (other_word, other_value) = own, other
    if word == other_word and value == other_value:
        return "same"
    if isinstance(value, str) or isinstance(other_value, str):
        return "weaker"
    if value == other_value:
        strict = {"above", "below", "equals"}
        return "stricter" if word in strict else "weaker"
    larger_is_stricter = other_word in ("at_least", "above", "equals")
    return "stricter" if (value > other_value) == larger_is_stricter else "weaker"


def judge_entry(value: float | str, rule: str, required: float | str) -> str:
    """Judge one value by a rule word.

    Parameters
    ----------
    value : float or {"yes", "no"}
        NaN if it was not reported. Where the rule asks for a number, `yes` is a person's finding
        that the requirement is met, with the evidence in county_years.
    rule : str
        A word of `analysis.policy.standards.Rule`.
    required : float or {"yes", "no"}

    Returns
    -------
    {"met", "not_met", "not_assessed"}
    """
    if isinstance(value, str):
        return "met" if value == (rule if rule in ("yes", "no") else "yes") else "not_met"
    limit = np.array([as_number(required)])
    return VERDICTS[judge_values(np.array([value], dtype=float), rule, limit)[0]]


def judge_values(value: np.ndarray, rule: str, limit: np.ndarray) -> np.ndarray:
    """Judge numbers by a rule word: positions in `VERDICTS`."""
    if rule in ("yes", "no"):
        return np.full(len(value), NOT_ASSESSED, dtype=np.int8)
    passed = {
        "at_least": lambda: at_least(value, limit),
        "at_most": lambda: at_most(value, limit),
        "equals": lambda: at_least(value, limit) & at_most(value, limit),
        "below": lambda: ~at_least(value, limit),
        "above": lambda: ~at_most(value, limit),
    }[rule]()
    return np.where(np.isnan(value), NOT_ASSESSED, np.where(passed, MET, NOT_MET)).astype(np.int8)


#: Rule words as signs.
SIGNS = {"at_least": "≥", "at_most": "≤", "below": "<", "above": ">", "equals": "="}


def requirement(rule: Rules, name: str) -> str:
    """A requirement in short: ``≥ 4.2``, ``yes``; a dash where nothing is required."""
    word, value = rule.rule(name), rule[name]
    if value is None:
        return "—"
    return str(value) if word in ("yes", "no") else f"{SIGNS[word]} {value:g}"


def source(rule: Rules, name: str, *others: str) -> str:
    """Document and section of an entry; where the analyst changed it, or others that it rests on, what was changed."""
    changed = [change for each in (name, *others) if each in rule for change in rule.changes(each)]
    if changed:
        return f"what_if({', '.join(changed)})"
    reference = rule.entry(name).reference
    return f"{reference.document} {reference.section}"
