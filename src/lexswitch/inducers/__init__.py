"""Lexicon inducers: lexicons from other things than dictionaries."""

from typing import Protocol

from ..lexicon import Lexicon

__all__ = ["LexiconInducer"]


class LexiconInducer(Protocol):
    """Whatever makes a lexicon, with the way it was made in its provenance."""

    def induce(self) -> Lexicon: ...
