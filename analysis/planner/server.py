"""The page's server: only for this computer, only with the token, and nothing that it is sent is run.

Counties are those of the start; what the browser sends is a state or a scenario's text, checked by
the models before anything is done with it, and never the name of a file.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import tornado.httpserver
import tornado.netutil
import tornado.web

from ..base.files import N_, InputError, problem, read_model
from ..base.language import LANGUAGES, Language, speak
from ..base.schema.terms import CHOICE_LABELS, SCHOOL_TYPES, STAGES
from ..data.county import County, CountyRecord
from ..data.load import load_county
from ..future.analyze import analyze
from ..future.assumptions.scenario import BASELINE, Scenario, scenario_files, write_scenario
from ..future.odds.chance import FEW_DRAWS
from ..future.odds.draws import Forecast, forecast
from ..measure.study import Study
from ..remedy.outcome.onward import scenario_of as scenario_with
from .picture import Course, course, details, outcome, target_year, words
from .remedies import Conditions, read_question, shown, solved
from .state import LARGEST, State, base_of, read_state, scenario_of, state_json, state_of, until_of
from .texts import TEXTS
from .workbook import write_workbook

ADDRESS = "127.0.0.1"
HOSTS = (ADDRESS, "localhost", "[::1]")
#: The same port at every start, so that saved addresses of the page stay valid.
PORT = 8790
SCRIPTS = (
    *("planner.js", "page.js", "ask.js", "state.js"),
    *("controls.js", "moves.js", "outcome.js", "charts.js", "remedies.js"),
)
STATIC = {
    "planner.html": "text/html",
    "planner.css": "text/css",
    **dict.fromkeys(SCRIPTS, "text/javascript"),
}
#: What the page may do: load its own files and ask this server, nothing else.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: Outcomes that are kept, so that undoing or going back is free.
KEPT = 24


class Desk:
    """The counties of the start, and what was worked out for them so far.

    Parameters
    ----------
    counties : dict of str to County or path
        Name for the page -> a county, or where it is read from when it is first asked for.
    """

    def __init__(self, counties: dict[str, County | Path]):
        self.counties = counties
        self._county = functools.cache(load_county)
        # a scenario's file may be changed while the page is open: its time is part of the keys
        self._base = functools.lru_cache(KEPT)(
            lambda name, base, _files: base_of(State(county=name, base=base), self.county(name))
        )
        self._trend = functools.lru_cache(KEPT)(
            lambda name, until, _files: course(self._judged(name, BASELINE, until))
        )
        # a state is frozen but may hold mappings: its JSON is what tells states apart
        self._course = functools.lru_cache(KEPT)(
            lambda text, _files: course(self._study(State.model_validate_json(text)))
        )

        self._answer = functools.lru_cache(KEPT)(
            lambda text, asked, _files: solved(
                self.course(State.model_validate_json(text)).study,
                Conditions.model_validate_json(asked),
            )
        )
        self._forecast = functools.lru_cache(KEPT)(
            lambda text, _files: self._draws(State.model_validate_json(text))
        )

    def titles(self, say: Language) -> list[dict]:
        """Counties by name and title; a title does not need the whole county to be read."""
        return [{"id": name, "name": self._title(name, say)} for name in self.counties]

    def _title(self, name: str, say: Language) -> str:
        found = self.counties[name]
        try:
            if not isinstance(found, County):
                found = read_model(found / "county.yaml", CountyRecord)
                return say.label(found.name)
        except InputError:
            return name  # what is wrong is said when the county is chosen
        return say.label(found.record.name)

    def county(self, name: str) -> County:
        """A county of the start by its name."""
        if name not in self.counties:
            raise problem(
                N_("there is no county “{name}” on this page; there are {names}"),
                name=name[:60],
                names=", ".join(self.counties),
            )
        found = self.counties[name]
        return found if isinstance(found, County) else self._county(found)

    def base(self, state: State) -> Scenario:
        """The scenario on which a state rests."""
        if state.file is not None:
            return base_of(state, self.county(state.county))
        return self._base(state.county, state.base, self._files(state.county))

    def _files(self, name: str) -> tuple:
        """The scenarios' files and when each was changed."""
        files = scenario_files(self.county(name)).values()
        return tuple((path, _changed(path)) for path in files)

    def _study(self, state: State) -> Study:
        scenario = scenario_of(state, self.base(state), self.county(state.county))
        return self._judged(state.county, scenario, scenario.until)

    def _judged(self, name: str, scenario: str | Scenario, until: int) -> Study:
        """The study of a scenario, which judges the target year."""
        county = self.county(name)
        return analyze(county, target_year(county, until), scenario=scenario, until=until)

    def course(self, state: State) -> Course:
        """The study of a state and its figures."""
        return self._course(state.model_dump_json(), self._files(state.county))

    def _draws(self, state: State) -> Forecast:
        study = self.course(state).study
        outlook = study.outlook
        return forecast(
            self.county(state.county),
            outlook.scenario,
            until=outlook.until,
            draws=FEW_DRAWS,
            study=study,
        )

    def forecast(self, state: State) -> Forecast:
        """Draws of a state: takes longer than its figures."""
        return self._forecast(state.model_dump_json(), self._files(state.county))

    def outcome(self, state: State, lang: str, drawn: Forecast | None = None) -> dict:
        """What the page shows of a state (`analysis.planner.picture.outcome`), and the base's settings."""
        own = self.course(state)
        until = own.study.county.years[-1]
        trend = self._trend(state.county, until, self._files(state.county))
        return outcome(own, trend, speak(lang), drawn) | {"base": self.settings(state)}

    def chance(self, state: State, lang: str) -> dict:
        """How likely it is: the conclusion again, with its chance, and the chance of every year."""
        found = self.outcome(state, lang, self.forecast(state))
        return {"sentence": found["sentence"]} | found["chance"]

    def details(self, state: State, lang: str) -> dict:
        """What is shown after it (`analysis.planner.picture.details`)."""
        return details(self.course(state).study, speak(lang))

    def workbook(self, state: State, lang: str) -> bytes:
        """The outcome as .xlsx."""
        hollow = self.details(state, lang)["hollow"]
        study = self.course(state).study
        found = self.outcome(state, lang, self.forecast(state))
        return write_workbook(study, found, hollow, speak(lang))

    def file(self, state: State) -> str:
        """The scenario of a state as a file; worked out, so that none is given that cannot be used."""
        return write_scenario(self.course(state).study.outlook.scenario)

    def open(self, name: str, text: bytes) -> State:
        """A scenario's file as a state, if it can be used."""
        state = state_of(text, self.county(name)).model_copy(update={"county": name})
        self.course(state)
        return state

    def remedy(
        self,
        state: State,
        lang: str,
        conditions: Conditions = Conditions(),  # noqa: B008 it is frozen
        *,
        take: bool = True,
    ) -> dict:
        """The cheapest plan on top of a state (`analysis.planner.remedies.shown`).

        What the page has already done stays as it is; the plan adds what is still missing. With `take`
        also the state with the plan in it, where there is a plan.
        """
        key = state.model_dump_json(), conditions.model_dump_json()
        found = self._answer(*key, self._files(state.county))
        answer = shown(found, lang)
        if take and found.found.values is not None:
            scenario = scenario_with(found, self.course(state).study.outlook.scenario)
            text = write_scenario(scenario).encode("utf-8")
            answer["state"] = state_json(self.open(state.county, text))
        return answer

    def settings(self, state: State) -> dict:
        """The settings of the base: what the page's controls show where nothing was changed."""
        county, base = self.county(state.county), self.base(state)
        return {
            "until": until_of(state.model_copy(update={"until": None}), base, county),
            "births_shift": base.births.shift,
            "entry_factor": base.entry.factor,
            "progression": {stage: base.progression.factor.get(stage, 1.0) for stage in STAGES},
            "plan": base.plan.model_dump(mode="json") if base.plan else None,
            "moves": len(base.moves) + len(base.additions),
        }

    def about(self, name: str, say: Language) -> dict:
        """What the page needs to know of a county: schools, scenarios, years."""
        county = self.county(name)
        roster = county.tables["schools"]
        last = county.last_observed
        open_ = roster[~(roster["closed"] <= last) & (roster["type"] != "special_education")]
        unique = roster["name"].value_counts()
        schools = [
            {
                # the name is what a person reads in the file; where it is not unique, the code
                "id": row["name"] if unique[row["name"]] == 1 else row["school_id"],
                "name": row["name"],
                "stages": [s for s in SCHOOL_TYPES[row["type"]].stages if s in STAGES],
            }
            for row in open_[["school_id", "name", "type"]].to_dict("records")
        ]
        scenarios, skipped = [], []
        files = scenario_files(county, skipped)
        unusable = [finding.sentence(say.code) for finding in skipped]
        for each in files:
            try:
                base = self.base(State(county=name, base=each))
                scenarios.append({"id": each, "name": say.label(base.name)})
            except InputError as error:
                unusable += [finding.sentence(say.code) for finding in error.findings]
        return {
            "schools": schools,
            "scenarios": scenarios,
            "unusable": unusable,
            "last": last,
            "births_from": _first_open_entry(county),
            "plan": county.plan is not None,
            "synthetic": county.record.synthetic,
        }


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        # it has gone since it was listed
        return 0


