"""What may be bought, hired, trained and moved, at which price: `remedy.yaml` and the built-in prices."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import pydantic

from ...base.files import N_, Document, InputError, parse_model, read_model, read_yaml
from ...base.language import Said
from ...base.refusals import refusal
from ...base.schema.indicators import Indicator
from ...base.schema.terms import STAGES, Label
from ...data.county import County
from ...data.load import prices_file
from ...policy.entries import Text

#: Halls: they stand within the teaching area of the statistics.
INDOOR = "indoor_sports_area_m2"

#: What is bought for a school as a whole, in the order of the columns of `school_years`.
PURCHASES = {
    "teaching_area_m2": Label("教学及辅助用房（平方米）", "Teaching area (m²)"),
    INDOOR: Label("室内体育用房（平方米）", "Indoor sports area (m²)"),
    "outdoor_sports_area_m2": Label("室外运动场地（平方米）", "Outdoor sports area (m²)"),
    "equipment_value_cny": Label("教学仪器设备（元）", "Equipment (yuan)"),
    "multimedia_rooms": Label("网络多媒体教室（间）", "Multimedia rooms"),
}
#: What people do, beside what is bought.
PEOPLE = {
    "hire": Label("新聘教师", "Teachers hired"),
    "upgrade": Label("培训提升", "Teachers trained"),
    "transfer": Label("教师交流", "Teachers transferred"),
}
#: What an item of the standard may ask of a school besides: bought or paid, but no indicator.
ITEMS = {
    "music_rooms": Label("音乐专用教室（间）", "Music rooms"),
    "art_rooms": Label("美术专用教室（间）", "Art rooms"),
    "operating_funds_cny": Label("公用经费（元）", "Public-use funds (yuan)"),
}
#: What a teacher may be, in the order of the first three indicators.
ATTRIBUTES = {
    "above_qualification": Label("高于规定学历", "above the required qualification"),
    "backbone": Label("骨干教师", "backbone teacher"),
    "pe_arts": Label("体育艺术教师", "PE or arts teacher"),
}

#: Yuan above which a price or amount is a mistake.
LARGEST = 1e12
Yuan = Annotated[float, pydantic.Field(ge=0, le=LARGEST)]
Share = Annotated[float, pydantic.Field(ge=0, le=1)]
Step = Annotated[float, pydantic.Field(gt=0)]
Flag = Annotated[int, pydantic.Field(ge=0, le=1)]
Amount = Annotated[float, pydantic.Field(ge=0)]


class _Assumption(pydantic.BaseModel):
    """A price or a limit, where it comes from and how sure it is."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    source: Text | str = ""
    year: Annotated[int, pydantic.Field(ge=1949, le=2100)] | None = None
    """Year of the price."""
    confidence: Literal["high", "medium", "low", ""] = ""
    note: Text | None = None


class Purchase(_Assumption):
    """Something bought for a school, in whole multiples of a step."""

    cny: Yuan
    """Price of one unit: m², yuan of equipment, room."""
    step: Step = 1
    adds_equipment_cny: Amount = 0
    """What a multimedia room adds to the equipment value."""
    rent_cny: Yuan | None = None
    """What one unit costs a year where it is rented."""
    title: Text | None = None
    """How people call what is not among `PURCHASES`; filled from the indicator that counts it."""
    unit: Text | None = None
    """Its unit, likewise."""


class Hire(_Assumption):
    """A kind of new teacher and what such a person brings."""

    name: str
    title: Text | None = None
    above_qualification: Flag = 0
    backbone: Flag = 0
    pe_arts: Flag = 0
    cny: Yuan
    most: Annotated[int, pydantic.Field(ge=0)] | None = None
    """Persons in the whole county; as many as needed if missing."""

    @property
    def brings(self) -> tuple[int, int, int]:
        return (self.above_qualification, self.backbone, self.pe_arts)


class Upgrade(_Assumption):
    """Training or selection that gives an attribute to teachers who lack it."""

    cny: Yuan
    share: Share | None = None
    """Part of a row's teachers a year (whole persons)."""


