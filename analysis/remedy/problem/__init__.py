"""What is to be solved: the judged rows in exact numbers, the means and their prices, and the goal.

In come a study, `remedy.yaml` and the words of the goal; out go exact fractions of what every row has,
needs and may get. It may import the study and the rooms below; the solver is not known here.
"""
