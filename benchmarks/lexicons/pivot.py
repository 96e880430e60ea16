"""`Lexicon.compose` through German, compared with real dictionaries from English.

For Russian, a real dictionary is measured in the same way: FreeDict's small one against Mueller's. In the other
languages, the two directions of FreeDict have the same pairs, so that one cannot be measured against the other.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator

from benchmarks.lexicons import data
from benchmarks.lexicons.dictionaries import MUELLER, freedict_of, joined, read
from benchmarks.lexicons.measure import Effort, Row
from lexswitch import Lexicon

PIVOT = "de"
_REAL = "FreeDict English-Russian"

_GOLD: dict[str, Callable[[], Lexicon]] = {
    "ru": lambda: read(MUELLER),
    "nl": lambda: read(freedict_of("en", "nl")),
    "fr": lambda: read(freedict_of("en", "fr")),
    "es": lambda: joined("es"),
    "it": lambda: joined("it"),
}


def pivot(effort: Effort) -> list[Row]:
    """Measure size, time, coverage and precision of composed lexicons, for each target language."""
    rows = []
    for target, make_gold in _GOLD.items():
        gold = make_gold()
        for method, make in _methods(target):
            start = time.perf_counter()
            lexicon = make()
            seconds = time.perf_counter() - start
            found = lexicon.evaluate(gold, frequencies=data.frequencies())
            scores = [row.as_dict() for row in found.rows if row.language == target]
            row = {"target": target, "method": method, "gold": gold.num_pairs, "pairs": lexicon.num_pairs}
            rows.append({**row, "seconds": seconds, "scores": scores})
    return rows


def _methods(target: str) -> Iterator[tuple[str, Callable[[], Lexicon]]]:
    """Yield name and function of each method of making a lexicon into a language."""
    first, second = read(freedict_of("en", PIVOT)), read(freedict_of(PIVOT, target))
    shares = first.normalise(), second.normalise()
    for support in (1, 2):
        yield f"paths counted, min_support={support}", functools.partial(first.compose, second, support)
        yield f"probabilities, min_support={support}", functools.partial(shares[0].compose, shares[1], support)
    if target == "ru":
        yield _REAL, lambda: read(freedict_of("en", target))
