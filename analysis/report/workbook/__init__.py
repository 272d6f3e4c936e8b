"""A study as a workbook of live formulas, one module for each sheet (or two that belong together).

A study and a language come in; the bytes of an .xlsx file go out, in which each sheet hands the
addresses of its cells to those that follow from it. These modules may import present and the rooms
below it, and xlsxwriter.
"""
