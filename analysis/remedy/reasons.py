"""What limits the proof of a plan, or why there is none."""

from __future__ import annotations

from ..base.files import N_
from ..base.language import Said
from ..base.schema.terms import STAGE_LABELS
from .plan import LEFT_OUT
from .result import Remedy
from .solve.why import smallest


def reasons(best: Remedy, combos: list, given_up: int, years: int) -> list[Said]:
    """What limits the proof, or why there is no plan."""
    said = []
    for code, stage in best.instance.left_out:
        name = best.names[code]
        said.append(Said(LEFT_OUT, {"school": name, "stage": STAGE_LABELS[stage]}))
    if best.found.composite and best.status == "feasible":
        said.append(
            Said(
                N_(
                    "the composite coefficient of variation makes the problem non-convex: its bound comes from boxes that are divided again and again, and {rounds} rounds were not enough to close the gap"
                ),
                {"rounds": best.found.rounds},
            )
        )
    said += best.unmended
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
        if best.instance.composite and best.goal.composite:
            message = N_(
                "no plan within the limit of the composite coefficient of variation was found, and none is proved to be impossible"
            )
        else:
            message = N_("the time ended before any plan was found")
        said.append(Said(message, {}))
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
