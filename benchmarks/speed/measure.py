"""Rates of functions from texts to texts, measured in turns."""

from __future__ import annotations

import gc
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.common.processes import Row

Texts = list[str]
Run = Callable[[Texts], Texts]

_PROBE = 8000  # words that warm a contestant up and show roughly how fast it is
_SHORTEST = 0.4  # minimum length of a pass, as a share of its maximum; shorter passes are repeated


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
    calls
        Number of calls with a cold cache in a pass.
    instructed
        Number of texts whose instructions are counted.
    """

    seconds: float
    repeats: int
    texts: int | None
    many: int
    lexicon_sizes: tuple[int, ...]
    pairs: int
    calls: int
    instructed: int


FULL = Effort(0.2, 7, None, 100_000, (10**3, 10**4, 10**5, 10**6), 10**6, 60, 2000)
QUICK = Effort(0.03, 3, 4000, 20_000, (10**3, 10**4), 10**5, 20, 1000)


@dataclass
class Contestant:
    """A function and its batches; `race` adds the rates, in words per second.

    Parameters
    ----------
    name
        Name in tables.
    run
        Is called with each batch.
    batches
        Lists of texts, or what `run` takes instead of each of them.
    words
        Number of words of each batch; by default they are counted.
    """

    name: str
    run: Callable[[Any], Any]
    batches: Sequence[Any]
    words: Sequence[int] = ()
    rates: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words = self.words or [count_words(batch) for batch in self.batches]

    def row(self) -> Row:
        """Return the result as JSON values."""
        rates = [round(rate) for rate in self.rates]
        return {"name": self.name, "words_per_second": round(median(rates)), "rates": rates}


def count_words(texts: Sequence[str]) -> int:
    """Return the number of words of texts, as `str.split` splits them."""
    return sum(len(text.split()) for text in texts)


def batched(texts: Texts, size: int) -> list[Texts]:
    """Return batches of texts; an incomplete last batch is dropped unless it is the only one."""
    return [texts[first : first + size] for first in range(0, max(1, len(texts) - size + 1), size)]


def shuffled(texts: Texts) -> Texts:
    """Return texts in a fixed random order, so that every batch is a fair sample."""
    return random.Random(0).sample(texts, len(texts))


def race(contestants: Sequence[Contestant], effort: Effort, before: Callable[[], Any] | None = None) -> list[Row]:
    """Run contestants in turns, pass after pass, and return one row for each.

    Each pass of a contestant has the same batches, as many as it can switch in `effort.seconds`, but at least one. A
    warm-up comes first. Garbage is collected as usual, but what exists before the race is not searched for it.

    Parameters
    ----------
    contestants, effort
        Who takes part, and how long.
    before
        Is called before every batch; its time does not count.
    """
    gc.collect()
    gc.freeze()
    loops = [_fit(contestant, effort.seconds) for contestant in contestants]
    words = [sum(contestant.words) for contestant in contestants]
    for _ in range(effort.repeats):
        for contestant, times, count in zip(contestants, loops, words, strict=True):
            seconds = _pass(contestant, times) if before is None else _interrupted_pass(contestant, times, before)
            contestant.rates.append(count * times / seconds)
    gc.unfreeze()
    return [contestant.row() for contestant in contestants]


def _fit(contestant: Contestant, seconds: float) -> int:
    """Keep as many batches as a contestant can switch in time; return the number of repetitions in a pass."""
    batches, words = contestant.batches, contestant.words
    probes = max(1, _PROBE * len(words) // max(1, sum(words)))
    probe = Contestant(contestant.name, contestant.run, batches[:probes], words[:probes])
    _pass(probe, 1)
    per_word = _pass(probe, 1) / sum(probe.words)
    needed = per_word * sum(words)
    if needed > seconds:
        kept = max(1, round(len(batches) * seconds / needed))
        contestant.batches, contestant.words = batches[:kept], words[:kept]
        needed = seconds
    return max(1, math.ceil(_SHORTEST * seconds / needed))


def _pass(contestant: Contestant, times: int) -> float:
    run, batches = contestant.run, contestant.batches
    start = time.perf_counter()
    for _ in range(times):
        for batch in batches:
            run(batch)
    return time.perf_counter() - start


def _interrupted_pass(contestant: Contestant, times: int, before: Callable[[], Any]) -> float:
    seconds = 0.0
    for batch in [*contestant.batches] * times:
        before()
        start = time.perf_counter()
        contestant.run(batch)
        seconds += time.perf_counter() - start
    return seconds
