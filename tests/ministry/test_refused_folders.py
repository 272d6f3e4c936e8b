"""What an import refuses before it reads a figure."""

import openpyxl
import pytest

from analysis.base.files import InputError
from analysis.ministry.folder import import_returns
from analysis.ministry.merging.into import merge_returns

ABOUT = {"code": "150304", "name": "乌达区", "province": "内蒙古自治区"}


def refused(call, *words, **options) -> str:
    with pytest.raises(InputError) as raised:
        call(*words, **options)
    return raised.value.findings[0].sentence("en")


@pytest.fixture
def sheets(tmp_path):
    folder = tmp_path / "sheets"
    folder.mkdir()
    return folder


def test_a_file_is_no_folder_of_sheets(tmp_path):
    file = tmp_path / "报表.xlsx"
    file.write_bytes(b"x")

    assert "is not a folder of return sheets" in refused(
        import_returns, file, tmp_path / "out", **ABOUT
    )


def test_a_county_is_not_made_where_a_file_or_another_folder_is(tmp_path, sheets):
    (tmp_path / "out").write_text("x")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x")

    assert "is a file; expected a folder to make" in refused(
        import_returns, sheets, tmp_path / "out", **ABOUT
    )
    assert "the folder is not empty" in refused(import_returns, sheets, tmp_path / "mine", **ABOUT)
    assert "it has no county.yaml" in refused(
        import_returns, sheets, tmp_path / "mine", force=True, **ABOUT
    )
    assert "the sheets lie in this folder" in refused(import_returns, sheets, sheets, **ABOUT)


def test_sheets_are_not_merged_into_a_workbook(tmp_path, sheets):
    (tmp_path / "county.xlsx").write_bytes(b"x")

    assert "by `junheng template FOLDER --from county.xlsx`" in refused(
        merge_returns, sheets, tmp_path / "county.xlsx"
    )


def test_a_folder_without_workbooks(tmp_path, sheets):
    (sheets / "readme.txt").write_text("x")
    found = import_returns(sheets, tmp_path / "out", **ABOUT)

    assert found.out is None
    assert any("there is no workbook" in f.sentence("en") for f in found.findings)


def test_a_form_without_figures(tmp_path, sheets):
    book = openpyxl.Workbook()
    book.active.append(["教基3112"])
    book.active.append(["学校（机构）标识码", "1503040001"])
    book.save(sheets / "一小.xlsx")
    found = import_returns(sheets, tmp_path / "out", **ABOUT)

    assert found.out is None
