"""Promise: links of the documentation have an end, in the repository and in the site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docsite import api, commands, decisions, dictionary, links, rules, samples
from docsite.markdown import slug

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / name for name in ("README.md", "README.zh-CN.md", "CHANGELOG.md")),
    ]
)


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    """Pages that exist in the site only: place in docs/ -> Markdown."""
    modules = (api, commands, decisions, dictionary, rules, samples)
    return {place: text for module in modules for place, text in module.pages("en").items()}


def headings(text: str) -> set[str]:
    prose = "".join(
        piece for is_code, piece in links.outside_code(text) if not (is_code and "```" in piece)
    )
    return {slug(found) for found in re.findall(r"^#+ (.+)$", prose, flags=re.M)}


def without_end(text: str, source: str, generated: dict[str, str]) -> list[str]:
    """Links of a text to files or headings that are not there."""
    missing = []
    for target in links.links(text):
        path = links.repository_path(target, source)
        anchor = target.partition("#")[2]
        if path is None and not target.startswith("#"):
            continue
        if path is None:
            there = text
        else:
            file = ROOT / path
            there = generated.get(path.removeprefix("docs/"))
            if there is None and not file.exists():
                missing.append(target)
                continue
            if there is None and file.suffix == ".md":
                there = file.read_text(encoding="utf-8")
        if anchor and there is not None and anchor not in headings(there):
            missing.append(target)
    return missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_have_an_end(document, generated):
    source = document.relative_to(ROOT).as_posix()

    assert without_end(document.read_text(encoding="utf-8"), source, generated) == []


def test_a_link_without_an_end_is_found(generated):
    text = (
        "# One\n[a](nowhere.md) [b](scenarios.md#no-such) [c](#one) [d](#two)\n"
        "[e](reference/commands.md#junheng-check) [f](../README.md) `[g](code.md)`\n"
        "```\n[h](code.md)\n```\n[i](https://example.org)"
    )

    assert without_end(text, "docs/page.md", generated) == [
        "nowhere.md",
        "scenarios.md#no-such",
        "#two",
    ]


def test_every_page_in_chinese_has_one_in_english():
    chinese = {path.name for path in DOCUMENTS if path.name.endswith(".zh.md")}
    alone = [n for n in chinese if not any(p.name == n.replace(".zh.md", ".md") for p in DOCUMENTS)]

    assert len(chinese) >= 12
    assert alone == []


def test_pages_in_chinese_lead_to_pages_in_chinese():
    strays = []
    for path in DOCUMENTS:
        if not path.name.endswith(".zh.md"):
            continue
        for target in links.links(path.read_text(encoding="utf-8")):
            meant = links.repository_path(target, path.relative_to(ROOT).as_posix())
            other = (meant or "").removesuffix(".md") + ".zh.md"
            if meant and (ROOT / other).exists():
                strays.append(f"{path.name}: {target}")

    assert strays == []


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("../README.md#to-add-a--touch-", "project/readme.md#to-add-a--touch-"),
        ("decisions", "decisions/index.md"),
        (
            "../analysis/policy/profiles/cn-2017.yaml",
            "files/analysis/policy/profiles/cn-2017.yaml.md",
        ),
        ("../data/sample", "project/readme.md"),
        ("tutorials/clerk.zh.md", "tutorials/clerk.md"),
        ("https://example.org", "https://example.org"),
        ("#here", "#here"),
    ],
)
def test_links_are_moved_into_the_site(target, wanted):
    assert links.moved(f"[x]({target})", "docs/page.md", "page.md") == f"[x]({wanted})"
    assert links.moved(f"`[x]({target})`", "docs/page.md", "page.md") == f"`[x]({target})`"
