"""What the start page works with: what was dropped, the samples, and what is made of them."""

from __future__ import annotations

from pathlib import Path

from ..base.files import N_, problem
from ..base.language import Language
from ..data.county import County
from ..data.template.write import write_template
from ..planner.desk import Desk
from .tray import Drop, Tray, summary
from .workshop import Wanted, Workshop


class Counter:
    """The counties on the page and everything that is made of them.

    Parameters
    ----------
    folder : Path
        Of this process; everything dropped and made is below it.
    desk : Desk
        Of the planner's page; what is dropped without errors is added to its counties.
    """

    def __init__(self, folder: Path, desk: Desk):
        for name in ("dropped", "made"):
            (folder / name).mkdir(mode=0o700)
        self.tray, self.workshop = Tray(folder / "dropped"), Workshop(folder / "made")
        self.desk = desk
        #: ids of the counties that were dropped, the last one first
        self.own: list[str] = []

    def take(self, body: bytes, say: Language) -> dict:
        """Read and check what was dropped; what the page shows of it."""
        drop = self.tray.take(body)
        self._keep(drop)
        rows = drop.rows(say.code)
        return {
            "drop": drop.id,
            "ok": drop.county is not None,
            "summary": summary(drop, say),
            "rows": rows,
            "more": max(0, len(drop.findings) - len(rows)),
            "county": _id(drop) if drop.county is not None else None,
            "counties": self.counties(say),
        }

    def _keep(self, drop: Drop) -> None:
        if drop.county is not None:
            self.desk.counties[_id(drop)] = drop.county
            self.own.insert(0, _id(drop))
        kept = {_id(each) for each in self.tray.drops.values()}
        for name in [name for name in self.own if name not in kept]:
            self.own.remove(name)
            self.desk.counties.pop(name, None)

    def counties(self, say: Language) -> list[dict]:
        """`id`, `name` and whether they were dropped here (`own`): those first, the last one on top."""
        names = {each["id"]: each["name"] for each in self.desk.titles(say)}
        # another thread may drop files or forget them meanwhile
        own = [name for name in self.own if name in names]
        order = [*own, *(name for name in names if name not in own)]
        return [{"id": each, "name": names[each], "own": each in own} for each in order]

    def county(self, name: str) -> County:
        """A county of the page."""
        if name not in self.desk.counties:
            raise problem(N_("this county is not here any more; drop its files again"))
        return self.desk.county(name)

    def years(self, name: str) -> list[int]:
        """School years of a county, the last one first."""
        return self.county(name).years[::-1]

    def template(self, name: str, lang: str) -> bytes:
        """A workbook to fill in, with a county's data or empty."""
        return write_template(self.county(name) if name else None, lang)

    def begin(self, wanted: Wanted, lang: str) -> list[str]:
        """Have reports made (`analysis.start.workshop.Workshop.begin`)."""
        return self.workshop.begin(wanted, self.county(wanted.county), lang)


def _id(drop: Drop) -> str:
    return f"{drop.id}-{drop.path.stem}"
