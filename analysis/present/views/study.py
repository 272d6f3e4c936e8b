"""A study in a notebook: the verdict in a sentence, its parts, and what one can ask it next."""

from __future__ import annotations

import html

from ...base import shown
from ...base.language import speak
from ...measure.study import Study
from ..sentences import verdict
from ..tables.evaluation import parts_table
from ..terms import school_year
from .table import table_html

#: What is offered under the verdict.
_NEXT = (
    "indicators",
    "balance",
    "schools",
    "evaluation",
    "influence",
    "without(…)",
    "what_if(…)",
)


def study_html(study: Study, lang: str) -> str:
    """The verdict, the parts of the standard, and the names of the tables.

    Parameters
    ----------
    study : Study
    lang : {"zh", "en"}

    Returns
    -------
    str
    """
    say = speak(lang)
    record = study.county.record
    about = [
        f"{say.label(record.name)} {record.code}",
        school_year(study.year, say),
        say.label(study.rules.standard.title),
    ]
    if record.synthetic:
        about.append(say("sample data"))
    further = html.escape(say("Go on with:"))
    names = ", ".join(f"<code>.{name}</code>" for name in _NEXT)
    title = html.escape(say("; ").join(about))
    return (
        f"<p><b>{title}</b><br>{html.escape(verdict(study, lang))}</p>"
        f"{parts_table(study, lang)._repr_html_()}"
        f"<p>{further} {names}</p>"
    )


def shown_by() -> None:
    """Have studies and tables of results shown by the views of this room."""
    shown.register("study", study_html)
    shown.register("table", table_html)
