"""What every test is given: fixed examples, builders of counties, closed figures."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from counties import build_county, save_county

from analysis import County

# the same examples on every run: a red test stays red until somebody repairs it
hypothesis.settings.register_profile(
    "fixed",
    derandomize=True,
    deadline=None,
    max_examples=50,
    database=None,
    print_blob=False,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("fixed")

# thousands of collected tests live as long as the run; by its own measure Python would walk through
# them for a quarter of the time
gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish():
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def make_county() -> Callable[..., County]:
    return build_county


@pytest.fixture(scope="session")
def write_county() -> Callable[[County, Path], Path]:
    return save_county


@pytest.fixture(scope="module")
def chromium():
    """A browser; tests that ask for it are skipped where there is none."""
    from browsing import browser

    with browser() as found:
        yield found


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session", autouse=True)
def _own_ledger(tmp_path_factory):
    """What the tests write is no business of whoever runs them."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    yield
    patch.undo()
