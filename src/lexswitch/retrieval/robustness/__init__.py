"""Stress tests: what mixing languages costs a retriever."""

from .bm25 import BM25
from .conditions import Condition
from .data import RetrievalData
from .export import make_stress_set
from .rankers import DenseRetriever, Ranker
from .report import Point, RobustnessReport
from .reranker import Reranker
from .results import ConditionResult
from .run_files import RunFiles
from .stress import stress

__all__ = [
    "BM25",
    "Condition",
    "ConditionResult",
    "DenseRetriever",
    "Point",
    "Ranker",
    "Reranker",
    "RetrievalData",
    "RobustnessReport",
    "RunFiles",
    "make_stress_set",
    "stress",
]
