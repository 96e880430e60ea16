"""The step from the ranks of all queries to the summary of an experiment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.common import statistics, summary
from benchmarks.common.summary import rounded
from benchmarks.image_text import evaluation

KINDS = ("English", "seen", "unseen")
SUBSETS = ("seen, held out", "seen, entry", "seen, no entry")
FAMILIES = ("seen, faces", "seen, people", "seen, symbols", "seen, other")
FROM_IMAGES = ("image to English", "image to seen", "image to unseen", "image to mixed")
ALL_CAPTIONS = ("seen, identical too", "unseen, identical too")
SHEET_LANGUAGES = ("en", "de", "ru", "ar", "id", "ja")
"""Languages of the sheet of examples, one concept after another."""

_KINDS = (*KINDS, *SUBSETS, *FAMILIES, *FROM_IMAGES, *ALL_CAPTIONS)


class Measured:
    """The runs of one experiment.

    Parameters
    ----------
    document
        ``runs`` (results of `runs.execute`), ``seen`` and ``unseen`` (languages), ``lexicons`` and ``concepts`` (flags
        of captions and concepts as strings of 0 and 1).
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.runs = summary.by_system(document["runs"])
        self.numbers = np.array(document["concepts"]["numbers"])

    def kinds(self) -> list[str]:
        """Return the kinds of queries that were measured, including each single language."""
        languages = [*self.document["seen"], *self.document["unseen"]]
        return [kind for kind in (*_KINDS, *languages) if self.parts(kind)]

    def parts(self, kind: str) -> dict[str, np.ndarray]:
        """Return the directions of a kind, and which of their queries count.

        Parameters
        ----------
        kind
            Languages and, after a comma, a subset of the captions. Captions that are identical with the English one
            count in English only, unless the subset is "identical too".
        """
        languages, _, subset = kind.partition(", ")
        everything = np.ones(len(self.numbers), dtype=bool)
        if languages == "image to mixed":
            return {f"image-{evaluation.MIXED}": everything}
        if languages in ("English", "image to English"):
            return {"en-image" if languages == "English" else "image-en": everything}
        to_captions = languages.startswith("image to ")
        group = languages.removeprefix("image to ")
        found = {}
        for language in self.document.get(group, [group]):
            direction = f"image-{language}" if to_captions else f"{language}-image"
            chosen = self._chosen(language, subset)
            if chosen.any() and all(direction in run["directions"] for run in self.document["runs"]):
                found[direction] = chosen
        return found

    def _chosen(self, language: str, subset: str) -> np.ndarray:
        concepts = self.document["concepts"]
        chosen = ~flags(concepts["identical"][language])
        if subset == "identical too":
            return np.ones_like(chosen)
        if subset == "held out":
            return chosen & flags(concepts["held out"])
        if subset in ("entry", "no entry"):
            lexicons = self.document["lexicons"].values()
            entry = flags(next(iter(lexicons))["entries"][language]) if lexicons else np.zeros_like(chosen)
            return chosen & (entry if subset == "entry" else ~entry)
        if subset:
            return chosen & (np.array(concepts["families"]) == subset)
        return chosen

    def sums(self, system: str, kind: str) -> statistics.Sums:
        """Return the sums of reciprocal ranks over concepts, averaged over seeds."""
        parts, runs = self.parts(kind), self.runs[system]
        values = {part[0]: np.mean([_reciprocal(run, *part) for run in runs], axis=0) for part in parts.items()}
        concepts = {direction: self.numbers[chosen].tolist() for direction, chosen in parts.items()}
        return statistics.sums(values, concepts)

    def measures(self, system: str, kind: str) -> dict[str, float]:
        """Return MRR, MRR@10 and recall, the mean over languages and seeds."""
        found = [
            evaluation.measures(evaluation.read(run["directions"][direction]["ranks"])[chosen])
            for run in self.runs[system]
            for direction, chosen in self.parts(kind).items()
        ]
        return {name: rounded(float(np.mean([each[name] for each in found]))) for name in found[0]}

    def seeds(self, system: str, kind: str) -> list[float]:
        """Return the MRR of each seed."""
        parts = self.parts(kind).items()
        return [float(np.mean([_reciprocal(run, *part).mean() for part in parts])) for run in self.runs[system]]


def _reciprocal(run: Mapping[str, Any], direction: str, chosen: np.ndarray) -> np.ndarray:
    return 1 / evaluation.read(run["directions"][direction]["ranks"])[chosen]


def flags(bits: str) -> np.ndarray:
    """Return flags that are written as a string of 0 and 1; bool."""
    return np.array([bit == "1" for bit in bits])


def summarise(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the summary of an experiment.

    Parameters
    ----------
    document
        As for `Measured`. Other entries are kept.
    """
    measured = Measured(document)
    kinds = measured.kinds()
    systems = summary.systems(measured, kinds, _bases)
    for name, about in systems.items():
        runs = measured.runs[name]
        about["measures"] = {kind: measured.measures(name, kind) for kind in KINDS if kind in kinds}
        about["seeds"] = [rounded(mean) for mean in measured.seeds(name, "seen")] if "seen" in kinds else []
        about["bias"] = {
            language: rounded(float(np.mean([run["bias"][language] for run in runs]))) for language in runs[0]["bias"]
        }
        about["steps"] = runs[0]["training"]["steps"]
        about["losses"] = [round(float(loss), 4) for loss in np.mean([run["losses"] for run in runs], axis=0)]
        about["curve"] = np.mean([run["curve"] for run in runs], axis=0).round(5).tolist()
        about["examples"] = _examples(runs[0]["examples"])
    lexicons = {
        name: {**about, "entries": {language: float(flags(bits).mean()) for language, bits in about["entries"].items()}}
        for name, about in document["lexicons"].items()
    }
    kept = {key: value for key, value in document.items() if key not in ("runs", "concepts", "lexicons")}
    return {
        **kept,
        **summary.cost(document["runs"]),
        "lexicons": lexicons,
        "queries": {kind: sum(int(chosen.sum()) for chosen in measured.parts(kind).values()) for kind in kinds},
        "systems": systems,
    }


def _bases(system: str) -> list[str]:
    bases = ["English captions", "p = 0", "one language per caption"]
    return [*bases, *(["ML-CS"] if system.startswith("BL-CS ") else [])]


def _examples(examples: dict[str, list[list[int]]]) -> list[list[int]]:
    """Return the best images of each example, in the language in which the sheet shows it."""
    languages = [language for language in SHEET_LANGUAGES if language in examples]
    count = len(next(iter(examples.values())))
    return [examples[languages[row % len(languages)]][row] for row in range(count)]
