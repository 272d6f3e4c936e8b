"""The command `junheng`: one module per command, thin.

In come the words of a command line; out go files, text on the screen and an exit code, with bad
input as sentences and never a traceback. It may import every room, each only when its command
runs.
"""

from .app import main

__all__ = ["main"]
