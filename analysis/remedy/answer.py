"""`remedy(county, …)`: from a county and a goal to a plan, its price and its proof."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from ..base.files import N_, problem
from ..data.county import County
from ..data.load import load_county
from ..future.analyze import analyze
from ..future.project import Outlook, project
from ..measure.study import Study
from .plan import measures_of, mended
from .problem.diversions import diverted
from .problem.goal import Goal, read_goal
from .problem.instance import Instance, read_instance
from .problem.items import cost_of, mendings
from .problem.means import Diversion, Means, read_means
from .problem.overrides import Forbidden, Locked, overridden
from .reasons import reasons
from .result import Remedy
from .solve.greedy import greedy
from .solve.model import Key, Program, amounts_by, build
from .solve.search import Found, search

#: Entries of a menu of diversions of which every combination is tried.
MENU = 6


def remedy(
    county: County | Study | str | Path,
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
    forbid: Iterable[Forbidden] = (),
    lock: Iterable[Locked] = (),
    prices: Mapping[str, float] | None = None,
    start: Remedy | None = None,
    seconds: float = 60.0,
    gap: float = 1e-4,
    nodes: int | None = None,
) -> Remedy:
    """The cheapest way for a county to pass, with a bound that proves it.

    Parameters
    ----------
    county : County, Study, str or Path
        A county, its folder or workbook, or the name of a sample; or a study, whose year, rules and
        concessions hold as they are.
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
        Bounds of single variables (`analysis.remedy.solve.model.build`).
    forbid : iterable of (means, school or None), optional
        What is not done: ``[("hire", None), ("teaching_area_m2", "S1")]``.
    lock : iterable of (means, school or None, stage or None, amount), optional
        What is done exactly so much, in m², yuan, rooms or persons.
    prices : mapping of str to float, optional
        Yuan of one unit instead of those of `means`: ``{"multimedia_rooms": 40000, "hire.graduate": 1}``.
    start : Remedy, optional
        A former answer for the same county and year: what of it still holds is known at once.
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
    study = county if isinstance(county, Study) else None
    if study is not None:
        if any(each is not None for each in (year, scenario, by, concessions)):
            raise TypeError(
                "a study is taken as it is: year, scenario, by and concessions are its own"
            )
        county = study.county
    elif not isinstance(county, County):
        county = load_county(county)
    own = means if isinstance(means, Means) else read_means(county, means)
    own = overridden(own, county, forbid, lock, prices)
    years, outlook = 1, None
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
    if study is None:
        study = analyze(county, year, concessions=concessions, scenario=outlook)
    elif study.outlook is not None:
        years = max(study.year - study.outlook.last, 1)
    left = seconds
    best: Remedy | None = None
    combos = _combinations(own.diversions)
    bounds, given_up = [], 0
    for chosen in combos:
        again = study
        if chosen:
            moved = diverted(study.county, study.year, chosen)
            again = analyze(moved, study.year, as_of=study.as_of, concessions=study.concessions)
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
        mends, left_over = mendings(again, own) if wanted.items else ([], [])
        beside = cost_of(mends, own)
        extra += beside
        if wanted.budget is not None:
            wanted = replace(wanted, budget=wanted.budget - extra)
        program = build(instance, own, wanted, years=years, locks=locks)
        share = left if len(combos) == 1 else max(left / (len(combos) - len(bounds)), 0.5)
        found = _solved(instance, program, wanted, share, gap, nodes, _former(program, start))
        left = seconds - (time.perf_counter() - begun)
        given_up += found.status in ("feasible", "open")
        if found.status != "infeasible":
            bounds.append((len(left_over), (found.bound or Fraction(0)) + extra))
        else:
            bounds.append(None)
        measures = (
            measures_of(instance, own, amounts_by(program, found.values)) if found.values else []
        )
        if found.values:
            measures = sorted(measures + mended(mends, own))
        about = (again, instance, own, wanted, program, found, measures, chosen, None, (), 0.0)
        answer = Remedy(*about, tuple(mends), tuple(left_over))
        if best is None or _better(answer, best):
            best = answer
    known = [each[1] for each in bounds if each is not None and each[0] == len(best.unmended)]
    if len(combos) > 1 and known and best.found.cost is not None:
        best.found.bound = min(known) - cost_of(list(best.mended), own)
        best.found.status = "optimal" if best.gap <= gap else "feasible"
    base = greedy(best.instance, best.program, best.goal)
    return replace(
        best,
        greedy=base[0] + cost_of(list(best.mended), own) if base else None,
        why=tuple(reasons(best, combos, given_up, years)),
        seconds=time.perf_counter() - begun,
    )


def _former(program: Program, start: Remedy | None) -> list[int] | None:
    """A former plan in the variables of a program; the search keeps it only if it still holds."""
    if start is None or start.found.values is None:
        return None
    before = dict(zip(start.program.keys, start.found.values, strict=True))
    return [int(before.get(key, 0)) for key in program.keys]


def _better(one: Remedy, other: Remedy) -> bool:
    if one.goal.most and one.cost is not None and other.cost is not None:
        return (-one.schools_passing, one.cost) < (-other.schools_passing, other.cost)
    if len(one.unmended) != len(other.unmended) and one.cost is not None:
        return len(one.unmended) < len(other.unmended)
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
    start: list[int] | None = None,
) -> Found:
    """The search; for the goal `most` first the number of schools, then the cheapest plan for it."""
    if not goal.most:
        return search(instance, program, goal, seconds=seconds, gap=gap, nodes=nodes, start=start)
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
