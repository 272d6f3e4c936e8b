"""What limits the proof of a plan, or why there is none."""

from __future__ import annotations

from ..base.files import N_
from ..base.language import Said
from ..base.schema.terms import STAGE_LABELS, STAGES
from .plan import LEFT_OUT
from .result import Remedy
from .solve.why import smallest


def reasons(best: Remedy, combos: list, given_up: int, years: int) -> list[Said]:
    """What limits the proof, or why there is no plan."""
    said = []
    for code, stage in best.instance.left_out:
        name = best.names[code]
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
