"""What stands where in the site."""

from __future__ import annotations

from analysis.base.schema.terms import Label

#: Heading -> pages; a page that ends with / is the folder's list with what is in it.
SECTIONS = (
    (Label("首页", "Start"), ("index.md",)),
    (
        Label("入门", "Tutorials"),
        ("tutorials/clerk.md", "tutorials/analyst.md", "tutorials/planner.md"),
    ),
    (
        Label("操作", "How to"),
        (
            "how-to/templates.md",
            "how-to/import.md",
            "how-to/corrections.md",
            "how-to/own-standard.md",
            "how-to/own-indicator.md",
            "how-to/scenario.md",
            "how-to/prices.md",
            "how-to/batch.md",
            "how-to/five-four.md",
        ),
    ),
    (
        Label("详解", "In depth"),
        ("scenarios.md", "remedies.md", "ministry-forms.md", "cluster.md", "futures.md"),
    ),
    (
        Label("查询", "Reference"),
        (
            "reference/data-input.md",
            "reference/data-results.md",
            "reference/samples.md",
            "reference/rules/",
            "reference/commands.md",
            "messages.md",
            "reference/api.md",
        ),
    ),
    (
        Label("项目", "Project"),
        (
            "project/readme.md",
            "project/readme-zh.md",
            "architecture.md",
            "models.md",
            "benchmarks.md",
            "project/changelog.md",
            "decisions/",
        ),
    ),
)


def navigation(places: set[str], lang: str, decisions: str, rules: str) -> list:
    """The navigation as MkDocs takes it.

    Parameters
    ----------
    places : set of str
        All pages of the site.
    decisions, rules : str
        Headings of the two folders.
    """
    headings = {"decisions/": decisions, "reference/rules/": rules}
    found = []
    for title, pages in SECTIONS:
        items: list = []
        for page in pages:
            if page.endswith("/"):
                inside = sorted(p for p in places if p.startswith(page) and p != f"{page}index.md")
                items.append({headings[page]: [f"{page}index.md", *inside]})
            else:
                items.append(page)
        found.append({title[lang]: items[0] if items == ["index.md"] else items})
    return found
