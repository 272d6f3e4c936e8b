"""What a cell of the template takes: choices, ranges, parts against their whole, schools of the roster."""

from __future__ import annotations

from ...base.files import N_
from ...base.language import Language
from ...base.schema.columns import Column, Table
from ...base.schema.tables import OTHER_SHEETS, SCHOOL_PARTS, TABLES
from ...base.schema.terms import CHOICE_LABELS, YES_NO
from ..county_form import FormItem
from ..reading.names import companions
from ..texts import cell_name

#: Rows below the header for which drop-downs and limits are laid out, at least.
ROWS = 5000


class Limits:
    """Data validation of one workbook, in its language.

    Parameters
    ----------
    say : Language
    items : int
        Items of the county that the list of items holds.
    """

    def __init__(self, say: Language, items: int):
        self.say, self.lang, self.items = say, say.code, items

    def choices(self, sheet, first: int, last: int, position: int, choices) -> None:
        labels = [CHOICE_LABELS[choice][self.lang] for choice in choices]
        sheet.data_validation(
            first,
            position,
            last,
            position,
            {"validate": "list", "source": labels, **self.refusal(" | ".join(labels))},
        )

    def refusal(self, expected: str, kind: str = "stop") -> dict:
        """What appears when a value is refused (`stop`) or questioned (`warning`)."""
        return {
            "error_title": self.say("Please check"),
            "error_message": expected[:255],
            "error_type": kind,
        }

    def below(self, sheet, table: Table, position: int, last: int) -> None:
        """Data validation below one head: choices, ranges, and parts against their whole."""
        say, column = self.say, table[columns_of(table)[position]]
        cell = cell_name(2, position + 1)
        if column.choices:
            self.choices(sheet, 1, last, position, column.choices)
            return
        if column.name == "school_id" and table.name == "schools":
            own = f"$A$2:$A${last + 1}"
            rule = {"validate": "custom", "value": f"=COUNTIF({own},{cell})=1"}
            rule |= self.refusal(say("This id stands in the roster already."), "warning")
        elif column.name == "school_id":
            roster = roster_names(TABLES["schools"].label(self.lang))
            rule = {"validate": "list", "source": roster}
            rule |= self.refusal(say("This id is not in the roster of schools."), "warning")
        elif column.name == "item":
            source = f"='{OTHER_SHEETS['items'][self.lang]}'!$A$2:$A${self.items + 1}"
            rule = {"validate": "list", "source": source}
            rule |= self.refusal(say("No rule uses this item; it is kept as a series."), "warning")
        elif column.is_numeric:
            rule = self.number_rule(table, column, cell)
        else:
            return
        sheet.data_validation(1, position, last, position, rule)

    def of_item(self, sheet, row: int, position: int, item: FormItem) -> None:
        """Choices of an item that is answered by yes or no; of a number, that it is one."""
        if item.kind == "yes_no":
            self.choices(sheet, row, row, position, YES_NO)
        elif item.kind:
            low = -1e12 if item.id.startswith("net_migration") else 0
            rule = {"validate": "decimal", "criteria": ">=", "value": low}
            text = self.say("A number.") if low else self.say("Number, 0 or more.")
            sheet.data_validation(row, position, row, position, rule | self.refusal(text))

    def number_rule(self, table: Table, column: Column, cell: str) -> dict:
        """Range of a number; a part is also compared with the column that contains it."""
        say = self.say
        whole_number = column.kind in ("integer", "count")
        wholes = {part: (whole, grave) for part, whole, grave in SCHOOL_PARTS}
        if table.name == "school_years" and column.name in wholes:
            whole, grave = wholes[column.name]
            other = cell_name(2, columns_of(table).index(whole) + 1)
            tests = [f"ISNUMBER({cell})", f"{cell}>=0", f'OR({other}="",{cell}<={other})']
            tests += [f"{cell}=INT({cell})"] if whole_number else []
            label = table[whole].label(self.lang)
            expected = say("A number, 0 or more, and not more than “{whole}”.", whole=label)
            grave = {"error": "stop"}.get(grave, "warning")
            return {"validate": "custom", "value": f"=AND({','.join(tests)})"} | self.refusal(
                expected, grave
            )
        if column.name == "closed":
            other = cell_name(2, columns_of(table).index("opened") + 1)
            tests = f"ISNUMBER({cell}),{cell}>={column.low},{cell}<={column.high}"
            rule = {"validate": "custom", "value": f'=AND({tests},OR({other}="",{cell}>={other}))'}
            return rule | self.refusal(say("A year, not before the first school year."))
        rule = {"validate": "integer" if whole_number else "decimal"}
        if column.high is not None:
            limits = {"criteria": "between", "minimum": column.low, "maximum": column.high}
            text = (
                N_("A whole number from {low} to {high}.")
                if whole_number
                else N_("A number from {low} to {high}.")
            )
            expected = say(text, low=column.low, high=column.high)
        else:
            limits = {"criteria": ">=", "value": 0}
            expected = (
                say("Whole number, 0 or more.") if whole_number else say("Number, 0 or more.")
            )
        return rule | limits | self.refusal(expected)


def roster_names(sheet: str, letter: str = "A") -> str:
    """The filled part of a column of the roster, as the source of a drop-down."""
    ids = f"'{sheet}'!$A$2:$A${ROWS + 1}"
    return f"=OFFSET('{sheet}'!${letter}$2,0,0,MAX(1,COUNTA({ids})),1)"


def columns_of(table: Table) -> list[str]:
    """Ids of the columns of a table's sheet in their order, with those that stand beside them."""
    names = list(table.names)
    if "school" in companions(table):
        names.insert(names.index("school_id") + 1, "school")
    if table.name == "county_years":
        names.insert(names.index("value"), "unit")
        names += ["form", "help"]
    return names
