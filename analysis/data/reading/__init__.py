"""What a county hands in, as text, and then as typed columns.

In comes a folder of CSV files or a workbook; out go tables of text, their typed columns and what could
not be read. It may import the checks' way of naming a place and the rooms below; rules are unknown here.
"""