class Transfer(_Assumption):
    """Teachers who change to another school of the same stage."""

    cny: Yuan
    ownership: tuple[str, ...] = ("public",)
    share: Share | None = None
    """Part of a row's teachers that may leave (whole persons)."""
    not_schools: tuple[str, ...] = ()
    """Ids of schools that neither give nor take."""


class Limit(_Assumption):
    """The most of some means at each of the listed schools."""

    schools: tuple[str, ...]
    teaching_area_m2: Amount | None = None
    indoor_sports_area_m2: Amount | None = None
    outdoor_sports_area_m2: Amount | None = None
    equipment_value_cny: Amount | None = None
    multimedia_rooms: Amount | None = None
    hire: Amount | None = None
    upgrade: Amount | None = None
    more: dict[str, Amount] = {}
    """The most of purchases that are not among `PURCHASES`."""

    def most(self, means: str) -> float | None:
        return getattr(self, means, self.more.get(means))


class Diversion(_Assumption):
    """Pupils of a stage who could go to another school: one entry of a menu."""

    name: str
    origin: str
    target: str
    stage: Literal[STAGES]  # type: ignore[valid-type]
    students: Annotated[int, pydantic.Field(gt=0)]
    cny: Yuan = 0


class Forbid(_Assumption):
    """A means that is ruled out, at a school or everywhere."""

    means: str
    school: str | None = None


class Lock(_Assumption):
    """A means that is done exactly so much, at a school or in the whole county."""

    means: str
    school: str | None = None
    stage: Literal[STAGES] | None = None  # type: ignore[valid-type]
    amount: Amount
    """m², yuan, rooms, persons."""


