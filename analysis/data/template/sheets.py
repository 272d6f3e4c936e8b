"""The sheets of the template: how to fill in, the county, its tables, the list of items."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ...base.language import Language
from ...base.schema.columns import Column, Table
from ...base.schema.tables import COUNTY_FIELDS, COUNTY_SHEET, OTHER_SHEETS, SCHOOL_PARTS, TABLES
from ...base.schema.terms import CHOICE_LABELS, YES_NO, Label
from ...base.schema.terms import YUAN as YUAN_LABEL
from ...base.spreadsheet import unguarded
from ...policy.standards import NATIONAL
from ..county import County
from ..county_form import FORM_TABLES, FormItem
from ..examples import EXAMPLE_ID, EXAMPLES
from ..reading.names import companions
from ..reading.record import record_lines
from ..reading.settings import MONEY_UNITS, SETTINGS, WAN
from ..texts import cell_text
from .limits import ROWS, Limits, columns_of, roster_names
from .words import COUNTY_HELP, INSTRUCTIONS, KINDS, SCHOOL_HELP, SETTING_HELP

#: What a protected sheet still allows: everything but changing the heads.
_ALLOWED = dict.fromkeys(
    (
        *("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows"),
        *("sort", "autofilter", "objects"),
    ),
    True,
)


class Sheets:
    """Writes the sheets of one workbook in one language."""

    def __init__(self, book, say: Language, money: str, names_only: bool, items):
        self.book, self.say, self.lang = book, say, say.code
        self.money, self.names_only, self.form = money, names_only, items
        self.limits = Limits(say, len(items))
        base = {"font_name": "SimSun" if say.code == "zh" else "Calibri", "font_size": 11}
        edge = {**base, "border": 1, "border_color": "#BFBFBF", "valign": "top"}
        head = {**edge, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter"}
        self.formats = {
            name: book.add_format(look)
            for name, look in {
                "needed": {**head, "bg_color": "#1F4E79", "font_color": "#FFFFFF"},
                "optional": {**head, "bg_color": "#DDEBF7"},
                "text": {**base, "num_format": "@"},
                "integer": {**base, "num_format": "0"},
                "count": {**base, "num_format": "#,##0"},
                "number": {**base, "num_format": "#,##0.##########"},
                "value": base,
                "title": {**base, "bold": True, "font_size": 16},
                "section": {**base, "bold": True, "font_size": 12},
                "cell": {**edge, "text_wrap": True},
                "example": {**edge, "italic": True, "font_color": "#7F6000", "bg_color": "#FFF2CC"},
                "plain": {**base, "text_wrap": True, "valign": "top"},
                "entry": {**edge, "num_format": "@", "text_wrap": True},
                "name": {**edge, "bg_color": "#DDEBF7"},
                "aside": {**base, "font_color": "#595959", "locked": False},
            }.items()
        }
        for name in ("text", "integer", "count", "number", "value", "entry", "example"):
            self.formats[name].set_locked(False)
        self.formats["choice"] = self.formats["text"]

    def readme(self, schema: Mapping[str, Table]) -> None:
        """How to fill in, what every column means, and an example row of every table."""
        say, formats = self.say, self.formats
        sheet = self.book.add_worksheet(OTHER_SHEETS["readme"][self.lang])
        sheet.hide_gridlines(2)
        for column, width in enumerate((32, 12, 16, 62, 24)):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, say("County data for Junheng: how to fill in"), formats["title"])
        row = 2
        for number, text in enumerate(INSTRUCTIONS, 1):
            told = f"{number}. {say(text)}"
            sheet.merge_range(row, 0, row, 4, told, formats["plain"])
            sheet.set_row(row, 16 * _lines(told, 140))
            row += 1
        for table in schema.values():
            if not table.asked:
                continue
            row += 1
            needed = say("must be there") if table.needed else say("may be left out")
            title = say("Sheet “{sheet}”: {needed}", sheet=table.label(self.lang), needed=needed)
            sheet.write_string(row, 0, title, formats["section"])
            sheet.write_row(
                row + 1,
                0,
                (say("Column"), say("Unit"), say("Blank allowed"), say("What to fill in")),
                formats["optional"],
            )
            sheet.write_string(row + 1, 4, say("Example, never read"), formats["example"])
            row += 2
            for column in table.columns:
                help = self.help(table, column)
                texts = (
                    column.label(self.lang),
                    column.unit[self.lang],
                    CHOICE_LABELS["no" if column.filled else "yes"][self.lang],
                    help,
                )
                for position, text in enumerate(texts):
                    sheet.write_string(row, position, text, formats["cell"])
                example = EXAMPLES[table.name].get(column.name, "")
                if column.name == "item":
                    example = next(item.label for item in self.form if item.id == example)
                self.write(sheet, row, 4, column, self.shown(column, example), formats["example"])
                lines = max(_lines(help, 60), _lines(texts[0], 30))
                sheet.set_row(row, 16 * lines)
                row += 1
        _for_paper(sheet)

    def county(self, county: County | None, standard: str = NATIONAL) -> None:
        """The record: a key and its value per line."""
        say, formats = self.say, self.formats
        sheet = self.book.add_worksheet(COUNTY_SHEET[self.lang])
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 44, formats["text"])
        sheet.set_column(2, 2, 60, formats["text"])
        for column, text in enumerate((say("Item"), say("Entry"), say("Note"))):
            sheet.write_string(0, column, text, formats["needed"])
        sheet.protect("", _ALLOWED)
        blank = [(key, standard if key == "standard" else "", "") for key in COUNTY_FIELDS]
        lines = [*record_lines(county.record), ("sources", "", "")] if county else blank
        for row, (key, entry, note) in enumerate(lines, 1):
            if key == "synthetic":
                self.limits.choices(sheet, row, row, 1, YES_NO)
                entry = CHOICE_LABELS[entry][self.lang] if entry else ""
            if key in COUNTY_HELP:
                self.note(sheet, row, 0, say(COUNTY_HELP[key]))
            sheet.write_string(row, 0, COUNTY_FIELDS[key][self.lang], formats["name"])
            sheet.write_string(row, 1, _kept(entry), formats["entry"])
            sheet.write_string(row, 2, _kept(note), formats["entry"])
            sheet.set_row(row, 16 * max(_lines(entry, 42), _lines(note, 58)))
        self.settings(sheet, len(lines) + 1)
        sheet.freeze_panes(1, 0)
        _for_paper(sheet)

    def settings(self, sheet, row: int) -> None:
        """What the workbook says about itself: the year of the form and the unit of money."""
        entries = {"form_year": "", "money_unit": MONEY_UNITS[self.money][self.lang]}
        for at, (key, label) in enumerate(SETTINGS.items(), row):
            sheet.write_string(at, 0, label[self.lang], self.formats["name"])
            sheet.write_string(at, 1, entries[key], self.formats["entry"])
            self.note(sheet, at, 0, self.say(SETTING_HELP[key]))
        labels = [label[self.lang] for label in MONEY_UNITS.values()]
        rule = {"validate": "list", "source": labels, **self.limits.refusal(" | ".join(labels))}
        sheet.data_validation(row + 1, 1, row + 1, 1, rule)

    def table(self, table: Table, frame, roster) -> None:
        """A table: heads with notes, limits and choices below, and the county's rows."""
        sheet = self.book.add_worksheet(table.label(self.lang))
        names = columns_of(table)
        sheet.set_column(len(names), 16_383, None, self.formats["value"])
        # a format is no cell: else every row is written by a walk to the last column there can be
        sheet.dim_colmin = sheet.dim_colmax = None
        last = max(ROWS, (0 if frame is None else len(frame)) + 1000)
        beside = companions(table)
        for position, name in enumerate(names):
            if name in beside:
                self.companion(sheet, table, name, beside[name], position, last)
                continue
            column = table[name]
            kind = "needed" if column.filled else "optional"
            sheet.write_string(0, position, self.head(column), self.formats[kind])
            self.note(sheet, 0, position, self.help(table, column))
            wide = {"item": 44, "name": 26, "note": 26, "evidence": 26}.get(name, 14)
            sheet.set_column(position, position, wide, self.formats[column.kind])
            self.limits.below(sheet, table, position, last)
        heads = [_lines(column.label(self.lang), 9) + 1 for column in table.columns]
        sheet.set_row(0, 15 * min(max(heads), 6))
        sheet.freeze_panes(1, 2 if "school_id" in table.names else 1)
        sheet.repeat_rows(0)
        sheet.protect("", _ALLOWED)
        _for_paper(sheet)
        rows = self.rows(table, frame, roster)
        for row, record in enumerate(rows, 1):
            self.row(sheet, row, table, names, record)

    def head(self, column: Column) -> str:
        """The head of a column with its unit."""
        unit = MONEY_UNITS[self.money] if column.unit == YUAN_LABEL else column.unit
        title, unit = column.label(self.lang), unit[self.lang]
        if unit:
            title += f"（{unit}）" if self.lang == "zh" else f" ({unit})"
        return title

    def companion(self, sheet, table: Table, name: str, label: Label, position: int, last: int):
        """A column that stands beside those of the table for whoever fills it in."""
        sheet.write_string(0, position, label[self.lang], self.formats["optional"])
        width = {"school": 26, "unit": 14, "form": 24, "help": 60}[name]
        if name != "school":
            sheet.set_column(position, position, width, self.formats["aside"])
            return
        self.note(sheet, 0, position, self.say(SCHOOL_HELP))
        sheet.set_column(position, position, width, self.formats["text"])
        rule = {"validate": "list", "source": roster_names(TABLES["schools"].label(self.lang), "B")}
        rule |= self.limits.refusal(self.say("No school of the roster has this name."), "warning")
        sheet.data_validation(1, position, last, position, rule)

    def rows(self, table: Table, frame, roster) -> list[dict]:
        """Records of the rows to write: the county's, or an example; and items still blank."""
        found = [] if frame is None else frame.to_dict("records")
        if roster is not None and "school" in companions(table):
            called = dict(zip(roster["school_id"], roster["name"], strict=True))
            unique = set(roster["name"].drop_duplicates(keep=False).dropna())
            for record in found:
                record["~school"] = called.get(record["school_id"], "")
                if self.names_only and record["~school"] in unique:
                    record["school_id"] = None
        if table.name == "county_years":
            there = {record["item"] for record in found}
            found += [{"item": item.id} for item in self.form if item.id not in there]
        elif frame is None and table.asked and table.name in EXAMPLES:
            example = EXAMPLES[table.name]
            shown = {name: getattr(v, self.lang, v) for name, v in example.items()}
            shown |= {"school_id": EXAMPLE_ID[self.lang], "~look": "example"}
            found = [shown | {"~school": EXAMPLES["schools"]["name"][self.lang]}]
        return found

    def row(self, sheet, row: int, table: Table, names: list[str], record: dict) -> None:
        """One row; of an item of the county also its name, unit, help and limits."""
        look = self.formats.get(record.get("~look", ""))
        item = None
        if table.name == "county_years":
            item = next((item for item in self.form if item.id == record["item"]), None)
        for position, name in enumerate(names):
            if name in companions(table):
                text = self.beside(name, item, record)
                if text:
                    format = self.formats["text" if name == "school" else "aside"]
                    sheet.write_string(row, position, _kept(text), look or format)
                continue
            column, value = table[name], record.get(name)
            if name == "item" and item is not None:
                sheet.write_string(row, position, item.label[self.lang], look)
            elif value == value and value is not None:
                self.write(sheet, row, position, column, self.shown(column, value), look, item)
        if item is not None:
            self.limits.of_item(sheet, row, names.index("value"), item)

    def beside(self, name: str, item: FormItem | None, record: dict) -> str:
        """The text of a cell in a column beside those of the table."""
        if name == "school":
            return record.get("~school") or ""
        if item is None:
            return ""
        if name == "unit":
            return (MONEY_UNITS[self.money] if item.total else item.unit)[self.lang]
        if name == "form":
            return FORM_TABLES[item.table][self.lang]
        return (" " if self.lang == "en" else "").join(said.text(self.lang) for said in item.help)

    def items(self) -> None:
        """The list from which the items of county_years are chosen: names, and ids for programs."""
        say, sheet = self.say, self.book.add_worksheet(OTHER_SHEETS["items"][self.lang])
        for column, width in enumerate((60, 16, 34, 42)):
            sheet.set_column(column, column, width)
        heads = (say("Item"), say("Unit"), say("Form table"), say("Id (for programs)"))
        for column, text in enumerate(heads):
            sheet.write_string(0, column, text, self.formats["optional"])
        for row, item in enumerate(self.form, 1):
            texts = (item.label[self.lang], self.beside("unit", item, {}))
            texts += (FORM_TABLES[item.table][self.lang], item.id)
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text, self.formats["cell"])
        sheet.freeze_panes(1, 0)

    def shown(self, column: Column, value: object) -> object:
        """A value as the sheet shows it: choices and texts in its language."""
        if isinstance(value, Label):
            return value[self.lang]
        if column.choices or column.kind == "value":
            return CHOICE_LABELS[value][self.lang] if value in CHOICE_LABELS else value
        return value

    def write(
        self, sheet, row: int, position: int, column: Column, value, format, item=None
    ) -> None:
        """A number as a number where a spreadsheet keeps it exactly; everything else as text."""
        number = None
        if column.is_numeric and value != "":
            number = float(value)
        elif column.kind == "value":
            number = _number(value)
        total = column.kind == "value" and item is not None and item.total
        money = column.unit == YUAN_LABEL or total
        if number is not None and money and self.money == WAN:
            exact = Decimal(repr(number)) / 10_000
            number = float(exact)
            if float(Decimal(repr(number)) * 10_000) != float(exact * 10_000):
                sheet.write_string(row, position, format_text(exact), format)
                return
        if number is not None and float(f"{number:.16G}") == number:
            sheet.write_number(row, position, number, format)
        elif number is not None:
            sheet.write_string(row, position, cell_text(number), format)
        else:
            sheet.write_string(row, position, _kept(value), format)

    def help(self, table: Table, column: Column) -> str:
        """What is to be filled in, in sentences."""
        say, parts = self.say, [column.help[self.lang]] if column.help[self.lang] else []
        # what is a number or yes or no says in its own words what it takes
        if column.kind in KINDS and not (parts and column.kind == "value"):
            parts.append(say(KINDS[column.kind]))
        if column.unit[self.lang]:
            unit = MONEY_UNITS[self.money] if column.unit == YUAN_LABEL else column.unit
            parts.append(say("Unit: {unit}.", unit=unit[self.lang]))
        if column.low is not None:
            parts.append(say("From {low} to {high}.", low=column.low, high=column.high))
        parts += [
            say("Not more than “{whole}”.", whole=TABLES["school_years"][whole].label(self.lang))
            for part, whole, _ in SCHOOL_PARTS
            if part == column.name
        ]
        if column.choices:
            labels = [CHOICE_LABELS[choice][self.lang] for choice in column.choices]
            parts.append(say("One of: {choices}.", choices=" | ".join(labels)))
        if column.name == "school_id" and "school" in companions(table):
            parts.append(say("May stay blank where the school is given by its name."))
        elif column.filled:
            parts.append(say("Must be filled in."))
        # some say in their own words what a blank means
        elif "lank" not in column.help.en:
            text = column.kind == "text"
            parts.append(say("May stay blank.") if text else say("Blank means not reported."))
        return (" " if self.lang == "en" else "").join(parts)

    def note(self, sheet, row: int, column: int, text: str) -> None:
        height = 18 * (_lines(text, 38) + 1)
        sheet.write_comment(
            row, column, text, {"author": "Junheng", "width": 280, "height": height, "font_size": 9}
        )


def _for_paper(sheet) -> None:
    """A4 across, as wide as the page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def format_text(number: Decimal) -> str:
    """All digits of a decimal number, without an exponent."""
    return format(number, "f")


def _kept(text: str) -> str:
    """Text that is read back as it is; the reader takes one guarding apostrophe away."""
    return text if unguarded(text) == text else "'" + text


def _number(text: str) -> float | None:
    """The number that the text of a cell is, if reading that number gives the same text."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if cell_text(number) == text else None


def _lines(text: str, width: int) -> int:
    """Lines that a text takes in a column of so many characters; Chinese ones are twice as wide."""
    characters = sum(2 if ord(character) > 0x2E7F else 1 for character in text)
    return max(1, -(-characters // width))
