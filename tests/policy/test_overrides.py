"""Promise: every rule of a standard can be set by its id; what cannot be meant is refused, never ignored."""

from __future__ import annotations

import pytest

from analysis import InputError, analyze, load_standard
from analysis.policy.overrides import allowed_words

STANDARD = load_standard("cn-2017")
RULES = STANDARD.on("2024-12-31")
COUNTY = "150304-wuda"


def another(name: str) -> float | str:
    """A value that an entry can have, other than its own where there is one."""
    entry = STANDARD.entries[name]
    words = allowed_words(entry)
    if entry.rule in ("yes", "no"):
        return entry.rule
    if words:
        return sorted(words - {RULES[name]})[0]
    return 0.123 if entry.is_share else (RULES[name] or 0) + 7


@pytest.mark.parametrize("name", STANDARD.entries)
def test_every_rule_can_be_set_and_only_that_one_changes(name):
    value = another(name)
    for spelt in (name, name.replace(".", "__"), f"{name}.value"):
        changed = RULES.replace(**{spelt: value})
        assert changed[name] == value
        assert {other for other in RULES if changed[other] != RULES[other]} <= {name}
    assert RULES.replace(**{name: None})[name] is None


def test_a_changed_limit_decides():
    study = analyze("150202-donghe")
    strict = study.what_if(cv__primary=0.30)
    found = strict.balance[strict.balance["stage"] == "primary"].set_index("indicator")

    assert set(found["limit"].dropna()) == {0.30}
    expected = found["cv"].drop("composite") <= 0.30
    assert ((found["status"].drop("composite") == "met") == expected).all()
    assert (study.balance["limit"] != 0.30).all()


@pytest.mark.parametrize(
    ("rule", "value", "status"), [("at_least", 95, "met"), ("above", 95, "not_met")]
)
def test_a_rule_word_can_be_set_where_it_is_what_judges(make_county, rule, value, status):
    study = analyze(
        make_county([{"students_primary": 100}], facts={"G8": 0.95})  # a ratio, reported
    )
    changed = study.what_if(G8=value / 100, G8__rule=rule)
    row = changed.evaluation.set_index("item").loc["G8"]

    assert row["requirement"] == {"at_least": "≥ 0.95", "above": "> 0.95"}[rule]
    assert changed.what_if(G8=0.5).rules.rule("G8") == rule
    assert row["status"] in (status, "not_assessed")


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"cv__limit": 0.40}, ["cv.limit", "cv.primary, cv.junior"]),
        ({"teching_area__primary": 5}, ["teaching_area.primary"]),
        ({"G5": 45}, ["G5.primary, G5.junior"]),
        ({"zzz": 1}, ["zzz", "expected are", "cv.primary"]),
        ({"cv__primary": 40}, ["share from 0 to 1"]),
        ({"cv__primary": "rounded"}, ["expected a number"]),
        ({"cv__primary": True}, ["expected a number"]),
        ({"cv__primary": float("nan")}, ["expected a number"]),
        ({"teaching_area__primary": -1}, ["expected a number"]),
        ({"option__decide_on": "half"}, ["rounded, unrounded"]),
        ({"V1": "yes"}, ["V1", "no"]),
        ({"cv__primary__rule": "below"}, ["part of the method"]),
        ({"G7__rule": "exactly"}, ["at_least"]),
    ],
)
def test_what_cannot_be_meant_is_refused(rules, words):
    with pytest.raises(InputError) as caught:
        analyze(COUNTY).what_if(**rules)

    assert all(word in str(caught.value) for word in words), caught.value


def test_all_mistakes_are_named_at_once():
    with pytest.raises(InputError) as caught:
        analyze(COUNTY).what_if(cv__limit=0.4, G99=1, cv__primary=50)

    assert len(caught.value.findings) == 3
    assert all(finding.sentence("zh") for finding in caught.value.findings)
