"""What the start page works with: what was dropped, the samples, and what is made of them."""

from __future__ import annotations

from pathlib import Path

from ..base.files import N_, problem
from ..base.language import Language, speak
from ..data.corrections import write_corrections
from ..data.county import County
from ..data.template.write import write_template
from ..measure.open_items.missing import Gap
from ..measure.study import Study
from ..planner.desk import Desk
from ..present.tables.missing import missing_listing, missing_of
from .sheets import Returned, packed, take_sheets
from .texts import TEXTS
from .tray import SHOWN, Drop, Tray, summary
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
        #: what was made of return sheets, and what is missing in what was dropped, by the drop
        self.sheets: dict[str, Returned] = {}
        self._gaps: dict[str, tuple[Study | None, list[Gap]]] = {}
        #: ids of the counties that were dropped, the last one first
        self.own: list[str] = []

    def take(self, body: bytes, say: Language) -> dict:
        """Read and check what was dropped; what the page shows of it."""
        return self._shown(self.tray.take(body), say)

    def take_sheets(self, body: bytes, say: Language) -> dict:
        """Make a county of return sheets; what the page shows of it."""
        with self.tray.place() as (name, folder):
            returned = take_sheets(name, folder, body, say)
            self.tray.keep(returned.drop)
        self.sheets[name] = returned
        lines = [{"severity": severity, "text": text} for severity, text in returned.lines]
        return self._shown(returned.drop, say) | {"lines": lines}

    def returned(self, name: str, kind: str, lang: str) -> tuple[str, bytes]:
        """Name and bytes of what was made of return sheets: `page`, `workbook` or `folder`."""
        if name not in self.sheets or kind not in ("page", "workbook", "folder"):
            raise problem(N_("these files are not here any more; drop them again"))
        found, say = self.sheets[name], speak(lang)
        if kind == "page":
            return f"{say(TEXTS['page_file'])}.html", found.page.read_bytes()
        county = found.drop.county
        if county is None:
            raise problem(N_("no county could be made of these files"))
        title = f"{county.code}-{say.label(county.record.name)}".replace(" ", "-")
        if kind == "folder":
            return f"{title}.zip", packed(found)
        return f"{title}.xlsx", found.drop.path.read_bytes()

    def corrections(self, name: str, lang: str) -> bytes:
        """What was dropped as a workbook, wrong cells marked, with what is missing."""
        drop = self.tray.drop(name)
        missing = missing_listing(*self._missing(drop), lang)
        return write_corrections(drop.path, drop.findings, lang, missing)

    def _missing(self, drop: Drop) -> tuple[Study | None, list[Gap]]:
        if drop.id not in self._gaps:
            self._gaps[drop.id] = missing_of(drop.county)
        return self._gaps[drop.id]

    def _shown(self, drop: Drop, say: Language) -> dict:
        self._keep(drop)
        rows = drop.rows(say.code)
        listing = missing_listing(*self._missing(drop), say.code)
        missing = None
        if listing is not None:
            cells = [list(row) for row in listing.rows[:SHOWN]]
            missing = {"title": listing.title, "header": list(listing.header), "rows": cells}
            missing["more"] = len(listing.rows) - len(cells)
        return {
            "drop": drop.id,
            "ok": drop.county is not None,
            "summary": summary(drop, say),
            "rows": rows,
            "more": max(0, len(drop.findings) - len(rows)),
            "missing": missing,
            "county": _id(drop) if drop.county is not None else None,
            "counties": self.counties(say),
        }

    def _keep(self, drop: Drop) -> None:
        if drop.county is not None:
            self.desk.counties[_id(drop)] = drop.county
            self.own.insert(0, _id(drop))
        for gone in [name for name in self.sheets | self._gaps if name not in self.tray.drops]:
            self.sheets.pop(gone, None)
            self._gaps.pop(gone, None)
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
