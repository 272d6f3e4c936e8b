"""Groups by `rows_by` are those of pandas, in the order of the table."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.base.rows import rows_by


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2))))
def test_the_same_groups_as_pandas(pairs):
    table = pd.DataFrame(pairs, columns=["stage", "year"])
    found = {key: rows.tolist() for key, rows in rows_by(table, "stage", "year").items()}
    if pairs:
        theirs = table.groupby(["stage", "year"], sort=False).indices
        assert found == {key: rows.tolist() for key, rows in theirs.items()}
    assert list(found) == list(dict.fromkeys(pairs))
