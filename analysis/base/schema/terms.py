"""Stages, types of schools, units and choices, with their Chinese and English labels."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

STAGES = ("primary", "junior")

#: Choices of the column `area`.
AREAS = ("urban", "town", "rural")
"""Stages of compulsory education that are judged; `senior` matters only for apportionment."""

#: Grades (as in `enrolment`) that belong to a stage.
STAGE_GRADES = MappingProxyType(
    {"primary": range(1, 7), "junior": range(7, 10), "senior": range(10, 13)}
)

#: Six years of primary school and three of junior, or five and four.
SIX_THREE, FIVE_FOUR = "6+3", "5+4"

#: Choices of the column `system` of the roster; blank is the first.
SYSTEMS = (SIX_THREE, FIVE_FOUR)


@dataclass(frozen=True)
class Label:
    """One term in both languages."""

    zh: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Named:
    """Things that have a name and an id: both are said, the names alone to people who see no ids.

    Attributes
    ----------
    things : tuple of (Label, str)
        Name and id of each.
    between : Label
        What stands between two of them.
    """

    things: tuple[tuple[Label, str], ...]
    between: Label = Label("、", ", ")

    @property
    def zh(self) -> str:
        return self.between.zh.join(f"{label.zh}（{id}）" for label, id in self.things)

    @property
    def en(self) -> str:
        return self.between.en.join(f"{label.en} ({id})" for label, id in self.things)

    @property
    def names(self) -> Label:
        """The names without the ids."""
        return Label(
            self.between.zh.join(label.zh for label, _ in self.things),
            self.between.en.join(label.en for label, _ in self.things),
        )


SYSTEM_LABELS = MappingProxyType(
    {SIX_THREE: Label("六三学制", "six-three"), FIVE_FOUR: Label("五四学制", "five-four")}
)

#: Where there is nothing to say: text has no unit, most columns need no help.
BLANK = Label("", "")


@dataclass(frozen=True)
class SchoolType:
    """A type of school and the stages it may teach; `judged` are the ones the rules look at."""

    zh: str
    en: str
    stages: tuple[str, ...]

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


SCHOOL_TYPES = MappingProxyType(
    {
        "primary": SchoolType("小学", "Primary school", ("primary",)),
        "junior": SchoolType("初级中学", "Junior secondary school", ("junior",)),
        "nine_year": SchoolType("九年一贯制学校", "Nine-year school", ("primary", "junior")),
        "twelve_year": SchoolType(
            "十二年一贯制学校", "Twelve-year school", ("primary", "junior", "senior")
        ),
        "combined_secondary": SchoolType(
            "完全中学", "Combined secondary school", ("junior", "senior")
        ),
        "teaching_point": SchoolType("教学点", "Teaching point", ("primary",)),
        "special_education": SchoolType(
            "特殊教育学校", "Special-education school", ("primary", "junior", "senior")
        ),
        "attached_class": SchoolType(
            "附设班", "School with attached classes", ("primary", "junior", "senior")
        ),
    }
)

#: Bands of ages of full-time teachers as the returns have them: first age and the first of the next band.
AGE_BANDS = MappingProxyType(
    {
        "24_or_less": (20, 25),
        **{f"{age}_to_{age + 4}": (age, age + 5) for age in range(25, 60, 5)},
        "60_or_more": (60, 65),
    }
)

CHOICE_LABELS = MappingProxyType(
    {
        "24_or_less": Label("24岁及以下", "24 or less"),
        **{
            f"{age}_to_{age + 4}": Label(f"{age}—{age + 4}岁", f"{age} to {age + 4}")
            for age in range(25, 60, 5)
        },
        "60_or_more": Label("60岁及以上", "60 or more"),
        **{name: Label(kind.zh, kind.en) for name, kind in SCHOOL_TYPES.items()},
        "public": Label("公办", "public"),
        "private": Label("民办", "private"),
        "urban": Label("城区", "urban"),
        "town": Label("镇区", "town"),
        "rural": Label("乡村", "rural"),
        "music": Label("音乐", "music"),
        "art": Label("美术", "art"),
        "6+3": Label("六三学制", "6+3"),
        "5+4": Label("五四学制", "5+4"),
        "yes": Label("是", "yes"),
        "no": Label("否", "no"),
    }
)

PERSONS = Label("人", "persons")
CLASSES = Label("班", "classes")
DEGREES = Label("度", "degrees")
SQUARE_METRES = Label("平方米", "m²")
YUAN = Label("元", "yuan")
#: Of a number that has no unit and is no share of a whole either.
RATIO = Label("比率", "ratio")
ROOMS = Label("间", "rooms")
SETS = Label("台", "sets")
BOOKS = Label("册", "books")
YEAR = Label("年", "year")
YES_NO = ("yes", "no")

STAGE_LABELS = MappingProxyType(
    {
        "primary": Label("小学", "Primary"),
        "junior": Label("初中", "Junior secondary"),
        "senior": Label("高中", "Senior secondary"),
    }
)

#: Subjects of the national monitoring of quality (application form, table V).
SUBJECTS = MappingProxyType(
    {
        "chinese": Label("语文", "Chinese"),
        "mathematics": Label("数学", "mathematics"),
        "science": Label("科学", "science"),
        "pe": Label("体育", "physical education"),
        "arts": Label("艺术", "arts"),
        "moral_education": Label("德育", "moral education"),
    }
)
