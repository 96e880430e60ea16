"""The step from the ranks of all queries to the summary of an experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.common import statistics, summary
from benchmarks.common.summary import UNTRAINED, rounded, significant
from benchmarks.retrieval import evaluation

BANDS = {"none": (0.0, 0.01), "less than half": (0.01, 0.5), "half or more": (0.5, 1.01)}
"""Share of the query's words that are in a relevant document."""

_MEASURES = ("MRR@10", "nDCG@10", "R@100")
_BASES = ("zero-shot", "p = 0")
CENTRED = "zero-shot, centred"
"""The strongest system that needs no further training."""


class Measured:
    """The runs of one experiment.

    Parameters
    ----------
    document
        ``runs`` (results of `runs.execute`), ``queries`` (from `Task.about`) and ``unseen`` (languages).
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.runs = summary.by_system(document["runs"])
        self.unseen: Sequence[str] = document["unseen"]
        self.queries: dict[str, dict[str, Any]] = document["queries"]
        self.pages = {direction: about["pages"] for direction, about in self.queries.items()}

    def kinds(self) -> list[str]:
        """Return the kinds of directions that were measured."""
        return list(dict.fromkeys(kind for direction in self.queries for kind in kinds_of(direction, self.unseen)))

    def directions(self, kind: str) -> list[str]:
        """Return the directions of a kind."""
        return [direction for direction in self.queries if kind in kinds_of(direction, self.unseen)]

    def per_query(self, system: str, direction: str) -> np.ndarray:
        """Return RR@10 of each query of a direction, averaged over seeds."""
        runs = self.runs[system]
        return np.mean([evaluation.reciprocal_ranks(run["directions"][direction]["ranks"]) for run in runs], axis=0)

    def sums(self, system: str, kind: str) -> statistics.Sums:
        """Return the sums of RR@10 over pages, for the directions of a kind."""
        chosen = self.directions(kind)
        return statistics.sums({direction: self.per_query(system, direction) for direction in chosen}, self.pages)

    def by_overlap(self, system: str) -> list[tuple[int, float]]:
        """Return for each band of overlap the number of CLIR queries and their MRR@10."""
        found = []
        for low, high in BANDS.values():
            values = []
            for direction in self.directions("CLIR"):
                shares = np.array([int(ninths) for ninths in self.queries[direction]["overlap"]]) / 9
                values.append(self.per_query(system, direction)[(shares >= low) & (shares < high)])
            together = np.concatenate(values)
            found.append((len(together), rounded(float(together.mean())) if len(together) else 0.0))
        return found


def kinds_of(direction: str, unseen: Sequence[str]) -> list[str]:
    """Return the kinds to which a direction belongs."""
    kind = evaluation.kind_of(direction, unseen)
    query, document = direction.split("-")
    if kind != "CLIR":
        return [kind, *(["en to en"] if direction == "en-en" else [])]
    side = "X to en" if document == "en" else "en to X" if query == "en" else "X to Y"
    return [kind, side, "with ru" if "ru" in (query, document) else "without ru"]


def summarise(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the summary of an experiment.

    Parameters
    ----------
    document
        As for `Measured`. Other entries are kept.
    """
    measured = Measured(document)
    systems = summary.systems(measured, measured.kinds(), _bases)
    base = next((base for base in _BASES if base in systems), "")
    for name, about in systems.items():
        about["directions"] = {direction: _direction(measured, name, base, direction) for direction in measured.queries}
        about["bias"] = _bias(measured.runs[name])
        if measured.directions("CLIR"):
            about["overlap"] = measured.by_overlap(name)
            about["seeds"] = [_mean_of_seed(run, measured.directions("CLIR")) for run in measured.runs[name]]
    kept = {key: value for key, value in document.items() if key not in ("runs", "queries")}
    return {
        **kept,
        **summary.cost(document["runs"]),
        "queries": {direction: len(pages) for direction, pages in measured.pages.items()},
        "collection_shares": document["runs"][0]["collection_shares"],
        "systems": systems,
    }


def _bases(system: str) -> list[str]:
    return [*_BASES, CENTRED, *(["ML-CS"] if system in ("real translations", "ML-CS, Translate-Test") else [])]


def _direction(measured: Measured, system: str, base: str, direction: str) -> dict[str, float]:
    """Return the means of one direction, and p of a t-test over its queries against the base."""
    values = measured.per_query(system, direction)
    found = {"MRR@10": rounded(float(values.mean()))}
    for name in _MEASURES[1:]:
        found[name] = rounded(float(np.mean([run["directions"][direction][name] for run in measured.runs[system]])))
    if base and system not in (base, UNTRAINED):
        found["p"] = significant(statistics.t_test(values, measured.per_query(base, direction)))
    return found


def _bias(runs: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return query language -> share of each document language in the top 10, averaged over seeds."""
    return {
        query: {
            language: rounded(float(np.mean([run["bias"][query][language] for run in runs]))) for language in shares
        }
        for query, shares in runs[0]["bias"].items()
        if query in ("en", evaluation.MIXED)
    }


def _mean_of_seed(run: dict[str, Any], directions: list[str]) -> float:
    return rounded(float(np.mean([run["directions"][direction]["MRR@10"] for direction in directions])))
