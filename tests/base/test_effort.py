"""What a report is made with: no search for garbage while it is made, in a command only before the next one; texts as Python keeps them."""

import gc
import weakref

import pandas as pd
import pytest

from analysis import analyze
from analysis.base import effort as module
from analysis.base.effort import effort


class Knot:
    """Refers to itself: only the search for cycles takes it away."""

    def __init__(self):
        self.me = self


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """A process that searches often, in which nothing is frozen; afterwards as it was."""
    monkeypatch.setattr(module, "_left", False)
    monkeypatch.setattr(module, "_command", False)
    limits, frozen = gc.get_threshold(), gc.get_freeze_count()
    gc.unfreeze()
    gc.collect()
    gc.set_threshold(700, 10, 10)
    yield
    assert gc.isenabled()
    gc.set_threshold(*limits)
    if frozen:
        gc.freeze()


@pytest.fixture
def command(monkeypatch):
    monkeypatch.setattr(module, "_command", True)


def knots():
    return [weakref.ref(Knot()) for _ in range(5000)]


def alive(tied):
    return sum(knot() is not None for knot in tied)


def test_nothing_is_searched_during_the_work():
    with effort():
        assert not gc.isenabled()
        tied = knots()
        assert alive(tied) == 5000
    # the next objects set the search off
    more = [[] for _ in range(1000)]
    assert more
    assert alive(tied) == 0


def test_a_command_searches_before_its_next_work(command):
    with effort():
        tied = knots()
    more = [[] for _ in range(600)]
    assert more
    assert alive(tied) == 5000
    with effort():
        assert alive(tied) == 0


def test_work_within_work_is_one(command):
    with effort():
        with effort():
            inner = knots()
        assert not gc.isenabled()
        with effort():
            assert alive(inner) == 5000


@pytest.mark.parametrize("kind", [False, True])
def test_an_error_leaves_the_search_on(kind, monkeypatch):
    monkeypatch.setattr(module, "_command", kind)
    with pytest.raises(ValueError, match="not this one"), effort():
        raise ValueError("not this one")
    assert gc.isenabled()


def test_texts_are_pythons_during_the_work_alone():
    before = pd.Series(["a"]).dtype.storage
    with effort():
        assert pd.Series(["a"]).dtype.storage == "python"
    assert pd.Series(["a"]).dtype.storage == before


def test_figures_do_not_depend_on_how_texts_are_kept():
    def tables():
        study = analyze("652323-hutubi")
        return study.schools, study.balance, study.evaluation, study.influence, study.switch_audit

    usual = tables()
    with effort():
        for one, other in zip(usual, tables(), strict=True):
            pd.testing.assert_frame_equal(one, other, check_dtype=False, check_column_type=False)
