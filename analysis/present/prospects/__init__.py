"""Several scenarios of one county side by side, as sentences, tables and pictures.

The prospects of a county (`analysis.future.prospects`) and a language come in; sentences, a `Grid` or
a `Chart` go out. These modules may import the grid of the tables, the canvas of the charts and the
terms of this room, and the rooms below it.
"""
