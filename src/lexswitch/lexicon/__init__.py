"""Bilingual lexicons: the `Lexicon`, its columns, and what is computed from them."""

from .builder import LexiconBuilder
from .lexicon import Lexicon
from .lookup import Candidate

__all__ = ["Candidate", "Lexicon", "LexiconBuilder"]