class Means(pydantic.BaseModel):
    """Everything that may be done, as written in `remedy.yaml`.

    A section that is missing is not allowed: without `transfer` nobody moves. `multimedia_rooms` and
    the other purchases are those of `PURCHASES`.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    purchase: dict[str, Purchase] = {}
    hire: tuple[Hire, ...] = ()
    upgrade: dict[Literal[tuple(ATTRIBUTES)], Upgrade] = {}  # type: ignore[valid-type]
    transfer: Transfer | None = None
    items: dict[Literal[tuple(ITEMS)], Purchase] = {}  # type: ignore[valid-type]
    """For the goal `items`: a room fitted out in the area that the standard asks, a yuan a year."""
    limits: tuple[Limit, ...] = ()
    diversions: tuple[Diversion, ...] = ()
    forbid: tuple[Forbid, ...] = ()
    lock: tuple[Lock, ...] = ()

    @pydantic.model_validator(mode="after")
    def _known(self):
        adding = sorted(n for n, p in self.purchase.items() if p.adds_equipment_cny)
        if adding not in ([], ["multimedia_rooms"]):
            raise refusal(N_("only multimedia_rooms may have `adds_equipment_cny`"))
        names = [hire.name for hire in self.hire]
        if len(set(names)) < len(names):
            raise refusal(N_("two kinds of teachers under `hire` have the same name"))
        known = self.words
        wrong = [each.means for each in (*self.forbid, *self.lock) if each.means not in known]
        if wrong:
            raise refusal(
                N_("no means is called “{value}”; expected one of {names}"),
                value=", ".join(wrong),
                names=", ".join(known),
            )
        return self

    @property
    def words(self) -> list[str]:
        """Everything that may be ruled out or fixed."""
        kinds = [f"hire.{hire.name}" for hire in self.hire]
        trained = [f"upgrade.{name}" for name in ATTRIBUTES]
        return [
            *dict.fromkeys((*PURCHASES, *self.purchase)),
            "hire",
            *kinds,
            "upgrade",
            *trained,
            "transfer",
        ]

    @property
    def assumptions(self) -> list[tuple[str, _Assumption]]:
        """Every price and limit with the key under which it stands."""
        found = [(f"purchase.{name}", each) for name, each in self.purchase.items()]
        found += [(f"items.{name}", each) for name, each in self.items.items()]
        found += [(f"hire.{each.name}", each) for each in self.hire]
        found += [(f"upgrade.{name}", each) for name, each in self.upgrade.items()]
        if self.transfer is not None:
            found.append(("transfer", self.transfer))
        found += [(f"limits.{number}", each) for number, each in enumerate(self.limits)]
        found += [(f"diversions.{each.name}", each) for each in self.diversions]
        return found


def built_in_means() -> Means:
    """The prices that come with the package; every one is an assumption of low confidence."""
    return read_model(Path(str(resources.files(__package__).joinpath("means.yaml"))), Means)


def read_means(county: County, file: Path | None = None) -> Means:
    """The means of a county: a given file, else `remedy.yaml` beside its data, else the built-in ones.

    Parameters
    ----------
    county : County
    file : Path, optional

    Returns
    -------
    Means

    Raises
    ------
    InputError
        Every mistake with its line, schools that are not on the roster included.
    """
    if file is None:
        own = prices_file(county.path)
        if not own.is_file():
            return built_in_means()
        file = own
    document = read_yaml(file)
    means = _named(parse_model(document, Means), county, document)
    check_schools(means, county, document)
    return means


def _named(means: Means, county: County, document: Document) -> Means:
    """With the names of what an indicator of the standard counts; refuses to buy what none does."""
    counted = {
        column: about
        for about in county.standard.evaluation.indicators.values()
        if about.shared
        for column in about.add
    }
    known = list(dict.fromkeys((*PURCHASES, *counted)))
    places: list[tuple[tuple, Iterable[str]]] = [(("purchase",), means.purchase)]
    places += [(("limits", n, "more"), limit.more) for n, limit in enumerate(means.limits)]
    wrong = []
    for path, names in places:
        unknown = sorted(set(names) - set(known))
        if unknown:
            values = {"names": ", ".join(unknown), "known": ", ".join(known)}
            said = Said(N_("unknown purchase {names}; expected one of {known}"), values)
            wrong.append(document.finding(path, said))
    if wrong:
        raise InputError(wrong)
    named = {}
    for name, purchase in means.purchase.items():
        if name not in PURCHASES and purchase.title is None:
            about = counted[name]
            label = counted_label(about)
            title, unit = (
                Text(zh=label.zh, en=label.en),
                Text(zh=about.resource.zh, en=about.resource.en),
            )
            purchase = purchase.model_copy(update={"title": title, "unit": unit})
        named[name] = purchase
    return means.model_copy(update={"purchase": named})


def counted_label(about: Indicator) -> Label:
    """What an indicator counts, with its unit, where it is bought."""
    return Label(
        f"{about.short.zh}（{about.resource.zh}）", f"{about.short.en} ({about.resource.en})"
    )


def is_bought(means: str) -> bool:
    """Whether a measure buys something for a school: not done by people, nor asked by an item."""
    return means.partition(".")[0] not in (*PEOPLE, *ITEMS)


def purchase_label(name: str, means: Means | None = None) -> Label:
    """What is bought, with its unit, as people say it."""
    if name in PURCHASES:
        return PURCHASES[name]
    title = means.purchase[name].title if means is not None and name in means.purchase else None
    return Label(title.zh, title.en) if title else Label(name, name)


def check_schools(means: Means, county: County, document: Document) -> None:
    """Refuse schools that are not on the roster."""
    known = set(county.tables["schools"]["school_id"])
    named = [
        (("limits", number, "schools"), name)
        for number, limit in enumerate(means.limits)
        for name in limit.schools
    ]
    named += [
        (("diversions", number, end), getattr(each, end))
        for number, each in enumerate(means.diversions)
        for end in ("origin", "target")
    ]
    named += [
        ((section, number, "school"), each.school)
        for section in ("forbid", "lock")
        for number, each in enumerate(getattr(means, section))
        if each.school is not None
    ]
    if means.transfer is not None:
        named += [(("transfer", "not_schools"), name) for name in means.transfer.not_schools]
    wrong = [
        document.finding(path, Said(N_("no school has the code {code}"), {"code": name}))
        for path, name in named
        if name not in known
    ]
    if wrong:
        raise InputError(wrong)
