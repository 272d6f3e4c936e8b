"""Warm kernels: every notebook runs in a fresh process forked from one that has the libraries.

A kernel started the ordinary way imports for seconds what every report needs. Here a small server
process imports it once and forks itself: for each notebook, and for each report of a batch, whose
process asks the same server for its kernel. What one of them does to its process (variables,
settings, environment, folder, random numbers) ends with it; all of them end with the process that
asked for them, by whatever means it died. It may import `base`, and what a report needs at last.
"""
