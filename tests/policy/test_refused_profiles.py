"""Profiles that are refused: each mistake with file, line and reason, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.base.files import InputError
from analysis.policy.standards import built_in, load_standard

VALID = """\
id: cn-999999-test
kind: plan
title: {zh: 甲, en: A}
extends: cn-2017
judged_on: "12-31"
not_stated:
  - G7
  - G12
entries:
  G11.backbone:
    title: {zh: 乙, en: B}
    part: government
    rule: at_least
    values:
      "2021-01-01": 0.25
      "2025-12-31": {rule: above, value: 0.30}
    reference: {document: 丙, section: 丁, confidence: read}
  G1:
    title: {zh: 戊, en: C}
    part: government
    rule: yes
    values: {"2021-01-01": yes}
    reference: {document: 丙, section: 丁}
  own.figure:
    title: {zh: 己, en: D}
    part: government
    rule: below
    values: {"2021-01-01": 3}
    reference: {document: 丙, section: 丁}
    new: true
"""

# what is replaced, by what, line that is reported, reason
MALFORMED = {
    "duplicate key": ("  own.figure:", "  G1:", 24, "“G1” stands twice"),
    "unknown key": ("    rule: below", "    rle: below", 27, "unknown key"),
    "unknown entry without new": (
        "    new: true\n",
        "",
        24,
        "unknown entry “own.figure”: not in cn-2017",
    ),
    "missing reference": (
        "    reference: {document: 丙, section: 丁}\n    new",
        "    new",
        24,
        "entries.own.figure.reference: is missing",
    ),
    "missing section": (", section: 丁}\n    new", "}\n    new", 29, "section: is missing"),
    "missing title": ("    title: {zh: 乙, en: B}\n", "", 10, "title: is missing"),
    "title in one language": ("{zh: 乙, en: B}", "{zh: 乙}", 11, "title.en: is missing"),
    "missing values": (
        '    values: {"2021-01-01": 3}\n',
        "",
        24,
        "entries.own.figure.values: is missing",
    ),
    "bad rule word": ("rule: below", "rule: under", 27, "'under'"),
    "bad rule word of a value": ("{rule: above,", "{rule: yes,", 16, "'yes'"),
    "bad date": ('{"2021-01-01": 3}', '{"2021-13-01": 3}', 28, "“2021-13-01” is not a date"),
    "date in words": ('{"2021-01-01": 3}', "{spring: 3}", 28, "“spring” is not a date"),
    "text where a number is needed": (": 3}", ": three}", 28, "the rule below needs a number"),
    "number in words": (": 3}", ": 3 %}", 28, "“3 %” is neither a number nor a word"),
    "number for a yes-rule": (": yes}", ": 1}", 22, "the rule yes has the value yes"),
    "no for a yes-rule": (": yes}", ": no}", 22, "the rule yes has the value yes"),
    "bool value": (": yes}", ": true}", 22, "true and false are no values; write yes or no"),
    "list for a value": (": 3}", ": [3]}", 28, "“[3]” is neither a number nor a word"),
    "empty values": ('{"2021-01-01": 3}', "{}", 28, "values"),
    "unknown profile key": ("judged_on:", "judgedon:", 5, "judgedon: unknown key"),
    "extends a missing file": ("extends: cn-2017", "extends: cn-2071", 4, "“cn-2071”"),
    "extends itself": ("extends: cn-2017", "extends: plan.yaml", 4, "extends itself"),
    "extends nothing": ("extends: cn-2017\n", "", 2, "name that one, such as extends: cn-2017"),
    "a standard of its own that is not whole": (
        "kind: plan\ntitle: {zh: 甲, en: A}\nextends: cn-2017\n",
        "kind: evaluation\ntitle: {zh: 甲, en: A}\n",
        1,
        "the entry “cv.primary” is missing",
    ),
    "the id of another": ("id: cn-999999-test", "id: cn-2017", 4, "extends itself"),
    "unknown not_stated": ("  - G12", "  - G21", 8, "unknown entry “G21” under not_stated"),
    "stated and not stated": ("  - G12", "  - G1", 8, "“G1” stands under entries and"),
    "not_stated is no list": (
        "not_stated:\n  - G7\n  - G12",
        "not_stated: G7",
        6,
        "not_stated: must be a list",
    ),
    "unknown concession": ("entries:", "concessions: [halls]\nentries:", 9, "“halls”"),
    "unknown method": (
        "  G1:\n    title: {zh: 戊, en: C}\n    part: government\n    rule: yes\n"
        '    values: {"2021-01-01": yes}',
        "  option.cv_weighting:\n    title: {zh: 戊, en: C}\n    part: option\n    rule: option\n"
        '    values: {"2021-01-01": student}',
        22,
        "expected one of none, students",
    ),
    "tab": ("    rule: below", "\trule: below", 27, "not valid YAML"),
    "indent": ("    rule: below", "   rule: below", 27, "not valid YAML"),
    "bad judged_on": ('judged_on: "12-31"', "judged_on: December", 5, "judged_on: must be month"),
    "judged on no day": ('judged_on: "12-31"', 'judged_on: "13-31"', 5, "“13-31” is not a day"),
    "judged on a leap day": ('judged_on: "12-31"', 'judged_on: "02-29"', 5, "“02-29” is not a day"),
    "id missing": ("id: cn-999999-test\n", "", 1, "id: is missing"),
    "bad kind": ("kind: plan", "kind: law", 2, "'law'"),
    "bad confidence": ("confidence: read", "confidence: sure", 17, "'sure'"),
    "bad part": (
        "part: government\n    rule: below",
        "part: other\n    rule: below",
        26,
        "'other'",
    ),
    "alias": ("title: {zh: 乙, en: B}", "title: *same", 11, "aliases (*) are not allowed"),
    "tag": ("title: {zh: 乙, en: B}", "title: !!python/tuple [1]", 11, "tags (!) are not allowed"),
    "entries as a list": ("entries:\n", "entries: [1]\nrest:\n", 9, "entries: must be written"),
}


def refused(path: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        load_standard(path)
    return [finding.sentence("en") for finding in error.value.findings]


def test_the_example_is_in_order(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(VALID, encoding="utf-8")
    standard = load_standard(path)
    assert standard.stated_in("G7") is None
    rules = standard.for_year(2025)
    assert (rules.rule("G11.backbone"), rules["G11.backbone"]) == ("above", 0.30)
    assert standard.for_year(2020)["G11.backbone"] is None
    assert standard.for_year(2021)["own.figure"] == 3


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_profile_is_refused_with_file_line_and_reason(tmp_path, name):
    old, new, line, reason = MALFORMED[name]
    assert VALID.count(old) == 1, "the example has changed"
    path = tmp_path / "plan.yaml"
    path.write_text(VALID.replace(old, new), encoding="utf-8")
    sentences = refused(path)
    assert any(
        sentence.startswith(f"{path}: line {line}: ") and reason in sentence
        for sentence in sentences
    ), sentences


def test_every_mistake_is_reported_at_once(tmp_path):
    path = tmp_path / "plan.yaml"
    text = VALID.replace(": 3}", ": three}").replace("  - G12", "  - G21")
    path.write_text(text, encoding="utf-8")
    assert len(refused(path)) == 2


def test_a_circle_of_profiles_is_refused(tmp_path):
    for own, other in (("a", "b"), ("b", "a")):
        text = VALID.replace("cn-999999-test", own).replace("cn-2017", f"{other}.yaml")
        (tmp_path / f"{own}.yaml").write_text(text, encoding="utf-8")
    [sentence] = refused(tmp_path / "a.yaml")
    assert sentence.startswith(f"{tmp_path / 'b.yaml'}: line 4: ")
    assert "extends itself by way of “a”" in sentence


def test_a_mistake_in_an_extended_profile_names_that_file(tmp_path):
    (tmp_path / "city.yaml").write_text(VALID.replace(": 3}", ": three}"), encoding="utf-8")
    text = "id: county\nkind: plan\ntitle: {zh: 甲, en: A}\nextends: city.yaml\n"
    (tmp_path / "county.yaml").write_text(text, encoding="utf-8")
    [sentence] = refused(tmp_path / "county.yaml")
    assert sentence.startswith(f"{tmp_path / 'city.yaml'}: line 28: ")


def test_unknown_standard_lists_those_there_are():
    [sentence] = refused(Path("cn-1949"))
    assert all(name in sentence for name in ("cn-1949", *built_in()))
