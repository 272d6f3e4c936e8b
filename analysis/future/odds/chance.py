"""How likely a projected year's verdict is, as a number that keeps its condition with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ...policy.entries import Text

#: From this share of the draws on a year is called one in which something is met.
EVEN = 0.5

#: Draws where only a chance is wanted: its standard error is at most 0.036.
FEW_DRAWS = 200

#: Draws of the scenario that a report is about, whose bands are shown.
DRAWS = 1000


@dataclass(frozen=True)
class Chance:
    """Shares of the draws of one projected year, and what they are conditional on.

    Attributes
    ----------
    scenario : Text
        Name of the scenario whose assumptions are taken to hold.
    year : int
    met, resource, open : float
        Shares of the draws (0 to 1) in which it is known that everything, and the resource part, is
        met; and in which nothing fails but something was not reported.
    draws, seed : int
    """

    scenario: Text
    year: int
    met: float
    resource: float
    open: float
    draws: int
    seed: int

    @property
    def even(self) -> bool:
        """Whether everything is met in at least half of the draws."""
        return self.met >= EVEN

    def to_dict(self) -> dict:
        """For a record or the metadata of a file; `from_dict` reads it."""
        return asdict(self) | {"scenario": self.scenario.model_dump()}

    @classmethod
    def from_dict(cls, found: dict | None) -> Chance | None:
        """A chance from `to_dict`; None from None."""
        return found and cls(**found | {"scenario": Text(**found["scenario"])})
