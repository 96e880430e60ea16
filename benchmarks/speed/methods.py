"""The race of all methods: two kinds of texts, two lexicons, batches of 1 to 100,000 texts."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from benchmarks.common.parts import Step
from benchmarks.common.processes import Row
from benchmarks.speed import lexicons
from benchmarks.speed.competitors import COMPETITORS, Competitor
from benchmarks.speed.measure import Contestant, Effort, Run, Texts, batched, race

SIZES = (1, 32, 1000)
"""Texts in a batch; `Effort.many` is one more."""


def steps(effort: Effort) -> list[Step]:
    """Return a step for each lexicon, kind of texts and size of batches."""
    return [
        functools.partial(_race, effort, lexicon, texts, size)
        for lexicon in lexicons.LEXICONS
        for texts in lexicons.TEXTS
        for size in (*SIZES, effort.many)
    ]


def _race(effort: Effort, lexicon: str, texts: str, size: int) -> list[Row]:
    found = lexicons.TEXTS[texts]()[: effort.texts]
    contestants = [
        Contestant(one.name, run, _batches(one, found, size))
        for one, run in zip(COMPETITORS, _runs(lexicon), strict=True)
    ]
    about = {"lexicon": lexicon, "source": texts, "batch": size}
    rows = race(contestants, effort)
    return [{**about, **row, "lacks": one.lacks} for row, one in zip(rows, COMPETITORS, strict=True)]


def _batches(one: Competitor, texts: Texts, size: int) -> Sequence[Texts]:
    """Return batches; larger ones than 1,000 only if they make a difference, since all methods take equally long."""
    if size > SIZES[-1] and not one.by_batch:
        size = SIZES[-1]
    return batched(lexicons.repeated(texts, max(size, len(texts))), size)


@functools.lru_cache(maxsize=1)
def _runs(lexicon: str) -> list[Run]:
    """Prepare all methods for a lexicon. They are kept until the next lexicon."""
    found = lexicons.LEXICONS[lexicon]()
    dictionaries = lexicons.plain_dictionaries((language, term, other) for term, language, other, _ in found.pairs())
    return [one.make(found, dictionaries) for one in COMPETITORS]
