"""Whole numbers and ratios with a given total, mean or spread."""

from __future__ import annotations

import numpy as np

from analysis.measure.indicators import whole_up


def ramp(pair, length: int) -> np.ndarray:
    """Values from the first to the last of `pair` (a number stands for both), evenly spaced."""
    first, last = pair if isinstance(pair, list) else (pair, pair)
    return np.linspace(first, last, length)


def round_to_total(values, total: int) -> np.ndarray:
    """Whole numbers in proportion to `values` that add up to `total` (largest remainders)."""
    values = np.asarray(values, dtype=float)
    exact = values * (total / values.sum()) if values.sum() else values
    whole = np.floor(exact)
    order = np.argsort(-(exact - whole), axis=None, kind="stable")
    whole.flat[order[: round(total - whole.sum())]] += 1
    return whole.astype(int)


def mean_and_cv(values, weights) -> tuple[float, float]:
    """Student-weighted mean and population coefficient of variation."""
    mean = np.average(values, weights=weights)
    return mean, np.sqrt(np.average((values - mean) ** 2, weights=weights)) / mean


def standardise(values, weights) -> np.ndarray:
    """Shift and stretch to weighted mean 0 and standard deviation 1."""
    mean = np.average(values, weights=weights)
    deviation = np.sqrt(np.average((values - mean) ** 2, weights=weights))
    return (values - mean) / deviation if deviation else values * 0.0


def whole_units(ratio, need, unit: float) -> np.ndarray:
    """The least multiple of `unit` that gives every school at least `ratio` times its `need`."""
    return whole_up(ratio * need / unit) * unit


def settle(scores, need, students, *, mean, cv, low, fixed, unit, rounds=80) -> np.ndarray:
    """Resources in whole units whose ratios have a given mean and coefficient of variation.

    Persons and rooms come in whole numbers and some schools are held at a floor or a fixed ratio,
    so the aim is corrected by what it realised until the result is as near as it gets.

    Parameters
    ----------
    scores : array
        Each school's standardised lot.
    need : array
        Denominator of the ratio; 0 where a school has nobody.
    students : array
        Weights of the mean and the cv; 0 where a school is not judged.
    mean, cv : float
        What the ratios should have.
    low, fixed : array
        Least ratio of each school; the ratio it must have (nan where free).
    unit : float
        1 for persons, rooms and square metres, 100 for yuan.
    """
    aim_mean, aim_cv, best, best_error = mean, cv, None, np.inf
    judged = students > 0
    for _ in range(rounds):
        ratio = np.maximum(aim_mean * (1 + aim_cv * scores), np.maximum(low, 0.08 * mean))
        resources = whole_units(np.where(np.isnan(fixed), ratio, fixed), need, unit)
        if judged.sum() < 2:
            return resources
        real_mean, real_cv = mean_and_cv(resources[judged] / need[judged], students[judged])
        error = abs(real_mean / mean - 1) + abs(real_cv - cv)
        if error < best_error:
            best, best_error = resources, error
        aim_mean *= (mean / real_mean) ** 0.7
        aim_cv = np.clip(aim_cv * (cv / real_cv) ** 0.7, 0.2 * cv, 1.5 * cv)
    return best


def last_seen(values) -> np.ndarray:
    """Each school's value in the last year in which it has one above 0: (schools,)."""
    columns = values.shape[1] - 1 - np.argmax(values[:, ::-1] > 0, axis=1)
    return values[np.arange(len(values)), columns].astype(float)
