"""Results for people: tables, pictures and sentences in Chinese and English.

A study, what_if or a region and a language come in; grids, charts and sentences go out, which a
notebook shows and a report embeds. This room may import future and the rooms below it, and knows
neither paper nor notebooks.
"""
