"""`remedy(county, …)`: from a county and a goal to a plan, its price and its proof."""

from __future__ import annotations

import functools
import itertools
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from ..base.files import N_, problem
from ..base.language import Said
from ..base.schema.terms import STAGE_LABELS, STAGES
from ..data.county import County
from ..data.load import load_county
from ..future.analyze import analyze
from ..future.projected import Outlook, project
from ..measure.study import Study
from .plan import LEFT_OUT, Measure, apply, measures_of
from .problem.diversions import diverted
from .problem.goal import Goal, read_goal
from .problem.instance import NAMES, Instance, read_instance
from .problem.means import Diversion, Means, read_means
from .solve.greedy import greedy
from .solve.model import Key, Program, amounts_by, build
from .solve.search import Found, search
from .solve.why import smallest

#: Entries of a menu of diversions of which every combination is tried.
MENU = 6


@dataclass(frozen=True, eq=False)
class Remedy:
    """A plan and what is proved about it.

    Attributes
    ----------
    study : Study
        The county before, in the year for which the plan is made; with the diversions chosen.
    instance, means, goal, program
        What was solved.
    found : Found
        Status, cost, bound and solution.
    measures : list of Measure
    diversions : tuple of Diversion
        Chosen from the menu.
    greedy : Fraction or None
        What it costs if every school buys its own shortfall.
    why : tuple of Said
        What limits the proof, or why there is no plan.
    seconds : float
    """

    study: Study
    instance: Instance
    means: Means
    goal: Goal
    program: Program = field(repr=False)
    found: Found = field(repr=False)
    measures: list[Measure] = field(repr=False)
    diversions: tuple[Diversion, ...]
    greedy: Fraction | None
    why: tuple[Said, ...]
    seconds: float

    @property
    def status(self) -> str:
        """`optimal`, `feasible`, `infeasible`, or `open` where the time ended without a plan."""
        return self.found.status

    @property
    def cost(self) -> Fraction | None:
        """Yuan, diversions included."""
        extra = sum((Fraction(str(each.cny)) for each in self.diversions), Fraction(0))
        return None if self.found.cost is None else self.found.cost + extra

    @property
    def bound(self) -> Fraction | None:
        """What no plan undercuts, yuan."""
        return self.found.bound

    @property
    def gap(self) -> float:
        """(cost - bound) / cost."""
        if self.cost is None or self.bound is None:
            return math.inf
        return float((self.cost - self.bound) / self.cost) if self.cost else 0.0

    @property
    def saving(self) -> float | None:
        """Part of the greedy repair's cost that the plan saves."""
        if self.greedy is None or not self.greedy or self.cost is None:
            return None
        return float(1 - self.cost / self.greedy)

    @functools.cached_property
    def after(self) -> Study:
        """The county after the plan, judged by the engine as any other."""
        county = apply(self.study.county, self.study.year, self.measures, self.means)
        return analyze(
            county,
            self.study.year,
            as_of=self.study.as_of,
            concessions=self.study.concessions,
        )

    @functools.cached_property
    def confirmed(self) -> bool:
        """Whether the engine's own evaluation of the changed tables says what the goal asks."""
        if self.found.values is None:
            return False
        rows = self.after.schools
        codes = {s.school_id for s in self.instance.schools}
        left_out = set(self.instance.left_out)
        judged = [
            (code, stage) not in left_out and code in codes
            for code, stage in zip(rows["school_id"], rows["stage"], strict=True)
        ]
        rows = rows[judged]
        balance = self.after.balance
        within = True
        for (stage, k), limit in self.instance.limit.items():
            if k in self.goal.variations and limit is not None:
                row = balance[(balance["stage"] == stage) & (balance["indicator"] == NAMES[k])]
                status = row["status"].iloc[0]
                # with a school that is not known it stays open; the others were proved exactly
                within &= status in ("met", "not_applicable") or bool(left_out)
        if self.goal.most:
            passing = rows[rows["status"] == "met"].groupby("school_id").size()
            whole = rows.groupby("school_id").size()
            return int((passing.reindex(whole.index) == whole).sum()) >= self.schools_passing
        if self.goal.schools is not None:
            rows = rows[rows["school_id"].isin(self.goal.schools)]
        if self.goal.indicators:
            table = self.after.indicators
            name = [NAMES[k] for k in self.goal.indicators]
            table = table[table["indicator"].isin(name) & table["status"].ne("not_assessed")]
            return within and bool((table["status"] == "met").all())
        return within and bool((rows["status"] == "met").all())

    @property
    def schools_passing(self) -> int:
        """Schools of which every judged row passes after the plan."""
        return len(passing_schools(self.instance, self.found))


