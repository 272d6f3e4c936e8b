"""The page in the browser from which an office reaches everything without typing a command.

In come files that are dropped on the page; out go findings, workbooks and reports to save, and the
planner's page on the same county. It may import every room but the command line.
"""
