"""Limits of the composite in the search: bounds by boxes, plans within, sums of roots compared exactly.

A program and a limit come in; bounds that hold and plans that keep it go out. It may import the solver.
"""
