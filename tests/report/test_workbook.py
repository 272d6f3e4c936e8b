"""The workbook of formulas: values as Python found them, formulas that say the same when recalculated."""

import io
import math
import shutil
import subprocess

import numpy as np
import openpyxl
import pytest

from analysis import analyze, load_county
from analysis.base.language import speak
from analysis.base.schema.terms import STAGE_LABELS, STAGES
from analysis.data.paths import sample_folder
from analysis.policy.standards import load_standard
from analysis.present.terms import STATUS_NAMES
from analysis.report.build import write_report
from analysis.report.workbook.book import HEADS
from analysis.report.workbook.write import NAMES, write_workbook

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


SAMPLES = sorted(path.name for path in sample_folder().iterdir() if path.is_dir())
CALCULATED = ("Apportionment", "Indicators", "Variation", "School rule", "Shortfalls")


def read(data, values=True):
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def table(sheet):
    """Rows of a sheet below its heads, as lists."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADS + 1)]
    return [row for row in rows if any(value is not None for value in row)]


def same(found, expected):
    missing = (None, "")
    if isinstance(expected, float) and math.isnan(expected):
        return found in missing
    if isinstance(found, int | float) and isinstance(expected, int | float):
        return abs(found - expected) <= 1e-9 * max(1.0, abs(expected))
    return found == expected or (found in missing and expected in missing)


@pytest.fixture(scope="module", params=SAMPLES)
def study(request):
    return analyze(request.param)


@pytest.fixture(scope="module")
def book(study):
    return read(write_workbook(study, "en"))


@pytest.mark.slow
def test_indicators_are_those_of_the_study(study, book):
    results = study.indicators.set_index(["stage", "indicator", "school_id"])
    ids = {
        (stage, school): id_
        for stage, school, id_ in zip(
            study.rows["stage"], study.rows["school"], study.rows["school_id"], strict=True
        )
    }
    titles = {f"{i.number} {i.short.en}": name for name, i in INDICATORS.items()}
    stages = {STAGE_LABELS[stage].en: stage for stage in STAGES}
    judged = 0
    for row in table(book["Indicators"]):
        if row[3] == "no":
            assert row[11] == "not applicable"
            continue
        stage, indicator = stages[row[0]], titles[row[1]]
        expected = results.loc[(stage, indicator, ids[stage, row[2]])]
        judged += 1
        columns = {4: "students", 5: "quantity", 7: "value", 9: "threshold", 10: "floor"}
        for column, name in (columns | {12: "shortfall"}).items():
            assert same(row[column], expected[name]), (row, name)
        assert row[11] == STATUS_NAMES[expected["status"]]
    assert judged == len(study.indicators)


@pytest.mark.slow
def test_variation_is_that_of_the_study(study, book):
    rows = table(book["Variation"])
    assert len(rows) == len(study.balance) == 16
    for row, expected in zip(rows, study.balance.to_dict("records"), strict=True):
        assert row[11] == STATUS_NAMES[expected["status"]]
        if expected["schools"]:
            columns = {2: "schools", 3: "missing", 4: "students", 8: "cv", 10: "limit"}
            if expected["indicator"] != "composite":
                columns |= {5: "mean", 7: "sd"}
            for column, name in columns.items():
                assert same(row[column], expected[name]), (row, name)


def test_school_rule_is_that_of_the_study(study, book):
    rows = {(row[0], row[1]): row for row in table(book["School rule"])}
    assert len(rows) == len(study.rows)
    for expected in study.schools.to_dict("records"):
        row = rows[STAGE_LABELS[expected["stage"]].en, expected["school_id"]]
        counts = [expected[name] for name in ("met", "near", "below_floor", "missing")]
        assert row[11:15] == counts
        assert row[15] == STATUS_NAMES[expected["status"]]


def test_requirements_and_verdict_are_those_of_the_study(study, book):
    rows = table(book["Item by item"])
    expected = study.evaluation[study.evaluation["requirement"] != "—"]
    assert [row[5] for row in rows] == [STATUS_NAMES[s] for s in expected["status"]]
    verdict = {True: "All requirements met", False: "Requirements not met", None: "Verdict open"}
    texts = [cell.value for row in book["Conclusion"].iter_rows() for cell in row]
    assert texts.count(verdict[study.recognised]) == 2
    assert "The same" in texts


def test_sums_of_shortfalls_are_those_of_the_report(study, book):
    from analysis.present.brief.standing import missing_grid

    # what nobody lacks is not in the brief
    lacking = {row[0].text: row[1].text.replace(",", "") for row in missing_grid(study, "en").rows}
    printed = [lacking.get(about.short.en, "0") for about in INDICATORS.values()]
    rows = table(book["Shortfalls"])
    once = [row for row in rows if row[2] == "All schools, each counted once"]
    sums = [row for row in rows if row[2] == "All schools"]
    assert len(once) == (len(sums) == 2)
    assert [f"{value:.0f}" for value in (once or sums)[0][3:]] == printed
    added = study.indicators.assign(up=np.ceil(study.indicators["shortfall"] - 1e-6))
    for row, (_, part) in zip(sums, added.groupby("stage", sort=False), strict=True):
        assert row[3:] == list(part.groupby("indicator", sort=False)["up"].sum())


@pytest.mark.slow
def test_every_figure_that_is_no_input_is_a_formula(study):
    formulas = read(write_workbook(study, "en"), values=False)
    for name in CALCULATED:
        cells = [cell for row in formulas[name].iter_rows() for cell in row]
        assert not [cell.coordinate for cell in cells if cell.data_type == "n" and cell.value]
        assert any(cell.data_type == "f" for cell in cells)
    for name in ("School data", "Rules"):
        cells = [cell for row in formulas[name].iter_rows() for cell in row]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


@pytest.mark.slow
def test_inputs_are_as_reported():
    county = load_county("652323-hutubi")
    data = county.tables["school_years"]
    data = data[data["year"] == 2021].set_index("school_id")
    sheet = read(write_workbook(analyze(county), "en"))["School data"]
    heads = [cell.value.split("\n")[0] for cell in sheet[HEADS]]
    column = heads.index("Networked multimedia rooms")
    for row in table(sheet):
        assert same(row[column], data.loc[row[0], "multimedia_rooms"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_print_out_heads_and_windows(lang):
    book = read(write_workbook(analyze("230505-sifangtai"), lang), values=False)
    assert len(book.sheetnames) == 9
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes.endswith(str(HEADS + 1))
        assert sheet.print_title_rows == f"$1:${HEADS}"
        assert "合成数据" in sheet["A2"].value or "synthetic" in sheet["A2"].value


@pytest.mark.slow
def test_text_that_looks_like_a_formula_stays_text(make_county):
    nasty = ["=1+1", "+2", "-3", "@SUM(A1)", '=HYPERLINK("http://x","y")']
    schools = [{"name": name, "students_primary": 300, "note": name} for name in nasty]
    schools += [{"students_primary": 300, "indicators_in_scope": "no", "note": '=cmd"x"&1'}]
    county = make_county(schools, name={"zh": "=A1", "en": "=A1&B1"}, synthetic=True)
    book = read(write_workbook(analyze(county), "en"), values=False)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert not any(text in cell.value for text in ("HYPERLINK", "SUM(A1)", "cmd"))
    names = [row[1] for row in table(book["School data"])]
    assert names[:5] == nasty
    assert {cell.data_type for cell in book["School data"]["B"][HEADS:]} == {"s"}
    values = read(write_workbook(analyze(county), "en"))
    assert [r[4] for r in table(values["Apportionment"])][-1].endswith('=cmd"x"&1')


@pytest.mark.slow
def test_same_study_gives_the_same_bytes():
    study = analyze("150303-hainan")
    assert write_workbook(study) == write_workbook(study)


# --- recalculated by another program ---------------------------------------------------------------

MIXED = [
    {"type": "primary", "students_primary": 803, "area": "urban", "off_campus_sports_area_m2": 900,
     "outdoor_sports_area_m2": 5000},
    {"type": "primary", "students_primary": 60, "area": "rural", "pe_arts_primary": 0,
     "pe_arts_part_time_primary": 1},
    {"type": "nine_year", "students_primary": 450, "students_junior": 333, "teaching_area_m2": 4000},
    {"type": "twelve_year", "students_primary": 300, "students_junior": 250,
     "students_senior": 200, "multimedia_rooms": 12},
    {"type": "combined_secondary", "students_junior": 510, "students_senior": 600,
     "equipment_value_cny": 1_500_000.5, "ownership": "private", "backbone_junior": 3},
    {"type": "junior", "students_junior": 610, "above_qualification_junior": 25},
    {"type": "teaching_point", "students_primary": 49, "backbone_primary": 0},
    {"type": "special_education", "students_primary": 40, "students_junior": 20},
    {"type": "primary", "students_primary": 200, "indicators_in_scope": "no", "note": "closing"},
    {"type": "primary", "students_primary": 0},
    {"type": "primary", "students_primary": 401, "pe_arts_primary": None},
]  # fmt: skip

#: Change -> what it does to the workbook (sheet, key in column A or B, column head, value) and to the county.
CHANGES = {
    "as it is": ([], {}, {}),
    "other weights": ([("Rules", "option.cv_weighting", 3, "none")], {"option.cv_weighting": "none"}, {}),
    "rounded": ([("Rules", "option.decide_on", 3, "rounded")], {"option.decide_on": "rounded"}, {}),
    "without private schools": (
        [("Rules", "option.private_in_scope", 3, "no")], {"option.private_in_scope": "no"}, {},
    ),
    "with special education": (
        [("Rules", "option.special_education_in_scope", 3, "yes")],
        {"option.special_education_in_scope": "yes"}, {},
    ),
    "smaller teaching points": (
        [("Rules", "option.teaching_point_students", 3, 40)],
        {"option.teaching_point_students": 40}, {},
    ),
    "another threshold": (
        [("Rules", "equipment_value.junior", 3, 4000)], {"equipment_value.junior": 4000}, {},
    ),
    "a limit for the composite": (
        [("Rules", "composite_cv.primary", 3, 0.1)], {"composite_cv.primary": 0.1}, {},
    ),
    "more students": ([("School data", "003", "Junior secondary students", 900)], {},
                      {2: {"students_junior": 900}}),
    "nothing reported": ([("School data", "004", "Networked multimedia rooms", None)], {},
                         {3: {"multimedia_rooms": None}}),
    "everything reported": ([("School data", "011", "Full-time primary PE and arts teachers", 9)],
                            {}, {10: {"pe_arts_primary": 9}}),
    "an empty school": ([("School data", "006", "Junior secondary students", 0)], {},
                        {5: {"students_junior": 0}}),
}  # fmt: skip
OTHERS = ("in Chinese", "before the rules", "nothing to judge")
CONCEDED = ("pe_arts_part_time", "sports_venues")


def changed(data, edits):
    """A workbook without its cached values, some inputs changed."""
    book = read(data, values=False)
    for name, key, column, value in edits:
        sheet = book[name]
        heads = [str(cell.value).split("\n")[0] for cell in sheet[HEADS]]
        position = heads.index(column) if isinstance(column, str) else column
        (row,) = [r for r in sheet.iter_rows(min_row=HEADS + 1) if r[0].value == key]
        row[position].value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_changes(make_county, rules, schools):
    rows = [school | schools.get(number, {}) for number, school in enumerate(MIXED)]
    # what `make_county` fills in follows the students; keep what the first county has
    first = make_county(MIXED).tables["school_years"].drop(columns="note").to_dict("records")
    for number, row in enumerate(rows):
        known = {
            k: v for k, v in first[number].items() if v == v and k not in ("school_id", "year")
        }
        blanks = {k: v for k, v in row.items() if v is None}
        row |= {k: known[k] for k in known if k not in schools.get(number, {})} | blanks
    return make_county(rows, rules=rules)


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory, make_county):
    """Every sample, and every change of the mixed county, recalculated by LibreOffice in one go."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (only .ci/run installs it)")
    folder = tmp_path_factory.mktemp("recalculated")
    expected = {}
    for name in SAMPLES:
        expected[name] = write_workbook(analyze(name), "en")
        (folder / f"{name}.xlsx").write_bytes(changed(expected[name], []))
    mixed = write_workbook(analyze(make_county(MIXED)), "en")
    for name, (edits, rules, schools) in CHANGES.items():
        county = with_changes(make_county, rules, schools)
        expected[name] = write_workbook(analyze(county), "en")
        (folder / f"{name}.xlsx").write_bytes(changed(mixed, edits))
    conceded = write_workbook(analyze(make_county(MIXED), concessions=CONCEDED), "en")
    edits = [("Rules", f"concession.{name}", 3, "yes") for name in CONCEDED]
    expected["conceded"] = conceded
    (folder / "conceded.xlsx").write_bytes(changed(mixed, edits))
    special = make_county([{"type": "special_education", "students_primary": 40}])
    expected |= {
        "in Chinese": write_workbook(analyze("652323-hutubi"), "zh"),
        "before the rules": write_workbook(analyze("150202-donghe", 2016), "en"),
        "nothing to judge": write_workbook(analyze(special), "en"),
    }
    for name in OTHERS:
        (folder / f"{name}.xlsx").write_bytes(changed(expected[name], []))
    files = [str(folder / f"{name}.xlsx") for name in expected]
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", folder / "out", *files],
        check=True,
        capture_output=True,
        timeout=600,
    )
    return {
        name: (read(data), openpyxl.load_workbook(folder / "out" / f"{name}.xlsx", data_only=True))
        for name, data in expected.items()
    }


