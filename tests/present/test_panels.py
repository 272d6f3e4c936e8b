"""Small panels drawn on the figure: figures stand where their scales say, and nothing covers anything."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.transforms import Bbox

from analysis import analyze
from analysis.data.paths import sample_folder
from analysis.present.charts.chart import Chart, styled
from analysis.present.charts.development import trend_chart
from analysis.present.charts.panels import Line, Look, Panel, draw_panels, reach

SAMPLES = sorted(path.parent.name for path in sample_folder().glob("*/school_years.csv"))


@styled
def drawn(*panels, across=2):
    figure = Chart(figsize=(6, 3))
    draw_panels(figure, panels, Look(across, size=6, heads=7))
    return figure


def label(figure, text, nth=0):
    """Where a label is bound to the figure (inches)."""
    found = [each for each in figure.texts if each.get_text() == text]
    return found[nth].get_position()


def lines(figure, width):
    """The lines of a width, in inches."""
    found = [each for each in figure.artists if isinstance(each, LineCollection)]
    return [p for each in found if each.get_linewidths()[0] == width for p in each.get_segments()]


def test_figures_stand_beside_their_marks():
    years, values = np.array([2020, 2021, 2022]), np.array([1.0, 2.0, 4.0])
    panel = Panel("a", (2019.7, 2022.3), years, (0, 5), lines=[Line(years, values, "red", 1.7)])
    figure = drawn(panel)
    (line,) = lines(figure, 1.7)
    for (x, y), year, value in zip(line, years, values, strict=True):
        assert x == pytest.approx(label(figure, str(year))[0])
        assert y == pytest.approx(label(figure, f"{value:.0f}")[1])


def test_bands_end_at_the_edges_of_their_panel():
    panel = Panel("a", (2019, 2023), [2020], (2, 4), bands=[(0, 3, "red"), (5, 6, "blue")])
    figure = drawn(panel)
    frame = next(p for p in lines(figure, 0.8) if len(p) == 3)
    bands = [each for each in figure.artists if isinstance(each, PolyCollection)]
    red, blue = (each.get_paths()[0].vertices for each in bands)
    assert red[:, 1].min() == pytest.approx(frame[:, 1].min())
    assert red[:, 1].max() == pytest.approx(label(figure, "3.0")[1])
    assert np.ptp(blue[:, 1]) == pytest.approx(0)
    assert (red[:, 0].min(), red[:, 0].max()) == pytest.approx(
        (frame[:, 0].min(), frame[:, 0].max())
    )


def test_a_year_without_data_is_a_gap():
    years = np.arange(2018, 2024)
    low = np.array([1, 1, np.nan, np.nan, 1, 1])
    panel = Panel("a", (2018, 2023), [2018], (0, 3))
    panel.lines.append(Line(years, low, "red", 1.7))
    panel.ribbons.append((years, low, low + 1, "red"))
    figure = drawn(panel)
    ribbons = next(each for each in figure.artists if isinstance(each, PolyCollection))
    assert len(ribbons.get_paths()) == 2
    assert "nan" not in figure.to_svg().lower()


def test_reach_has_room_and_is_never_below_nothing():
    assert reach([1, 2, np.nan]) == pytest.approx((0.88, 2.12))
    assert reach([0.01, 1]) == pytest.approx((0, 1.1188))
    assert reach([3]) == pytest.approx((2.88, 3.12))
    assert reach([np.nan]) == (0, 1)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("what", ["mean", "cv"])
@pytest.mark.parametrize("name", SAMPLES)
def test_no_text_covers_another_or_leaves_the_picture(name, what, lang):
    chart = trend_chart(analyze(name), what, lang)
    renderer = FigureCanvasAgg(chart).get_renderer()
    boxes = [text.get_window_extent(renderer) for text in chart.texts if text.get_text()]
    boxes += [legend.get_window_extent(renderer) for legend in chart.legends]
    whole = chart.bbox
    for box in boxes:
        assert Bbox.intersection(box, whole).bounds == pytest.approx(box.bounds), box
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[number + 1 :]), box


@pytest.mark.parametrize("name", SAMPLES)
def test_a_trend_shows_the_figures_of_all_years(name):
    study = analyze(name)
    chart = trend_chart(study, "cv")
    marked = [each for each in chart.lines if each.get_markersize() > 3]
    marked += [each for each in chart.artists if getattr(each, "get_markersize", float)() > 3]
    table = study.all_balance
    table = table[table["indicator"].isin(list(study.rules.indicators)) & (table["schools"] > 0)]
    points = sum(np.isfinite(each.get_ydata()).sum() for each in marked)
    assert points == table["cv"].notna().sum() > 0
