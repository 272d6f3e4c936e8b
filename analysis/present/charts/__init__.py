"""A study as pictures, ready for print: A4 width, both languages, shapes beside colours.

A study (or the county's plan) and a language come in; a `Chart` goes out, a matplotlib figure that
Jupyter shows and the report embeds as SVG. These modules may import the rooms below this one and draw
with matplotlib; of this room they import nothing else.
"""
