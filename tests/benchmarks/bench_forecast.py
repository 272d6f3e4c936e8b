"""10,000 draws of a county, beside a plain Python loop over draws, schools, grades and years.

Run: ``python tests/benchmarks/bench_forecast.py``
"""

from __future__ import annotations

import math
import random
import time

from analysis import analyze, load_county
from analysis.base.schema.terms import STAGES
from analysis.future.grades import GRADES
from analysis.future.odds.draws import Draws
from analysis.future.odds.noise import spreads
from analysis.future.projection.model import Model
from analysis.policy.standards import load_standard

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


COUNTY, DRAWS, LOOPED = "150202-donghe", 10_000, 20
TARGET = "2 s"


def plain_loop(model: Model, study, draws: int) -> float:
    """The same question asked without arrays: pupils by cohort, seven values, CVs, school rule."""
    spread, schools = spreads(model), range(len(model.ids))
    factor, start = model.rates.factor.tolist(), model.observed_students.tolist()
    shares = {stage: model.rates.shares[stage].tolist() for stage in STAGES}
    table = study.all_indicators
    have = {
        key: part.set_index("indicator")["quantity"].to_dict()
        for key, part in table[table["year"] == model.last].groupby(["stage", "school_id"])
    }
    rules = study.years[model.years[-1]]
    passed = 0
    into_junior = model.rates.flows[0].ratio
    for _ in range(draws):
        state = [row[:] for row in start]
        for year in model.years:
            new = [[0.0] * GRADES for _ in schools]
            entrants = model.rates.entrants[year] * math.exp(random.gauss(0, spread.entry))
            leavers = sum(row[5] for row in state) * into_junior
            for school in schools:
                for grade in range(1, GRADES):
                    noise = math.exp(random.gauss(0, spread.progression))
                    new[school][grade] = state[school][grade - 1] * factor[school][grade] * noise
                new[school][0] = entrants * shares["primary"][school]
                new[school][6] = leavers * shares["junior"][school]
            state, fine = new, True
            for stage, first, last in (("primary", 0, 6), ("junior", 6, 9)):
                rows = []
                for school, code in enumerate(model.ids):
                    pupils = sum(state[school][first:last])
                    if pupils > 0 and (stage, code) in have:
                        rows.append((pupils, have[(stage, code)]))
                total = sum(pupils for pupils, _ in rows)
                for name, about in INDICATORS.items():
                    values = [(p, about.per * q[name] / p) for p, q in rows]
                    mean = sum(p * v for p, v in values) / total
                    square = sum(p * (v - mean) ** 2 for p, v in values) / total
                    fine &= math.sqrt(square) / mean <= rules.number(f"cv.{stage}")
                    fine &= all(v >= rules.number(f"{name}.{stage}") * 0.85 for _, v in values)
            passed += fine
    return passed / draws


def main() -> list[tuple]:
    county = load_county(COUNTY)
    model = Model(county, "baseline")
    study = analyze(county, scenario="baseline")
    assert study.all_evaluation is not None
    Draws(model, study, 200, 1).run()
    start = time.process_time()
    Draws(model, study, DRAWS, 1).run()
    ours = time.process_time() - start
    random.seed(1)
    start = time.process_time()
    plain_loop(model, study, LOOPED)
    theirs = (time.process_time() - start) * DRAWS / LOOPED
    name = f"{DRAWS:,} draws, {len(model.ids)} schools x {len(model.years)} years (s; loop scaled from {LOOPED})"
    return [(name, ours, theirs, theirs / ours, f"ours below {TARGET}")]


if __name__ == "__main__":
    for what, ours, theirs, ratio, target in main():
        print(f"{what}: {ours:.2f} | plain Python {theirs:.0f} | {ratio:.0f} x | {target}")
