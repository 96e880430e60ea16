"""The training texts of each system, made from English pairs.

Presets are constructors of `RetrievalSwitcher`. A system with "translated" text draws a language for each query and
document among those into which it is really translated, English included. Its option "languages" has their weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from benchmarks.common.systems import System
from benchmarks.retrieval import lexicons
from benchmarks.retrieval.collection import Collection, Texts
from lexswitch.retrieval import RetrievalSwitcher

Pairs = list[tuple[str, str]]
Maker = Callable[[int, list[int], Pairs], tuple[list[str], list[str]]]
"""Maps an epoch, rows (the keys of the draws) and pairs of ids to the texts of queries and documents."""


def maker(system: System, train: Collection, seed: int) -> Maker:
    """Return the function that makes the texts of query-document pairs.

    Parameters
    ----------
    system
        The system.
    train
        The training collection.
    seed
        Seed of all draws.
    """
    if system.text == "english":
        return lambda _, __, pairs: _english(train, pairs)
    if system.text == "translated":
        weights = system.options.get("languages", {})
        return lambda epoch, rows, pairs: _translated(train, weights, seed, epoch, rows, pairs)
    if system.text == "switched":
        return _switched(system, train, seed)
    raise ValueError(f"system {system.name!r} is not trained")


def _english(train: Collection, pairs: Pairs) -> tuple[list[str], list[str]]:
    return [train.queries["en"][query] for query, _ in pairs], [train.documents["en"][number] for _, number in pairs]


def _switched(system: System, train: Collection, seed: int) -> Maker:
    preset = getattr(RetrievalSwitcher, system.preset)
    switcher = preset(lexicons.build(system.lexicon), *system.arguments, **system.options, seed=seed)
    switch = switcher.on("query", "document")

    def make(epoch: int, rows: list[int], pairs: Pairs) -> tuple[list[str], list[str]]:
        queries, documents = _english(train, pairs)
        columns = {"query": queries, "document": documents}
        columns |= switch.at(epoch)(columns, rows)  # a side that is not switched stays as it is
        return columns["query"], columns["document"]

    return make


def _translated(
    train: Collection, weights: Mapping[str, float], seed: int, epoch: int, rows: list[int], pairs: Pairs
) -> tuple[list[str], list[str]]:
    queries, documents = [], []
    for row, (query, document) in zip(rows, pairs, strict=True):
        rng = np.random.default_rng([seed, epoch, row])
        queries.append(_drawn(train.queries, weights, query, rng))
        documents.append(_drawn(train.documents, weights, document, rng))
    return queries, documents


def _drawn(texts_: Texts, weights: Mapping[str, float], number: str, rng: np.random.Generator) -> str:
    languages = [language for language in texts_ if number in texts_[language]]
    if not weights:
        return texts_[languages[int(rng.integers(len(languages)))]][number]
    shares = np.array([weights[language] for language in languages], dtype=float)
    return texts_[languages[int(rng.choice(len(languages), p=shares / shares.sum()))]][number]
