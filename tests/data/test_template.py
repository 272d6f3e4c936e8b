"""The workbook to fill in: nothing is lost in it, and it stops what `check` would refuse."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import bad_county as bad
import openpyxl
import pytest
from bad_county import counties
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from typer.testing import CliRunner

from analysis import InputError, load_county, read_county
from analysis.base.schema.county_items import COUNTY_INPUTS, whole_of
from analysis.base.schema.tables import COUNTY_FIELDS, OTHER_SHEETS, SCHOOL_PARTS, TABLES
from analysis.base.schema.terms import CHOICE_LABELS
from analysis.cli.app import app
from analysis.data import county_form
from analysis.data.county import CountyRecord
from analysis.data.county_form import form_items, item_ids, name_key
from analysis.data.examples import EXAMPLES
from analysis.data.paths import sample_folder
from analysis.data.reading.names import companions
from analysis.data.template.folder import write_folder
from analysis.data.template.limits import columns_of
from analysis.data.template.write import files_beside, offered, write_template
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
    write_folder(again, tmp_path / "folder")
    back = load_county(tmp_path / "folder")

    assert back.fingerprint == county.fingerprint
    assert back.plan == county.plan
    assert back.warnings == ()


@pytest.mark.parametrize(
    "how", [{"money": "wan"}, {"names_only": True}, {"money": "wan", "names_only": True}]
)
def test_in_ten_thousands_and_by_names_only_it_is_the_same_county(how, tmp_path):
    tables = bad.good_tables()
    area = tables["school_years"][0].index("equipment_value_cny")
    for row, value in zip(
        tables["school_years"][1:], ["0.1", "1234567.89", "7", "3"], strict=False
    ):
        row[area] = value
    tables["county_years"] += [["2021", "budget_education_cny", "123456789.01", ""]]
    county = load_county(bad.write_folder(tmp_path / "county", tables))
    path = tmp_path / "again.xlsx"
    path.write_bytes(write_template(county, "zh", **how))
    book = openpyxl.load_workbook(path)
    again = load_county(path)

    assert again.fingerprint == county.fingerprint
    heads = [cell.value for cell in book["学校年度数据"][1]]
    assert ("公用经费（万元）" in heads) == ("money" in how)
    assert (book["学校年度数据"]["A2"].value is None) == ("names_only" in how)
    assert book["学校年度数据"]["B2"].value == "第一小学"


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
    back = folder.parent / "back"
    write_folder(again, back)

    for found in (again, load_county(back)):
        assert found.fingerprint == county.fingerprint
        assert found.record == county.record


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
        table = offered(table)
        sheet = book[table.label(lang)]
        beside = companions(table)
        names = columns_of(table)
        heads = [cell for cell, name in zip(sheet[1], names, strict=True) if name not in beside]
        for cell, column in zip(heads, table.columns, strict=True):
            assert cell.value.startswith(column.label(lang))
            assert column.unit[lang] in cell.value
            assert column.help[lang] in cell.comment.text
            assert all(CHOICE_LABELS[c][lang] in cell.comment.text for c in column.choices)
            sentences = [s for s in re.split("。|[.] ?", cell.comment.text) if s]
            assert len(set(sentences)) == len(sentences)
            blank = "空格" if lang == "zh" else "lank"
            assert sum(blank in s for s in sentences) <= 1
        assert sheet.freeze_panes is not None
        assert sheet.protection.sheet
        assert sheet["A1"].protection.locked
        # what stands below has the format of its column
        assert not sheet.column_dimensions["A"].protection.locked
        # and whatever somebody puts beside the table is theirs, without being a part of the sheet
        beyond = sheet.column_dimensions[get_column_letter(len(names) + 1)]
        assert (beyond.max, beyond.protection.locked) == (16_384, False)
        assert sheet.max_column <= len(names)
        assert sheet.max_row == (2 if "school_id" in table.names else len(form_items()) + 1)


def test_a_sheet_is_no_larger_than_what_is_written_in_it():
    with zipfile.ZipFile(io.BytesIO(write_template(load_county("230505-sifangtai")))) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
    ends = [re.search(rb'<dimension ref="[A-Z]+1:([A-Z]+)[0-9]+"', sheet)[1] for sheet in sheets]
    assert len(ends) > 5
    assert max(map(len, ends)) <= 2


def test_empty_template_says_only_what_is_missing(tmp_path):
    path = tmp_path / "county.xlsx"
    path.write_bytes(write_template(None, "en"))
    told = [finding.text("en") for finding in read_county(path)[1]]

    assert told == [
        "Code: is missing",
        "Name in Chinese: is missing",
        "Province in Chinese: is missing",
        "the table has no rows",
        "the table has no rows",
        *["the example row is not read; it may be deleted"] * 4,
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
    assert {"示例学校", "九年一贯制学校", 5200.5, "义务教育教师年平均工资收入"} <= shown


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
    assert (yearly["C"][0].formula1, yearly["C"][0].formula2) == ("1949", "2100")
    letters = {
        name: get_column_letter(position)
        for position, name in enumerate(columns_of(offered(TABLES["school_years"])), 1)
    }
    assert "senior_titles_primary" not in letters  # nothing of the national standard counts them
    for part, whole, severity in SCHOOL_PARTS:
        if part not in letters:
            continue
        rule = yearly[letters[part]][0]

        assert f"{letters[part]}2<={letters[whole]}2" in rule.formula1
        assert rule.errorStyle in ({"error": (None, "stop"), "warning": ("warning",)}[severity])
    for sheet in ("学校年度数据", "分年级在校生", "音乐美术专用教室"):
        rule = rules(book, sheet)["A"][0]

        assert rule.type == "list"
        assert "学校名册" in rule.formula1
        # the name beside it, from the names of the roster
        assert "$B$2" in rules(book, sheet)["B"][0].formula1
    assert "项目清单" in rules(book, "县级年度数据")["B"][0].formula1


def test_ids_are_text_cells():
    for sheet in ("学校名册", "学校年度数据", "分年级在校生", "音乐美术专用教室"):
        style = workbook()[sheet].column_dimensions["A"]

        assert style.number_format == "@"


def test_items_of_the_list_are_known_to_the_standard():
    from analysis import load_standard

    names = [row[3].value for row in workbook()["项目清单"].iter_rows(min_row=2)]
    known = set(COUNTY_INPUTS) | set(load_standard("cn-2017").entries)

    assert set(COUNTY_INPUTS) <= set(names)
    assert {"G1", "Q9.level", "V6"} <= set(names)
    assert set(names) <= known
    assert len(names) == len(set(names))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_item_has_a_name_of_its_own_a_unit_and_help_in_sentences(lang):
    ids = item_ids()
    for item in form_items():
        assert ids[name_key(item.label[lang])] == item.id
        assert all(said.text(lang).endswith({"zh": "。", "en": "."}[lang]) for said in item.help)
        assert item.help or item.kind in ("ratio", "")


def test_items_are_printed_in_the_order_of_the_form_and_chosen_from_lists():
    sheet = workbook()["县级年度数据"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    tables = list(dict.fromkeys(row[6] for row in rows))
    yes_no = next(n for n, row in enumerate(rows, 2) if row[1] == "留守儿童关爱体系健全")
    rule = next(
        rule
        for rule in sheet.data_validations.dataValidation
        if f"D{yes_no}" in str(rule.sqref).split()
    )

    assert [text.split()[0] for text in tables[:4]] == ["表Ⅰ", "表Ⅳ", "表Ⅴ", "表Ⅵ"]
    assert rows[0][1:3] == ("人口总数", "人")
    assert rule.formula1.strip('"') == "是,否"


# --- filled in by a person -----------------------------------------------------------------------


@pytest.fixture
def filled(tmp_path):
    """A workbook of the good county, and what is said after cells of it are changed."""
    county = load_county(bad.write_folder(tmp_path / "county"))
    path = tmp_path / "filled.xlsx"

    def fill(*cells, money="yuan", names_only=False):
        path.write_bytes(write_template(county, "zh", money, names_only))
        book = openpyxl.load_workbook(path)
        for sheet, place, value in cells:
            place = place(book[sheet]) if callable(place) else place
            book[sheet][place] = value
        book.save(path)
        return read_county(path)

    return fill


def row_of(item: str, letter: str):
    return lambda sheet: next(f"{letter}{row[1].row}" for row in sheet if row[1].value == item)


def test_items_are_read_by_their_names_and_the_year_of_the_form(filled):
    county, findings = filled(
        ("县区信息", "B12", 2021),
        ("县级年度数据", row_of("人口总数", "D"), 380000),
        ("县级年度数据", row_of("留守儿童关爱体系健全", "D"), "是"),
        ("县级年度数据", row_of("一般公共预算教育经费", "D"), 43210.5),
        money="wan",
    )
    rows = county.tables["county_years"].set_index("item")

    assert findings == []
    assert rows.loc["population_persons", ["year", "value"]].tolist() == [2021, "380000"]
    assert rows.loc["left_behind_care", "value"] == "yes"
    assert rows.loc["budget_education_cny", "value"] == "432105000"
    assert len(rows) == 6  # what was left blank is no row


@pytest.mark.parametrize(
    ("cells", "cell", "sentence"),
    [
        (
            [("学校年度数据", "B2", "第一小")],
            "B2",
            "no school of the roster is called “第一小”; the nearest: 第一小学, 第二小学, 第一中学",
        ),
        (
            [("学校年度数据", "B2", "Hogwarts")],
            "B2",
            "no school of the roster is called “Hogwarts”; enter it in the roster",
        ),
        (
            [("学校名册", "B3", "第一小学")],
            "A2",
            "“第一小学” is the name of several schools (0101, 0102); enter the id of the one meant",
        ),
        (
            [("学校年度数据", "A2", "0101"), ("学校年度数据", "B2", "第二小学")],
            "A2",
            "the id 0101 is that of “第一小学”, but the name beside it is “第二小学”; correct one",
        ),
        (
            [("学校年度数据", "V1", "公用经费（万元）")],
            "V1",
            "the header says “10,000 yuan”, but the sheet of the county says yuan for all amounts; give all amounts in one unit",
        ),
        (
            [("县区信息", "B13", None), ("学校年度数据", "V1", "公用经费（万元）")],
            "V1",
            "Public-use funds is given in 10,000 yuan, but T1, W1 in yuan; give all amounts in one unit",
        ),
        (
            [("县区信息", "B13", "千元")],
            "B13",
            "Unit of money is “千元”; expected: yuan (元) or 10,000 yuan (万元)",
        ),
        (
            [
                ("县级年度数据", row_of("人口总数", "A"), 2021),
                ("县级年度数据", row_of("人口总数", "C"), "万人"),
                ("县级年度数据", row_of("人口总数", "D"), 38),
            ],
            "D5",
            "Population is given in “万人”; expected is persons. Convert it",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_its_cell(cells, cell, sentence, filled):
    county, findings = filled(*cells, names_only=True)
    found = [f for f in findings if f.severity == "error"]

    assert county is None
    assert sentence in [f.text("en") for f in found]
    assert cell in [f.cell for f in found if f.text("en") == sentence]


def test_an_example_row_is_not_read_but_one_typed_over_is_refused(tmp_path):
    path = tmp_path / "county.xlsx"
    path.write_bytes(write_template(None, "zh"))
    book = openpyxl.load_workbook(path)
    book["学校年度数据"]["D2"] = 700
    book.save(path)
    findings = read_county(path)[1]

    assert [(f.severity, f.cell) for f in findings if "example" in f.text("en")] == [
        ("error", "A2"),
        *[("warning", "A2")] * 3,
    ]
    assert any("Primary students in it was changed" in f.text("en") for f in findings)


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
    assert run("template", tmp_path / "county").exit_code == 2


def test_command_makes_a_folder_of_a_workbook_into_which_sheets_can_be_merged(tmp_path):
    book, folder = tmp_path / "county.xlsx", tmp_path / "county"
    run("template", book, "--from", "652323-hutubi")
    made = run("template", folder, "--from", book, "--lang", "en")

    assert made.exit_code == 0
    assert f"{folder / 'school_years.csv'} written" in made.stdout
    assert (folder / "scenarios").is_dir()
    assert load_county(folder).fingerprint == load_county("652323-hutubi").fingerprint
    assert (folder / "schools.csv").read_bytes().startswith(b"\xef\xbb\xbf")  # Excel's mark
    before = {path: path.read_bytes() for path in folder.glob("*.csv")}
    again = run("template", folder, "--from", book, "--lang", "en")
    assert again.exit_code == 1
    assert "is there already" in again.stderr
    assert {path: path.read_bytes() for path in folder.glob("*.csv")} == before


def test_prices_of_its_own_go_along_with_a_county(tmp_path):
    source = shutil.copytree(sample_folder() / "340207-jiujiang", tmp_path / "source")
    (source / "remedy.yaml").write_text("purchase: {}\n", encoding="utf-8")
    book = tmp_path / "county.xlsx"
    run("template", book, "--from", source)
    run("template", tmp_path / "back", "--from", book)

    assert (tmp_path / "county.remedy.yaml").read_bytes() == b"purchase: {}\n"
    assert (tmp_path / "back" / "remedy.yaml").read_bytes() == b"purchase: {}\n"


def test_a_standard_called_like_another_file_is_not_lost(tmp_path):
    county = load_county("150202-donghe")
    record = county.record.model_copy(update={"standard": "county.yaml"})
    (tmp_path / "county.yaml").write_bytes((county.path / "standard.yaml").read_bytes())
    county = dataclasses.replace(county, record=record, path=tmp_path, plan=None)

    with pytest.raises(InputError, match=r"county\.yaml: is there already and is another file"):
        write_folder(county, tmp_path / "back")
    with pytest.raises(InputError, match="the folder does not exist"):
        write_folder(county, tmp_path / "nowhere" / "back")
    assert not (tmp_path / "back").exists()


def test_coordinates_are_no_whole_numbers():
    roster = rules(workbook(lang="zh"), "学校名册")
    positions = {name: at for at, name in enumerate(columns_of(offered(TABLES["schools"])), 1)}
    (rule,) = roster[get_column_letter(positions["longitude"])]

    assert rule.type == "decimal"
    assert rule.error == "73至136之间的数。"


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


def test_a_part_is_called_with_its_whole_whatever_the_order(monkeypatch):
    parts = {name for name, label in COUNTY_INPUTS.items() if label.zh.startswith("其中")}
    labels = {item.id: item.label for item in form_items()}
    monkeypatch.setattr(county_form, "COUNTY_INPUTS", dict(reversed(COUNTY_INPUTS.items())))

    again = {item.id: item.label for item in form_items()}

    assert {name for name in COUNTY_INPUTS if whole_of(name)} == parts
    assert not {whole_of(name) for name in parts} & parts
    assert again == labels
    assert (
        labels["quality_senior_places_rural"].zh == "优质高中招生名额，其中：分配到农村初中的名额"
    )
