"""The workbook to fill in: nothing is lost in it, and it stops what `check` would refuse."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import bad_county as bad
import openpyxl
import pytest
from bad_county import counties
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from analysis import InputError, load_county, read_county
from analysis.base.schema.county_items import COUNTY_INPUTS
from analysis.base.schema.tables import COUNTY_FIELDS, OTHER_SHEETS, SCHOOL_PARTS, TABLES
from analysis.base.schema.terms import CHOICE_LABELS
from analysis.cli.app import app
from analysis.data.county import CountyRecord
from analysis.data.paths import sample_folder
from analysis.data.template import EXAMPLES, files_beside, write_template
from analysis.future.project import project

SAMPLES = sorted(path.parent.name for path in sample_folder().glob("*/county.yaml"))


def workbook(county=None, lang="zh"):
    return openpyxl.load_workbook(io.BytesIO(write_template(county, lang)))


def written(county, folder: Path, lang="zh") -> Path:
    """A county as the command leaves it: workbook, plan and standard."""
    folder.mkdir(exist_ok=True)
    path = folder / "county.xlsx"
    for file, data in files_beside(county, path).items():
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
    path.write_bytes(write_template(county, lang))
    return path


# --- nothing is lost -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_sample_comes_back_unchanged(name, lang, tmp_path):
    county = load_county(name)
    again = load_county(written(county, tmp_path, lang))

    assert again.fingerprint == county.fingerprint
    assert again.record == county.record
    assert again.plan == county.plan
    assert again.standard.profiles == county.standard.profiles
    assert again.warnings == ()


#: Text that a spreadsheet or its file format would take for something else.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")),
    min_size=1,
    max_size=12,
) | st.sampled_from(
    ["=1+2", "'=1+2", "''=1", "+7", "-", "-x", "@a", "_x0041_", "#REF!", "1e5", "007", "是", "yes"]
)
AMOUNTS = st.floats(0, 1e14, allow_nan=False).map(repr) | st.sampled_from(["", "0.1", "1e-7"])


@pytest.mark.slow
@settings(
    max_examples=25,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # examples are small as they are
)
@given(counties(), st.data(), st.sampled_from(["zh", "en"]))
def test_any_county_comes_back_unchanged(tmp_path_factory, tables, data, lang):
    for row in tables["schools"][1:]:
        row[1], row[-1] = "校" + data.draw(TEXTS), data.draw(TEXTS)
    area = tables["school_years"][0].index("teaching_area_m2")
    for row in tables["school_years"][1:]:
        row[area] = data.draw(AMOUNTS)
    record = {
        "code": "150202",
        "name": {"zh": "县" + data.draw(TEXTS), "en": "County " + data.draw(TEXTS)},
        "province": {"zh": "省", "en": "Province"},
        "target_year": data.draw(st.none() | st.integers(1949, 2100)),
        "synthetic": data.draw(st.booleans()),
        "sources": [
            {"title": "源" + data.draw(TEXTS), "note": data.draw(st.just("") | TEXTS)}
            for _ in range(data.draw(st.integers(0, 2)))
        ],
    }
    folder = bad.write_folder(tmp_path_factory.mktemp("law") / "county", tables)
    (folder / "county.yaml").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    county = load_county(folder)
    again = load_county(written(county, folder.parent / "out", lang))

    assert again.fingerprint == county.fingerprint
    assert again.record == county.record


def test_sheet_of_the_county_has_a_line_for_every_field_of_the_record():
    fields = {key.partition(".")[0] for key in COUNTY_FIELDS}

    assert fields == set(CountyRecord.model_fields)


# --- plan and standard ---------------------------------------------------------------------------


def test_plan_and_standard_stand_beside_the_workbook(tmp_path):
    county = load_county("150202-donghe")
    files = files_beside(county, tmp_path / "x.xlsx")

    assert sorted(str(path.relative_to(tmp_path)) for path in files) == [
        "scenarios/moves.yaml",
        "scenarios/plan_full.yaml",
        "scenarios/plan_late.yaml",
        "standard.yaml",
        "x.plan.yaml",
    ]
    assert files_beside(load_county("340207-jiujiang"), tmp_path / "x.xlsx") == {}


def test_another_file_in_the_way_is_never_overwritten(tmp_path):
    county = load_county("150202-donghe")
    (tmp_path / "standard.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"standard\.yaml: is there already and is another file"):
        files_beside(county, tmp_path / "x.xlsx")
    (tmp_path / "standard.yaml").write_bytes((county.path / "standard.yaml").read_bytes())

    again = files_beside(county, tmp_path / "x.xlsx")
    assert "standard.yaml" not in {path.name for path in again}


@pytest.mark.slow
def test_a_workbook_has_the_scenarios_of_its_county(tmp_path):
    county = load_county("652323-hutubi")
    again = load_county(written(county, tmp_path / "out"))

    ours, theirs = project(county, "plan_full"), project(again, "plan_full")
    assert (ours.students == theirs.students).all()
    assert "新一中" in list(theirs.county.tables["schools"]["name"])


def test_a_standard_that_extends_a_neighbour_takes_it_along(tmp_path):
    folder = bad.write_folder(tmp_path / "county")
    bad.county_yaml("cn-2017", "local.yaml")(folder)
    head = "title: {zh: 本地, en: Local}\nkind: evaluation\nentries: {}\n"
    (folder / "local.yaml").write_text(f"id: local\nextends: other.yaml\n{head}", encoding="utf-8")
    (folder / "other.yaml").write_text(f"id: other\nextends: cn-2017\n{head}", encoding="utf-8")
    county = load_county(folder)
    again = load_county(written(county, tmp_path / "out"))

    assert again.fingerprint == county.fingerprint


# --- what is in it -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sheet_for_every_table_with_heads_notes_and_frozen_panes(lang):
    book = workbook(lang=lang)
    assert book.sheetnames[0] == OTHER_SHEETS["readme"][lang]
    assert TABLES["staff_kinds"].label(lang) not in book.sheetnames  # nobody is asked for it
    for table in TABLES.values():
        if not table.asked:
            continue
        sheet = book[table.label(lang)]
        for cell, column in zip(sheet[1], table.columns, strict=True):
            assert cell.value.startswith(column.label(lang))
            assert column.unit[lang] in cell.value
            assert column.help[lang] in cell.comment.text
            assert all(CHOICE_LABELS[c][lang] in cell.comment.text for c in column.choices)
        assert sheet.freeze_panes is not None
        assert sheet.max_row == 1


def test_empty_template_says_only_what_is_missing(tmp_path):
    path = tmp_path / "county.xlsx"
    path.write_bytes(write_template(None, "en"))
    told = [finding.text("en") for finding in read_county(path)[1]]

    assert told == [
        "code: is missing",
        "name: is missing",
        "province: is missing",
        "the table has no rows",
        "the table has no rows",
    ]


def test_examples_are_on_the_sheet_that_explains_and_are_in_order(tmp_path):
    """The example rows, typed into the tables, make a county without an error."""
    tables = {}
    for name, example in EXAMPLES.items():
        values = [example.get(column, "") for column in TABLES[name].names]
        texts = [str(getattr(value, "en", value)) for value in values]
        tables[name] = [TABLES[name].names, texts]
    # one grade of the school's nine
    del tables["enrolment"]
    county, findings = read_county(bad.write_folder(tmp_path / "county", tables))
    shown = {cell.value for row in workbook()["说明"].iter_rows(min_col=5) for cell in row}

    assert [f.text("en") for f in findings if f.severity == "error"] == []
    assert county is not None
    assert {"示例学校", "九年一贯制学校", 5200.5, "salary_teachers_cny"} <= shown


def rules(book, sheet: str) -> dict[str, list]:
    """Data validations of a sheet by the letter of their column."""
    found = {}
    for rule in book[sheet].data_validations.dataValidation:
        found.setdefault(re.match(r"[A-Z]+", str(rule.sqref))[0], []).append(rule)
    return found


def test_choices_ranges_and_parts_are_validated():
    book = workbook()
    roster, yearly = rules(book, "学校名册"), rules(book, "学校年度数据")

    # one rule per column: Excel takes only one
    assert {len(found) for found in (roster | yearly).values()} == {1}
    assert roster["C"][0].formula1.strip('"').split(",")[:2] == ["小学", "初级中学"]
    assert (roster["E"][0].type, roster["E"][0].formula1, roster["E"][0].formula2) == (
        "whole",
        "1",
        "10",
    )
    assert (yearly["B"][0].formula1, yearly["B"][0].formula2) == ("1949", "2100")
    letters = dict(zip(TABLES["school_years"].names, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=True))
    for part, whole, severity in SCHOOL_PARTS:
        rule = yearly[letters[part]][0]

        assert f"{letters[part]}2<={letters[whole]}2" in rule.formula1
        assert rule.errorStyle in ({"error": (None, "stop"), "warning": ("warning",)}[severity])
    for sheet in ("学校年度数据", "分年级在校生", "音乐美术专用教室"):
        rule = rules(book, sheet)["A"][0]

        assert rule.type == "list"
        assert "学校名册" in rule.formula1
    assert "项目清单" in rules(book, "县级年度数据")["B"][0].formula1


def test_ids_are_text_cells():
    for sheet in ("学校名册", "学校年度数据", "分年级在校生", "音乐美术专用教室"):
        style = workbook()[sheet].column_dimensions["A"]

        assert style.number_format == "@"


def test_items_of_the_list_are_known_to_the_standard():
    from analysis import load_standard

    names = [row[0].value for row in workbook()["项目清单"].iter_rows(min_row=2)]
    known = set(COUNTY_INPUTS) | set(load_standard("cn-2017").entries)

    assert set(COUNTY_INPUTS) <= set(names)
    assert {"G1", "Q9.level", "V6"} <= set(names)
    assert set(names) <= known
    assert len(names) == len(set(names))


# --- the command ---------------------------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.slow
def test_command_writes_workbook_plan_and_standard(tmp_path):
    path = tmp_path / "东河.xlsx"
    result = run("template", path, "--from", "150202-donghe", "--lang", "en")

    assert result.exit_code == 0, result.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        ["东河.xlsx", "东河.plan.yaml", "scenarios", "standard.yaml"]
    )
    assert load_county(path).fingerprint == load_county("150202-donghe").fingerprint


@pytest.mark.slow
def test_command_never_overwrites(tmp_path):
    path = tmp_path / "county.xlsx"
    path.write_bytes(b"filled in for weeks")
    result = run("template", path, "--lang", "en")

    assert result.exit_code == 1
    assert "is there already; move it away" in result.stderr
    assert path.read_bytes() == b"filled in for weeks"
    (tmp_path / "standard.yaml").write_bytes(b"mine")
    result = run("template", tmp_path / "new.xlsx", "--from", "150202-donghe", "--lang", "en")

    assert result.exit_code == 1
    assert not (tmp_path / "new.xlsx").exists()


def test_command_wants_a_workbook(tmp_path):
    assert run("template", tmp_path / "county.csv").exit_code == 2


# --- as LibreOffice has it -----------------------------------------------------------------------


@pytest.mark.system
def test_what_libreoffice_saves_again_is_the_same_county(tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("libreoffice is not installed (only .ci/run installs it)")
    county = load_county("411281-yima")
    path = written(county, tmp_path / "in")
    (tmp_path / "out").mkdir()
    for file in (tmp_path / "in").glob("*.yaml"):
        (tmp_path / "out" / file.name).write_bytes(file.read_bytes())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out", path],
        check=True,
        capture_output=True,
        timeout=180,
    )
    again, findings = read_county(tmp_path / "out" / "county.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out" / "county.xlsx")

    assert findings == []
    assert again.fingerprint == county.fingerprint
    # drop-downs and limits survive
    kinds = {rule.type for rule in book["学校年度数据"].data_validations.dataValidation}
    assert {"list", "custom", "whole", "decimal"} <= kinds
    assert "学校名册" in rules(book, "学校年度数据")["A"][0].formula1
