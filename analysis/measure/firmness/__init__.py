"""How firm verdicts are: small changes of the data, other methods and readings, a county without some schools.

A judged year comes in; which verdicts would turn goes out. It may import what a year is judged by.
"""
