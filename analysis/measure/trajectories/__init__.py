"""Where a county is heading by its observed years, and where a straight line must not be trusted.

A study comes in; the course of every requirement goes out. It may import the study.
"""
