"""HiGHS: the one place that knows the solver.

`highspy` and not `scipy.optimize.milp`: the same solver, but it keeps its model, takes rows one after
the other and starts from a plan that is known. One thread and a fixed seed: the same model gives
the same plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np


@dataclass(frozen=True)
class Answer:
    """What a run came to.

    Attributes
    ----------
    status : {"optimal", "infeasible", "stopped"}
        `stopped`: the time was over; `values` may be missing then.
    values : ndarray or None
    cost, bound : float
        Of the best solution, and what no solution undercuts; infinite where there is none.
    """

    status: str
    values: np.ndarray | None
    cost: float
    bound: float


class Solver:
    """A linear program that grows; variables are whole or not, by what is asked."""

    def __init__(
        self,
        cost: Sequence[float],
        lower: Sequence[float],
        upper: Sequence[float],
        nodes: int | None = None,
    ):
        self.highs = highspy.Highs()
        for name, value in {
            "output_flag": False,
            "threads": 1,
            "random_seed": 1,
            "mip_feasibility_tolerance": 1e-7,
            "primal_feasibility_tolerance": 1e-8,
            # searches beside a plan inside the solver took three quarters of its time, and what
            # they find branching finds sooner
            "mip_heuristic_run_rins": False,
            "mip_heuristic_run_rens": False,
        }.items():
            self.highs.setOptionValue(name, value)
        self.nodes = nodes
        self.whole = np.zeros(0, dtype=bool)
        self.add_variables(cost, lower, upper, whole=True)

    def add_variables(
        self,
        cost: Sequence[float],
        lower: Sequence[float],
        upper: Sequence[float],
        *,
        whole: bool = False,
    ) -> int:
        """Append variables; the position of the first one."""
        first, count = len(self.whole), len(cost)
        empty = np.zeros(0, dtype=np.int32)
        self.highs.addCols(
            *(count, np.asarray(cost, dtype=float), np.asarray(lower, dtype=float)),
            *(np.asarray(upper, dtype=float), 0, np.zeros(count, dtype=np.int32), empty),
            np.zeros(0),
        )
        self.whole = np.concatenate([self.whole, np.full(count, whole)])
        return first

    def add_rows(self, rows: Sequence[tuple[Mapping[int, float], float, float]]) -> None:
        """Append constraints ``low <= sum(coefficient * variable) <= high``."""
        if not rows:
            return
        starts, index, value = [], [], []
        for terms, _, _ in rows:
            starts.append(len(index))
            index.extend(terms)
            value.extend(float(each) for each in terms.values())
        self.highs.addRows(
            len(rows),
            np.array([float(low) for _, low, _ in rows]),
            np.array([float(high) for _, _, high in rows]),
            *(len(index), np.array(starts, dtype=np.int32), np.array(index, dtype=np.int32)),
            np.array(value, dtype=float),
        )

    def relaxed(self) -> Answer:
        """Without whole numbers; goes on from the last basis."""
        self._whole(False)
        return self._run()

    def solved(
        self,
        seconds: float,
        gap: float,
        start: np.ndarray | None = None,
        nodes: int | None = None,
    ) -> Answer:
        """In whole numbers.

        Parameters
        ----------
        seconds : float
            Time after which the best solution so far is given.
        gap : float
            Relative distance between cost and bound at which it may stop.
        start : ndarray, optional
            A solution that is known.
        nodes : int, optional
            At which it ends, where that is fewer than what was said at the beginning.
        """
        # HiGHS mixes up what an earlier linear program left behind with the plan it finds
        self.highs.clearSolver()
        self._whole(True)
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(seconds, 0.01))
        self.highs.setOptionValue("mip_rel_gap", gap)
        most = [number for number in (nodes, self.nodes) if number is not None]
        self.highs.setOptionValue("mip_max_nodes", min(most, default=highspy.kHighsIInf))
        if start is not None:
            known = highspy.HighsSolution()
            known.col_value = [float(each) for each in start]
            self.highs.setSolution(known)
        answer = self._run()
        if answer.values is not None:
            # what its presolve gives back is compared with what it says it costs
            really = float(np.dot(self.highs.getLp().col_cost_, answer.values))
            if abs(really - answer.cost) > 1e-6 * max(abs(really), 1.0):
                self.highs.clearSolver()
                self.highs.setOptionValue("presolve", "off")
                answer = self._run()
                self.highs.setOptionValue("presolve", "choose")
        self.highs.setOptionValue("time_limit", highspy.kHighsInf)
        return answer

    def bounds(self, number: int, low: float, high: float) -> None:
        """Other bounds for a variable."""
        self.highs.changeColBounds(number, low, high)

    def costs(self, cost: Sequence[float]) -> None:
        """Other costs for the first variables."""
        index = np.arange(len(cost), dtype=np.int32)
        self.highs.changeColsCost(len(cost), index, np.asarray(cost, dtype=float))

    def _whole(self, wanted: bool) -> None:
        kind = highspy.HighsVarType.kInteger if wanted else highspy.HighsVarType.kContinuous
        index = np.flatnonzero(self.whole).astype(np.int32)
        self.highs.changeColsIntegrality(len(index), index, np.full(len(index), kind))

    def _run(self) -> Answer:
        self.highs.run()
        status = self.highs.getModelStatus()
        info = self.highs.getInfo()
        kinds = highspy.HighsModelStatus
        if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            return Answer("infeasible", None, np.inf, np.inf)
        if status == kinds.kModelEmpty:
            return Answer("optimal", np.zeros(0), 0.0, 0.0)
        found = info.primal_solution_status == 2
        values = np.array(self.highs.getSolution().col_value) if found else None
        whole = info.mip_node_count >= 0
        bound = info.mip_dual_bound if whole else info.objective_function_value
        done = status == kinds.kOptimal
        if not done and not whole:
            bound = -np.inf
        cost = info.objective_function_value if found else np.inf
        return Answer("optimal" if done else "stopped", values, cost, bound)