def _first_open_entry(county: County) -> int | None:
    """First year whose entrants are not born yet as far as is known; None if no births are."""
    table = county.tables["county_years"]
    known = table[(table["item"] == "births") & table["value"].notna()]["year"]
    return int(known.max()) + 7 if len(known) else None


class _Handler(tornado.web.RequestHandler):
    """Refuses what does not come from the page of this start; every error is a sentence."""

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
        elif len(self.request.body) > LARGEST:
            self._refuse(413, say("this is larger than {limit} kB; the page cannot have made it", limit=LARGEST // 1000))  # fmt: skip

    def admitted(self) -> bool:
        return self.gate.token(self.get_cookie(self.gate.cookie, ""))

    def _refuse(self, status: int, sentence: str) -> None:
        self.set_status(status)
        self.answer({"errors": [sentence]})

    def answer(self, found: dict) -> None:
        self.set_header("Content-Type", "application/json; charset=utf-8")
        text = json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        self.finish(text.encode("utf-8", "backslashreplace"))

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


class _Missing(_Handler):
    def prepare(self) -> None:
        super().prepare()
        if not self._finished:
            raise tornado.web.HTTPError(404)


class _Page(_Handler):
    """The page; with the token in the address, it is exchanged for a cookie."""

    def admitted(self) -> bool:
        return super().admitted() or self.gate.token(self.get_query_argument("token", ""))

    def get(self) -> None:
        if self.get_query_argument("token", None) is not None:
            self.set_cookie(
                self.gate.cookie, self.gate.secret, httponly=True, samesite="Strict", path="/"
            )
            # the browser keeps what stands behind # in the address: the state
            self.redirect("/" + ("?lang=en" if self.lang == "en" else ""))
            return
        _send_static(self, "planner.html")

    def answer(self, found: dict) -> None:
        # whoever comes here without the key is a person, not the page
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("\n".join(found["errors"]) + "\n")


class _Static(_Handler):
    def get(self, name: str) -> None:
        _send_static(self, name)


@functools.cache
def _static(name: str) -> bytes:
    return resources.files("analysis.planner").joinpath("static", name).read_bytes()


def _send_static(handler: _Handler, name: str) -> None:
    handler.set_header("Content-Type", f"{STATIC[name]}; charset=utf-8")
    handler.finish(_static(name))


class _Texts(_Handler):
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


class _About(_Handler):
    async def get(self) -> None:
        """What the page needs to know of a county."""
        name, say = self.get_query_argument("county", ""), speak(self.lang)
        self.answer(await self.work(lambda: self.desk.about(name, say)))


class _Outcome(_Handler):
    async def post(self) -> None:
        """State -> conclusion and figures."""
        state, lang = read_state(self.request.body), self.lang
        self.answer(await self.work(lambda: self.desk.outcome(state, lang)))


class _Chance(_Handler):
    async def post(self) -> None:
        """State -> how likely its verdicts are."""
        state, lang = read_state(self.request.body), self.lang
        self.answer(await self.work(lambda: self.desk.chance(state, lang)))


class _Details(_Handler):
    async def post(self) -> None:
        """State -> small schools, warnings, notes."""
        state, lang = read_state(self.request.body), self.lang
        self.answer(await self.work(lambda: self.desk.details(state, lang)))


class _File(_Handler):
    async def post(self) -> None:
        """State -> the file of its scenario."""
        state = read_state(self.request.body)
        text = await self.work(lambda: self.desk.file(state))
        self.set_header("Content-Type", "application/yaml; charset=utf-8")
        self.finish(text)


class _Workbook(_Handler):
    async def post(self) -> None:
        """State -> its outcome as .xlsx."""
        state, lang = read_state(self.request.body), self.lang
        data = await self.work(lambda: self.desk.workbook(state, lang))
        self.set_header(
            "Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
        self.finish(data)


class _Remedy(_Handler):
    async def post(self) -> None:
        """State and conditions -> the cheapest plan to pass; the state with it, if it is taken over."""
        asked, lang = read_question(self.request.body), self.lang
        found = lambda: self.desk.remedy(asked.state, lang, asked.conditions, take=asked.take)  # noqa: E731
        self.answer(await self.work(found))


class _Import(_Handler):
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


class Gate:
    """Who may come in: with the token, from this computer's own page."""

    def __init__(self, secret: str, port: int):
        self.secret, self.port = secret, port
        # cookies do not know ports: two servers must not take each other's
        self.cookie = f"junheng-planner-{port}"
        self._digest = hashlib.sha256(secret.encode()).digest()
        self._hosts = {f"{name}:{port}" for name in HOSTS}

    def token(self, given: str) -> bool:
        """Whether a token is the one of this start; takes equally long for every wrong one."""
        found = hashlib.sha256(given.encode("utf-8", "surrogatepass")).digest()
        return hmac.compare_digest(found, self._digest)

    def host(self, given: str) -> bool:
        return given.lower() in self._hosts

    def origin(self, given: str) -> bool:
        return given.lower().removeprefix("http://") in self._hosts and "://" in given


def application(desk: Desk, gate: Gate, pool: ThreadPoolExecutor) -> tornado.web.Application:
    """The page and what it asks for."""
    needed = {"desk": desk, "gate": gate, "pool": pool}
    files = "|".join(name.replace(".", r"\.") for name in STATIC if not name.endswith(".html"))
    return tornado.web.Application(
        [
            (r"/", _Page, needed),
            (rf"/({files})", _Static, needed),
            (r"/texts", _Texts, needed),
            (r"/county", _About, needed),
            (r"/outcome", _Outcome, needed),
            (r"/details", _Details, needed),
            (r"/chance", _Chance, needed),
            (r"/scenario", _File, needed),
            (r"/workbook", _Workbook, needed),
            (r"/import", _Import, needed),
            (r"/remedy", _Remedy, needed),
        ],
        default_handler_class=_Missing,
        default_handler_args=needed,
        serve_traceback=False,
        log_function=lambda handler: None,
    )


async def serve(desk: Desk, port: int | None, started: Callable[[str], None]) -> None:
    """Serve the page until the program is stopped.

    Parameters
    ----------
    desk : Desk
    port : int, optional
        `PORT` if omitted, or any free one if that is in use.
    started : callable
        Called with the page's address, token included, when the page is there.

    Raises
    ------
    InputError
        The port is in use.
    """
    try:
        sockets = tornado.netutil.bind_sockets(PORT if port is None else port, ADDRESS)
    except OSError as error:
        if port is not None:
            raise problem(
                N_("port {port} cannot be used ({reason}); choose another with --port"),
                port=port,
                reason=error.strerror,
            ) from None
        sockets = tornado.netutil.bind_sockets(0, ADDRESS)
    port = sockets[0].getsockname()[1]
    gate = Gate(secrets.token_urlsafe(24), port)
    # one thread: the page asks for one thing after another, and results are kept between them
    with ThreadPoolExecutor(1, thread_name_prefix="planner") as pool:
        server = tornado.httpserver.HTTPServer(
            application(desk, gate, pool), max_body_size=4 * LARGEST, max_header_size=64_000
        )
        server.add_sockets(sockets)
        started(f"http://{ADDRESS}:{port}/?token={gate.secret}")
        try:
            await asyncio.Event().wait()
        finally:
            server.stop()
