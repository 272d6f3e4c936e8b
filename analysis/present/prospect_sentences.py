"""What several scenarios of one county come to, in sentences."""

from __future__ import annotations

from ..base.language import speak
from ..future.comparison import side_by_side
from ..future.draws import BAND
from ..future.prospects import Prospects
from ..policy.standards import Text
from .terms import PART_NAMES


class ProspectTeller:
    """Scenarios of a county, told in a language.

    Parameters
    ----------
    prospects : Prospects
    lang : {"zh", "en"}
    """

    def __init__(self, prospects: Prospects, lang: str = "zh"):
        self.prospects, self.lang, self.say = prospects, lang, speak(lang)

    def name(self, scenario: str) -> str:
        """What a scenario is called."""
        return self.say.label(self.prospects.scenarios[scenario].name)

    def text(self, value: Text | str) -> str:
        """A text of a file, which may be in both languages."""
        return value if isinstance(value, str) else self.say.label(value)


class ProspectSentences(ProspectTeller):
    """Scenarios of a county in sentences."""

    def conclusions(self) -> list[str]:
        """What the scenarios come to, the verdict first."""
        say = self.say
        table = side_by_side(self.prospects.studies)
        goal = self.prospects.county.record.target_year
        found = []
        for name, row in table.iterrows():
            year = int(row["until"])
            verdict = self.prospects.verdicts[name].set_index("year")
            due = goal if goal in verdict.index and goal > self.prospects.last else year
            status = verdict.loc[due, "recognised"]
            failing = [
                say(PART_NAMES[part]) for part in PART_NAMES if verdict.loc[due, part] == "not_met"
            ]
            if status == "met":
                text = say("{scenario}: everything is met in {year}.", scenario=self.name(name), year=due)  # fmt: skip
            elif status == "not_assessed":
                text = say("{scenario}: in {year} nothing fails, but the verdict is open for lack of data.", scenario=self.name(name), year=due)  # fmt: skip
            else:
                text = say("{scenario}: not met in {year} ({parts}).", scenario=self.name(name), year=due, parts=say.join(failing))  # fmt: skip
            then = self.prospects.yearly[name]
            then = then[then["year"] == due][["passing", "schools", "cv_over"]].sum()
            text += say(
                " {passing} of {schools} rows of schools meet the school rule; coefficients of variation above their limit: {over}.",
                passing=say.number(then["passing"]),
                schools=say.number(then["schools"]),
                over=say.number(then["cv_over"]),
            )
            found.append(text)
        if self.prospects.forecast is not None:
            found.append(self._chance())
        return found

    def _chance(self) -> str:
        say, drawn = self.say, self.prospects.forecast
        best = drawn.probability.loc[drawn.probability["met"].idxmax()]
        if best["met"] == 0:
            return say("By {scenario}, there is no course and no year in which the county is known to meet everything.", scenario=self.name(self.prospects.main))  # fmt: skip
        if drawn.first_likely:
            return say("By {scenario}, the county meets everything in at least nine of ten courses from {year} on.", scenario=self.name(self.prospects.main), year=drawn.first_likely)  # fmt: skip
        if drawn.first_even:
            return say("By {scenario}, the county meets everything in at least half of the courses from {year} on, and in no year in nine of ten.", scenario=self.name(self.prospects.main), year=drawn.first_even)  # fmt: skip
        return say(
            "By {scenario}, the county meets everything in at most {share} of the courses ({year}).",
            scenario=self.name(self.prospects.main),
            share=say.percent(best["met"], 0),
            year=int(best["year"]),
        )

    @property
    def band_text(self) -> str:
        """What the bands are."""
        return self.say(
            "Bands hold {share} of {n} courses drawn around the middle one: births not known yet, entrants, schools' shares, progression and the dates of projects vary as they did in the county's past.",
            share=self.say.percent(BAND[1] - BAND[0], 0),
            n=self.say.number(self.prospects.draws),
        )
