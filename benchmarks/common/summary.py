"""Summaries of experiments: means, gains and tests, computed once from the ranks of all queries and kept as JSON.

The ranks themselves stay in the cache. A report needs the summary alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from benchmarks.common import statistics
from benchmarks.common.statistics import Difference, Sums

UNTRAINED = "untrained"
"""Name of the system that is never trained; it takes part in no comparison."""

_DIGITS = 9
_DIGITS_OF_P = 4

Runs = dict[str, list[dict[str, Any]]]
"""Name of a system -> its runs, one for each seed."""


class Measured(Protocol):
    """The runs of an experiment, and how their queries are pooled."""

    @property
    def runs(self) -> Runs:
        """The results."""

    def sums(self, system: str, kind: str) -> Sums:
        """Return the values of a system over a kind of queries, averaged over seeds."""


def by_system(results: Iterable[dict[str, Any]]) -> Runs:
    """Group results by the name of their system, in their order."""
    runs: Runs = defaultdict(list)
    for run in results:
        runs[run["system"]["name"]].append(run)
    return dict(runs)


def cost(results: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the number of seeds and the minutes that all runs took on one core."""
    runs = by_system(map(dict, results)).values()
    seconds = sum(run["seconds_training"] + run["seconds_evaluation"] for run in results)
    return {"seeds": max(map(len, runs)), "minutes": round(seconds / 60, 2)}


def systems(
    measured: Measured, kinds: Sequence[str], bases: Callable[[str], Sequence[str]]
) -> dict[str, dict[str, Any]]:
    """Return the means of each system and its gains over others.

    Parameters
    ----------
    measured
        The runs.
    kinds
        Names of kinds of queries.
    bases
        Returns the systems to compare a system with; those that were not measured are ignored.
    """
    names = list(measured.runs)
    sums = {(name, kind): measured.sums(name, kind) for name in names for kind in kinds}
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        found[name] = {"means": {kind: rounded(sums[name, kind].mean) for kind in kinds}}
        compared = [base for base in bases(name) if base in names and UNTRAINED not in (name, base) and base != name]
        found[name]["gains"] = {
            base: {kind: _numbers(statistics.difference(sums[name, kind], sums[base, kind])) for kind in kinds}
            for base in compared
        }
    return found


def _numbers(gain: Difference) -> list[float]:
    return [*map(rounded, gain[:3]), significant(gain.p)]


def rounded(value: float) -> float:
    """Return a figure with more digits than any table shows."""
    return round(float(value), _DIGITS)


def significant(p: float) -> float:
    """Return a p-value with some significant digits, however small it is."""
    return float(f"{p:.{_DIGITS_OF_P}g}")


class Experiment:
    """The summary of one experiment.

    Parameters
    ----------
    document
        JSON values; ``systems`` is from the function of that name.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.systems: dict[str, dict[str, Any]] = document["systems"]

    def measured(self, kinds: Sequence[str]) -> list[str]:
        """Return the kinds of queries that were measured."""
        means = next(iter(self.systems.values()))["means"]
        return [kind for kind in kinds if kind in means]

    def compared(self, base: str) -> list[str]:
        """Return the systems that are compared with another one."""
        return [name for name in self.systems if name not in (base, UNTRAINED)]

    def mean(self, system: str, kind: str) -> float:
        """Return the mean of a system over a kind of queries."""
        return float(self.systems[system]["means"][kind])

    def difference(self, system: str, base: str, kind: str) -> Difference:
        """Return how much better a system is than another one."""
        if system == base:
            return Difference(0.0, 0.0, 0.0, 1.0)
        return Difference(*self.systems[system]["gains"][base][kind])
