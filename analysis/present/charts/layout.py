"""Place the panels of a chart in one pass over their texts.

Matplotlib's constrained layout measures everything twice and then draws twice, which took more than
half of a report's time. The panels here stand in plain grids, so that one measurement is enough.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine


class GridLayout(LayoutEngine):
    """Rows and columns of equal panels, as far apart as their titles and labels need.

    Parameters
    ----------
    gap : float
        Space (inches) between panels and around the figure.
    """

    _adjust_compatible = True
    _colorbar_gridspec = True

    def __init__(self, gap: float = 0.05):
        super().__init__()
        self._gap = gap

    def execute(self, figure: Figure) -> None:
        """Set the position of all axes that `Figure.subplots` made; legends keep their place."""
        renderer = getattr(figure, "drawn_by", None) or figure._get_renderer()
        width, height = figure.bbox.width, figure.bbox.height
        gap = self._gap * figure.dpi
        axes = [axis for axis in figure.axes if axis.get_subplotspec() is not None]
        if not axes:
            return
        rows, columns = axes[0].get_subplotspec().get_gridspec().get_geometry()
        # what stands out of the panels: left, right, below, above
        left, right = np.zeros(columns), np.zeros(columns)
        below, above = np.zeros(rows), np.zeros(rows)
        for axis in axes:
            spec, inner = axis.get_subplotspec(), axis.bbox
            outer = axis.get_tightbbox(renderer, for_layout_only=True)
            if outer is None:
                continue
            row, column = spec.rowspan.start, spec.colspan.start
            left[column] = max(left[column], inner.x0 - outer.x0)
            right[column] = max(right[column], outer.x1 - inner.x1)
            below[row] = max(below[row], inner.y0 - outer.y0)
            above[row] = max(above[row], outer.y1 - inner.y1)
        foot = sum(legend.get_window_extent(renderer).height + gap for legend in figure.legends)
        panel_width = (width - left.sum() - right.sum() - 2 * columns * gap) / columns
        panel_height = (height - foot - below.sum() - above.sum() - 2 * rows * gap) / rows
        for axis in axes:
            spec = axis.get_subplotspec()
            row, column = spec.rowspan.start, spec.colspan.start
            x = (2 * column + 1) * gap + left[: column + 1].sum() + right[:column].sum()
            x += column * panel_width
            y = height - (2 * row + 1) * gap - above[: row + 1].sum() - below[:row].sum()
            y -= (row + 1) * panel_height
            axis.set_position([x / width, y / height, panel_width / width, panel_height / height])
