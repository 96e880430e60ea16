"""What each system makes of the English captions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.common import systems
from benchmarks.image_text import collections, lexicons
from benchmarks.image_text.collection import Collection
from benchmarks.image_text.collections import Source
from lexswitch import CodeSwitcher

KINDS = ("name", "keywords", "name: keywords")
_KEYWORDS = 4  # maximum number in a caption


@dataclass(frozen=True)
class System(systems.System):
    """What a text tower is trained on.

    Presets are constructors of `CodeSwitcher`, or "text": one language for each caption, English for some, p = 0.9. A
    system with "translated" text draws the language of each caption among English and the seen ones.

    Attributes
    ----------
    alignment : float
        Weight of an added contrastive loss on translation pairs of the lexicon.
    ranking : float
        Weight of the divergence from the ranking of all training images by the tower of English captions, the teacher;
        0: no teacher.
    """

    alignment: float = 0.0
    ranking: float = 0.0


Maker = Callable[[int, list[int], list[int]], list[str]]
"""Maps an epoch, rows (the keys of the draws) and indices of concepts to captions."""


def maker(system: System, source: Source, seed: int) -> Maker:
    """Return the function that makes captions.

    Parameters
    ----------
    system
        The system.
    source
        The collection.
    seed
        Seed of all draws.
    """
    collection = collections.load(source)
    if system.text == "translated":
        languages = ("en", *collection.seen)
        return lambda epoch, rows, numbers: _captions(collection, languages, seed, epoch, rows, numbers)

    def english(epoch: int, rows: list[int], numbers: list[int]) -> list[str]:
        return _captions(collection, ("en",), seed, epoch, rows, numbers)

    if system.text == "english":
        return english
    if system.text != "switched":
        raise ValueError(f"text is {system.text!r} in system {system.name!r}; it must be english, switched, translated")
    switch = switcher(system, source, seed)
    return lambda epoch, rows, numbers: switch.apply(english(epoch, rows, numbers), keys=rows, epoch=epoch)


def switcher(system: System, source: Source, seed: int) -> CodeSwitcher:
    """Return the switcher of a system.

    Parameters
    ----------
    system
        A system whose text is "switched".
    source
        The collection.
    seed
        Seed of its draws.
    """
    lexicon = lexicons.build(system.lexicon, source)
    if system.preset != "text":
        return getattr(CodeSwitcher, system.preset)(lexicon, *system.arguments, **system.options, seed=seed)
    languages = dict.fromkeys(lexicon.languages, 1.0)
    if not system.ranking:  # a student has the English caption beside the switched one
        languages["en"] = 2.0
    chosen: dict[str, Any] = {"p": 0.9, "draw_language": "text", "candidates": "weighted", **system.options}
    return CodeSwitcher(lexicon, languages, **chosen, seed=seed)


def _captions(
    collection: Collection, languages: tuple[str, ...], seed: int, epoch: int, rows: list[int], numbers: list[int]
) -> list[str]:
    """Return a caption for each concept; kind, keywords and language are drawn."""
    made = []
    for row, number in zip(rows, numbers, strict=True):
        rng = np.random.default_rng([seed, epoch, row])
        kind, language = KINDS[rng.integers(len(KINDS))], languages[rng.integers(len(languages))]
        name, keywords = collection.names[language][number], collection.keywords[language][number]
        chosen = ", ".join(rng.permutation(np.array(keywords, dtype=object))[:_KEYWORDS])
        made.append({"name": name, "keywords": chosen or name, "name: keywords": f"{name}: {chosen}"}[kind])
    return made
