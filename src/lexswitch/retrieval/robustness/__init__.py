"""Stress tests: what mixing languages costs a retriever."""

from .bm25 import BM25
from .conditions import Condition
from .data import RetrievalData
from .rankers import DenseRetriever
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
    "Reranker",
    "RetrievalData",
    "RobustnessReport",
    "RunFiles",
    "stress",
]
