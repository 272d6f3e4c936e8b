"""Numbers, lists and marks in both languages."""

import decimal
import math

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from analysis.base.language import LANGUAGES, Language, speak


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234.5, 0, "1,235"),  # halves go up, as in the official form
        (0.125, 2, "0.13"),
        (2.675, 2, "2.68"),  # the float is 2.67499999…; people typed 2.675
        (0.5, 0, "1"),
        (-0.4, 0, "-0"),
        (math.nan, 2, "—"),
        (math.inf, 0, "—"),
        (None, 0, "—"),
    ],
)
def test_number(value, decimals, text):
    assert Language("en").number(value, decimals) == text


@given(st.floats(0, 1e9, allow_nan=False), st.integers(0, 4))
def test_number_reads_back_within_half_a_unit(value, decimals):
    shown = float(Language("zh").number(value, decimals).replace(",", ""))

    assert abs(shown - value) <= 0.5 * 10**-decimals * (1 + 1e-9) + 1e-9 * value


def test_percent_and_lists():
    assert speak("en").percent(0.85, 0) == "85%"
    assert speak("en").join(["a", "b", "c"]) == "a, b and c"
    assert speak("zh").join(["甲", "乙"]) == "甲、乙"
    assert speak("en").join([]) == ""


def test_the_empty_text_stays_empty():
    for lang in LANGUAGES:
        assert speak(lang)("") == ""


def test_plural():
    assert (
        speak("en").plural("{name}: {n} error", "{name}: {n} errors", 1, name="x") == "x: 1 error"
    )
    assert (
        speak("en").plural("{name}: {n} error", "{name}: {n} errors", 2, name="x") == "x: 2 errors"
    )
    assert (
        speak("zh").plural("{name}: {n} error", "{name}: {n} errors", 2, name="x") == "x：2处错误"
    )


def test_unknown_language_is_named():
    with pytest.raises(ValueError, match="'fr'; expected one of zh, en"):
        Language("fr")


@given(st.floats(-1e15, 1e15), st.integers(0, 6), st.sampled_from(["zh", "en"]))
def test_numbers_are_written_as_the_locale_writes_them(value, decimals, code):
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    with decimal.localcontext(decimal.Context(rounding=decimal.ROUND_HALF_UP)):
        told = format_decimal(
            decimal.Decimal(repr(value)), pattern, {"zh": "zh_CN", "en": "en_US"}[code]
        )
    assert speak(code).number(value, decimals) == told


def test_a_number_may_be_as_large_as_it_likes():
    assert speak("zh").number(1e300).startswith("1,000,000")
