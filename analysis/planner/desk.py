"""What the planner works with: the counties of the start, and the outcomes of states, kept while they are wanted."""

import functools
from pathlib import Path

from ..base.files import N_, InputError, problem, read_model
from ..base.language import Language, speak
from ..base.schema.terms import SCHOOL_TYPES, STAGES
from ..data.county import County, CountyRecord
from ..data.load import load_county
from ..future.analyze import analyze
from ..future.assumptions.scenario import BASELINE, Scenario, scenario_files, write_scenario
from ..future.odds.chance import FEW_DRAWS
from ..future.odds.draws import Forecast, forecast
from ..measure.study import Study
from ..remedy.outcome.as_scenario import scenario_of as scenario_with
from .picture import Course, course, details, indicator_words, outcome, target_year
from .remedies import Conditions, shown, solved
from .state import State, base_of, scenario_of, state_json, state_of, until_of
from .workbook import write_workbook

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
        # the start page adds and forgets counties in another thread
        counties = list(self.counties.items())
        return [{"id": name, "name": self._title(name, found, say)} for name, found in counties]

    def _title(self, name: str, found: County | Path, say: Language) -> str:
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
        """How likely it is: the conclusion again, with its chance, and the chances as from `chances`."""
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
            "staff": base.staff.model_dump(mode="json") if base.staff else None,
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
            "indicators": indicator_words(county.standard.evaluation.indicators, say),
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
