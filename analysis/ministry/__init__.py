"""The ministry's statistical return sheets, as county offices have them -> a county folder.

In come workbooks of returns (基础基…, 教基…) in which figures are found by their labels
(`forms.yaml`); out go a county folder as `data` reads it, and a page that shows where every figure
came from. It may import `data`, `policy` and `base`.
"""
