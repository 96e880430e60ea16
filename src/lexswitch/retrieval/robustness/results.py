"""What a stress test measures in one condition, and where it is kept while the test runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ...engine.packing import Floats, Ints
from .measures import MEASURES


@dataclass(frozen=True, eq=False)
class ConditionResult:
    """Measures of all queries in one condition.

    Attributes
    ----------
    name : str
        Name of the condition, such as ``de-p0.5``.
    language : str
        Target languages, joined by plus signs; empty for the data as they are.
    p : float
        Translation probability.
    seed : int
    signature : str
        Identifies the switched texts.
    values : float64 array, shape (queries, 3)
        nDCG@10, MRR@10 and recall@100 of each query.
    ranks : int64 array
        Rank of the first relevant document; 0 if it is not among the first 100.
    changed : bool array
        Whether switching changed the query.
    bias : mapping of str to float
        Share of each language among the first 10 documents, if the documents have languages.
    """

    name: str
    language: str
    p: float
    seed: int
    signature: str
    values: Floats = field(repr=False)
    ranks: Ints = field(repr=False)
    changed: npt.NDArray[np.bool_] = field(repr=False)
    bias: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON has it."""
        columns = dict(zip(MEASURES, self.values.T.tolist(), strict=True))
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "bias": dict(self.bias),
            "queries": {**columns, "rank": self.ranks.tolist(), "changed": self.changed.astype(int).tolist()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ConditionResult:
        """Return the result of a dict that `to_dict` returned."""
        queries = data["queries"]
        name, language, p, seed, signature = (data[name] for name in _PLAIN)
        return cls(
            name,
            language,
            p,
            seed,
            signature,
            np.column_stack([np.array(queries[measure], dtype=float) for measure in MEASURES]),
            np.array(queries["rank"], dtype=np.int64),
            np.array(queries["changed"], dtype=bool),
            data["bias"],
        )


_PLAIN = ("name", "language", "p", "seed", "signature")
