"""A study as tables for people, one module for each chapter of the report.

A study (or the county's plan) and a language come in; a `Grid` with labels, units, decimals and marks
goes out, which shows itself in a notebook and becomes HTML, a sheet or a frame. These modules may
import the terms and the review of the plan in this room and the rooms below it, and nothing that
draws or knows paper.
"""
