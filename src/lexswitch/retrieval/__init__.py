"""Training rows, test sets and stress tests for cross-lingual retrieval."""

from .distillation import Distillation
from .robustness import (
    BM25,
    DenseRetriever,
    Reranker,
    RetrievalData,
    RobustnessReport,
    RunFiles,
    make_stress_set,
    stress,
)
from .test_sets import MixedTexts, mix_languages, translate_test
from .training_rows import RetrievalSwitcher

__all__ = [
    "BM25",
    "DenseRetriever",
    "Distillation",
    "MixedTexts",
    "Reranker",
    "RetrievalData",
    "RetrievalSwitcher",
    "RobustnessReport",
    "RunFiles",
    "make_stress_set",
    "mix_languages",
    "stress",
    "translate_test",
]
