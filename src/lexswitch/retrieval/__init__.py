"""Training rows and test sets for cross-lingual retrieval."""

from .distillation import Distillation
from .test_sets import MixedTexts, mix_languages, translate_test
from .training_rows import RetrievalSwitcher

__all__ = ["Distillation", "MixedTexts", "RetrievalSwitcher", "mix_languages", "translate_test"]
