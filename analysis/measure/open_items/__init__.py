"""What is still missing, and the verdicts that wait for it.

A county's tables with blanks come in; every missing figure with what opens once it is filled in goes out.
It may import the study.
"""
