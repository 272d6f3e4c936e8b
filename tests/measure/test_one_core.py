"""Promise: one rule, one answer. Whatever a standard says, a county, a nation and draws agree."""

from __future__ import annotations

import dataclasses
import functools
import io
import subprocess
import sys
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import analyze, load_county
from analysis.base.schema.terms import STAGES
from analysis.future.odds import draws
from analysis.future.projection.model import Model
from analysis.measure.balance import CV_DECIMALS
from analysis.measure.indicators import STATUSES, round_half_up
from analysis.measure.side_by_side.nation import judge_nation
from analysis.measure.verdicts import VERDICTS
from analysis.policy.entries import Entry
from analysis.policy.standards import Profile, Standard, load_standard
from analysis.present.tables.balance import influence_grid

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


COUNTIES = ("652323-hutubi", "150302-haibowan", "230505-sifangtai")
CONCESSIONS = ("sports_venues", "pe_arts_part_time", "size_built_by_2010", "rooms_built_by_2016")
STAFF = ("pe_arts_part_time_primary", "pe_arts_part_time_junior")


class _Still:
    """No noise at all."""

    def __init__(self, *arguments):
        pass

    def of_year(self, year, state):
        return {}


@functools.cache
def sample(name: str):
    return load_county(name)


@functools.cache
def near_values(name: str) -> dict[str, list[float]]:
    """By entry: values of the last year as they are printed, so that rounding decides."""
    study = analyze(sample(name))
    found: dict[str, list[float]] = {}
    for (stage, indicator), part in study.indicators.groupby(["stage", "indicator"]):
        printed = round_half_up(part["value"].to_numpy(), INDICATORS[indicator].decimals)
        found[f"{indicator}.{stage}"] = sorted(set(printed[printed > 0].tolist()))
    for stage, part in study.balance.groupby("stage"):
        cv = round_half_up(part["cv"].to_numpy(), CV_DECIMALS)
        found[f"cv.{stage}"], found[f"composite_cv.{stage}"] = cv[:-1].tolist(), [cv[-1]]
    return {entry: values for entry, values in found.items() if values}


def judged_by(county, values: dict[str, object], concessions: list[str]):
    """The county with a standard of its own, in which some entries have other values."""
    base = county.standard.evaluation
    entries = {}
    for name, value in values.items():
        entry = base.entries[name]
        entries[name] = Entry.model_validate(
            entry.model_dump() | {"values": {"2000-01-01": value}, "new": False}
        )
    profile = Profile(
        id="own",
        title=base.title,
        kind="evaluation",
        extends=base.id,
        judged_on=base.profile.judged_on,
        concessions=tuple(concessions),
        entries=entries,
    )
    return dataclasses.replace(county, standard=Standard([profile, *base.profiles]))


@st.composite
def standards(draw, name: str, base: Standard):
    """Values of entries: options, thresholds, limits; each of them left alone half of the time."""
    values: dict[str, object] = {}
    near = near_values(name)

    def sometimes(name: str, strategy: st.SearchStrategy) -> None:
        if draw(st.booleans()):
            values[name] = draw(strategy)

    yes_no = st.sampled_from(["yes", "no"])
    sometimes("option.cv_weighting", st.sampled_from(["students", "none"]))
    sometimes("option.decide_on", st.sampled_from(["unrounded", "rounded"]))
    sometimes("option.private_in_scope", yes_no)
    sometimes("option.special_education_in_scope", yes_no)
    sometimes("option.teaching_point_students", st.sampled_from([0, 50, 100, 300]))
    sometimes("school.indicators_met", st.integers(1, 7))
    sometimes("school.floor", st.sampled_from([0.1, 0.5, 0.85, 1.0]))
    for stage in STAGES:
        for entry in (f"cv.{stage}", f"composite_cv.{stage}"):
            limits = [None, 0.05, 0.2, 0.45, 0.9]
            sometimes(entry, st.sampled_from(limits) | st.sampled_from(near.get(entry) or [0.3]))
        sometimes(f"G5.{stage}", st.sampled_from([None, 20, 40, 45, 60]))
        for indicator in INDICATORS:
            entry = f"{indicator}.{stage}"
            usual = float(base.entries[entry].on("2025-01-01"))
            some = st.sampled_from([0.1 * usual, 0.5 * usual, usual, 1.1 * usual])
            sometimes(entry, some | st.sampled_from(near.get(entry) or [usual]))
    for entry in ("G4.school_size", "G4.through_school_size"):
        sometimes(entry, st.sampled_from([None, 300, 1000, 2000]))
    return values, draw(st.lists(st.sampled_from(CONCESSIONS), unique=True))


