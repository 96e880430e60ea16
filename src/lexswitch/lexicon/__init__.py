"""Bilingual lexicons: the `Lexicon`, its columns, and what is computed from them."""

from .lexicon import Candidate, Lexicon

__all__ = ["Candidate", "Lexicon"]
