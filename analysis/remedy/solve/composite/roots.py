"""Sums of square roots compared without any rounding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

#: Digits at which the first comparison is made; they are doubled until it is decided.
DIGITS = 30


def compared(squares: Sequence[Fraction], level: Fraction) -> int:
    """-1, 0 or 1: whether the sum of the square roots is below, at or above a rational number.

    Roots of rational numbers with positive factors add up to a rational number only if every one of
    them is rational: so either the sum is exact, or more digits decide at last.

    Parameters
    ----------
    squares : sequence of Fraction
        None below 0.
    level : Fraction
    """
    roots = [_rational_root(each) for each in squares]
    if all(root is not None for root in roots):
        whole = sum(roots, Fraction(0))
        return (whole > level) - (whole < level)
    digits = DIGITS
    while True:
        ten = 10**digits
        low = sum(math.isqrt(each.numerator * ten * ten // each.denominator) for each in squares)
        if low > level * ten:
            return 1
        if low + len(squares) < level * ten:
            return -1
        digits *= 2


def _rational_root(square: Fraction) -> Fraction | None:
    over, under = math.isqrt(square.numerator), math.isqrt(square.denominator)
    exact = over * over == square.numerator and under * under == square.denominator
    return Fraction(over, under) if exact else None
