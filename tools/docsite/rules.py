"""Rule reference: every entry of the built-in profiles, from the profiles themselves."""

from __future__ import annotations

from analysis.base.language import speak
from analysis.base.schema.terms import STAGE_LABELS
from analysis.measure.verdicts import SIGNS
from analysis.policy.entries import Entry
from analysis.policy.standards import Profile, built_in, load_standard
from analysis.present.tables.rules import CONFIDENCE
from analysis.present.terms import OPTION_WORDS, PART_NAMES

from .markdown import cell, code, page, table
from .words import PARTS, word


def profiles() -> list[Profile]:
    """The built-in profiles, the national standards first."""
    found = [load_standard(name).profile for name in built_in() if name.startswith("cn-")]
    return sorted(found, key=lambda profile: (profile.extends is not None, profile.id))


def pages(lang: str) -> dict[str, str]:
    """Place in the site -> Markdown: a page for each profile, and one that lists them."""
    made = {f"reference/rules/{each.id}.md": _profile(each, lang) for each in profiles()}
    listed = [
        f"- [{each.title.zh if lang == 'zh' else each.title.en}]({each.id}.md)"
        for each in profiles()
    ]
    made["reference/rules/index.md"] = page(
        word("rules", lang), word("rules_about", lang), "\n".join(listed)
    )
    return made


def _profile(profile: Profile, lang: str) -> str:
    say = speak(lang)
    about = [f"- {word('kind', lang)}{word(profile.kind, lang)}"]
    about.append(f"- {word('judged_on', lang)}{profile.judged_on}")
    if profile.extends:
        about.append(
            f"- {word('extends', lang)}[{profile.extends}]({profile.extends}.md) "
            + word("only_own", lang)
        )
    parts = [f"`{profile.id}`", say.label(profile.note) if profile.note else "", "\n".join(about)]
    for part in PARTS:
        entries = {name: entry for name, entry in profile.entries.items() if entry.part == part}
        if entries:
            heading = say(PART_NAMES[part]) if part in PART_NAMES else word(part, lang)
            parts += [f"## {heading}", _entries(entries, lang)]
    return page(say.label(profile.title), *parts)


def _entries(entries: dict[str, Entry], lang: str) -> str:
    say = speak(lang)
    header = [word(name, lang) for name in ("entry", "requirement", "stage", "value", "source")]
    rows = []
    for name, entry in entries.items():
        stage = name.rpartition(".")[2]
        title = cell(say.label(entry.title))
        if entry.note:
            title += f"<br><small>{cell(say.label(entry.note))}</small>"
        reference = entry.reference
        source = cell(f"{reference.document} {reference.section}")
        source += f"<br><small>{cell(say(CONFIDENCE[reference.confidence]))}</small>"
        shown = STAGE_LABELS[stage][lang] if stage in STAGE_LABELS else ""
        rows.append((code(name), title, shown, _values(entry, lang), source))
    return table(header, rows)


def _values(entry: Entry, lang: str) -> str:
    lines = [
        f"{_one(entry, entry.rule_on(date), entry.on(date), lang)} "
        f"<small>{word('from', lang, date=date)}</small>"
        for date in sorted(entry.values)
    ]
    if entry.alternatives:
        others = [_one(entry, entry.rule, other, lang) for other in entry.alternatives]
        lines.append(word("other_readings", lang) + speak(lang).join(others))
    return "<br>".join(lines)


def _one(entry: Entry, rule: str, value: object, lang: str) -> str:
    """A value as people read it: ``≥ 4.2 persons``, ``≤ 50%``, a word, a dash."""
    say = speak(lang)
    value = getattr(value, "value", value)
    if value is None:
        return "—"
    if isinstance(value, str):
        return OPTION_WORDS.get(value, {}).get(lang, value)
    sign = f"{SIGNS[rule]} " if rule in SIGNS else ""
    unit = cell(say.label(entry.unit)) if entry.unit else ""
    space = " " if unit and lang == "en" else ""
    return cell(f"{sign}{value:,.10g}") + space + unit
