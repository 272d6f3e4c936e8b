"""A county that does not exist, from a recipe.

How it is made: birth cohorts become entrants, entrants are shared out among schools and walked
back through the grades from the last year, in which the totals are exact. Each school keeps its own
lot (``scores``), from which the ratios of the last year follow; resources are then walked back in
time: buildings in steps, equipment by growth, teachers with their students.
"""
