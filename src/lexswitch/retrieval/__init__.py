"""Training rows and test sets for cross-lingual retrieval."""

from .test_sets import MixedTexts, mix_languages, translate_test
from .training_rows import RetrievalSwitcher

__all__ = ["MixedTexts", "RetrievalSwitcher", "mix_languages", "translate_test"]
