"""One module per command: its options, one call into another room, and where the answer goes.

In come the words of one command; out go files and sentences. Another room is imported only when the
command runs, so that `junheng --help` stays quick.
"""
