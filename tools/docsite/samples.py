"""The sample counties that come with the package."""

from __future__ import annotations

import analysis
from analysis.data.paths import sample_counties

from .markdown import cell, code, page, table
from .words import word


def pages(lang: str) -> dict[str, str]:
    """Place in the site -> Markdown."""
    head = [word(name, lang) for name in _HEAD]
    body = [_row(name, lang) for name in sample_counties()]
    return {
        "reference/samples.md": page(
            word("samples", lang), word("samples_about", lang), table(head, body)
        )
    }


_HEAD = ("sample", "county", "years", "schools", "students", "standard", "scenarios", "exact")


def _row(name: str, lang: str) -> list[str]:
    study = analysis.analyze(name)
    county = study.county
    record, years = county.record, list(study.years)
    register = study.register[study.register["year"] == study.year]
    scenarios = sorted(path.stem for path in (county.path / "scenarios").glob("*.yaml"))
    # the last source says what is synthetic
    exact = "<br>".join(cell(source.title) for source in record.sources[:-1])
    return [
        code(name),
        cell(getattr(record.name, lang)),
        f"{years[0]}–{years[-1]}",
        str(register["school_id"].nunique()),
        f"{register['students'].sum():,.0f}",
        code(record.standard),
        " ".join(map(code, scenarios)),
        exact,
    ]
