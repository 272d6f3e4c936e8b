"""The command `junheng`: one module per group of commands, thin."""

from .commands import main

__all__ = ["main"]
