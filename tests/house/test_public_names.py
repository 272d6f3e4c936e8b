"""Promise: every public name says what goes in, what comes out and where it is written."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re

import pytest

import analysis
from analysis import Study
from analysis.base.schema.results import result_tables

FUNCTIONS = [name for name in analysis.__all__ if inspect.isfunction(getattr(analysis, name))]
CLASSES = [name for name in analysis.__all__ if inspect.isclass(getattr(analysis, name))]
ATTRIBUTES = [name for name in dir(Study) if not name.startswith("_")]
FIELDS = {field.name for field in dataclasses.fields(Study)}


def document(thing) -> str:
    return inspect.getdoc(thing) or ""


def sections(text: str) -> set[str]:
    return set(re.findall(r"^(\w[\w ]*)\n-{3,}$", text, flags=re.MULTILINE))


def member(name: str):
    found = inspect.getattr_static(Study, name)
    return getattr(found, "func", None) or getattr(found, "fget", None) or found


def missing(function, text: str) -> list[str]:
    """What a function's documentation does not say."""
    signature = inspect.signature(function)
    given = [p for p in signature.parameters if p != "self"]
    lacking = [name for name in given if not re.search(rf"(\W|^)\**{name}\b", text)]
    if given and "Parameters" not in sections(text):
        lacking.append("Parameters")
    if signature.return_annotation not in ("None", None) and "Returns" not in sections(text):
        lacking.append("Returns")
    return lacking


def test_all_is_functions_classes_and_rooms():
    rooms = {name for name in analysis.__all__ if inspect.ismodule(getattr(analysis, name))}

    assert {*FUNCTIONS, *CLASSES, *rooms} == set(analysis.__all__)
    assert all(document(getattr(analysis, name)) for name in rooms)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_say_what_goes_in_and_comes_out(name):
    function = getattr(analysis, name)

    assert missing(function, document(function)) == []


@pytest.mark.parametrize("name", CLASSES)
def test_classes_say_what_they_hold(name):
    kind = getattr(analysis, name)
    if dataclasses.is_dataclass(kind):
        assert "Attributes" in sections(document(kind))
        for field in dataclasses.fields(kind):
            assert re.search(rf"\b{field.name}\b", document(kind)), field.name


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_study_says_what_each_of_its_names_is(name):
    if name in FIELDS:
        assert re.search(rf"^{name}|^.*\b{name}\b.*$", document(Study), flags=re.MULTILINE)
        return
    text = document(member(name))
    assert missing(member(name), text) == []


@pytest.mark.parametrize("name", [n for n in ATTRIBUTES if n in result_tables()])
def test_a_table_names_its_columns_or_where_they_are_named(name):
    text = document(member(name))
    for path in re.findall(r"`(analysis(?:\.\w+)+)`", text):
        module, _, function = path.rpartition(".")
        text += document(getattr(importlib.import_module(module), function))
        for other in re.findall(r"`(analysis(?:\.\w+)+)`", text):
            module, _, function = other.rpartition(".")
            text += document(getattr(importlib.import_module(module), function, None))
    table = result_tables()[name]
    # the quantities that a standard counts are called so in the register
    quantities = "the standard's quantities" in text
    left = [
        column.name
        for column in table.columns.values()
        if not re.search(rf"\b{column.name}\b", text)
        and not (quantities and column.unit in ("persons", "m2", "yuan", "rooms"))
    ]
    rows_of = re.findall(r"rows of `(\w+)`", text)
    known = {
        column
        for other in rows_of
        if other in result_tables()
        for column in result_tables()[other].columns
    }
    assert [column for column in left if column not in known] == []


def test_what_is_not_documented_is_found():
    def bare(county, *, year=None) -> str:
        """Nothing."""

    assert missing(bare, document(bare)) == ["county", "year", "Parameters", "Returns"]
