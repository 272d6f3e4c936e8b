"""Breaks of the past and moves of the future: no cohort is lost, nobody takes over another's ratio."""

from __future__ import annotations

import numpy as np
import pytest
from cohort_county import cohort_county
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import load_county, project
from analysis.future.assumptions.scenario import Scenario
from analysis.future.past.break_notes import find_breaks
from analysis.future.projection.model import Model

ANY = {"source": "test", "confidence": "low"}
YEARS = list(range(2016, 2022))
#: Ratio of each grade to the one below, the same at every school.
RATIO = np.array([0.98, 0.99, 1.01, 0.99, 0.98, 0.97, 0.99, 0.98])


def scenario(**sections) -> Scenario:
    given_ = {"births": {"change": 0.0, **ANY}, "entry": {"window": 3, **ANY}}
    return Scenario.model_validate({"name": {"zh": "试", "en": "Test"}, **given_, **sections})


def steady(size: float, ratio=RATIO, years: int = len(YEARS)) -> np.ndarray:
    """A primary school with the same entrants every year and constant ratios."""
    one = size * np.concatenate([[1.0], np.cumprod(ratio[:5])])
    return np.vstack([np.tile(one[:, None], years), np.full((3, years), np.nan)])


def town(**sizes: float) -> dict[str, np.ndarray]:
    junior = np.full((9, len(YEARS)), np.nan)
    junior[6:] = 0.9 * sum(sizes.values()) * np.array([[1.0], [0.99], [0.98]])
    return {name: steady(size) for name, size in sizes.items()} | {"M": junior}


BIRTHS = dict.fromkeys(range(2005, 2022), 300.0)


def course(outlook) -> np.ndarray:
    """The county's pupils by year and grade."""
    return outlook.students.sum(axis=1)


@st.composite
def planted(draw):
    """A county in which some schools exchanged pupils, and the same one in which none did."""
    sizes = {"A": 100.0, "B": 70.0, "C": 50.0, "D": 30.0, "E": 20.0}
    before = town(**sizes)
    kind = draw(st.sampled_from(["opening", "split", "closure", "merger", "recoded", "transfer"]))
    at = draw(st.integers(1, len(YEARS) - 1))
    part = draw(st.floats(0.25, 0.7))
    now = {name: cells.copy() for name, cells in before.items()}
    new = np.full((9, len(YEARS)), np.nan)
    later = (slice(0, 6), slice(at, None))
    if kind in ("opening", "split"):
        donors = ["A"] if kind == "split" else ["A", "B", "C"]
        new[later] = sum(part * now[name][later] for name in donors)
        for name in donors:
            now[name][later] *= 1 - part
        now["N"] = new
    elif kind in ("closure", "merger"):
        takers = ["A"] if kind == "merger" else ["A", "B", "D"]
        for name in takers:
            now[name][later] += now["C"][later] / len(takers)
        now["C"][:, at:] = np.nan
    elif kind == "recoded":
        new[later] = now["B"][later]
        now["B"][:, at:] = np.nan
        now["N"] = new
    else:
        gone = part * now["A"][later]
        now["A"][later] -= gone
        now["C"][later] += gone
    return kind, YEARS[at], before, now


@pytest.mark.slow
@given(planted())
@settings(max_examples=60, deadline=None)
def test_a_planted_break_moves_nothing(case):
    kind, year, before, now = case
    plain = project(cohort_county(before, YEARS, BIRTHS), scenario(), 2029)
    opened = {"N": year} if "N" in now else {}
    broken = project(cohort_county(now, YEARS, BIRTHS, opened=opened), scenario(), 2029)
    assert course(broken) == pytest.approx(course(plain), rel=1e-9)
    # no school falls below its cohort: every cohort goes on by the ratios that all schools have
    cells = broken.students
    for grade in range(1, 6):
        cohort = cells[:-1, :, grade - 1] * RATIO[grade - 1]
        assert cells[1:, :, grade] == pytest.approx(cohort, rel=1e-9, abs=1e-9)
    # and the entrants stay where they are since the break
    assert cells[-1, :, 0] == pytest.approx(cells[0, :, 0], rel=1e-9, abs=1e-9)
    said = [note.sentence("en") for note in broken.notes if "break before" in note.message]
    assert len(said) == 1
    assert said[0].startswith(f"break before {year}, Primary:")
    labels = {"opening": "Opening", "split": "Split", "closure": "Closure", "merger": "Merger",
              "recoded": "Renamed or re-coded", "transfer": "Boundary change or transfer"}  # fmt: skip
    assert f": {labels[kind]} (" in said[0]


def test_a_break_is_said_in_full():
    now = town(A=100, B=50)
    new = np.full((9, 6), np.nan)
    new[:6, 5] = 0.6 * now["A"][:6, 5]
    now["A"][:6, 5] *= 0.4
    (note,) = find_breaks(cohort_county(now | {"N": new}, YEARS, BIRTHS, opened={"N": 2021}))
    assert note.sentence("en") == (
        "break before 2021, Primary: Split (A → N, about 291 pupils beyond the entrance grade): the "
        "ratios of that step and the shares of the entrants are those of these schools together "
        "(confirm or deny it in a scenario, section `breaks`)"
    )
    assert note.sentence("zh") == (
        "2021学年前小学学段出现断点：分设（A → N，起始年级以外约291人）。该年的升级率与新生份额按这些学校合并计算"
        "（可在情景文件中确认或否认）"
    )


