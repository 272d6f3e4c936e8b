"""Widths of columns on paper: figures and statuses stay on one line and in their column."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import analyze
from analysis.report.columns import MOST_HELD, PAGE, TYPES, _fitted, column_shares
from analysis.report.form import form_grids


@given(
    st.lists(st.floats(0.01, 1), min_size=2, max_size=16),
    st.dictionaries(st.integers(0, 15), st.floats(0.01, 0.3), max_size=10),
)
def test_shares_fill_the_page_and_none_is_below_its_least(wanted, least):
    shares = [share / sum(wanted) for share in wanted]
    least = {n: part for n, part in least.items() if n < len(shares)}
    found = _fitted(shares, least)

    assert sum(found) == pytest.approx(1)
    enough = min(1, MOST_HELD / sum(least.values())) if least else 1
    assert all(found[n] >= part * enough * (1 - 1e-9) for n, part in least.items())


def test_no_figure_of_the_widest_table_reaches_into_the_next_column():
    grid = next(
        g for g in form_grids(analyze("150202-donghe"), "zh").values() if len(g.header) > 13
    )
    page = grid.to_html()
    shares = column_shares(page, "tight")
    half, inset = TYPES["many"]

    assert len(shares) == len(grid.header)
    assert sum(shares) == pytest.approx(1)
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page.split("<tbody>")[1], re.DOTALL):
        for share, (number, text) in zip(
            shares, re.findall(r"<td( class=\"num)?[^>]*>([^<]*)", row), strict=True
        ):
            if number:
                needed = half * sum(2 if c in "×△○" else 1 for c in text) + inset
                assert share * PAGE >= needed - 1e-6, text


def test_a_narrow_table_is_left_to_itself():
    assert column_shares("<tr><td>1</td><td>2</td></tr>", "plain") == []


def test_verdicts_of_many_years_keep_their_word_on_one_line():
    years = "".join(f'<td class="not_met">未达到 {n}% ×</td>' for n in range(2, 11))
    row = f'<tr><td>趋势延续</td><td>资源配置</td><td class="not_met">未达到 ×</td>{years}</tr>'
    shares = column_shares(row, "tight")
    half, inset = TYPES["tight"]

    # the observed year stands on one line, the others on two: verdict, then chance
    assert shares[2] * PAGE >= half * 9 + inset - 1e-6
    assert all(share * PAGE >= half * 6 + inset - 1e-6 for share in shares[3:])
    # and two words of two characters are not broken for it
    assert all(share * PAGE >= half * 4 + inset for share in shares[:2])


def test_a_short_text_stays_on_its_line_where_there_is_room():
    long = "增加标准教学及辅助用房，优先补足体艺专任教师"
    row = f"<tr><td>1</td><td>{long}</td><td>{long}</td><td>{long}</td><td>规划未涉及</td></tr>"
    shares = column_shares(row, "plain")
    half, inset = TYPES["plain"]

    assert sum(shares) == pytest.approx(1)
    assert shares[-1] * PAGE >= 10 * half + inset - 1e-6
