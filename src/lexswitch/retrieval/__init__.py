"""Training data and test sets for cross-lingual retrieval."""

from .training import MixedTexts, RetrievalSwitcher, mix_languages, translate_test

__all__ = ["MixedTexts", "RetrievalSwitcher", "mix_languages", "translate_test"]
