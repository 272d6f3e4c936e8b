"""The binding table `forms.yaml`: which figure of which form is which column of ours."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated, Literal

import pydantic

from ..base.files import read_model
from ..base.schema.county_items import COUNTY_INPUTS
from ..base.schema.tables import TABLES
from ..base.schema.terms import AGE_BANDS, STAGES
from ..policy.entries import Text
from .reading.labels import key, plain

Kind = Literal["persons", "classes", "rooms", "sets", "books", "square_metres", "yuan"]
_TARGET = r"^(school_years|enrolment|staff_ages|county_years|check)\.[a-z0-9_]+(\.[a-z0-9_]+)?$"


#: Stage and band of ages of a target: ``primary_55_to_59`` -> both.
STAGE_BANDS = {f"{stage}_{band}": (stage, band) for stage in STAGES for band in AGE_BANDS}


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


def _known(target: str) -> str:
    """A target must be a column, a grade of `enrolment`, an item of the county, or a check."""
    table, name, *grade = target.split(".")
    known = {
        "school_years": lambda: name in TABLES["school_years"].names,
        "enrolment": lambda: name in ("students", "classes") and grade and int(grade[0]) <= 12,
        "staff_ages": lambda: name in ("persons", "women") and grade and grade[0] in STAGE_BANDS,
        "county_years": lambda: name in COUNTY_INPUTS,
        "check": lambda: True,
    }
    if not known[table]():
        raise ValueError(f"{target}: no such column")
    return target


Target = Annotated[str, pydantic.Field(pattern=_TARGET), pydantic.AfterValidator(_known)]


class Term(_Strict):
    """One labelled line or column: spellings in order of preference, each a path of labels."""

    spellings: tuple[tuple[str, ...], ...]
    optional: bool = False

    @classmethod
    def parse(cls, text: str) -> Term:
        """``"a/b | c ?"`` -> (a, b) or (c,), and it may be absent."""
        optional = text.rstrip().endswith("?")
        texts = text.rstrip().rstrip("?").split("|")
        paths = tuple(tuple(key(part) for part in each.split("/")) for each in texts)
        if not all(all(path) for path in paths):
            raise ValueError(f"{text!r}: a label is empty")
        return cls(spellings=paths, optional=optional)


def _terms(value: str | list[str]) -> tuple[Term, ...]:
    texts = [value] if isinstance(value, str) else value
    return tuple(Term.parse(text) for text in texts)


Terms = Annotated[tuple[Term, ...], pydantic.BeforeValidator(_terms)]


class Binding(_Strict):
    """One figure of a form.

    Attributes
    ----------
    to : str
        ``school_years.COLUMN``, ``enrolment.COLUMN.GRADE``, ``staff_ages.COLUMN.STAGE_BAND``,
        ``county_years.ITEM`` (to be added up over schools) or ``check.NAME`` (only compared).
    row, column : tuple of Term
        Labels; the figures of all of them are added up.
    every : int
        A label may stand over several columns, which are added up: how many are expected.
    unit : str
        Unit of the target.
    optional : bool
        Whether its absence from a sheet is no news.
    source, assumed : str
        Where this was learnt, and what was not.
    """

    to: Target
    row: Terms
    column: Terms
    unit: Kind
    every: int = 0
    optional: bool = False
    source: str
    assumed: str = ""


class Fact(_Strict):
    """A word about the school that stands to the right of its label, or in a table below it.

    `words` says of which kind it is: one that is known, the id or name of a `school`, or whether it is
    `counted` as a school.
    """

    to: Literal["schools.type", "schools.sponsor", "schools.area", "schools.belongs_to"]
    label: str
    words: Literal["type", "sponsor", "area", "school", "counted"]
    source: str
    assumed: str = ""

    @functools.cached_property
    def labels(self) -> tuple[str, ...]:
        return tuple(key(text) for text in self.label.split("|"))


class Form(_Strict):
    """One form: its number, and what is read from it.

    Attributes
    ----------
    id : str
    generation : {"old", "new"}
    title : Text
    sections : tuple of str
        Lines under which the lines below them belong, up to the next one.
    siblings : tuple of str
        Labels of the lines that may belong to a section; any other line ends it. Empty: all.
    export_unit : str
        The unit of its figures where a sheet of the system's export writes none.
    read : tuple of Binding
    facts : tuple of Fact
    """

    id: str
    generation: Literal["old", "new"]
    title: Text
    sections: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    export_unit: str = ""
    read: tuple[Binding, ...] = ()
    facts: tuple[Fact, ...] = ()

    @functools.cached_property
    def section_keys(self) -> frozenset[str]:
        return frozenset(key(text) for text in self.sections)

    @functools.cached_property
    def sibling_keys(self) -> frozenset[str]:
        return frozenset(key(text) for text in self.siblings)


class Outside(_Strict):
    """A kind of school that is not balanced here: the beginnings of its names, and its codes."""

    title: Text
    names: tuple[str, ...]
    codes: tuple[str, ...] = ()


class Fill(_Strict):
    """A figure of the whole school is that of its only stage."""

    to: Target
    from_: Annotated[Target, pydantic.Field(alias="from")]
    only: Literal["primary", "junior"]


class Check(_Strict):
    """A whole and its parts within one school and year; `any`: parts may be absent.

    `also`: parts that count where they are there and are not missed where they are not.
    """

    whole: Target
    parts: tuple[Target, ...]
    also: tuple[Target, ...] = ()
    relation: Literal["equal", "at_most", "different"]
    any: bool = False
    title: Text


class Forms(_Strict):
    """The whole binding table."""

    units: dict[Kind, dict[str, int]]
    written_units: tuple[Kind, ...]
    words: dict[Literal["type", "sponsor", "area"], dict[str, str]]
    codes: dict[Literal["type", "sponsor", "area"], dict[str, str]]
    outside: tuple[Outside, ...]
    bands: dict[str, str]
    labels: dict[Target, Text]
    forms: tuple[Form, ...]
    fill: tuple[Fill, ...]
    checks: tuple[Check, ...]

    @pydantic.model_validator(mode="before")
    @classmethod
    def _each_band(cls, table: dict) -> dict:
        """A binding with ``{band}`` stands for one of each band of ages."""
        bands = table.get("bands", {})

        def each(binding: dict) -> list[dict]:
            if "{band}" not in str(binding.get("to")):
                return [binding]
            return [
                binding
                | {"to": binding["to"].replace("{band}", band)}
                | {"column": binding["column"].replace("{band}", heads)}
                for band, heads in bands.items()
            ]

        forms = [
            form | {"read": [one for binding in form.get("read", ()) for one in each(binding)]}
            for form in table.get("forms", ())
        ]
        return table | {"forms": forms}

    @functools.cached_property
    def by_id(self) -> dict[str, Form]:
        return {form.id: form for form in self.forms}

    def word(self, kind: str, text: str, code: str = "") -> str | None:
        """Our word for what a sheet says: the longest beginning counts, else the code."""
        said = plain(text)
        fitting = [word for word in self.words[kind] if said.startswith(word)]
        if fitting:
            return self.words[kind][max(fitting, key=len)]
        return self.codes[kind].get(code)

    def outside_kind(self, text: str, code: str = "") -> Outside | None:
        """The kind of school that is not judged here, None if it is one that is."""
        if self.word("type", text, code) is not None:
            return None
        said = plain(text)
        for kind in self.outside:
            if code in kind.codes or (said and said.startswith(kind.names)):
                return kind
        return None

    @functools.cached_property
    def by_target(self) -> dict[str, tuple[tuple[Form, Binding], ...]]:
        """Target -> every form that has it."""
        found: dict[str, tuple] = {}
        for form in self.forms:
            for binding in form.read:
                found[binding.to] = (*found.get(binding.to, ()), (form, binding))
        return found

    @pydantic.model_validator(mode="after")
    def _consistent(self) -> Forms:
        ids = [form.id for form in self.forms]
        if len(ids) != len(set(ids)):
            raise ValueError("a form stands twice")
        for form in self.forms:
            targets = [binding.to for binding in form.read]
            if len(targets) != len(set(targets)):
                raise ValueError(f"{form.id}: a target stands twice")
        for kind, words in (*self.words.items(), *self.codes.items()):
            allowed = TABLES["schools"][kind]
            wrong = set(words.values()) - set(allowed.choices or map(str, range(1, 11)))
            if wrong:
                raise ValueError(f"words of {kind}: {', '.join(sorted(wrong))}")
        known = set(self.by_target)
        ours = {to for to in known if to.startswith(("check.", "county_years."))}
        if ours != set(self.labels):
            raise ValueError(f"labels: {', '.join(sorted(ours ^ set(self.labels)))}")
        for target in (
            *(fill.from_ for fill in self.fill),
            *(
                target
                for check in self.checks
                for target in (check.whole, *check.parts, *check.also)
            ),
        ):
            if target not in known:
                raise ValueError(f"{target} is read from no form")
        return self


@functools.cache
def forms() -> Forms:
    """The binding table of the package."""
    return read_model(Path(__file__).with_name("forms.yaml"), Forms)
