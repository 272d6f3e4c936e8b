"""A projection: one course of a county's schools, year after year.

In come a county, a scenario and what the past says; out go pupils by grade and home, classes, teachers,
buildings and grounds of every school in every year, for one course or for many draws at once. It may
import the assumptions and the past; it judges nothing.
"""
