"""The two pages that decide: how the county stands, what is missing, what matters most, what is not known.

A study, a language and, where there is one, the county's plan come in; grids and sentences go out. It
may import the other rooms of `present` and those below; the picture is `charts.overview`.
"""
