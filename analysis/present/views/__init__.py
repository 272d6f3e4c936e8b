"""How studies and tables show themselves in a notebook: short, with labels, units and marks.

A study or a table of results and a language come in, HTML goes out. `shown_by` has them registered;
`analysis` calls it when a study is first asked for. These modules may import the terms, sentences and
tables of this room and the rooms below it.
"""
