"""How sure a course is.

In come a county and a scenario; out go many seeded courses, bands, the chances of every verdict, and how
often such bands would have held in the county's own past. It may import the course and its judgement.
"""
