"""Why a value is refused, as a sentence in both languages: pydantic's reasons and those of our models."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pydantic
import pydantic_core

from .language import N_, Said

#: Characters of a user's value that are repeated in a sentence.
SHOWN = 60

#: By pydantic's type of error, by the word that it begins with, or by the pattern that was not met.
_REASONS = {
    "missing": N_("is missing"),
    "extra_forbidden": N_("unknown key; check the spelling"),
    "string_type": N_("must be text; put quotes around a code of digits"),
    "string_too_long": N_("must have {max_length} characters or fewer"),
    "int": N_("must be a whole number"),
    "float": N_("must be a number"),
    "finite": N_("must be a number"),
    "bool": N_("must be true or false"),
    "model": N_("must be written as “key: value”"),
    "dict": N_("must be written as “key: value”"),
    "list": N_("must be a list, each entry after “- ”"),
    "tuple": N_("must be a list, each entry after “- ”"),
    "greater_than_equal": N_("must be {ge} or more"),
    "less_than_equal": N_("must be {le} or less"),
    "greater_than": N_("must be more than {gt}"),
    "literal_error": N_("expected one of {choices}"),
    "union_tag_invalid": N_("expected one of {choices}"),
    "too_short": N_("must have {min_length} or more entries"),
    "too_long": N_("must have {max_length} entries or fewer"),
    "^[0-9]{6}$": N_("must be six digits"),
    r"^[a-z][a-z0-9_]{1,40}$": N_(
        "must be the id of a column: small letters, digits and “_”, a letter first, such as library_books"
    ),
    r"^\d\d-\d\d$": N_("must be month and day, such as 12-31"),
}

#: Of anything with a beginning and an end.
ENDS_FIRST = N_("ends ({end}) before it starts ({start})")

_OTHER = N_("cannot be used ({reason})")


def refusal(message: str, **values) -> pydantic_core.PydanticCustomError:
    """What a validator of ours raises: a message id marked by `N_`, and what fills it."""
    said = Said(message, values)
    return pydantic_core.PydanticCustomError(
        "refused", "{english}", {"english": said.en, "said": said}
    )


def shorten(text: str, length: int = SHOWN) -> str:
    """The beginning of a value that may be very long."""
    return text if len(text) <= length else text[:length] + "…"


def some(names: Sequence[str], shown: int, separator: str = ", ") -> str:
    """The first of many names, and whether there are more.

    Examples
    --------
    >>> some(["a", "b", "c"], 2), some(["a", "b"], 2)
    ('a, b …', 'a, b')
    """
    return separator.join(names[:shown]) + (" …" if len(names) > shown else "")


def mistakes(error: pydantic.ValidationError, data: Any) -> list[tuple[tuple, str, Said, str]]:
    """What pydantic refused, one entry per place.

    Parameters
    ----------
    error : pydantic.ValidationError
    data : object
        What was validated: its keys tell a place in it from pydantic's names of alternatives.

    Returns
    -------
    list of tuple
        Path of keys and positions, the same with dots, reason, value as it was written.
    """
    found: dict[tuple, list[dict]] = {}
    keys: dict[tuple, list[dict]] = {}
    for item in error.errors():
        # a key may be wrong, and what stands under it as well
        kind = keys if item["loc"][-1:] == ("[key]",) else found
        kind.setdefault(_place(item, data), []).append(item)
    # a value that fits one of several forms badly says nothing about the forms it does not have
    deeper = {path[:length] for path in found for length in range(len(path))}
    listed = []
    for path, items in (*keys.items(), *found.items()):
        if path in deeper:
            items = [item for item in items if not item["type"].endswith("_type")]
        if items:
            value = shorten(str(items[0].get("input", "")))
            listed.append((path, ".".join(map(str, path)), _reason(items), value))
    return listed


def _place(item: dict, data: Any) -> tuple:
    """The path of an error in the data, without the names of alternatives (``str``, ``[key]``)."""
    path, node, known = [], data, False
    for part in item["loc"]:
        known = True
        if (isinstance(node, Mapping) and part in node) or (
            isinstance(node, list | tuple) and isinstance(part, int) and part < len(node)
        ):
            node = node[part]
        elif isinstance(node, pydantic.BaseModel) and part in type(node).model_fields:
            node = getattr(node, part)
        else:
            known = False
            continue
        path.append(part)
    if item["type"] == "missing" and not known:
        path.append(item["loc"][-1])
    if item["type"].startswith("union_tag"):
        path.append(item["ctx"]["discriminator"].strip("'"))
    return tuple(path)


def _reason(items: list[dict]) -> Said:
    """The reasons of one place; several if none of the forms it may have was met."""
    reasons = list({str(said): said for said in map(_of_one, items)}.values())
    reason = reasons[0]
    for other in reasons[1:]:
        reason = Said(N_("{one}, or {other}"), {"one": reason, "other": other})
    shown = items[0].get("input")
    if items[0]["type"] == "union_tag_invalid":
        shown = items[0]["ctx"]["tag"]
    unseen = ("missing", "extra_forbidden", "union_tag_not_found", "refused")
    if items[0]["type"] in unseen or isinstance(shown, dict | list | tuple | pydantic.BaseModel):
        return reason
    return Said(N_("{reason} (found {value})"), {"reason": reason, "value": shorten(repr(shown))})


def _of_one(item: dict) -> Said:
    kind, context = item["type"], dict(item.get("ctx", {}))
    context |= {
        name: int(value)
        for name, value in context.items()
        if isinstance(value, float) and value.is_integer()
    }
    if "said" in context:
        return context["said"]
    if kind == "union_tag_not_found":
        kind = "missing"
    choices = context.get("expected", context.get("expected_tags", ""))
    context["choices"] = " | ".join(re.findall(r"'([^']*)'", str(choices)))
    for name in (context.get("pattern"), kind, kind.split("_")[0]):
        if name in _REASONS:
            return Said(_REASONS[name], context)
    return Said(_OTHER, {"reason": item["msg"].removeprefix("Value error, ")})
