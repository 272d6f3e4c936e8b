"""Columns of the tables, and values of the rules, as arrays; arrays as columns again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...policy.standards import Rules


def positions(ids: pd.Series, known: pd.Series) -> np.ndarray:
    """Where each id stands among the known ones (all different); -1 where it does not."""
    found = pc.index_in(_texts(ids), value_set=_texts(known), skip_nulls=True)
    return found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp)


def year_positions(given: pd.Series, years: Sequence[int]) -> np.ndarray:
    """Where each year stands among the ascending `years`; -1 where it does not."""
    given, years = given.to_numpy(dtype=float), np.array(years, dtype=float)
    found = np.searchsorted(years, given).clip(max=len(years) - 1)
    return np.where(years[found] == given, found, -1)


def numbers(table: pd.DataFrame, column: str) -> np.ndarray:
    """A column as floats; what was not reported is NaN."""
    values = table[column]
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "fiu":
        return values.to_numpy(dtype=float)  # floats are read as they stand, not copied
    return values.to_numpy(dtype=float, na_value=np.nan)


def is_word(column: pd.Series, *words: str) -> np.ndarray:
    """Where a text is one of the words; False where it is missing."""
    found = pc.is_in(_texts(column), value_set=pa.array(words, pa.large_string()))
    return found.to_numpy(zero_copy_only=False).astype(bool)


def _texts(column: pd.Series) -> pa.Array:
    """A column of texts as Arrow compares them: ten times faster than as Python objects."""
    texts = pa.array(column).cast(pa.large_string())
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def at_rows(values: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Values at rows; NaN where the row is -1 (nothing was reported)."""
    if not len(values):
        return np.full(len(row), np.nan)
    found = values[row]
    return np.where(row < 0, np.nan, found) if (row < 0).any() else found


def by_year(rules: Iterable[Rules], name: str) -> np.ndarray:
    """A value of each year's rules as numbers; NaN where nothing is in force."""
    return np.array([rule.number(name) for rule in rules])


def words(texts: Sequence[str], position: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """A column of repeated texts."""
    return pd.array(list(texts), dtype="str").take(position)
