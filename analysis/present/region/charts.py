"""The counties of a region as pictures."""

from __future__ import annotations

import numpy as np

from ...base.language import speak
from ...base.schema.terms import STAGE_LABELS, STAGES
from ..charts.chart import COLOURS, WIDTH, Chart, styled
from ..charts.layout import GridLayout
from ..terms import variation_limit
from .summary import Region
from .tables import verdict_name


@styled
def variation_chart(region: Region, lang: str = "zh") -> Chart:
    """Each county's coefficients of variation as dots, by indicator, against the limit."""
    say = speak(lang)
    balance = region.balance[region.balance["indicator"].isin(region.indicators)]
    stages = [stage for stage in STAGES if (balance["stage"] == stage).any()]
    figure = Chart(figsize=(WIDTH, 2.9), layout=GridLayout())
    axes = figure.subplots(1, max(len(stages), 1), squeeze=False, sharey=True)[0]
    names = list(region.indicators)
    for axis, stage in zip(axes, stages, strict=False):
        rows = balance[(balance["stage"] == stage) & balance["cv"].notna()]
        position = rows["indicator"].map(names.index).to_numpy(dtype=float)
        # dots that would lie upon each other stand beside each other, the same way every time
        order = rows.groupby("indicator").cumcount().to_numpy()
        size = rows.groupby("indicator")["cv"].transform("size").to_numpy()
        position = position + 0.5 * ((order + 0.5) / np.maximum(size, 1) - 0.5)
        for status in ("met", "not_met", "not_assessed"):
            here = (rows["status"] == status).to_numpy()
            axis.scatter(
                rows["cv"].to_numpy()[here],
                position[here],
                s=11,
                marker="x" if status == "not_met" else "o",
                linewidths=0.9,
                color=COLOURS[status],
                alpha=0.75,
            )
        limit = rows["limit"].max()
        title = say.label(STAGE_LABELS[stage])
        if np.isfinite(limit):
            axis.axvline(limit, color=COLOURS["limit"], linewidth=1)
            title += say(" (limit {value})", value=variation_limit(limit, say))
        axis.set_title(title)
        axis.set_yticks(range(len(names)), [say.label(region.indicators[n]) for n in names])
        axis.set_ylim(len(names) - 0.4, -0.6)
        axis.set_xlim(0, 1.08 * np.nanmax([*rows["cv"], limit, 0.1]))
        axis.set_xlabel(say("coefficient of variation (no unit)"))
        axis.tick_params(axis="y", length=0)
        axis.grid(axis="x")
    return figure


@styled
def verdict_chart(region: Region, lang: str = "zh") -> Chart:
    """Counties by the number of requirements that they do not meet."""
    say = speak(lang)
    figure = Chart(figsize=(WIDTH, 2.2), layout=GridLayout())
    axis = figure.subplots()
    failed = region.counties["failed"].to_numpy(dtype=int)
    most = int(failed.max()) if len(failed) else 0
    bottom = np.zeros(most + 1)
    for verdict in ("met", "not_assessed", "not_met"):
        here = failed[(region.counties["verdict"] == verdict).to_numpy()]
        heights = np.bincount(here, minlength=most + 1)
        axis.bar(
            range(most + 1),
            heights,
            bottom=bottom,
            color=COLOURS[verdict],
            width=0.8,
            label=verdict_name(verdict, lang),
        )
        bottom += heights
    axis.yaxis.get_major_locator().set_params(integer=True)
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.set_xlabel(say("requirements not met (number)"))
    axis.set_ylabel(say("counties (number)"))
    axis.grid(axis="y")
    figure.legend(loc="outside lower center", ncols=3)
    return figure
