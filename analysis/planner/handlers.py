"""What the page asks for, one handler each; nothing that is sent is run, and no name of a file is taken from it."""

import asyncio
import functools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources

import tornado.httpserver
import tornado.netutil
import tornado.web

from ..base.files import N_, InputError, problem
from ..base.language import LANGUAGES, Language, speak
from ..base.schema.terms import CHOICE_LABELS
from .desk import Desk
from .gate import Gate
from .picture import words
from .remedies import read_question
from .state import LARGEST, read_state, state_json
from .texts import TEXTS

SCRIPTS = (
    *("planner.js", "page.js", "ask.js", "state.js"),
    *("controls.js", "moves.js", "outcome.js", "charts.js", "remedies.js"),
)
STATIC = ("planner.html", "planner.css", *SCRIPTS)
_KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
#: What the page may do: load its own files and ask this server, nothing else.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Handler(tornado.web.RequestHandler):
    """Refuses what does not come from the page of this start; every error is a sentence."""

    #: bytes of a request above which it is refused
    largest = LARGEST
    #: whose files are sent (`static`)
    package = "analysis.planner"

    def initialize(self, desk: Desk, gate: Gate, pool: ThreadPoolExecutor) -> None:
        self.desk, self.gate, self.pool = desk, gate, pool

    @property
    def lang(self) -> str:
        lang = self.get_query_argument("lang", "zh")
        return lang if lang in LANGUAGES else "zh"

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in {
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        say = speak(self.lang)
        headers = self.request.headers
        origin = headers.get("Origin")
        if not self.gate.host(headers.get("Host", "")) or not (
            origin is None or self.gate.origin(origin)
        ):
            self._refuse(403, say("this address is not that of the planner's page"))
        elif not self.admitted():
            self._refuse(403, say("open the address that the command printed when it started; it holds the key to this page"))  # fmt: skip
        elif self.request.method == "POST" and (
            headers.get("Content-Type", "").split(";")[0] != "application/json"
        ):
            # a form of another page can send everything but this
            self._refuse(415, say("only the planner's page may send something here"))
        elif len(self.request.body) > self.largest:
            self._refuse(413, self.too_large(say))

    def too_large(self, say: Language) -> str:
        limit = self.largest // 1000
        return say("this is larger than {limit} kB; the page cannot have made it", limit=limit)

    def admitted(self) -> bool:
        return self.gate.token(self.get_cookie(self.gate.cookie, ""))

    def _refuse(self, status: int, sentence: str) -> None:
        self.set_status(status)
        self.answer({"errors": [sentence]})

    def answer(self, found: dict) -> None:
        self.set_header("Content-Type", "application/json; charset=utf-8")
        text = json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        self.finish(text.encode("utf-8", "backslashreplace"))

    def send_static(self, name: str) -> None:
        """Send a file of the page; `name` is one of those that the application knows."""
        self.set_header("Content-Type", f"{_KINDS[name.rpartition('.')[2]]}; charset=utf-8")
        self.finish(_static(self.package, name))

    async def work(self, task: Callable):
        """Do something that takes its time, so that the page's files are served meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, task)

    def write_error(self, status_code: int, **details) -> None:
        error = details.get("exc_info", (None, None))[1]
        say = speak(self.lang)
        if isinstance(error, InputError):
            self.set_status(400)
            self.answer({"errors": [finding.sentence(self.lang) for finding in error.findings]})
        elif status_code == 404:
            self.answer({"errors": [say("there is nothing at this address")]})
        elif status_code < 500:
            self.answer({"errors": [say("this request is not one of the page")]})
        else:
            self.answer({"errors": [say("something went wrong here; the terminal says what")]})

    def log_exception(self, kind, value, traceback) -> None:
        # a mistake in what was sent is the sender's to read, not the terminal's
        if not isinstance(value, InputError):
            super().log_exception(kind, value, traceback)


class Missing(Handler):
    def prepare(self) -> None:
        super().prepare()
        if not self._finished:
            raise tornado.web.HTTPError(404)


class Page(Handler):
    """The page; with the token in the address, it is exchanged for a cookie."""

    file = "planner.html"

    def admitted(self) -> bool:
        return super().admitted() or self.gate.token(self.get_query_argument("token", ""))

    def get(self) -> None:
        if self.get_query_argument("token", None) is not None:
            self.set_cookie(
                self.gate.cookie, self.gate.secret, httponly=True, samesite="Strict", path="/"
            )
            # the browser keeps what stands behind # in the address: the state
            self.redirect(self.request.path + ("?lang=en" if self.lang == "en" else ""))
            return
        self.send_static(self.file)

    def answer(self, found: dict) -> None:
        # whoever comes here without the key is a person, not the page
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("\n".join(found["errors"]) + "\n")


class Static(Handler):
    def get(self, name: str) -> None:
        self.send_static(name)


@functools.cache
def _static(package: str, name: str) -> bytes:
    return resources.files(package).joinpath("static", name).read_bytes()


class Texts(Handler):
    def get(self) -> None:
        """Texts of the page in one language, and the counties."""
        say = speak(self.lang)
        texts = {key: say(text) for key, text in TEXTS.items()}
        choices = {name: say.label(label) for name, label in CHOICE_LABELS.items()}
        self.answer(
            {
                "texts": texts,
                "words": words(say),
                "choices": choices,
                "counties": self.desk.titles(say),
            }
        )


class About(Handler):
    async def get(self) -> None:
        """What the page needs to know of a county."""
        name, say = self.get_query_argument("county", ""), speak(self.lang)
        self.answer(await self.work(lambda: self.desk.about(name, say)))


class Outcome(Handler):
    async def post(self) -> None:
        """State -> conclusion and figures."""
        state, lang = read_state(self.request.body), self.lang
        self.answer(await self.work(lambda: self.desk.outcome(state, lang)))


class Chance(Handler):
    async def post(self) -> None:
        """State -> how likely its verdicts are."""
        state, lang = read_state(self.request.body), self.lang
        self.answer(await self.work(lambda: self.desk.chance(state, lang)))


class Details(Handler):
    async def post(self) -> None:
        """State -> small schools, warnings, notes."""
        state, lang = read_state(self.request.body), self.lang
        self.answer(await self.work(lambda: self.desk.details(state, lang)))


class File(Handler):
    async def post(self) -> None:
        """State -> the file of its scenario."""
        state = read_state(self.request.body)
        text = await self.work(lambda: self.desk.file(state))
        self.set_header("Content-Type", "application/yaml; charset=utf-8")
        self.finish(text)


class Workbook(Handler):
    async def post(self) -> None:
        """State -> its outcome as .xlsx."""
        state, lang = read_state(self.request.body), self.lang
        data = await self.work(lambda: self.desk.workbook(state, lang))
        self.set_header(
            "Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
        self.finish(data)


class Remedy(Handler):
    async def post(self) -> None:
        """State and conditions -> the cheapest plan to pass; the state with it, if it is taken over."""
        asked, lang = read_question(self.request.body), self.lang
        found = lambda: self.desk.remedy(asked.state, lang, asked.conditions, take=asked.take)  # noqa: E731
        self.answer(await self.work(found))


class Import(Handler):
    async def post(self) -> None:
        """A scenario's file -> the state that it comes to."""
        name, text = read_import(self.request.body)
        state = await self.work(lambda: self.desk.open(name, text))
        self.answer({"state": state_json(state)})


def read_import(body: bytes) -> tuple[str, bytes]:
    """County and text of a file that is to be read: ``{"county": …, "text": …}``."""
    try:
        found = json.loads(body)
        return str(found["county"]), str(found["text"]).encode("utf-8")
    except (ValueError, TypeError, LookupError, RecursionError):
        raise problem(N_("the file did not arrive whole; choose it again")) from None
