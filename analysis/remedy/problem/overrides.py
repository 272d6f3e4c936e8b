"""What somebody rules out, fixes or prices otherwise: questions on top of the means of a county."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...base.files import N_, Finding, InputError
from ...base.schema.terms import STAGES, Label
from ...data.county import County
from ...policy.entries import Text
from .means import ATTRIBUTES, LARGEST, PEOPLE, PURCHASES, Forbid, Lock, Means, purchase_label

#: (means, code of a school or None for all of them)
Forbidden = tuple[str, str | None]
#: (means, code of a school, stage or None for both, amount in m², yuan, rooms or persons)
Locked = tuple[str, str | None, str | None, float]

#: Where something holds that names no school.
EVERYWHERE = Label("县域内各校", "whole county")
ASKED = Text(zh="提问时给定", en="Set with the question")


def word(text: str) -> str:
    """A means as the keys of prices write it, without ``purchase.``: ``hire.graduate``, ``transfer``."""
    return text.removeprefix("purchase.").strip()


def overridden(
    means: Means,
    county: County,
    forbid: Iterable[Forbidden] = (),
    lock: Iterable[Locked] = (),
    prices: Mapping[str, float] | None = None,
) -> Means:
    """The means with what was asked on top of them.

    Parameters
    ----------
    means : Means
    county : County
        Of which the schools are.
    forbid : iterable of (means, school or None)
        Not done at the school (for a transfer: it neither gives nor takes), or nowhere.
    lock : iterable of (means, school or None, stage or None, amount)
        Done exactly so much, in m², yuan, rooms or persons: at the school, or in all schools together.
    prices : mapping of str to float
        Yuan of one unit by the key under which it stands: ``multimedia_rooms``, ``hire.graduate``,
        ``upgrade.backbone``, ``transfer``.

    Raises
    ------
    InputError
        Every word that is no means, every school that is not on the roster, every amount or price
        that cannot be.
    """
    wrong: list[Finding] = []
    known, roster = means.words, set(county.tables["schools"]["school_id"])

    def refuse(message: str, **values) -> None:
        wrong.append(Finding("error", message, values))

    def checked(text: str, school: str | None) -> str:
        if school is not None and school not in roster:
            refuse(N_("no school has the code {code}"), code=school)
        if word(text) not in known:
            refuse(
                N_("no means is called “{value}”; expected one of {names}"),
                value=text,
                names=", ".join(known),
            )
        return word(text)

    forbids = [Forbid(means=checked(name, school), school=school) for name, school in forbid]
    locks = []
    for name, school, stage, amount in lock:
        name = checked(name, school)
        if stage not in (None, "", *STAGES):
            refuse(N_("“{value}” is no stage; expected primary or junior"), value=stage)
        elif not _number(amount):
            refuse(N_("“{value}” is no amount; expected 0 or more"), value=amount)
        else:
            locks.append(Lock(means=name, school=school, stage=stage or None, amount=amount))
    changes = {"forbid": (*means.forbid, *forbids), "lock": (*means.lock, *locks)}
    priced = _priced(means, prices or {}, refuse)
    if wrong:
        raise InputError(wrong)
    return means.model_copy(update=changes | priced)


def _priced(means: Means, prices: Mapping[str, float], refuse) -> dict:
    """Sections with the given prices; a price that is set names the question as its source."""
    purchase, upgrade = dict(means.purchase), dict(means.upgrade)
    hire, transfer = {each.name: each for each in means.hire}, means.transfer
    known = [*purchase, *(f"hire.{name}" for name in hire), *(f"upgrade.{n}" for n in upgrade)]
    known += ["transfer"] if transfer else []
    for key, cny in prices.items():
        name = word(key)
        if name not in known:
            refuse(
                N_("no price is called “{value}”; expected one of {names}"),
                value=key,
                names=", ".join(known),
            )
            continue
        if not _number(cny):
            refuse(N_("the price of {name} is “{value}”; expected yuan"), name=key, value=cny)
            continue
        new = {"cny": float(cny), "source": ASKED, "year": None, "confidence": ""}
        kind = name.partition(".")[2]
        if name in purchase:
            purchase[name] = purchase[name].model_copy(update=new)
        elif name == "transfer":
            transfer = transfer.model_copy(update=new)
        elif name.startswith("hire."):
            hire[kind] = hire[kind].model_copy(update=new)
        else:
            upgrade[kind] = upgrade[kind].model_copy(update=new)
    return {
        "purchase": purchase,
        "hire": tuple(hire.values()),
        "upgrade": upgrade,
        "transfer": transfer,
    }


def _number(value: float | str) -> bool:
    return isinstance(value, int | float) and 0 <= value <= LARGEST


def label_of(name: str, means: Means) -> Label:
    """A means as people say it."""
    if name in PURCHASES or name in means.purchase:
        return purchase_label(name, means)
    name, _, kind = name.partition(".")
    people = PEOPLE[name]
    if not kind:
        return people
    detail = ATTRIBUTES.get(kind, Label(kind, kind))
    title = next((each.title for each in means.hire if each.name == kind and each.title), None)
    if name == "hire" and title:
        detail = Label(title.zh, title.en)
    return Label(f"{people.zh}（{detail.zh}）", f"{people.en} ({detail.en})")


def parse_forbid(text: str) -> Forbidden:
    """``MEANS`` or ``MEANS@SCHOOL`` as the command line writes it."""
    name, _, school = text.partition("@")
    return name, school or None


def parse_lock(text: str) -> Locked:
    """``MEANS=AMOUNT``, ``MEANS@SCHOOL=AMOUNT`` or ``MEANS@SCHOOL/STAGE=AMOUNT``."""
    place, amount = parse_price(text)
    name, _, where = place.partition("@")
    school, _, stage = where.partition("/")
    return name, school or None, stage or None, amount


def parse_price(text: str) -> tuple[str, float | str]:
    """``KEY=YUAN``; what is no number is kept as it was written and refused by `overridden`."""
    key, _, number = text.rpartition("=")
    try:
        return key, float(number.replace(",", ""))
    except ValueError:
        return key, number
