"""Lexicon files: one module per format, recognised by content; `FORMATS` lists them.

`Lexicon.read` and `Lexicon.export` are the interface for users.
"""

from __future__ import annotations

from .base import Format, LexiconFile, Writer
from .reading import read
from .registry import FORMATS, WRITERS
from .writing import write

__all__ = ["FORMATS", "WRITERS", "Format", "LexiconFile", "Writer", "read", "write"]