def test_the_user_denies_and_confirms():
    now = town(A=100, B=100)
    gone = 0.4 * now["A"][:6, 4:]
    now["A"][:6, 4:] -= gone
    now["B"][:6, 4:] += gone
    county = cohort_county(now, YEARS, BIRTHS)
    denied = {"year": 2020, "schools": ["A", "B"], "happened": False, **ANY}
    model = Model(county, scenario(breaks=[denied]))
    assert model.rates.past.exchanges == ()
    # what was no break lasts: A loses a part of every cohort, as in the past
    assert model.rates.factor[0, 1] < 0.9
    assert Model(county, scenario()).rates.factor[0, 1] == pytest.approx(RATIO[0])
    quiet = town(A=100, B=100)
    told = {"year": 2020, "schools": ["A", "B"], "stage": "primary", **ANY}
    (found,) = Model(
        cohort_county(quiet, YEARS, BIRTHS), scenario(breaks=[told])
    ).rates.past.exchanges
    assert (found.year, found.basis, found.schools) == (2020, "confirmed", (0, 1))


def test_a_real_opening_is_no_loss_for_ever():
    """Donghe: half of one school went to a new one in 2021; its cohorts go on whole."""
    outlook = project(load_county("150202-donghe"), "baseline", 2030)
    names = list(outlook.county.tables["schools"]["name"])
    donor, new = names.index("牛桥街小学"), names.index("回民小学")
    primary = outlook.students[:, :, :6].sum(axis=2)
    county = primary.sum(axis=1)
    for school in (donor, new):
        share = primary[:, school] / county
        assert share == pytest.approx(share[0], rel=0.06)


def test_a_teaching_point_that_ends_with_grade_3_is_no_break_every_year():
    now = town(A=100, B=80)
    point = np.full((9, 6), np.nan)
    point[:3] = np.array([[20.0], [19.6], [19.4]])
    now["A"][3:6] += 19.6 * np.array([[1.0], [0.99], [0.97]])
    assert find_breaks(cohort_county(now | {"P": point}, YEARS, BIRTHS)) == []


def test_a_school_that_opened_last_year_with_its_entrance_grade():
    now = town(A=100, B=80)
    new = np.full((9, 6), np.nan)
    new[0, 5] = 20.0
    now["A"][0, 5] -= 12.0
    now["B"][0, 5] -= 8.0
    county = cohort_county(now | {"N": new}, YEARS, BIRTHS, opened={"N": 2021})
    outlook = project(county, scenario(), 2027)
    assert outlook.students[1:, 3, 0] == pytest.approx(20.0)
    # it grows up by the county's ratios
    assert outlook.students[6, 3, :6] == pytest.approx(20 * np.array([1, *np.cumprod(RATIO[:5])]))
    assert any("N opened" in note.sentence("en") for note in outlook.notes)


# --- moves ---------------------------------------------------------------------------------------------

MOVES = (
    {"kind": "merger", "origin": ["A"], "target": "B"},
    {"kind": "closure", "origin": ["A"], "target": ["B", "C"]},
    {"kind": "diversion", "origin": ["A"], "target": ["C"], "stage": "primary", "share": 0.4},
    {"kind": "diversion", "origin": ["A"], "target": ["B", "C"], "stage": "primary", "share": 0.7, "mode": "all", "end": 2026},
    {"kind": "stage_relocation", "origin": ["B"], "target": ["A"], "stage": "primary"},
    {"kind": "opening", "intake": {"primary": 60}, "ramp": [0.5, 1.0],
     "school": {"school_id": "N", "name": "N", "type": "primary", "area": "town"}},
    {"kind": "merger", "origin": ["A", "B"],
     "school": {"school_id": "N", "name": "N", "type": "primary", "area": "town"}},
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(MOVES)))
def test_a_move_never_changes_the_county(number):
    """Whatever the schools' own ratios are: who moved keeps those of the school it came from."""
    apart = np.array([0.03, 0.0, -0.02, 0.01, 0.0, 0, 0, 0])
    now = town(C=50.0) | {"A": steady(100, RATIO + apart), "B": steady(80, RATIO - apart)}
    county = cohort_county(now, YEARS, BIRTHS)
    plain = project(county, scenario(), 2031)
    moved = project(county, scenario(moves=[{"start": 2024, **ANY, **MOVES[number]}]), 2031)
    assert len(moved.flows)
    assert course(moved) == pytest.approx(course(plain), rel=1e-12)


def test_a_merger_in_donghe_keeps_every_pupil():
    county = load_county("150202-donghe")
    one, other = "牛桥街小学", "公园路小学"
    move = {"kind": "merger", "origin": [one], "target": other, "start": 2023, **ANY}
    plain = project(county, "baseline", 2030)
    merged = project(county, Scenario.model_validate({"name": {"zh": "并", "en": "M"}, "moves": [move]}), 2030)  # fmt: skip
    assert course(merged) == pytest.approx(course(plain), rel=1e-12)
    names = list(plain.county.tables["schools"]["name"])
    both = [names.index(one), names.index(other)]
    at = 2030 - plain.last
    assert merged.students[at, both[0]].sum() == 0
    assert merged.students[at, both[1]] == pytest.approx(plain.students[at, both].sum(axis=0))