@pytest.mark.system
@pytest.mark.parametrize("name", [*SAMPLES, *CHANGES, "conceded", *OTHERS])
def test_recalculated_by_libreoffice_it_says_what_python_says(recalculated, name):
    expected, found = recalculated[name]
    compared = 0
    names = [NAMES[key] for key in ("apportionment", "indicators", "balance", "schools")]
    say = speak("zh" if name == "in Chinese" else "en")
    for sheet in (say(title) for title in [*names, NAMES["shortfalls"]]):
        for row in expected[sheet].iter_rows(min_row=HEADS + 1):
            for cell in row:
                value = found[sheet][cell.coordinate].value
                assert same(value, cell.value), (sheet, cell.coordinate, value, cell.value)
                compared += cell.value is not None
    assert compared > 80


@pytest.mark.system
@pytest.mark.parametrize("name", [*list(CHANGES)[1:], "conceded"])
def test_every_change_moves_something(recalculated, name):
    before, after = (recalculated[each][1] for each in ("as it is", name))
    assert any(
        not same(cell.value, after[sheet][cell.coordinate].value)
        for sheet in ("Indicators", "Variation", "School rule")
        for row in before[sheet].iter_rows(min_row=HEADS + 1)
        for cell in row
    )


@pytest.mark.system
def test_the_verdict_follows_the_inputs(recalculated):
    def texts(name):
        rows = recalculated[name][1]["Conclusion"].iter_rows()
        return [cell.value for row in rows for cell in row]

    for name in SAMPLES:
        assert "The same" in texts(name)
    assert "Changed since the report" not in texts("as it is")


