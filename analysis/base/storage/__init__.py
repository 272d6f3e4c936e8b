"""Files and folders: read in one way, written whole, renewed at one stroke, cleared away.

Paths and bytes come in; files in their places go out. It may import the refusals and honest errors of `base`.
"""
