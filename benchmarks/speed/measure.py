"""Rates of functions from texts to texts, measured in turns."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.common.processes import Row

Texts = list[str]
Run = Callable[[Texts], Texts]

_PROBE = 500  # texts that warm a contestant up and show roughly how fast it is
_SHORTEST = 0.2  # minimum length of a pass, as a share of its maximum; shorter passes are repeated


@dataclass(frozen=True)
class Effort:
    """Sizes of a measurement.

    Parameters
    ----------
    seconds
        Maximum length of a pass of one contestant over its texts; slow ones get a sample of the batches.
    repeats
        Number of passes of each contestant.
    texts
        Number of real texts; None for all.
    many
        Number of texts of the largest batch.
    lexicon_sizes
        Numbers of terms of the lexicons of the sweep.
    pairs
        Number of pairs of the lexicon whose memory, build and load are measured.
    """

    seconds: float
    repeats: int
    texts: int | None
    many: int
    lexicon_sizes: tuple[int, ...]
    pairs: int


FULL = Effort(1.0, 9, None, 100_000, (10**3, 10**4, 10**5, 10**6), 10**6)
QUICK = Effort(0.15, 5, 6000, 20_000, (10**3, 10**4, 10**5), 10**5)


@dataclass
class Contestant:
    """A function and its batches; `race` adds the rates, in words per second."""

    name: str
    run: Run
    batches: Sequence[Texts]
    rates: list[float] = field(default_factory=list)

    def row(self) -> Row:
        """Return the result as JSON values."""
        texts = sum(map(len, self.batches))
        rates = [round(rate) for rate in self.rates]
        return {"name": self.name, "words_per_second": round(median(rates)), "rates": rates, "texts": texts}


def count_words(texts: Sequence[str]) -> int:
    """Return the number of words of texts, as `str.split` splits them."""
    return sum(len(text.split()) for text in texts)


def batched(texts: Texts, size: int) -> list[Texts]:
    """Return batches of texts; an incomplete last batch is dropped unless it is the only one."""
    return [texts[first : first + size] for first in range(0, max(1, len(texts) - size + 1), size)]


def shuffled(texts: Texts) -> Texts:
    """Return texts in a fixed random order, so that every batch is a fair sample."""
    return random.Random(0).sample(texts, len(texts))


def race(contestants: Sequence[Contestant], effort: Effort) -> list[Row]:
    """Run contestants in turns, pass after pass, and return one row for each.

    Each pass of a contestant has the same batches, as many as it can switch in `effort.seconds`, but at least one. A
    warm-up comes first. Garbage is collected as usual.
    """
    loops = [_fit(contestant, effort.seconds) for contestant in contestants]
    words = [sum(map(count_words, contestant.batches)) for contestant in contestants]
    for _ in range(effort.repeats):
        for contestant, times, count in zip(contestants, loops, words, strict=True):
            seconds = _pass(contestant.run, contestant.batches, times)
            contestant.rates.append(count * times / seconds)
    return [contestant.row() for contestant in contestants]


def _fit(contestant: Contestant, seconds: float) -> int:
    """Keep as many batches as a contestant can switch in time; return the number of repetitions in a pass."""
    batches = contestant.batches
    probe = batches[: max(1, _PROBE // max(1, len(batches[0])))]
    if len(batches[0]) > _PROBE:
        probe = [batches[0][:_PROBE]]
    _pass(contestant.run, probe, 1)
    per_word = _pass(contestant.run, probe, 1) / sum(map(count_words, probe))
    needed = per_word * sum(map(count_words, batches))
    if needed > seconds:
        contestant.batches = batches[: max(1, round(len(batches) * seconds / needed))]
        needed = seconds
    return max(1, math.ceil(_SHORTEST * seconds / needed))


def _pass(run: Run, batches: Sequence[Texts], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        for batch in batches:
            run(batch)
    return time.perf_counter() - start
