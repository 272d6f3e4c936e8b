"""The workbook that a county office fills in: a sheet per table, with help, choices and limits.

Everything in it comes from `analysis.base.schema`. What it holds, `analysis.data.load` reads back unchanged.
"""

from __future__ import annotations

import io
from pathlib import Path

from ..base.files import N_, Finding, problem
from ..base.folders import SCENARIOS, entries, scenario_folder, usable
from ..base.language import Language, speak
from ..base.schema.columns import Column, Table
from ..base.schema.county_items import COUNTY_INPUTS
from ..base.schema.tables import COUNTY_FIELDS, COUNTY_SHEET, OTHER_SHEETS, SCHOOL_PARTS, TABLES
from ..base.schema.terms import CHOICE_LABELS, YES_NO, Label
from ..base.spreadsheet import XLSX_OPTIONS, unguarded
from ..policy.standards import NATIONAL, Standard, built_in, load_standard
from .county import County
from .examples import EXAMPLES
from .load import plan_file
from .reading.record import record_lines
from .texts import cell_name, cell_text

#: Rows below the header for which drop-downs and limits are laid out, at least.
ROWS = 5000

_COUNTY_HELP = {
    "code": N_("Six digits"),
    "standard": N_("cn-2017, or the name of a file beside this workbook"),
    "target_year": N_("Year in which the county means to be recognised; may stay blank"),
    "synthetic": N_("Yes only for invented data: every page of the report then says so"),
    "sources": N_("Title, and a note in the next column; one line per source"),
}
_KINDS = {
    "integer": N_("Whole number."),
    "count": N_("Whole number, 0 or more."),
    "number": N_("Number, 0 or more."),
    "choice": N_("Choose from the list."),
    "value": N_("Number, or yes or no."),
}
_INSTRUCTIONS = (
    N_("Fill in one sheet per table, one line per case; the note on each head says what is meant."),
    N_("A blank cell means “not reported”. It is never taken for 0: write 0 only where it is 0."),
    N_("Heads on a dark ground must be filled in; a column whose head is light may stay blank."),
    N_("Give areas in square metres and money in yuan, not in 万元."),
    N_("Sheets, heads and choices may keep either language; do not rename, merge or hide them."),
    N_("To check, run: junheng check FILE.xlsx --out findings.xlsx"),
    N_(
        "The copy that comes back marks every wrong cell and lists them on its first sheet; correct it there and check it again."
    ),
    N_(
        "A plan stands beside this workbook under the same name with the ending .plan.yaml; a local standard is a file in the same folder, named on the sheet of the county."
    ),
)


