"""What the start page asks for, one handler each; names that it sends are looked up, never opened."""

from __future__ import annotations

from urllib.parse import quote

import pydantic

from ..base.files import N_, problem
from ..base.language import Language, speak
from ..base.schema.tables import OTHER_SHEETS
from ..planner import handlers as planner
from .counter import Counter
from .sheets import LARGEST_SHEETS, MOST_SHEETS
from .texts import TEXTS
from .tray import LARGEST_DROP, MOST_FILES
from .workshop import Wanted

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    ".xlsx": XLSX,
    ".pdf": "application/pdf",
    ".html": "text/html; charset=utf-8",
    ".zip": "application/zip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
STATIC = ("start.html", "start.css", "start.js", "drop.js", "returns.js", "lists.js")
#: Bytes of a request in which the files of a drop can stand: as text they take a third more.
LARGEST_REQUEST = LARGEST_DROP * 4 // 3 + 100_000
LARGEST_RETURNS = LARGEST_SHEETS * 4 // 3 + 1_000_000


class Handler(planner.Handler):
    """As those of the planner's page, with the counter."""

    def initialize(self, counter: Counter, **needed) -> None:
        super().initialize(**needed)
        self.counter = counter

    def save(self, name: str, ending: str, data: bytes) -> None:
        """Send a file that the browser saves."""
        self.set_header("Content-Type", KINDS[ending])
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name)}")
        self.finish(data)


class Page(planner.Page):
    """The start page."""

    package, file = "analysis.start", "start.html"


class Planner(planner.Page):
    """The planner's page, on the same counties."""


class Static(planner.Static):
    """Files of the start page."""

    package = "analysis.start"


class Texts(Handler):
    def get(self) -> None:
        """Texts of the page in one language, the counties, and how much may be dropped."""
        say = speak(self.lang)
        self.answer(
            {
                "texts": {key: say(text) for key, text in TEXTS.items()},
                "counties": self.counter.counties(say),
                "limits": {"bytes": LARGEST_DROP, "files": MOST_FILES},
                "most_sheets": {"bytes": LARGEST_SHEETS, "files": MOST_SHEETS},
            }
        )


class Years(Handler):
    async def get(self) -> None:
        """School years of a county."""
        name = self.get_query_argument("county", "")
        self.answer({"years": await self.work(lambda: self.counter.years(name))})


class Files(Handler):
    """Takes files, of which there may be too much (bytes)."""

    most: int

    def too_large(self, say: Language) -> str:
        limit = self.most // 1_000_000
        return say("these files are too large; at most {limit} MB are read at once", limit=limit)


class Check(Files):
    """Files -> what is wrong with them."""

    largest, most = LARGEST_REQUEST, LARGEST_DROP

    async def post(self) -> None:
        say, body = speak(self.lang), self.request.body
        self.answer(await self.work(lambda: self.counter.take(body, say)))


class Returns(Files):
    """Return sheets -> the tables of a county."""

    largest, most = LARGEST_RETURNS, LARGEST_SHEETS

    async def post(self) -> None:
        say, body = speak(self.lang), self.request.body
        self.answer(await self.work(lambda: self.counter.take_sheets(body, say)))


class Returned(Handler):
    async def get(self) -> None:
        """What was made of return sheets: the page of reconciliation, the workbook or the folder."""
        name, kind, lang = (
            self.get_query_argument("drop", ""),
            self.get_query_argument("kind", ""),
            self.lang,
        )
        title, data = await self.work(lambda: self.counter.returned(name, kind, lang))
        self.save(title, f".{title.rpartition('.')[2]}", data)


class Findings(Handler):
    async def get(self) -> None:
        """What was dropped as a workbook, wrong cells marked."""
        name, lang = self.get_query_argument("drop", ""), self.lang
        data = await self.work(lambda: self.counter.corrections(name, lang))
        title = OTHER_SHEETS["findings"].zh if lang == "zh" else "findings"
        self.save(f"{title}.xlsx", ".xlsx", data)


class Template(Handler):
    async def get(self) -> None:
        """A workbook to fill in, empty or with a county's data."""
        name, lang = self.get_query_argument("county", ""), self.lang
        data = await self.work(lambda: self.counter.template(name, lang))
        self.save(f"{speak(lang)(TEXTS['template_file'])}.xlsx", ".xlsx", data)


class Report(Handler):
    async def post(self) -> None:
        """Have files made."""
        try:
            wanted = Wanted.model_validate_json(self.request.body)
        except (pydantic.ValidationError, RecursionError):
            raise problem(N_("choose a county, a year and what is to be made of it")) from None
        lang = self.lang
        self.answer({"begun": await self.work(lambda: self.counter.begin(wanted, lang))})

    def get(self) -> None:
        """How far something is that is being made."""
        name = self.get_query_argument("id", "")
        self.answer(self.counter.workshop.look(name, speak(self.lang)))


class Made(Handler):
    async def get(self) -> None:
        """A file that was made."""
        name, file = self.get_query_argument("id", ""), self.get_query_argument("name", "")
        path = self.counter.workshop.file(name, file)
        self.save(file, path.suffix, await self.work(path.read_bytes))
