"""The questions of the notebooks, in the language that a notebook is set to."""

from __future__ import annotations

from dataclasses import dataclass

from ..base.files import N_
from ..base.language import speak

#: In the order of the notebooks: report, region, explore, trajectories, what_if.
QUESTIONS = (
    N_("What does the head of the office have to know?"),
    N_("What is met, what is not, what matters most?"),
    N_("What is not met, and what is open?"),
    N_("How does the county stand by its own plan?"),
    N_("How does every school stand on the indicators?"),
    N_("How unequal are the schools?"),
    N_("What is missing in teachers, m², yuan and rooms?"),
    N_("What is the cheapest way to pass?"),
    N_("How did it develop?"),
    N_("What does the plan do next, and does it fit?"),
    N_("What if the scenario came true?"),
    N_("What is the cheapest way to pass later, and what is due when?"),
    N_("How firm are the verdicts?"),
    N_("Which requirements are met, one by one?"),
    N_("What are all targets of the county?"),
    N_("What does each school lack?"),
    N_("Which schools move the differences?"),
    N_("Which measures are those of the cheapest way?"),
    N_("What are the figures of all years?"),
    N_("What does the plan say in full?"),
    N_("What are the figures of the scenario, and how likely are they?"),
    N_("What would turn a verdict round?"),
    N_("What is missing or left out, and why?"),
    N_("By which method, standard and sources?"),
    N_("What goes into the application form?"),
    N_("How does each school stand by itself?"),
    N_("Which counties, which years?"),
    N_("Where does every county stand?"),
    N_("How unequal are the schools of each county?"),
    N_("What fails most?"),
    N_("Who is near?"),
    N_("What is missing in this report?"),
    N_("Which schools make the differences, and what without them or with another figure?"),
    N_("What is the verdict, requirement by requirement?"),
    N_("Which schools fail the rule “enough indicators met, the rest at the floor”?"),
    N_("How does one indicator look at every school?"),
    N_("Who moves the coefficient of variation?"),
    N_("What is missing in all?"),
    N_("Does a seaborn picture show more?"),
    N_("What would the rules of another year say?"),
    N_("Which verdicts hang by a thread?"),
    N_("How did the county means develop, and what is asked next?"),
    N_("Do the schools grow together?"),
    N_("Will the goals be reached in time?"),
    N_("What does the plan do when?"),
    N_("What does not fit in the plan?"),
    N_("The numbers, all of them?"),
    N_("What does each scenario come to?"),
    N_("Where do the main figures part?"),
    N_("How many pupils, and when is the peak?"),
    N_("What is met in which year?"),
    N_("How many schools meet the school rule?"),
    N_("What is missing year by year?"),
    N_("How many teachers, and how many by the quota?"),
    N_("Where do places run out, and by when must it be decided?"),
    N_("Which schools become small, and when?"),
    N_("Which improvements are hollow?"),
    N_("What is met only because pupils leave?"),
    N_("How likely is it?"),
    N_("Would such bands have held before?"),
    N_("What is done, what could not be done, what does it cost?"),
    N_("What is assumed?"),
)


@dataclass(frozen=True)
class Question:
    """The heading of a notebook's section; Jupyter shows it and lists it in the contents."""

    text: str

    def _repr_markdown_(self) -> str:
        return f"## {self.text}"


def question(text: str, lang: str = "zh") -> Question:
    """One of `QUESTIONS` in a language.

    Parameters
    ----------
    text : str
        The question in English.
    lang : {"zh", "en"}
    """
    return Question(speak(lang)(text))
