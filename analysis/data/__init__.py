"""A county's own figures, from the files that an office fills in.

In come folders of CSV tables and workbooks; out go a `County` of typed tables, or every problem
with its place at once, the workbook to fill in, and the user's own workbook with what is wrong
marked. It may import `policy` and `base`.
"""
