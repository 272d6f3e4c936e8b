"""The search for the least cost, and its proof.

In comes a problem; out go a plan in whole numbers, a bound that no plan undercuts, or the smallest set
of limits that would have to give way. It may import the problem; files and words are not known here.
"""
