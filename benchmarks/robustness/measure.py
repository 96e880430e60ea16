"""Measurement: stress tests of all systems, kept in the cache, and what they lose, with intervals over groups."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import fetch, files, runs, statistics
from benchmarks.common.processes import Row
from benchmarks.common.statistics import Difference, Sums
from benchmarks.common.summary import rounded
from benchmarks.robustness import collections
from benchmarks.robustness.collections import Collection, P
from benchmarks.robustness.models import System
from lexswitch import Lexicon
from lexswitch.retrieval import RobustnessReport, stress
from lexswitch.retrieval.robustness.conditions import plan
from lexswitch.retrieval.robustness.documents import digest
from lexswitch.retrieval.robustness.measures import MEASURES

MAIN = MEASURES[0]
HALF = 0.5
"""The translation probability of the claim, and the share of the loss that the recipe may have."""


def lexicon() -> Lexicon:
    """Return the lexicon of the test; no system was trained with its ranking of candidates."""
    return Lexicon.starter()


def report(system: System, name: str) -> RobustnessReport:
    """Return the stress test of a system on a collection. It is measured once; a stopped run resumes.

    Parameters
    ----------
    system
        The system.
    name
        Name of the collection.
    """
    collection = collections.load(name)
    data, chances = collection.data, [HALF] if name == collections.POOL else P
    signatures = [each.signature for each in plan(lexicon(), collection.languages, chances)]
    texts = [*data.queries.values(), data.documents.fingerprint, *signatures]
    signature = runs.digest([system.signature, collection.tokens, digest(texts)])
    folder = fetch.cache_folder() / "robustness"
    path = folder / f"{signature}.json"
    with files.locked(folder / f".{signature}.lock"):
        if not path.exists():
            found = stress(
                data,
                system.retriever(collection.tokens),
                lexicon(),
                collection.languages,
                chances,
                folder=folder / signature,
            )
            found.save(path)
            shutil.rmtree(folder / signature)
        return RobustnessReport.load(path)


def measure(system: System, name: str) -> Row:
    """Return means and losses of a system on a collection."""
    collection, found = collections.load(name), report(system, name)
    return {
        "system": system.name,
        "model": found.model if system.model == "bm25" else Path(system.model).name,
        "queries": len(found.queries),
        "documents": found.counts["documents"],
        "base": _means(found.values("", 0)),
        "points": [_point(found, collection, [point.language], point.p) for point in found.points],
        "pooled": [_point(found, collection, collection.languages, p) for p in _chances(found)],
        "languages": dict(found.languages),
        "bias": {
            result.name: {name: rounded(share) for name, share in result.bias.items()} for result in found.results
        },
    }


def _chances(found: RobustnessReport) -> list[float]:
    return sorted({point.p for point in found.points})


def _means(values: Any) -> dict[str, float]:
    return {measure: rounded(mean) for measure, mean in zip(MEASURES, values.mean(0), strict=True)}


def _point(found: RobustnessReport, collection: Collection, languages: Any, p: float) -> Row:
    """Return the mean of some languages, and its loss with an interval over groups."""
    means = np.mean([found.values(language, p) for language in languages], axis=0)
    base = {language: found.values("", 0)[:, 0] for language in languages}
    own = {language: found.values(language, p)[:, 0] for language in languages}
    groups = dict.fromkeys(languages, collection.groups)
    loss = statistics.difference(statistics.sums(base, groups), statistics.sums(own, groups))
    changed = np.mean([found.point(language, p).changed for language in languages]) / len(found.queries)
    return {
        "language": "+".join(languages) if len(languages) == 1 else "",
        "p": p,
        "means": _means(means),
        "loss": [rounded(value) for value in loss[:3]],
        "changed": rounded(float(changed)),
    }


def claim(name: str, english: System, recipe: System) -> Row:
    """Return how much of the loss of the English-trained model a recipe has at p = .5, pooled over languages.

    Parameters
    ----------
    name
        Name of the collection.
    english, recipe
        The systems to compare.
    """
    collection = collections.load(name)
    base, one = (_losses(each, name, collection) for each in (english, recipe))
    halved = Sums(base.totals * HALF, base.counts)
    found: Difference = statistics.difference(one, halved)
    return {
        "collection": name,
        "share": rounded(one.mean / base.mean) if base.mean > 0 else None,
        "system": recipe.name,
        "losses": {english.name: rounded(base.mean), recipe.name: rounded(one.mean)},
        "above_half": [rounded(value) for value in found[:3]],
    }


def _losses(system: System, name: str, collection: Collection) -> Sums:
    """Return the sums of the losses of nDCG@10 at p = .5 by group and language."""
    found = report(system, name)
    base = found.values("", 0)[:, 0]
    values = {language: base - found.values(language, HALF)[:, 0] for language in collection.languages}
    return statistics.sums(values, dict.fromkeys(collection.languages, collection.groups))
