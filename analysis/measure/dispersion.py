"""How unequal schools are: coefficient of variation, Gini, Theil, and each school's part in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


def _inputs(values, weights) -> tuple[np.ndarray, np.ndarray]:
    values = np.asarray(values, dtype=float)
    weights = np.ones_like(values) if weights is None else np.asarray(weights, dtype=float)
    if values.ndim != 1 or values.shape != weights.shape:
        raise ValueError(
            f"values and weights must be one-dimensional and of the same length; "
            f"found shapes {values.shape} and {weights.shape}"
        )
    if (weights < 0).any():
        raise ValueError("weights must not be negative")
    # a school without students has no part in the county, whatever its ratio is
    counted = weights != 0
    return values[counted], weights[counted]


def weighted_mean(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Mean of school values weighted by students: the county's total resource per student."""
    values, weights = _inputs(values, weights)
    return float(weights @ values / weights.sum()) if len(values) else float("nan")


def standard_deviation(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Population standard deviation about the weighted mean (weights sum to 1, no n - 1)."""
    values, weights = _inputs(values, weights)
    if not len(values):
        return float("nan")
    mean = weights @ values / weights.sum()
    return float(np.sqrt(weights @ (values - mean) ** 2 / weights.sum()))


def coefficient_of_variation(
    values: Sequence[float], weights: Sequence[float] | None = None
) -> float:
    """Inter-school coefficient of variation 校际差异系数: standard deviation / mean.

    Population form about the weighted mean: with students :math:`P_i`, values :math:`X_i` and
    :math:`P_N = \\sum P_i`,

    .. math:: CV = \\frac{1}{\\bar X}\\sqrt{\\sum \\frac{P_i}{P_N} (X_i - \\bar X)^2},
              \\qquad \\bar X = \\sum \\frac{P_i}{P_N} X_i

    Lower is more even; 0 means that all schools are alike.

    Parameters
    ----------
    values : array_like, shape (n,)
        Indicator value of each school.
    weights : array_like, shape (n,), optional
        Students of each school. Equal weights if omitted.

    Returns
    -------
    float
        At least 0. NaN where it is undefined: no schools, a mean of 0, or a missing value (an
        unreported school is not an average school).

    Raises
    ------
    ValueError
        Different lengths or negative weights.

    Notes
    -----
    Source: 县域义务教育校际均衡指标计算方法 (worked example, reproduced in ``tests/published``).

    Examples
    --------
    >>> books = [279 / 45, 137 / 37, 935 / 89, 160 / 76, 402 / 55]
    >>> round(coefficient_of_variation(books, [45, 37, 89, 76, 55]), 6)
    0.515257
    """
    mean = weighted_mean(values, weights)
    if not np.isfinite(mean) or mean == 0:
        return float("nan")
    return standard_deviation(values, weights) / mean


def gini(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Gini coefficient of school values, weighted by students.

    Half the mean absolute difference between two students' schools, relative to the mean.

    Returns
    -------
    float
        0 (all alike) to 1; NaN where undefined, as for `coefficient_of_variation`.
    """
    values, weights = _inputs(values, weights)
    return float(gini_of_rows(values[None], weights[None])[0])


def gini_of_rows(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`gini` of every row of two matrices; what has no weight has no part in it."""
    mean = _mean_of_rows(values, weights)
    order = np.argsort(values, axis=1, kind="stable")
    values = np.take_along_axis(values, order, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = np.take_along_axis(weights, order, axis=1)
        weights = weights / weights.sum(axis=1, keepdims=True)
        # sum over pairs of w_i w_j |x_i - x_j|, through the cumulative weight below each school
        below = np.cumsum(weights, axis=1) - weights
        above = 1 - below - weights
        found = (weights * values * (below - above)).sum(axis=1) / mean
    return np.where(np.isfinite(mean) & (mean != 0), found, np.nan)


def _mean_of_rows(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return (weights * values).sum(axis=1) / weights.sum(axis=1)


def theil(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Theil's T index of school values, weighted by students.

    Returns
    -------
    float
        0 (all alike) or more; a value of 0 contributes 0. NaN where undefined.
    """
    values, weights = _inputs(values, weights)
    return float(theil_of_rows(values[None], weights[None])[0])


def theil_of_rows(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`theil` of every row of two matrices; what has no weight has no part in it."""
    mean = _mean_of_rows(values, weights)
    defined = np.isfinite(mean) & (mean > 0) & ~((values < 0) & (weights > 0)).any(axis=1)
    ratio = np.zeros_like(values)
    np.divide(values, mean[:, None], out=ratio, where=defined[:, None])
    logarithm = np.log(ratio, out=np.zeros_like(ratio), where=ratio > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (weights * ratio * logarithm).sum(axis=1) / weights.sum(axis=1)
    return np.where(defined, found, np.nan)


def variation_without(
    values: Sequence[float], weights: Sequence[float] | None = None
) -> np.ndarray:
    """The coefficient of variation of all schools but one, for each of them.

    Returns
    -------
    ndarray, shape (n,)
        In the order of `values`; NaN where it is undefined, as for `coefficient_of_variation`.
    """
    values = np.asarray(values, dtype=float)
    weights = np.ones_like(values) if weights is None else np.asarray(weights, dtype=float)
    # every row leaves one school out, and is reckoned about its own mean: nothing is subtracted
    rest = np.broadcast_to(weights, (len(values), len(values))).copy()
    np.fill_diagonal(rest, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = rest.sum(axis=1)
        mean = rest @ values / total
        variance = (rest * (values - mean[:, None]) ** 2).sum(axis=1) / total
        return np.where(mean != 0, np.sqrt(variance) / mean, np.nan)


def variation_shares(values: Sequence[float], weights: Sequence[float] | None = None) -> np.ndarray:
    """Each school's exact share in the squared coefficient of variation.

    :math:`CV^2 = \\sum (P_i/P_N)(X_i/\\bar X - 1)^2` is a sum over schools, so the shares are exact
    and add up to 1.

    Returns
    -------
    ndarray, shape (n,)
        Shares (0 to 1) in the order of `values`; NaN where all schools are alike or the CV is
        undefined.
    """
    values = np.asarray(values, dtype=float)
    weights = np.ones_like(values) if weights is None else np.asarray(weights, dtype=float)
    mean = weighted_mean(values, weights)
    terms = weights * (values - mean) ** 2
    total = terms.sum()
    # schools that are alike differ by what binary fractions leave over
    alike = not total > 1e-24 * mean**2 * weights.sum()
    return np.full(len(values), np.nan) if alike else terms / total


def break_even(mean: float, variation: float) -> float:
    """The level above which another unit for a school widens the gap.

    `mean` and `variation` are the weighted mean and the coefficient of variation.

    :math:`\\partial CV^2 / \\partial x_i \\propto X_i - (1 + CV^2)\\bar X`: below
    :math:`(1 + CV^2)\\bar X` one more unit lowers the CV, above it raises it. The mean is *not* the
    line.
    """
    return (1 + variation**2) * mean


@dataclass(frozen=True)
class Moments:
    """Weighted statistics of k quantities in every group, each of shape (k, groups).

    Attributes
    ----------
    missing : ndarray of int
        Rows without a value or a weight: they have no part in the statistics of their group, and
        whoever judges must look at it.
    mean, sd, cv : ndarray
        As `weighted_mean`, `standard_deviation` and `coefficient_of_variation`.
    """

    missing: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    cv: np.ndarray


@dataclass(frozen=True)
class Grouped:
    """Rows that belong to groups of any size: of a county, a year and a stage.

    Rows are added in their order, so a group comes to the same figures whatever other groups
    there are.
    """

    group: np.ndarray
    groups: int

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sum of the values, shape (n,), of each group."""
        return np.bincount(self.group, values, self.groups)

    def count(self, where: np.ndarray) -> np.ndarray:
        """How many rows of each group there are at which `where` holds."""
        return np.bincount(self.group[where], minlength=self.groups)

    def at_rows(self, values: np.ndarray) -> np.ndarray:
        """The value of each row's group."""
        return values[self.group]


class Drawn:
    """Groups that are the draws of a projection: arrays of shape (draws, schools)."""

    def total(self, values: np.ndarray) -> np.ndarray:
        return np.einsum("ds->d", values)

    def count(self, where: np.ndarray) -> np.ndarray:
        return where.sum(axis=-1)

    def at_rows(self, values: np.ndarray) -> np.ndarray:
        return values[:, None]


def moments(value: np.ndarray, weight: np.ndarray, groups: Grouped | Drawn) -> Moments:
    """Weighted mean, standard deviation and CV of many groups at once.

    The same arithmetic as `coefficient_of_variation`.

    Parameters
    ----------
    value : ndarray, shape (k, ...)
    weight : ndarray, shape (...)
    groups : Grouped or Drawn
        Which rows belong together.
    """
    found = []
    weighted = np.isfinite(weight)
    for each in value:
        known = np.isfinite(each) & weighted
        if known.all():
            heads, have = weight, each
            missing = groups.count(np.zeros_like(known))
        else:
            heads, have = np.where(known, weight, 0.0), np.where(known, each, 0.0)
            missing = groups.count(~known)
        with np.errstate(divide="ignore", invalid="ignore"):
            whole = groups.total(heads)
            mean = groups.total(heads * have) / whole
            off = have - groups.at_rows(mean)
            found.append((missing, mean, groups.total(heads * (off * off)) / whole))
    missing, mean, variance = (np.stack(each) for each in zip(*found, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        sd = np.sqrt(variance)
        return Moments(missing, mean, sd, sd / np.where(mean == 0, np.nan, mean))