def passing_schools(instance: Instance, found: Found) -> set[int]:
    """Positions of the schools of which every judged row passes."""
    if found.verdict is None:
        return set()
    failing = {
        row.school for n, row in enumerate(instance.rows) if n not in set(found.verdict.passing)
    }
    return set(range(len(instance.schools))) - failing


def remedy(
    county: County | str | Path,
    year: int | None = None,
    *,
    scenario: str | Outlook | None = None,
    by: int | None = None,
    means: Means | Path | None = None,
    goal: str | Goal = "all",
    schools: Iterable[str] = (),
    budget: float | None = None,
    concessions: Iterable[str] | None = None,
    locks: Mapping[Key, tuple[float, float]] | None = None,
    seconds: float = 60.0,
    gap: float = 1e-4,
    nodes: int | None = None,
) -> Remedy:
    """The cheapest way for a county to pass, with a bound that proves it.

    Parameters
    ----------
    county : County, str or Path
        A county, its folder or workbook, or the name of a sample.
    year : int, optional
        School year; the last observed one if omitted.
    scenario : str or Outlook, optional
        Projects the county by this scenario; the year is then `by`.
    by : int, optional
        Year of the projection by which it has to pass; the county's target year if omitted.
    means : Means or Path, optional
        What may be done at which price; `remedy.yaml` beside the data, else the built-in prices.
    goal : str or Goal
        As for `analysis.remedy.problem.goal.read_goal`.
    schools : iterable of str
        For the goal ``schools``.
    budget : float, optional
        The most that may be spent, yuan.
    concessions : iterable of str, optional
    locks : mapping, optional
        What is fixed or forbidden (`analysis.remedy.solve.model.build`).
    seconds : float
        Limit of time.
    gap : float
        Relative gap at which the search may end; 0: the optimum itself.
    nodes : int, optional
        A limit of work instead of time (`analysis.remedy.solve.search.search`).

    Returns
    -------
    Remedy

    Raises
    ------
    InputError
        The county, scenario or prices cannot be read; no data or no judged school in the year; no
        such goal.
    """
    begun = time.perf_counter()
    if not isinstance(county, County):
        county = load_county(county)
    own = means if isinstance(means, Means) else read_means(county, means)
    years = 1
    if scenario is not None:
        outlook = scenario
        if not isinstance(outlook, Outlook):
            by = by or county.record.target_year
            outlook = project(county, scenario, by)
        year = by or outlook.until
        years = max(year - outlook.last, 1)
        county = outlook.county
    elif by is not None:
        raise problem(N_("--by names a projected year; it needs --scenario"))
    study = analyze(county, year, concessions=concessions)
    left = seconds
    best: Remedy | None = None
    combos = _combinations(own.diversions)
    bounds, given_up = [], 0
    for chosen in combos:
        again = study
        if chosen:
            moved = diverted(study.county, study.year, chosen)
            again = analyze(moved, study.year, concessions=study.concessions)
        instance = read_instance(again)
        if not instance.rows:
            raise problem(
                N_("no school can be judged in {year}, so there is nothing to plan"),
                file=county.path,
                year=study.year,
            )
        wanted = goal
        if not isinstance(goal, Goal):
            wanted = read_goal(goal, instance, budget=budget, schools=schools)
        extra = sum((Fraction(str(each.cny)) for each in chosen), Fraction(0))
        if wanted.budget is not None:
            wanted = replace(wanted, budget=wanted.budget - extra)
        program = build(instance, own, wanted, years=years, locks=locks)
        share = left if len(combos) == 1 else max(left / (len(combos) - len(bounds)), 0.5)
        found = _solved(instance, program, wanted, share, gap, nodes)
        left = seconds - (time.perf_counter() - begun)
        given_up += found.status in ("feasible", "open")
        if found.status != "infeasible":
            bounds.append((found.bound or Fraction(0)) + extra)
        else:
            bounds.append(None)
        measures = (
            measures_of(instance, own, amounts_by(program, found.values)) if found.values else []
        )
        answer = Remedy(
            *(again, instance, own, wanted, program, found, measures, chosen, None, (), 0.0)
        )
        if best is None or _better(answer, best):
            best = answer
    known = [bound for bound in bounds if bound is not None]
    if len(combos) > 1 and known and best.found.cost is not None:
        best.found.bound = min(known)
        best.found.status = "optimal" if best.gap <= gap else "feasible"
    base = greedy(best.instance, best.program, best.goal)
    return replace(
        best,
        greedy=base[0] if base else None,
        why=tuple(_why(best, combos, given_up, years)),
        seconds=time.perf_counter() - begun,
    )


