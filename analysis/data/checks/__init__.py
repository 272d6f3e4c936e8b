"""What is wrong with a county's tables, one small rule each.

In come typed tables; out go findings with file, row, column and value. It may import the schema, the
standard and what is below them.
"""
