"""What it costs if every school buys its own shortfall: the list that the report prints anyway.

Each school brings every indicator to its threshold by itself, without choosing the one that may
remain and without asking what a colleague could spare; whatever coefficients of variation are still
beyond their limits are then repaired step by step where a yuan helps most. Against this the saving
of a plan is measured.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from ..problem.goal import Goal
from ..problem.instance import Instance
from .composite.limit import composites_of
from .cone import Cone
from .model import Program, reached
from .repair import repaired


def greedy(instance: Instance, program: Program, goal: Goal) -> tuple[Fraction, list[int]] | None:
    """Cost and solution of the greedy repair; None where it does not reach the goal."""
    values = [int(low) for low in program.lower]
    for row, about in enumerate(instance.rows):
        if not goal.asks(instance, row):
            continue
        for k in goal.indicators or range(len(instance.names)):
            gain = program.gain.get((row, k), {})
            lack = about.need[k] - instance.have(row, k) - reached(gain, values)
            if lack <= 0:
                continue
            able = [
                (program.cost[v] / amount, v, amount)
                for v, amount in gain.items()
                if amount > 0 and program.buys(v)
            ]
            for _, v, amount in sorted(able):
                units = min(math.ceil(lack / amount), program.upper[v] - values[v])
                values[v] += int(units)
                lack -= units * amount
                if lack <= 0:
                    break
            if lack > 0:
                return None
    cones = [
        cone
        for (stage, k), limit in instance.limit.items()
        if k in goal.variations and limit is not None
        for cone in [Cone(instance, program, stage, k)]
        if cone.judged
    ]
    composites = composites_of(instance, program, goal)
    floats = np.array(values, dtype=float)
    if any(each.excess(floats) > 0 for each in (*cones, *composites)):
        found = repaired(program, cones, floats, composites)
        if found is None:
            return None
        values = [round(each) for each in found.tolist()]
    if any(reached(terms, values) != level for terms, level in program.equal):
        return None  # something is fixed at what the greedy repair does not do
    return program.total(values), values