@pytest.mark.slow
@pytest.mark.parametrize(("year", "said"), [(2021, True), (2024, False)])
def test_workbook_beside_a_report_with_a_scenario(tmp_path, year, said):
    """The first sheet of an observed year says that nothing of the scenario is in it."""
    (path,) = write_report(
        "652323-hutubi", tmp_path, year=year, scenario="plan_none", lang="en", formats=("xlsx",)
    )
    assert path.name == f"652323-hutubi-{year}-plan_none-en.xlsx"
    book = read(path.read_bytes())
    front = "\n".join(str(cell.value) for row in book["Conclusion"] for cell in row)
    sentence = "Observed year: nothing of the scenario “Without the plan” is in this workbook."
    assert (sentence in front) == said
    assert ("Projected, not observed: Without the plan" in front) == (not said)


@pytest.mark.slow
def test_projected_persons_are_shown_as_whole_ones():
    """Reckoned with in full, shown whole, and said."""
    study = analyze("652323-hutubi", 2027, scenario="plan_none")
    sheet = read(write_workbook(study, "en"))["School data"]
    heads = [cell.value.split("\n")[0] for cell in sheet[HEADS]]
    cells = [row[heads.index("Primary students")] for row in sheet.iter_rows(HEADS + 1)]
    filled = [cell for cell in cells if cell.value]
    assert any(cell.value % 1 for cell in filled)
    assert {cell.number_format for cell in filled} == {"#,##0"}
    assert "shown as whole persons" in sheet["A3"].value
    assert "whole persons" not in read(write_workbook(analyze("652323-hutubi"), "en"))["School data"]["A3"].value  # fmt: skip
