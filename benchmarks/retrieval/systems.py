"""The systems that are compared: what becomes of the English training pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.retrieval import lexicons
from benchmarks.retrieval.collection import Collection
from lexswitch.retrieval import RetrievalSwitcher


@dataclass(frozen=True)
class System:
    """What a model is trained on.

    Attributes
    ----------
    name : str
    text : {"none", "english", "switched", "translated"}
        "none" is not trained. "translated" draws the language of each query and of each document, English included,
        among those into which it is really translated.
    lexicon : str
        One of `lexicons.NAMES`, for switched text.
    preset : {"multilingual", "bilingual", "wiki_cs", "word_by_word"}
        The constructor of `RetrievalSwitcher`.
    arguments : tuple
        Its arguments beside the lexicon: the languages of queries and documents of "bilingual".
    options : dict
        Its options.
    """

    name: str
    text: str
    lexicon: str = ""
    preset: str = "multilingual"
    arguments: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


Pairs = list[tuple[str, str]]
Maker = Callable[[int, list[int], Pairs], tuple[list[str], list[str]]]
"""Epoch, rows (the keys of the draws) and pairs of ids to the texts of queries and documents."""


def maker(system: System, train: Collection, seed: int) -> Maker:
    """Return the function that makes the texts of query-document pairs.

    Parameters
    ----------
    system
        What is made of them.
    train
        The training collection.
    seed
        Of all draws.
    """
    if system.text == "english":
        return lambda _, __, pairs: _english(train, pairs)
    if system.text == "translated":
        return lambda epoch, rows, pairs: _translated(train, seed, epoch, rows, pairs)
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


def _translated(train: Collection, seed: int, epoch: int, rows: list[int], pairs: Pairs) -> tuple[list[str], list[str]]:
    queries, documents = [], []
    for row, (query, document) in zip(rows, pairs, strict=True):
        rng = np.random.default_rng([seed, epoch, row])
        queries.append(_drawn(train.queries, query, rng))
        documents.append(_drawn(train.documents, document, rng))
    return queries, documents


def _drawn(texts_: dict[str, dict[str, str]], number: str, rng: np.random.Generator) -> str:
    languages = [language for language in texts_ if number in texts_[language]]
    return texts_[languages[int(rng.integers(len(languages)))]][number]
