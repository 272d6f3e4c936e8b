"""What a remedy says: by school and year, in words, as files, as a scenario; what money buys, what drives the cost.

In comes a `Remedy`; out go tables, sentences, files and a scenario that the planner opens. It may import
the whole of `analysis.remedy`, the scenario's classes and the rooms below.
"""
