"""Queries that break: the first relevant document falls when words are switched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...switching.markup import MarkedText, TextPart
from ...switching.trace import marked_texts
from .conditions import Condition
from .measures import MEASURES
from .results import ConditionResult

_MOST = 10
"""Number of queries of each condition."""


class BrokenQuery(NamedTuple):
    """A query whose nDCG@10 falls.

    Attributes
    ----------
    condition : str
        Name of the condition.
    query : str
        Id of the query.
    before, after : int
        Rank of the first relevant document; 0 if it is not among the first 100.
    parts : sequence of TextPart
        The switched query.
    """

    condition: str
    query: str
    before: int
    after: int
    parts: Sequence[TextPart]

    @property
    def marked(self) -> MarkedText:
        """The query for readers, with its ranks."""
        return MarkedText(f"{self.query}: {_rank(self.before)} → {_rank(self.after)}", self.parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the query as JSON has it."""
        return {**self._asdict(), "parts": [list(part) for part in self.parts]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> BrokenQuery:
        """Return the query of a dict that `to_dict` returned."""
        return cls(**{**data, "parts": [TextPart(*part) for part in data["parts"]]})


def broken(
    queries: Mapping[str, str], conditions: Sequence[Condition], results: Sequence[ConditionResult]
) -> Iterator[BrokenQuery]:
    """Yield the queries of each condition that lose most, the worst first; equal ones in their order."""
    ids, base = list(queries), results[0]
    gain = MEASURES.index("nDCG@10")
    for condition, result in zip(conditions, results, strict=True):
        losses = base.values[:, gain] - result.values[:, gain]
        worst = [row for row in np.argsort(-losses, kind="stable")[:_MOST].tolist() if losses[row] > 0]
        texts = [queries[ids[row]] for row in worst]
        marked = [[TextPart(text)] for text in texts]
        if worst and (switcher := condition.query_switcher) is not None:
            switched = switcher.trace(texts, keys=[ids[row] for row in worst])
            marked = [list(one.parts) for one in marked_texts(switched, len(texts))]
        for row, parts in zip(worst, marked, strict=True):
            yield BrokenQuery(condition.name, ids[row], int(base.ranks[row]), int(result.ranks[row]), parts)


def _rank(rank: int) -> str:
    return str(rank) if rank else "over 100"