def _better(one: Remedy, other: Remedy) -> bool:
    if one.goal.most and one.cost is not None and other.cost is not None:
        return (-one.schools_passing, one.cost) < (-other.schools_passing, other.cost)
    if one.cost is None or other.cost is None:
        return other.cost is None and one.cost is not None
    return one.cost < other.cost


def _combinations(menu: tuple[Diversion, ...]) -> list[tuple[Diversion, ...]]:
    """Every choice from the menu, none first."""
    if len(menu) > MENU:
        raise problem(
            N_("the menu has {n} diversions; every combination is solved, so {most} are the most"),
            n=len(menu),
            most=MENU,
        )
    return [
        chosen for size in range(len(menu) + 1) for chosen in itertools.combinations(menu, size)
    ]


def _solved(
    instance: Instance,
    program: Program,
    goal: Goal,
    seconds: float,
    gap: float,
    nodes: int | None,
) -> Found:
    """The search; for the goal `most` first the number of schools, then the cheapest plan for it."""
    if not goal.most:
        return search(instance, program, goal, seconds=seconds, gap=gap, nodes=nodes)
    prices = program.cost
    program.cost = [
        Fraction(-1) if v in set(program.passing.values()) else Fraction(0)
        for v in range(len(prices))
    ]
    counted = search(instance, program, goal, seconds=seconds / 2, gap=0.0, nodes=nodes)
    program.cost = prices
    if counted.values is None:
        return counted
    number = -counted.cost
    program.rows.append(({v: Fraction(1) for v in program.passing.values()}, number))
    found = search(
        *(instance, program, goal),
        seconds=seconds / 2,
        gap=gap,
        start=counted.values,
        nodes=nodes,
    )
    if counted.status != "optimal" and found.status == "optimal":
        # cheapest for this number, but more schools are not ruled out
        found.status = "feasible"
    return found


def _why(best: Remedy, combos: list, given_up: int, years: int) -> list[Said]:
    """What limits the proof, or why there is no plan."""
    said = []
    names = {s.school_id: s.name for s in best.instance.schools}
    roster = best.study.county.tables["schools"].set_index("school_id")["name"]
    for code, stage in best.instance.left_out:
        name = names.get(code, roster.get(code, code))
        said.append(Said(LEFT_OUT, {"school": name, "stage": STAGE_LABELS[stage]}))
    if best.instance.composite and best.found.values is not None:
        balance = best.after.balance
        row = balance[(balance["indicator"] == "composite") & (balance["status"] == "not_met")]
        for stage in (each for each in STAGES if each in set(row["stage"])):
            said.append(
                Said(
                    N_(
                        "the composite coefficient of variation ({stage}) stays above its limit: the program does not hold it"
                    ),
                    {"stage": STAGE_LABELS[stage]},
                )
            )
    if len(combos) > 1:
        said.append(
            Said(
                N_(
                    "moving pupils makes the problem non-convex: all {n} combinations of the menu were solved one by one, {open} of them without a full proof; other moves are not covered"
                ),
                {"n": len(combos), "open": given_up},
            )
        )
    if best.status == "feasible":
        said.append(
            Said(
                N_(
                    "the time ended before the proof was complete: the plan is the best found, {gap} above the bound"
                ),
                {"gap": f"{best.gap:.2%}"},
            )
        )
    if best.status == "infeasible":
        relaxed = smallest((best.instance, best.means, best.goal), years)
        if relaxed:
            said.append(
                Said(
                    N_("no plan reaches the goal; the fewest changes that would allow one: {what}"),
                    {"what": _Joined(relaxed)},
                )
            )
        else:
            said.append(Said(N_("no plan reaches the goal, whatever is allowed"), {}))
    if best.status == "open":
        said.append(Said(N_("the time ended before any plan was found"), {}))
    return said


class _Joined:
    """Several sentences as one value, in either language."""

    def __init__(self, parts: list[Said]):
        self.parts = parts

    @property
    def zh(self) -> str:
        return "；".join(part.zh for part in self.parts)

    @property
    def en(self) -> str:
        return "; ".join(part.en for part in self.parts)
