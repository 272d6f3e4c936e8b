"""Hook of MkDocs: pages from the program, one language at a time, and links that keep their ends."""

from __future__ import annotations

import os
import posixpath

from mkdocs.structure.files import File, Files

from docsite import api, commands, decisions, dictionary, links, rules, samples
from docsite.markdown import slug
from docsite.navigation import navigation
from docsite.words import word

GENERATORS = (dictionary, samples, rules, commands, api, decisions)
LANG = os.environ.get("JUNHENG_DOCS_LANG", "en")


def on_config(config):
    """Headings are named in links as in the repository."""
    config.mdx_configs["toc"] = {"slugify": slug, "permalink": False}
    return config


def on_files(files: Files, config) -> Files:
    """One page for both languages' sources; what is generated; what links outside docs/ mean."""
    made = Files([])
    sources: dict[str, str] = {}
    for file in files:
        if not file.is_documentation_page():
            made.append(file)
        elif not file.src_uri.endswith(".zh.md"):
            sources[file.src_uri] = f"docs/{_in_language(file.src_uri, files)}"
    sources |= {place: path for path, place in links.PAGES.items()}
    texts = {place: links.moved(_text(path), path, place) for place, path in sources.items()}
    for module in GENERATORS:
        texts |= module.pages(LANG)
    for path in _shown(sources):
        texts[links.place_in_site(path)] = _as_page(path)
    if LANG == "zh":
        for place, path in sources.items():
            if path.endswith(".md") and not path.endswith((".zh.md", ".zh-CN.md")):
                texts[place] = _with_note(texts[place])
    for place, text in sorted(texts.items()):
        made.append(File.generated(config, place, content=text))
    named = word("decisions", LANG), word("rules", LANG)
    config.nav = navigation(set(texts), LANG, *named)
    return made


def _in_language(place: str, files: Files) -> str:
    other = place.removesuffix(".md") + ".zh.md"
    return other if LANG == "zh" and files.get_file_from_path(other) else place


def _text(path: str) -> str:
    return (links.ROOT / path).read_text(encoding="utf-8")


def _shown(sources: dict[str, str]) -> set[str]:
    """Files of the repository to which the pages link and which are no pages themselves."""
    found = set()
    for path in sources.values():
        for target in links.links(_text(path)):
            meant = links.repository_path(target, path)
            place = links.place_in_site(meant) if meant else None
            if place and place.startswith("files/"):
                found.add(meant)
    return found


def _as_page(path: str) -> str:
    kind = {".yaml": "yaml", ".py": "python", ".csv": "text"}.get(
        posixpath.splitext(path)[1], "text"
    )
    head = "---\nsearch:\n  exclude: true\n---\n"
    return f"{head}# {path}\n\n{word('file', LANG)}\n\n````{kind}\n{_text(path)}\n````\n"


def _with_note(text: str) -> str:
    head, _, rest = text.partition("\n")
    return f"{head}\n\n*{word('english_only', LANG)}*\n{rest}"
