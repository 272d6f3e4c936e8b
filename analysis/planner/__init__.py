"""A page in the browser on which planners move what is assumed and see what becomes of it.

In comes a state that the page's controls set; out go the outcome year by year as numbers and
sentences, a scenario file and a workbook. It may import `present`, `remedy`, `future`,
`measure` and what is below them, but neither `batch` nor the command line.
"""
