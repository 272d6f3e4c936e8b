"""The widget: sends what a person does to the kernel, shows what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import anywidget
import pandas as pd
import traitlets

from ..base.files import InputError
from ..base.language import speak
from ..data.county import County
from ..present.charts.chart import Chart
from .events import after
from .page import page
from .picture import picture
from .shelf import Shelf
from .state import State, code_of, known
from .view import View, view_of

_STATIC = Path(__file__).parent / "static"


class Explorer(anywidget.AnyWidget):
    """Schools as points that one chooses and drags; verdict, shortfall and CV follow at once.

    Parameters
    ----------
    county : County, str or Path
        A county, its folder or workbook, or the name of a sample.
    year : int, optional
        First year of the school year; the last observed one if omitted.
    stage : {"primary", "junior"}, optional
    indicator : str
        Id of one of the standard's indicators.
    kind : {"scatter", "strip"}
        Figure against students, or schools in the order of their figures.
    chosen : iterable of str
        School ids looked at together.
    moved : mapping, optional
        (indicator, stage, school id) -> figure assumed instead, in the indicator's unit.
    rules : mapping, optional
        Rules assumed instead, such as ``{"cv.primary": 0.40, "sports_area.primary": 8.0}``.
    compare : (county, year), optional
        Shown as hollow points.
    counties : iterable, optional
        Further counties that can be chosen on the page; the samples if omitted.
    lang : {"zh", "en"}

    Attributes
    ----------
    state : State
        What is shown; may be set.
    view : View
        The numbers behind it: `schools` is a table, `assumed` and `without` are the summaries.

    Raises
    ------
    InputError
        A county cannot be read, or a name does not exist.

    Examples
    --------
    >>> explorer = Explorer("652323-hutubi", indicator="sports_area", lang="en")
    >>> explorer.choose(explorer.view.schools["school_id"].tail(3))
    >>> round(explorer.view.share, 2), round(explorer.view.without.cv, 3)
    (0.35, 0.475)
    """

    _esm = _STATIC / "explorer.js"
    _css = _STATIC / "explorer.css"
    #: What the page shows (`analysis.explorer.page.page`), and what was wrong with the last wish.
    shown = traitlets.Dict().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        county: County | str | Path,
        year: int | None = None,
        *,
        stage: str | None = None,
        indicator: str = "sports_area",
        kind: str = "scatter",
        chosen: Iterable[str] = (),
        moved: Mapping[tuple[str, str, str], float] | None = None,
        rules: Mapping[str, float] | None = None,
        compare: tuple[str, int] | None = None,
        counties: Iterable[County | str | Path] | None = None,
        lang: str = "zh",
    ):
        say = speak(lang)
        others = [*([compare[0]] if compare else []), *(counties or ())]
        self._shelf = Shelf([county, *others], samples=counties is None)
        self._lang = say.code
        first = self._shelf.first(year)
        state = State(
            *(first.county, first.year, stage or first.stage, indicator, kind),
            *(tuple(chosen), moved or {}, rules or {}, compare),
        )
        self._show(state)
        super().__init__(shown=self._page)
        self.on_msg(self._told)

    @property
    def state(self) -> State:
        return self._state

    @state.setter
    def state(self, state: State) -> None:
        self._show(state)
        self.shown = self._page

    @property
    def view(self) -> View:
        return self._view

    def _show(self, state: State) -> None:
        base = self._shelf.reported(state.county, state.year)
        other = self._shelf.reported(*state.compare) if state.compare else None
        self._view = view_of(state, base, other)
        self._page = page(self._view, self._shelf, self._lang)
        self._state = state

    def _told(self, _widget, event: dict, _buffers) -> None:
        """Do what was done on the page; what cannot be is said there, and nothing changes."""
        try:
            self.state = after(self.state, event, self._shelf)
            self.problem = ""
        except InputError as error:
            self.problem = "\n".join(f.text(self._lang) for f in error.findings)
        # the page sends the next step of a drag when it has the answer to the last one
        self.send({"answered": event.get("number")})

    def choose(self, schools: Iterable[str]) -> None:
        """Look at these schools (ids) together, instead of those chosen before."""
        self.state = self.state.changed(chosen=tuple(schools))

    @property
    def table(self) -> pd.DataFrame:
        """The schools that are shown; see `View.schools`."""
        return self.view.schools

    def code(self) -> str:
        """The line of Python that shows the same."""
        return code_of(self.state, self._lang)

    def figure(self, lang: str | None = None) -> Chart:
        """What is shown as a matplotlib figure.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
            That of the explorer if omitted.
        """
        if lang is not None:
            known("language", lang, ("zh", "en"))
        return picture(self.view, self._shelf, lang or self._lang)
