"""The cheapest way to pass, for people: what it costs, school by school, at other goals, by year.

In comes a `Remedy`; out go sentences, tables and a chart in two languages. It may import the remedies,
what is below them, and the tables and charts of the house.
"""
