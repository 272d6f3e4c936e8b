"""The pages of the reports as plain functions, one module for each chapter.

A `Report` (study, language, scenarios) or a region and a language come in; a `Page` of semantic HTML
goes out, with its tables and pictures at hand. These modules may import the form, present and the
rooms below it, and know neither notebooks nor paper.
"""
