"""When the garbage of a report is looked for: not while it is made; in a command only before the next one."""

import gc
import weakref

import pytest

from analysis.base import garbage
from analysis.base.garbage import uncollected


class Knot:
    """Refers to itself: only the search for cycles takes it away."""

    def __init__(self):
        self.me = self


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """A process that searches often, in which nothing is frozen; afterwards as it was."""
    monkeypatch.setattr(garbage, "_left", False)
    monkeypatch.setattr(garbage, "_command", False)
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
    monkeypatch.setattr(garbage, "_command", True)


def knots():
    return [weakref.ref(Knot()) for _ in range(5000)]


def alive(tied):
    return sum(knot() is not None for knot in tied)


def test_nothing_is_searched_during_the_work():
    with uncollected():
        assert not gc.isenabled()
        tied = knots()
        assert alive(tied) == 5000
    # the next objects set the search off
    more = [[] for _ in range(1000)]
    assert more
    assert alive(tied) == 0


def test_a_command_searches_before_its_next_work(command):
    with uncollected():
        tied = knots()
    more = [[] for _ in range(600)]
    assert more
    assert alive(tied) == 5000
    with uncollected():
        assert alive(tied) == 0


def test_work_within_work_is_one(command):
    with uncollected():
        with uncollected():
            inner = knots()
        assert not gc.isenabled()
        with uncollected():
            assert alive(inner) == 5000


@pytest.mark.parametrize("kind", [False, True])
def test_an_error_leaves_the_search_on(kind, monkeypatch):
    monkeypatch.setattr(garbage, "_command", kind)
    with pytest.raises(ValueError, match="not this one"), uncollected():
        raise ValueError("not this one")
    assert gc.isenabled()
