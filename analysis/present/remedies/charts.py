"""What money buys: cost against schools that pass, limits of variation, and years."""

from __future__ import annotations

import pandas as pd

from ...base.language import Language, speak
from ...remedy.result import Remedy
from ..charts.chart import COLOURS, WIDTH, Chart, styled
from ..charts.layout import GridLayout
from ..charts.scales import draw_scales
from .calculation import Bought


def _scale(say: Language) -> tuple[float, str]:
    """Yuan in the unit that offices use."""
    return (1e4, say("ten thousand yuan")) if say.code == "zh" else (1e6, say("million yuan"))


def _points(axis, x, y, texts) -> None:
    axis.plot(x, y, "o-", color=COLOURS["met"], markersize=4, linewidth=1.3)
    for at, value, text in zip(x, y, texts, strict=True):
        axis.annotate(
            text, (at, value), textcoords="offset points", xytext=(0, 6), ha="center", fontsize=7
        )
    axis.margins(x=0.14, y=0.28)


@styled
def money_chart(found: Bought, limits: pd.DataFrame, answer: Remedy, lang: str) -> Chart:
    """Schools that pass against money; and cost against the limits of variation where they matter.

    Parameters
    ----------
    found : Bought
    limits : DataFrame
        As from `calculation.cost_by_limit`.
    answer : Remedy
    lang : {"zh", "en"}
    """
    say = speak(lang)
    unit, name = _scale(say)
    matters = limits_matter(limits)
    figure = Chart(figsize=(WIDTH, 2.2), layout=GridLayout())
    axes = figure.subplots(1, 2 if matters else 1, squeeze=False)[0]
    schools, x = found.steps, found.steps["cny"] / unit
    # between what is enough and what is proved not to be
    axes[0].hlines(
        *(found.schools["schools"], found.schools["bound_cny"] / unit),
        *(found.schools["cost_cny"] / unit,),
        color=COLOURS["near"],
        linewidth=2.4,
        zorder=1,
    )
    axes[0].plot(x, schools["schools"], "o-", color=COLOURS["met"], markersize=2.6, linewidth=1.2, drawstyle="steps-post")  # fmt: skip
    for at in (0, len(x) - 1):
        axes[0].annotate(
            say.number(schools["schools"].iloc[at]),
            (x.iloc[at], schools["schools"].iloc[at]),
            textcoords="offset points",
            xytext=(0, 6) if at else (8, -3),
            ha="center",
            fontsize=7,
        )
    axes[0].margins(x=0.06)
    axes[0].set_ylim(0, len(answer.instance.schools) * 1.2)
    axes[0].set_title(say("Schools that pass"))
    axes[0].set_xlabel(say("money ({unit})", unit=name))
    draw_scales(axes[0], grid="y")
    if matters:
        known = limits.dropna(subset=["cost_cny"])
        cost = known["cost_cny"] / unit
        _points(axes[1], known["factor"] * 100, cost, [say.number(value, 1) for value in cost])
        axes[1].set_title(say("Cost of passing ({unit})", unit=name))
        axes[1].set_xlabel(say("limits of variation (% of today's)"))
        draw_scales(axes[1], grid="y")
    return figure


def limits_matter(limits: pd.DataFrame) -> bool:
    """Whether the cost at other limits differs by more than one percent."""
    known = limits["cost_cny"].dropna()
    return len(known) > 1 and known.max() - known.min() > 0.01 * known.max()


@styled
def years_chart(years: pd.DataFrame, lang: str) -> Chart:
    """Cost of passing by year (`calculation.Ahead.years`)."""
    say = speak(lang)
    unit, name = _scale(say)
    known = years.dropna(subset=["cost_cny"])
    figure = Chart(figsize=(WIDTH, 2.1), layout=GridLayout())
    axis = figure.subplots()
    cost = known["cost_cny"] / unit
    _points(axis, known["year"], cost, [say.number(value, 0 if value >= 100 else 1) for value in cost])  # fmt: skip
    axis.set_ylim(bottom=0)
    axis.set_title(say("Cost of passing ({unit})", unit=name))
    draw_scales(axis, x=(list(known["year"]), [str(year) for year in known["year"]]), grid="y")
    return figure
