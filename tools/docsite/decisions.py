"""The list of decisions, from their headings."""

from __future__ import annotations

from .links import ROOT
from .markdown import page
from .words import word


def pages(lang: str) -> dict[str, str]:
    """Place in the site -> Markdown."""
    found = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    lines = [f"- [{_title(each)}]({each.name})" for each in found]
    return {
        "decisions/index.md": page(
            word("decisions", lang), word("decisions_about", lang), "\n".join(lines)
        )
    }


def _title(path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
