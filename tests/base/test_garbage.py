"""When the garbage of a report is looked for: not while it is made, but before the next one."""

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
def untouched(monkeypatch):
    monkeypatch.setattr(garbage, "_left", False)
    yield
    assert gc.isenabled()


def test_nothing_is_searched_during_the_work_nor_at_its_end():
    seen = []
    gc.callbacks.append(lambda phase, info: seen.append(phase))
    try:
        with uncollected():
            assert not gc.isenabled()
            knots = [weakref.ref(Knot()) for _ in range(5000)]
        assert all(knot() is not None for knot in knots)
        assert seen == []
    finally:
        gc.callbacks.pop()
    gc.collect()
    assert all(knot() is None for knot in knots)


def test_the_next_work_begins_with_what_the_last_one_left():
    with uncollected():
        left = weakref.ref(Knot())
    assert left() is not None
    with uncollected():
        assert left() is None


def test_work_within_work_is_one():
    with uncollected():
        with uncollected():
            inner = weakref.ref(Knot())
        assert not gc.isenabled()
        with uncollected():
            assert inner() is not None


def test_what_somebody_froze_stays_frozen():
    gc.freeze()
    try:
        with uncollected():
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_an_error_leaves_the_search_on():
    with pytest.raises(ValueError, match="not this one"), uncollected():
        raise ValueError("not this one")
    assert gc.isenabled()