def write_template(
    county: County | None = None, lang: str = "zh", money: str = YUAN, names_only: bool = False
) -> bytes:
    """The workbook to fill in, empty or with a county's data.

    Parameters
    ----------
    county : County, optional
        Whose record and tables to fill in.
    lang : {"zh", "en"}
        Language of sheet names, heads, choices and help.
    money : {"yuan", "wan"}
        Unit of amounts: yuan, or 10,000 yuan (万元). What is per person is in yuan in either case.
    names_only : bool
        Whether schools are named by their names where that is enough, without their ids.

    Returns
    -------
    bytes
        An .xlsx workbook: a sheet that explains, the county's record, the tables of
        `analysis.base.schema.tables.TABLES` (each with an example row if there is no county), and the
        list of items of `county_years`. `load_county` reads the same record and tables from it; plan
        and standard are files, see `files_beside`. Heads are protected, without a password.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **XLSX_OPTIONS})
    items = form_items(county.standard if county else load_standard(NATIONAL))
    writer = _Writer(book, speak(lang), money, names_only, items)
    writer.readme()
    writer.county(county)
    # as it was entered: a site keeps its rows
    tables = (county.entered or county.tables) if county else {}
    for name, table in TABLES.items():
        if table.asked or len(tables.get(name, ())):
            writer.table(table, tables.get(name), tables.get("schools"))
    writer.items()
    book.close()
    return buffer.getvalue()


def files_beside(
    county: County, workbook: Path, skipped: list[Finding] | None = None
) -> dict[Path, bytes]:
    """Plan, standard and scenarios of a county as files for a workbook's folder.

    Parameters
    ----------
    county : County
    workbook : Path
        Where the workbook will stand.
    skipped : list of Finding, optional
        Warnings of scenarios that cannot be read are added to it.

    Returns
    -------
    dict of Path to bytes
        ``<stem>.plan.yaml``, the profile that the record names, with those it extends, and the
        folder ``scenarios``; only what is not yet there. Profiles that come with the package need no file.

    Raises
    ------
    InputError
        A file of that name is there already and says something else.
    """
    folder = county.path if county.path.is_dir() else county.path.parent
    wanted = {}
    if county.plan is not None:
        wanted[plan_file(workbook)] = plan_file(county.path)
    names = [county.record.standard, *(profile.extends for profile in county.standard.profiles)]
    for name in names:
        if name is not None and (name not in built_in() or (folder / name).is_file()):
            wanted[workbook.parent / name] = folder / name
    for source in usable(entries(scenario_folder(county.path), ".yaml"), skipped):
        wanted[workbook.parent / SCENARIOS / source.name] = source
    found = {path: source.read_bytes() for path, source in wanted.items()}
    for path, data in found.items():
        if path.exists() and path.read_bytes() != data:
            raise problem(
                N_("is there already and is another file; move it away or choose another folder"),
                file=path,
            )
    return {path: data for path, data in found.items() if not path.exists()}


class _Writer:
    """Writes the sheets of one workbook in one language."""

    def __init__(self, book, say: Language, money: str, names_only: bool, items):
        self.book, self.say, self.lang = book, say, say.code
        self.money, self.names_only, self.form = money, names_only, items
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
            }.items()
        }
        for name in ("text", "integer", "count", "number", "value", "entry", "example"):
            self.formats[name].set_locked(False)
        self.formats["choice"] = self.formats["text"]

    def readme(self) -> None:
        """How to fill in, what every column means, and an example row of every table."""
        say, formats = self.say, self.formats
        sheet = self.book.add_worksheet(OTHER_SHEETS["readme"][self.lang])
        sheet.hide_gridlines(2)
        for column, width in enumerate((32, 12, 16, 62, 24)):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, say("County data for Junheng: how to fill in"), formats["title"])
        row = 2
        for number, text in enumerate(_INSTRUCTIONS, 1):
            told = f"{number}. {say(text)}"
            sheet.merge_range(row, 0, row, 4, told, formats["plain"])
            sheet.set_row(row, 16 * _lines(told, 140))
            row += 1
        for table in TABLES.values():
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
                help = self.help(column)
                texts = (
                    column.label(self.lang),
                    column.unit[self.lang],
                    CHOICE_LABELS["no" if column.filled else "yes"][self.lang],
                    help,
                )
                for position, text in enumerate(texts):
                    sheet.write_string(row, position, text, formats["cell"])
                example = EXAMPLES[table.name].get(column.name, "")
                self.write(sheet, row, 4, column, self.shown(column, example), formats["example"])
                lines = max(_lines(help, 60), _lines(texts[0], 30))
                sheet.set_row(row, 16 * lines)
                row += 1
        _for_paper(sheet)

    def county(self, county: County | None) -> None:
        """The record: a key and its value per line."""
        say, formats = self.say, self.formats
        sheet = self.book.add_worksheet(COUNTY_SHEET[self.lang])
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 44, formats["text"])
        sheet.set_column(2, 2, 60, formats["text"])
        for column, text in enumerate((say("Item"), say("Entry"), say("Note"))):
            sheet.write_string(0, column, text, formats["needed"])
        blank = [(key, NATIONAL if key == "standard" else "", "") for key in COUNTY_FIELDS]
        lines = [*record_lines(county.record), ("sources", "", "")] if county else blank
        for row, (key, entry, note) in enumerate(lines, 1):
            if key == "synthetic":
                self.choices(sheet, row, row, 1, YES_NO)
                entry = CHOICE_LABELS[entry][self.lang] if entry else ""
            if key in _COUNTY_HELP:
                self.note(sheet, row, 0, say(_COUNTY_HELP[key]))
            sheet.write_string(row, 0, COUNTY_FIELDS[key][self.lang], formats["name"])
            sheet.write_string(row, 1, _kept(entry), formats["entry"])
            sheet.write_string(row, 2, _kept(note), formats["entry"])
            sheet.set_row(row, 16 * max(_lines(entry, 42), _lines(note, 58)))
        sheet.freeze_panes(1, 0)
        _for_paper(sheet)

    def table(self, table: Table, frame, items: int) -> None:
        """A table: heads with notes, limits and choices below, and the county's rows."""
        sheet = self.book.add_worksheet(table.label(self.lang))
        last = max(ROWS, (0 if frame is None else len(frame)) + 1000)
        for position, column in enumerate(table.columns):
            unit = column.unit[self.lang]
            title = column.label(self.lang)
            if unit:
                title += f"（{unit}）" if self.lang == "zh" else f" ({unit})"
            kind = "needed" if column.filled else "optional"
            sheet.write_string(0, position, title, self.formats[kind])
            self.note(sheet, 0, position, self.help(column))
            wide = column.name in ("name", "item", "note", "evidence")
            sheet.set_column(position, position, 26 if wide else 14, self.formats[column.kind])
            self.limits(sheet, table, position, last, items)
        heads = [_lines(column.label(self.lang), 9) + 1 for column in table.columns]
        sheet.set_row(0, 15 * min(max(heads), 6))
        sheet.freeze_panes(1, 2 if "school_id" in table.names else 1)
        sheet.repeat_rows(0)
        _for_paper(sheet)
        if frame is not None:
            for position, column in enumerate(table.columns):
                for row, value in enumerate(frame[column.name], 1):
                    if value == value and value is not None:
                        shown = self.shown(column, value)
                        self.write(sheet, row, position, column, shown, None)

    def items(self, items: list[tuple[str, str]]) -> None:
        """The list from which the items of county_years are chosen."""
        sheet = self.book.add_worksheet(OTHER_SHEETS["items"][self.lang])
        sheet.set_column(0, 0, 42)
        sheet.set_column(1, 1, 70)
        for column, text in enumerate((self.say("Item"), self.say("Meaning"))):
            sheet.write_string(0, column, text, self.formats["optional"])
        for row, (name, meaning) in enumerate(items, 1):
            sheet.write_string(row, 0, name, self.formats["cell"])
            sheet.write_string(row, 1, meaning, self.formats["cell"])
        sheet.freeze_panes(1, 0)

    def shown(self, column: Column, value: object) -> object:
        """A value as the sheet shows it: choices and texts in its language."""
        if isinstance(value, Label):
            return value[self.lang]
        if column.choices or column.kind == "value":
            return CHOICE_LABELS[value][self.lang] if value in CHOICE_LABELS else value
        return value

    def write(self, sheet, row: int, position: int, column: Column, value, format) -> None:
        """A number as a number where a spreadsheet keeps it exactly; everything else as text."""
        number = None
        if column.is_numeric and value != "":
            number = float(value)
        elif column.kind == "value":
            number = _number(value)
        if number is not None and float(f"{number:.16G}") == number:
            sheet.write_number(row, position, number, format)
        elif number is not None:
            sheet.write_string(row, position, cell_text(number), format)
        else:
            sheet.write_string(row, position, _kept(value), format)

    def help(self, column: Column) -> str:
        """What is to be filled in, in sentences."""
        say, parts = self.say, [column.help[self.lang]] if column.help[self.lang] else []
        if column.kind in _KINDS:
            parts.append(say(_KINDS[column.kind]))
        if column.unit[self.lang]:
            parts.append(say("Unit: {unit}.", unit=column.unit[self.lang]))
        if column.low is not None:
            parts.append(say("From {low} to {high}.", low=column.low, high=column.high))
        parts += [
            say("Not more than “{whole}”.", whole=TABLES["school_years"][whole].label(self.lang))
            for part, whole, _ in SCHOOL_PARTS
            if part == column.name
        ]
        if column.choices:
            labels = [CHOICE_LABELS[choice][self.lang] for choice in column.choices]
            parts.append(" | ".join(labels))
        parts.append(
            say("Must be filled in.") if column.filled else say("Blank means not reported.")
        )
        return (" " if self.lang == "en" else "").join(parts)

    def note(self, sheet, row: int, column: int, text: str) -> None:
        height = 18 * (_lines(text, 38) + 1)
        sheet.write_comment(
            row, column, text, {"author": "Junheng", "width": 280, "height": height, "font_size": 9}
        )

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

    def limits(self, sheet, table: Table, position: int, last: int, items: int) -> None:
        """Data validation below one head: choices, ranges, and parts against their whole."""
        say, column = self.say, table.columns[position]
        cell = cell_name(2, position + 1)
        if column.choices:
            self.choices(sheet, 1, last, position, column.choices)
            return
        if column.name == "school_id" and table.name == "schools":
            own = f"$A$2:$A${last + 1}"
            rule = {"validate": "custom", "value": f"=COUNTIF({own},{cell})=1"}
            rule |= self.refusal(say("This id stands in the roster already."), "warning")
        elif column.name == "school_id":
            roster = _roster(TABLES["schools"].label(self.lang))
            rule = {"validate": "list", "source": roster}
            rule |= self.refusal(say("This id is not in the roster of schools."), "warning")
        elif column.name == "item":
            source = f"='{OTHER_SHEETS['items'][self.lang]}'!$A$2:$A${items + 1}"
            rule = {"validate": "list", "source": source}
            rule |= self.refusal(say("No rule uses this item; it is kept as a series."), "warning")
        elif column.is_numeric:
            rule = self.number_rule(table, column, cell)
        else:
            return
        sheet.data_validation(1, position, last, position, rule)

    def number_rule(self, table: Table, column: Column, cell: str) -> dict:
        """Range of a number; a part is also compared with the column that contains it."""
        say = self.say
        whole_number = column.kind in ("integer", "count")
        wholes = {part: (whole, grave) for part, whole, grave in SCHOOL_PARTS}
        if table.name == "school_years" and column.name in wholes:
            whole, grave = wholes[column.name]
            other = cell_name(2, table.names.index(whole) + 1)
            tests = [f"ISNUMBER({cell})", f"{cell}>=0", f'OR({other}="",{cell}<={other})']
            tests += [f"{cell}=INT({cell})"] if whole_number else []
            label = table[whole].label(self.lang)
            expected = say("A number, 0 or more, and not more than “{whole}”.", whole=label)
            grave = {"error": "stop"}.get(grave, "warning")
            return {"validate": "custom", "value": f"=AND({','.join(tests)})"} | self.refusal(
                expected, grave
            )
        if column.name == "closed":
            other = cell_name(2, table.names.index("opened") + 1)
            tests = f"ISNUMBER({cell}),{cell}>={column.low},{cell}<={column.high}"
            rule = {"validate": "custom", "value": f'=AND({tests},OR({other}="",{cell}>={other}))'}
            return rule | self.refusal(say("A year, not before the first school year."))
        rule = {"validate": "integer" if whole_number else "decimal"}
        if column.high is not None:
            limits = {"criteria": "between", "minimum": column.low, "maximum": column.high}
            expected = say("A whole number from {low} to {high}.", low=column.low, high=column.high)
        else:
            limits = {"criteria": ">=", "value": 0}
            expected = (
                say("Whole number, 0 or more.") if whole_number else say("Number, 0 or more.")
            )
        return rule | limits | self.refusal(expected)


def _for_paper(sheet) -> None:
    """A4 across, as wide as the page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _roster(sheet: str) -> str:
    """The filled part of the roster's ids, as the source of a drop-down."""
    ids = f"'{sheet}'!$A$2:$A${ROWS + 1}"
    return f"=OFFSET('{sheet}'!$A$2,0,0,MAX(1,COUNTA({ids})),1)"


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
