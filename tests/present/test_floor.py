"""The floor that the rule demands is printed as it is judged, whatever a standard says it is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from analysis import analyze
from analysis.report.form import form_grids
from analysis.report.pages import contents
from analysis.report.pages.report import Report

FLOOR = """
id: another-floor
kind: evaluation
extends: cn-2017
title: {zh: 本省办法, en: Provincial rules}
entries:
  school.floor:
    title: {zh: 余项比例, en: Floor for the rest}
    part: resource
    rule: at_least
    values: {"2017-04-19": 0.8}
    reference: {document: 本省办法, section: 一, confidence: local}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("floor") / "150304-wuda"
    shutil.copytree(Path("data/sample/150304-wuda"), folder)
    (folder / "standard.yaml").write_text(FLOOR, encoding="utf-8")
    record = folder / "county.yaml"
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace("cn-150300-wuhai", "standard.yaml"), encoding="utf-8")
    return analyze(folder)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_says_another_floor(study, lang):
    report = Report(study, lang)
    pages = [
        page for page in contents.PAGES if page.__name__ in ("findings", "schools", "shortfalls")
    ]
    pages += [page for page in contents.PAGES if page.__name__ in ("indicators", "trends")]
    text = "".join(page(report).body for page in pages)
    text += "".join(
        cell.text for grid in form_grids(study, lang).values() for row in grid.rows for cell in row
    )
    text = re.sub(r"base64,[^\"]*", "", text)

    assert re.search(r"80\s?%", text)
    assert not re.search(r"(?<![\d.])85\s?%(以上|的| or more| of)", text)
