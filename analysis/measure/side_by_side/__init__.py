"""Counties, years and versions beside one another.

Studies, or the rows of many counties, come in; one tidy table, or arrays for a nation, goes out. It may
import the study and what it is made of.
"""
