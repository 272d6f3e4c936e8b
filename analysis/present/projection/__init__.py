"""Several scenarios of one county side by side, as sentences, tables and pictures.

The scenarios of a county, projected and judged (`analysis.future.what_if`), and a language come in; sentences, a `Grid` or
a `Chart` go out. These modules may import the grid of the tables, the canvas of the charts and the
terms of this room, and the rooms below it.
"""
