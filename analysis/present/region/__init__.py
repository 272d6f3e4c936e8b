"""Many counties beside each other: who is recognised, who is near, what fails most.

Folders of counties come in; a `Region` with a row for each county goes out, and of it a `Grid` or a
`Chart` in a language. These modules may import the grid of the tables, the canvas of the charts and
the terms of this room, and the rooms below it.
"""
