"""Scales drawn by few artists look like those of matplotlib."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.present.charts.chart import Chart, measured, style
from analysis.present.charts.layout import GridLayout
from analysis.present.charts.scales import draw_scales


def panel(**options):
    import matplotlib as mpl

    with mpl.rc_context(style()):
        figure = Figure(figsize=(4, 3))
        axes = figure.subplots()
        axes.plot([2017, 2022], [1.0, 2.0])
        axes.set_xlim(2016.7, 2024.3)
        axes.set_ylim(0.9, 2.2)
        if options is not None:
            draw_scales(axes, **options)
    return figure, axes


def labels(axes):
    return [text.get_text() for text in axes.texts]


def place(figure, text):
    """Middle of a text in pixels."""
    box = text.get_window_extent(FigureCanvasAgg(figure).get_renderer())
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def test_labels_are_those_that_were_asked_for_or_the_usual_ones():
    years = np.arange(2017, 2025)
    _, axes = panel(x=(years, [str(year) for year in years]))

    assert labels(axes)[:8] == [str(year) for year in years]
    assert labels(axes)[8:] == ["1.0", "1.2", "1.4", "1.6", "1.8", "2.0", "2.2"]


def test_labels_stand_where_matplotlib_would_put_them():
    import matplotlib as mpl

    years = [2017, 2020, 2023]
    figure, axes = panel(x=(years, [str(year) for year in years]), y=([1, 2], ["1", "2"]))
    ours = [place(figure, text) for text in axes.texts]

    with mpl.rc_context(style()):
        figure = Figure(figsize=(4, 3))
        axes = figure.subplots()
        axes.set(xlim=(2016.7, 2024.3), ylim=(0.9, 2.2))
        axes.set_xticks(years, [str(year) for year in years])
        axes.set_yticks([1, 2], ["1", "2"])
    ticks = [*axes.xaxis.get_major_ticks(), *axes.yaxis.get_major_ticks()]

    for mine, tick in zip(ours, ticks, strict=True):
        assert mine == pytest.approx(place(figure, tick.label1), abs=1)


def test_limits_stay_and_grid_lines_stand_at_the_marks():
    _, axes = panel(y=([1, 2], ["1", "2"]), grid="y")

    assert axes.get_xlim() == (2016.7, 2024.3)
    assert axes.get_ylim() == (0.9, 2.2)
    grid = [line for line in axes.collections if len(line.get_segments()) == 2]
    assert [segment[0][1] for segment in grid[0].get_segments()] == [1, 2]


def test_label_of_the_horizontal_scale_is_below_its_numbers():
    import matplotlib as mpl

    with mpl.rc_context(style()):
        figure = Figure(figsize=(4, 3))
        axes = figure.subplots()
        axes.set_xlabel("m²")
        draw_scales(axes)
    heights = {text.get_text(): place(figure, text)[1] for text in axes.texts}

    assert heights["m²"] < heights["0.4"] - 5


def test_every_text_of_a_chart_is_measured_once(monkeypatch):
    """The layout measures with the renderer that draws, and what was measured for one chart is known for all."""
    import matplotlib as mpl
    from matplotlib.textpath import TextToPath

    seen = []
    measure = TextToPath.get_text_width_height_descent
    measured.cache_clear()

    def note(self, text, *rest):
        seen.append(text)
        return measure(self, text, *rest)

    monkeypatch.setattr(TextToPath, "get_text_width_height_descent", note)
    with mpl.rc_context(style()):
        figure = Chart(layout=GridLayout())
        axes = figure.subplots()
        axes.set_title("题目一二三")
        draw_scales(axes, x=([0, 1], ["甲", "乙"]), y=([0], ["丙"]))
    figure.to_svg()
    figure.to_svg()

    assert sorted(t for t in seen if t in "甲乙丙" or t == "题目一二三") == sorted(
        ["甲", "乙", "丙", "题目一二三"]
    )


@pytest.mark.parametrize(
    ("low", "high", "first"),
    [
        (0, 25_000, ["0", "5,000", "10,000"]),
        (100_000, 100_002, ["100,000.00", "100,000.25", "100,000.50"]),
        (5_000_000, 9_000_000, ["5,000,000", "5,500,000", "6,000,000"]),
    ],
)
def test_large_figures_have_separators_as_in_the_tables(low, high, first):
    import matplotlib as mpl

    with mpl.rc_context(style()):
        axes = Figure(figsize=(4, 3)).subplots()
        axes.set_ylim(low, high)
        draw_scales(axes, x=([], []))

    assert labels(axes)[:3] == first
