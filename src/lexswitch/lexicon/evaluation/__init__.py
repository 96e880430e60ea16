"""Evaluating a lexicon: against gold translations, and by the share of a corpus that it covers."""

from .measure import evaluate
from .result import Evaluation
from .scores import ALL, BANDS, MEAN, Score

__all__ = ["ALL", "BANDS", "MEAN", "Evaluation", "Score", "evaluate"]
