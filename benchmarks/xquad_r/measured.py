"""The step from the ranks of all questions to the summary of an experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.common import statistics, summary
from benchmarks.common.statistics import Difference, Sums
from benchmarks.common.summary import rounded, significant
from benchmarks.xquad_r import runs

MAP, MOIR, CLIR, ENGLISH, OWN = "mAP", "MoIR", "CLIR", "en to en", "own language in the top 10"
KINDS = (MAP, MOIR, CLIR, ENGLISH)
MARGIN = 0.005
"""How much MRR@10 of English questions and sentences may fall; named in the plan."""

_Values = dict[str, np.ndarray]


class Measured:
    """The runs of one experiment.

    Parameters
    ----------
    results
        Results of `runs.execute`.
    paragraphs
        Number of the paragraph of each question.
    unseen
        Languages that no system switches into.
    """

    def __init__(self, results: Sequence[Mapping[str, Any]], paragraphs: Sequence[int], unseen: Sequence[str]) -> None:
        self.paragraphs, self.unseen = paragraphs, unseen
        self.views: dict[str, list[Mapping[str, Any]]] = {}
        for system, of_system in summary.by_system(map(dict, results)).items():
            for view in (runs.PLAIN, runs.CENTRED, runs.OPTIMISTIC):
                if view in of_system[0]["views"]:
                    self.views[name_of(system, view)] = [run["views"][view] for run in of_system]

    @property
    def kinds(self) -> list[str]:
        """The kinds of questions that are measured."""
        return [*KINDS, *([f"unseen {CLIR}", f"unseen {MOIR}"] if self.unseen else [])]

    def sums(self, name: str, kind: str) -> list[Sums]:
        """Return the sums over paragraphs, one for each seed."""
        return [self._sums(self._values(view, kind)) for view in self.views[name]]

    def _sums(self, values: _Values) -> Sums:
        return statistics.sums(values, dict.fromkeys(values, self.paragraphs))

    def _values(self, view: Mapping[str, Any], kind: str) -> _Values:
        if kind == MAP:
            return {language: np.array(of) for language, of in view["precision"].items()}
        return {
            direction: runs.reciprocal_ranks(ranks)
            for direction, ranks in view["ranks"].items()
            if kind in self._kinds_of(direction)
        }

    def _kinds_of(self, direction: str) -> list[str]:
        one, other = direction.split("-")
        kind = MOIR if one == other else CLIR
        unseen = [f"unseen {kind}"] if {one, other} & set(self.unseen) else []
        return [kind, *unseen, *([ENGLISH] if one == other == "en" else [])]

    def directions(self, name: str) -> dict[str, float]:
        """Return MRR@10 of each direction, averaged over seeds."""
        views = self.views[name]
        return {
            direction: rounded(np.mean([runs.reciprocal_ranks(view["ranks"][direction]).mean() for view in views]))
            for direction in views[0]["ranks"]
        }

    def own_language(self, name: str) -> float:
        """Return the share of the question's language in the top 10, averaged over languages and seeds."""
        return rounded(np.mean([[of[language] for language, of in view["top"].items()] for view in self.views[name]]))


def name_of(system: str, view: str) -> str:
    """Return the name of a system under a view of its vectors."""
    return f"{system}, {view}" if view else system


def summarise(document: Mapping[str, Any], comparisons: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the summary of an experiment.

    Parameters
    ----------
    document
        ``runs``, ``paragraphs``, ``unseen``; other entries are kept.
    comparisons
        System -> the systems that it is compared with; each is also compared under the same view.
    """
    measured = Measured(document["runs"], document["paragraphs"], document["unseen"])
    sums = {(name, kind): measured.sums(name, kind) for name in measured.views for kind in measured.kinds}
    systems: dict[str, Any] = {}
    for name in measured.views:
        by_seed = {kind: [rounded(each.mean) for each in sums[name, kind]] for kind in measured.kinds}
        systems[name] = {
            "means": {kind: rounded(float(np.mean(of))) for kind, of in by_seed.items()},
            "seeds": by_seed,
            OWN: measured.own_language(name),
            "directions": measured.directions(name),
            "gains": {
                base: {
                    kind: _numbers(statistics.difference_of_seeds(sums[name, kind], sums[base, kind]))
                    for kind in measured.kinds
                }
                for base in comparisons.get(name, ())
                if base in measured.views
            },
        }
    kept = {key: value for key, value in document.items() if key not in ("runs", "paragraphs")}
    return {**kept, **summary.cost(document["runs"]), "systems": systems}


def _numbers(gain: Difference) -> list[float]:
    return [*map(rounded, gain[:3]), significant(gain.p)]