@st.composite
def counties(draw):
    """A sample with blanks, overrides of scope and what concessions look at; by a standard of its own."""
    name = draw(st.sampled_from(COUNTIES))
    county = sample(name)
    tables = dict(county.tables)
    yearly, roster = tables["school_years"].copy(), tables["schools"].copy()
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    for column in (*STAFF, "off_campus_sports_area_m2"):
        yearly[column] = pd.array(rng.integers(0, 3, len(yearly)) * 1.0, dtype="Float64").astype(
            yearly[column].dtype
        )
    for column in draw(
        st.lists(
            st.sampled_from(["teaching_area_m2", "backbone_junior", "multimedia_rooms"]), max_size=2
        )
    ):
        blank = rng.random(len(yearly)) < 0.05
        yearly[column] = yearly[column].mask(blank)
    enrolment = tables["enrolment"].copy()
    silent = draw(st.sampled_from(["", "students", "largest_class"]))
    school = rng.choice(roster["school_id"].to_numpy(dtype=object))
    if silent == "largest_class":
        here = (enrolment["school_id"] == school).to_numpy()
        enrolment["largest_class"] = enrolment["largest_class"].mask(here)
    elif silent:
        last = (yearly["school_id"] == school) & (yearly["year"] == county.last_observed)
        for stage in STAGES:
            yearly[f"students_{stage}"] = yearly[f"students_{stage}"].mask(last.to_numpy())
        here = (enrolment["school_id"] == school) & (enrolment["year"] == county.last_observed)
        enrolment = enrolment[~here.to_numpy()]
    chosen = rng.random(len(roster))
    share = draw(st.sampled_from([0.0, 0.2]))
    scope = roster["indicators_in_scope"].astype(object)
    scope[chosen < share] = "yes"
    scope[chosen > 1 - share] = "no"
    roster["indicators_in_scope"] = scope.astype(roster["indicators_in_scope"].dtype)
    tables |= {"school_years": yearly, "schools": roster, "enrolment": enrolment}
    county = dataclasses.replace(county, tables=MappingProxyType(tables), fingerprint=str(seed))
    return judged_by(county, *draw(standards(name, county.standard.evaluation)))


@pytest.mark.slow
@given(county=counties())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_county_nation_and_draws_agree_on_every_rule(county):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draws, "Noise", _Still)
        study = analyze(county, scenario="baseline", until=county.last_observed + 3)
        in_time = Model(county, "baseline").scenario.model_copy(update={"lateness": None})
        drawn = draws.forecast(county, in_time, until=county.last_observed + 3, draws=2)
    _same_as_nation(study)
    _same_as_draws(study, drawn)


def _same_as_nation(study) -> None:
    code = study.county.code
    tables = {name: study.county.tables[name] for name in ("schools", "school_years")}
    tables["schools"] = tables["schools"].assign(county=code)
    nation = judge_nation(tables, study.county.standard.evaluation, concessions=study.concessions)
    ours, seven = study.all_indicators, len(INDICATORS)
    assert len(ours) == nation.value.size
    for name in ("value", "shortfall"):
        np.testing.assert_array_equal(
            ours[name].to_numpy().reshape(-1, seven).T, getattr(nation, name)
        )
    statuses = np.array(STATUSES, dtype=object)[nation.status].T.ravel()
    assert (ours["status"].to_numpy(dtype=object) == statuses).all()
    verdicts = np.array(VERDICTS, dtype=object)[nation.verdict]
    assert (study.all_schools["status"].to_numpy(dtype=object) == verdicts).all()
    table = study.all_balance
    for name in ("cv", "status"):
        found = getattr(nation.balance, name)[:, 0].transpose(1, 2, 0).ravel()
        np.testing.assert_array_equal(table[name].to_numpy(dtype=found.dtype), found)


