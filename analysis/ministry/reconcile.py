"""The reconciliation page: what was read from where, what is missing, what contradicts what."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import escape

from ..base.files import Finding
from ..base.language import DASH, Language, speak
from ..base.schema.tables import TABLES
from ..policy.entries import Text
from .forms import forms
from .returns import Reading, Returns, SheetRecord, number, target_label

_STYLE = """
:root { --ink: #1d1d1d; --line: #d5d5d0; --blue: #3b6fa0; --red: #b03a2e; --amber: #8a6200; }
body { margin: 0; background: #f4f4f2; color: var(--ink); line-height: 1.55; font: 15px/1.55 "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 2rem 2.5rem 4rem; background: #fff; }
h1 { font-size: 1.7rem; margin: 0 0 .2rem; } h2 { margin: 2.4rem 0 .6rem; padding-bottom: .25rem; border-bottom: 2px solid var(--blue); font-size: 1.25rem; }
p.note { color: #555; margin: .2rem 0 1rem; }
.verdict { border-left: .5rem solid var(--blue); background: #f3f6f9; padding: .6rem 1rem; margin: 1.2rem 0; } .verdict.bad { border-color: var(--red); background: #fbf1ef; }
ul.tiles { display: flex; flex-wrap: wrap; gap: .8rem; list-style: none; padding: 0; margin: 1rem 0; }
ul.tiles li { flex: 1 1 7rem; border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .8rem; } ul.tiles b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; } ul.tiles .alert b { color: var(--red); } ul.tiles .care b { color: var(--amber); }
table { border-collapse: collapse; width: 100%; font-size: .87rem; line-height: 1.4; margin: .6rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .55rem; border-bottom: 1px solid var(--line); } thead th { border-bottom: 2px solid #444; white-space: nowrap; }
td.num, th.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td.place { color: #444; overflow-wrap: anywhere; }
.error { color: var(--red); font-weight: bold; white-space: nowrap; } .warning { color: var(--amber); white-space: nowrap; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: .3rem .8rem; } summary { cursor: pointer; } summary small { color: #555; }
@media print { body { background: #fff; } details { border: 0; } }
"""


def reconciliation_page(
    returns: Returns,
    findings: Sequence[Finding],
    county: Text | None,
    lang: str,
    *,
    written: bool,
    verdict: str = "",
    sections: Sequence[tuple[str, str]] = (),
) -> str:
    """The page as HTML: one file, nothing loaded from elsewhere, all text from the sheets escaped.

    Parameters
    ----------
    returns : Returns
    findings : sequence of Finding
        Of the reading, and of the check of the tables made.
    county : Text or None
        Its name, if it is known.
    lang : {"zh", "en"}
    written : bool
        Whether the county folder was made.
    verdict : str, optional
        What became of the county's folder, where it is not a new one.
    sections : sequence of tuple, optional
        Headings and contents (HTML) that come first.

    Returns
    -------
    str
    """
    say = speak(lang)
    errors = [finding for finding in findings if finding.severity == "error"]
    warnings = [finding for finding in findings if finding.severity == "warning"]
    title = say("Reconciliation of the return sheets")
    name = say.label(county) + " · " if county is not None else ""
    if verdict:
        pass
    elif not written:
        verdict = say("No county folder was made: first correct what is marked as an error.")
    elif errors:
        verdict = say("The county folder was made; complete it as the errors say.")
    else:
        verdict = say("The county folder was made. Every figure in it is listed below.")
    count = sum(reading.value is not None for reading in returns.readings.values())
    tiles = [
        (say("sheets"), len(returns.sheets), ""),
        (say("schools"), len(returns.schools), ""),
        (say("school years"), len(returns.years), ""),
        (say("figures read"), count, ""),
        (say("errors"), len(errors), "alert" if errors else ""),
        (say("contradictions"), len(returns.contradictions), _care(returns.contradictions)),
        (say("missing figures"), len(returns.missing), _care(returns.missing)),
    ]
    body = [
        f"<h1>{escape(name + title)}</h1>",
        html_note(_years(returns, say)),
        f'<p class="verdict{" bad" if errors else ""}">{escape(verdict)}</p>',
        '<ul class="tiles">',
        *(
            f'<li class="{kind}"><b>{escape(say.number(n))}</b>{escape(text)}</li>'
            for text, n, kind in tiles
        ),
        "</ul>",
        *(
            f"<section><h2>{escape(heading)}</h2>{content}</section>"
            for heading, content in (
                *sections,
                (say("What must be corrected or known"), _findings([*errors, *warnings], say)),
                (say("Contradictions"), _contradictions(returns, say)),
                (say("Missing figures"), _missing(returns, say) + _in_no_form(say)),
                (say("Files and sheets"), _sheets(returns, say)),
                (say("Where every figure comes from"), _figures(returns, say)),
            )
        ),
    ]
    locale = {"zh": "zh-CN", "en": "en"}[lang]
    return (
        f'<!DOCTYPE html>\n<html lang="{locale}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(name + title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><main>\n{chr(10).join(body)}\n</main></body>\n</html>\n"
    )


def _care(things: Sequence) -> str:
    return "care" if things else ""


def _years(returns: Returns, say: Language) -> str:
    years = returns.years
    if not years:
        return say("No school year could be read.")
    span = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
    return say(
        "School years {years}; sheets of the folder {folder}",
        years=span,
        folder=returns.folder.name,
    )


def html_table(head: Iterable[str], rows: Iterable[Sequence[tuple[str, str]]]) -> str:
    """A table; cells are (text, class), heads stand as the cells below them."""
    rows = list(rows)
    kinds = [kind if kind == "num" else "" for _, kind in rows[0]]
    heads = "".join(
        f'<th class="{kind}">{escape(text)}</th>' for text, kind in zip(head, kinds, strict=True)
    )
    lines = []
    for row in rows:
        cells = "".join(f'<td class="{kind}">{escape(text)}</td>' for text, kind in row)
        lines.append(f"<tr>{cells}</tr>")
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def html_note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>'


def _folded(title: str, remark: str, content: str) -> str:
    """Content behind a line that unfolds it."""
    return (
        f"<details><summary>{escape(title)} <small>{escape(remark)}</small></summary>"
        f"{content}</details>"
    )


def _findings(findings: Sequence[Finding], say: Language) -> str:
    if not findings:
        return html_note(say("None."))
    names = {"error": say("error"), "warning": say("warning")}
    return html_table(
        (say("Kind"), say("Finding")),
        (((names[f.severity], f.severity), (f.sentence(say.code), "")) for f in findings),
    )


def _school(returns: Returns, code: str) -> str:
    return f"{returns.names.get(code, '')} {code}".strip()


def _contradictions(returns: Returns, say: Language) -> str:
    done = html_note(
        say(
            "{n} comparisons were made; {m} were not, because a figure is missing.",
            n=say.number(returns.compared),
            m=say.number(returns.not_compared),
        )
    )
    if not returns.contradictions:
        return html_note(say("None.")) + done
    table = html_table(
        (
            *(say("School"), say("School year"), say("What should agree")),
            *(say("Value"), say("Place"), say("Value"), say("Place")),
        ),
        (
            (
                (_school(returns, each.school), ""),
                (str(each.year), "num"),
                (say.label(each.what), ""),
                (each.left[0], "num"),
                (each.left[1], "place"),
                (each.right[0], "num"),
                (each.right[1] or DASH, "place"),
            )
            for each in returns.contradictions
        ),
    )
    return table + done


def _missing(returns: Returns, say: Language) -> str:
    """By figure and year: which schools lack it, and in which form it would stand."""
    if not returns.missing:
        return html_note(say("None."))
    reasons = {
        "absent": say("no sheet has it"),
        "blank": say("the cells are blank"),
        "unread": say("could not be read, see above"),
    }
    grouped = defaultdict(list)
    for each in returns.missing:
        grouped[each.to, each.year, each.reason].append(each)
    return html_table(
        (say("Quantity"), say("School year"), say("Reason"), say("Form"), say("Schools")),
        (
            (
                (say.label(target_label(to)), ""),
                (str(year), "num"),
                (reasons[reason], ""),
                (", ".join(found[0].forms), ""),
                ("; ".join(_where(returns, each) for each in found), "place"),
            )
            for (to, year, reason), found in grouped.items()
        ),
    )


def _where(returns: Returns, missing) -> str:
    school = _school(returns, missing.school)
    return f"{school} ({missing.place})" if missing.place else school


def _in_no_form(say: Language) -> str:
    """Columns of ours that the forms cannot fill."""
    read = {to.split(".")[1] for to in forms().by_target}
    columns = [
        say.label(column)
        for name in ("school_years", "enrolment")
        for column in TABLES[name].columns
        if column.is_numeric and column.needed and not column.key and column.name not in read
    ]
    columns.append(say.label(TABLES["rooms"]))
    return html_note(
        say("In none of the forms that are read: {columns}.", columns=say.join(columns))
    )


def _sheets(returns: Returns, say: Language) -> str:
    """Sheets that were not read, openly; then all of them, file by file."""
    status = {
        "read": (say("read"), ""),
        "not_needed": (say("form not needed"), ""),
        "not_read": (say("not read"), "error"),
    }
    head = (
        *(say("Sheet"), say("Form"), say("School"), say("School year")),
        *(say("Result"), say("Figures")),
    )
    by_file: dict[str, list[SheetRecord]] = defaultdict(list)
    for record in returns.sheets:
        by_file[record.file].append(record)
    parts = []
    for file, records in by_file.items():
        lines = [
            (
                (record.sheet or DASH, ""),
                (record.form or DASH, ""),
                (f"{record.name} {record.school}".strip() or DASH, ""),
                (str(record.year or DASH), "num"),
                status[record.status],
                (str(record.figures), "num"),
            )
            for record in records
        ]
        remark = say(
            "{n} sheets, {figures} figures",
            n=say.number(len(records)),
            figures=say.number(sum(record.figures for record in records)),
        )
        unread = sum(record.status == "not_read" for record in records)
        if unread:
            remark += say("; ") + say("{n} not read", n=say.number(unread))
        parts.append(_folded(file, remark, html_table(head, lines)))
    return "\n".join(parts) or html_note(say("None."))


def _figures(returns: Returns, say: Language) -> str:
    """One folding list per school."""
    by_school: dict[str, list[Reading]] = defaultdict(list)
    for _, reading in sorted(returns.readings.items(), key=lambda item: item[0][:2]):
        by_school[reading.school].append(reading)
    head = (
        *(say("School year"), say("Quantity"), say("Value"), say("As written")),
        *(say("Form"), say("Place")),
    )
    parts = []
    for school, readings in sorted(by_school.items()):
        lines = [
            (
                (str(r.year), "num"),
                (say.label(target_label(r.to)), ""),
                (DASH if r.value is None else number(r.value), "num"),
                (f"{r.written} {r.unit}".strip() or DASH, "num"),
                (r.form, ""),
                (r.place, "place"),
            )
            for r in readings
        ]
        remark = say("{n} figures", n=say.number(len(readings)))
        parts.append(_folded(_school(returns, school), remark, html_table(head, lines)))
    return "\n".join(parts) or html_note(say("None."))


CSV_COLUMNS = (
    *("kind", "school_id", "school", "year", "item", "value", "written", "unit", "form", "place"),
    *("other_value", "other_place", "text"),
)


def reconciliation_csv(
    returns: Returns, findings: Sequence[Finding], lang: str, changes: Iterable[dict] = ()
) -> str:
    """The same as a table: `kind` is figure, missing, contradiction, sheet, error or warning.

    `changes` are rows (of `CSV_COLUMNS`) about what the sheets change in a county's folder.
    """
    say = speak(lang)
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()

    def write(kind: str, code: str = "", year: object = "", **cells: str) -> None:
        row = {"kind": kind, "school_id": code, "year": str(year or "")} | cells
        row.setdefault("school", returns.names.get(code, ""))
        writer.writerow({name: _harmless(value) for name, value in row.items()})

    for row in changes:
        writer.writerow({name: _harmless(value) for name, value in row.items()})
    for finding in findings:
        write(finding.severity, text=finding.sentence(lang))
    for each in returns.contradictions:
        write(
            "contradiction",
            each.school,
            each.year,
            item=say.label(each.what),
            value=each.left[0],
            place=each.left[1],
            other_value=each.right[0],
            other_place=each.right[1],
        )
    for each in returns.missing:
        write(
            "missing",
            each.school,
            each.year,
            item=each.to,
            form=", ".join(each.forms),
            place=each.place,
            text=each.reason,
        )
    for record in returns.sheets:
        place = f"{record.file} [{record.sheet}]" if record.sheet else record.file
        write(
            "sheet",
            record.school,
            record.year,
            school=record.name,
            form=record.form,
            place=place,
            text=record.status,
        )
    for _, r in sorted(returns.readings.items()):
        write(
            "figure",
            r.school,
            r.year,
            item=r.to,
            value="" if r.value is None else number(r.value),
            written=r.written,
            unit=r.unit,
            form=r.form,
            place=r.place,
        )
    return text.getvalue()


def _harmless(text: str) -> str:
    """A text that a spreadsheet program does not take for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
