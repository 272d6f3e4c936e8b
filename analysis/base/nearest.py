"""What somebody may have meant by a name that nobody knows: ids and labels that are near it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .files import N_, Finding, InputError
from .refusals import shorten
from .schema.indicators import Indicators
from .schema.terms import STAGE_LABELS, STAGES, Label

#: Names that are offered for one that is unknown.
OFFERED = 3

EXPECTED = N_("unknown {kind} “{name}”; expected are {names}")

#: From which likeness (0 to 1) a name is near another one.
_ALIKE = 0.6
#: Characters of a list of all names.
_LISTED = 4_000


def nearest(name: str, known: Mapping[str, Iterable[str]]) -> list[str]:
    """The ids that a name may have meant, the likeliest first.

    Parameters
    ----------
    name : str
    known : mapping of str to iterable of str
        Id -> its other spellings (labels); the id itself is a spelling too.

    Returns
    -------
    list of str
        At most `OFFERED`: those spelt alike in any case; where there is none, those that hold the
        name or its first part.

    Examples
    --------
    >>> nearest("cv.limit", {"cv.primary": (), "cv.junior": (), "G1": ()})
    ['cv.primary', 'cv.junior']
    """
    spelt: dict[str, list[str]] = {}
    for id, labels in known.items():
        for text in (id, *labels):
            spelt.setdefault(text.lower(), []).append(id)
    asked = name.lower().strip()
    alike = difflib.get_close_matches(asked, list(spelt), n=OFFERED, cutoff=_ALIKE)
    found = [id for text in alike for id in spelt[text]]
    for part in dict.fromkeys((asked, asked.split(".")[0])):
        if not found and len(part) > 1:
            found = [id for text, ids in spelt.items() if part in text for id in ids]
    return list(dict.fromkeys(found))[:OFFERED]


def unknown(kind: Label, name: object, known: Mapping[str, Iterable[str]]) -> Finding:
    """That nobody knows a name: with the nearest ones, or else with all there are."""
    name = shorten(str(name))
    near = nearest(name, known)
    if near:
        message, names = N_("unknown {kind} “{name}”; the nearest: {names}"), near
    else:
        message, names = EXPECTED, known
    listed = shorten(", ".join(names), _LISTED)  # a nation has thousands of schools
    return Finding("error", message, {"kind": kind, "name": name, "names": listed})


def refuse_unknown(kind: Label, names: Iterable[str], known: Mapping[str, Iterable[str]]) -> None:
    """Refuse names that nobody knows, all at once.

    Raises
    ------
    InputError
        One sentence for each, as from `unknown`.
    """
    findings = [unknown(kind, name, known) for name in names if name not in known]
    if findings:
        raise InputError(findings)


def known_indicator(name: str, indicators: Indicators) -> str:
    """The id of an indicator that is given by id or label.

    Raises
    ------
    InputError
        The nearest ids, or all of them.
    """
    labels = {id: (i.zh, i.en, i.short.zh, i.short.en) for id, i in indicators.items()}
    return listed_name(Label("指标", "indicator"), name, labels)


def known_stage(name: str) -> str:
    """The id of a judged stage that is given by id or label; refuses others as `known_indicator`."""
    labels = {id: (STAGE_LABELS[id].zh, STAGE_LABELS[id].en) for id in STAGES}
    return listed_name(Label("学段", "stage"), name, labels)


def listed_name(kind: Label, name: str, labels: Mapping[str, Iterable[str]]) -> str:
    """The id of one of a handful of things; a name of none is refused with all of them.

    Raises
    ------
    InputError
        The ids, the nearest first.
    """
    for id, spellings in labels.items():
        if name == id or name in spellings:
            return id
    found = unknown(kind, name, labels)
    # a handful of names is listed whole, the nearest first
    values = found.values | {
        "names": ", ".join(dict.fromkeys([*nearest(str(name), labels), *labels]))
    }
    raise InputError([replace(found, values=values, message=EXPECTED)])
