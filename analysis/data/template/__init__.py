"""The workbook that a county office fills in.

The schema and, where there is one, a county come in; a workbook goes out that the reading takes back
unchanged. It may import the reading, the county and the standards.
"""
