"""Lexicon inducers: lexicons from word vectors and from titles, instead of dictionaries."""

from typing import Protocol

from ..lexicon import Lexicon

__all__ = ["LexiconInducer"]


class LexiconInducer(Protocol):
    """An object that makes a lexicon; the lexicon's provenance describes how."""

    def induce(self) -> Lexicon: ...