def _same_as_draws(study, drawn) -> None:
    ahead = study.all_balance[study.all_balance["year"] > study.county.last_observed]
    both = drawn.cv.merge(ahead, on=["year", "stage", "indicator"])
    assert len(both) == len(drawn.cv)
    assert both["median"].to_numpy() == pytest.approx(both["cv"].to_numpy(), rel=1e-9)
    for row in drawn.probability.to_dict("records"):
        year = row["year"]
        rows = study.all_evaluation[study.all_evaluation["year"] == year]
        resource = rows[rows["part"] == "resource"]
        schools = study.all_schools[study.all_schools["year"] == year]["status"]
        assert row["schools"] == (schools == "met").all()
        cv = resource[~resource["item"].str.startswith("schools.")]
        cv = cv[~cv["item"].isin([f"{name}.{s}" for name in INDICATORS for s in STAGES])]
        assert row["cv"] == cv["status"].isin(["met", "not_applicable"]).all()
        sizes = rows[rows["item"].str.match(r"G[45](\.|$)")]
        assert row["sizes"] == sizes["status"].isin(["met", "not_applicable"]).all()
        verdict = study.verdicts[year]
        assert (row["met"], row["open"]) == (verdict is True, verdict is None)


@pytest.mark.slow
@pytest.mark.parametrize("limit", [0.05, 0.9])
def test_a_limit_for_the_composite_counts_in_the_draws(limit):
    """Seen: a chance of 1.0 for the CVs where the composite of the same course was not met."""
    values = {f"composite_cv.{stage}": limit for stage in STAGES} | {
        f"cv.{stage}": 5.0 for stage in STAGES
    }
    county = judged_by(sample("150302-haibowan"), values, [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draws, "Noise", _Still)
        drawn = draws.forecast(county, draws=2).probability
    assert (drawn["cv"] == (1.0 if limit == 0.9 else 0.0)).all()


def test_shares_in_a_cv_are_those_of_its_own_weights():
    """With ``cv_weighting: none`` every school counts alike; the share is that of the plain CV."""
    county = judged_by(sample("652323-hutubi"), {"option.cv_weighting": "none"}, [])
    study = analyze(county)
    for (stage, indicator), part in study.influence.groupby(["stage", "indicator"]):
        value = part["value"].to_numpy()
        square = (value - value.mean()) ** 2
        assert part["share"].to_numpy() == pytest.approx(square / square.sum(), rel=1e-9)
        assert part["mean"].to_numpy() == pytest.approx(value.mean(), rel=1e-12)
        assert part["share"].is_monotonic_decreasing, (stage, indicator)
    first = study.influence.iloc[0]
    assert f"{first['school']} " in influence_grid(study, "en").rows[0][2].text


#: Judges with the indicators that are named, in that order, and prints one table.
OTHER_INDICATORS = """
import sys
from analysis import analyze, load_county
from analysis.base.schema.indicators import Indicators
from analysis.future.odds.draws import forecast
from analysis.measure.side_by_side.nation import judge_nation

county = load_county(sys.argv[1])
standard = county.standard.evaluation
left = Indicators(standard.indicators[name] for name in sys.argv[2:])
standard.__dict__.update(indicators=left, evaluation=standard)
study = analyze(county, scenario="baseline", until=county.last_observed + 1)
tables = {name: county.tables[name] for name in ("schools", "school_years")}
tables["schools"] = tables["schools"].assign(county=county.code)
nation = judge_nation(tables, county.standard.evaluation)
drawn = forecast(county, until=county.last_observed + 1, draws=3)
assert nation.balance.cv.shape[0] == len(left) + 1
assert set(drawn.cv["indicator"]) == set(left)
study.all_balance.to_pickle(sys.stdout.buffer)
"""


@pytest.mark.slow
def test_number_and_order_of_indicators_come_from_one_place():
    """Fewer of them, the other way round: each of those left comes to what it came to before."""
    left = [
        name
        for name in reversed([*INDICATORS])
        if name not in ("teaching_area", "pe_arts_teachers")
    ]
    command = [sys.executable, "-c", OTHER_INDICATORS, "652323-hutubi", *left]
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    key = ["year", "stage", "indicator"]
    others = pd.read_pickle(io.BytesIO(done.stdout))
    county = sample("652323-hutubi")
    ours = analyze(county, scenario="baseline", until=county.last_observed + 1).all_balance

    assert list(dict.fromkeys(others["indicator"])) == [*left, "composite"]
    both = others[others["indicator"] != "composite"].merge(ours, on=key, suffixes=("", "_ours"))
    assert len(both) == len(ours) * len(left) / (len(INDICATORS) + 1)
    for name in ("schools", "missing", "mean", "sd", "cv", "limit", "status", "gini", "theil"):
        assert both[name].equals(both[f"{name}_ours"]), name
