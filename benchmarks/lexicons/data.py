"""Real pairs in any number, files of them, and the most frequent English words."""

from __future__ import annotations

import gzip
import itertools
import random
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from benchmarks.common import fetch, freedict
from benchmarks.common.errors import FetchError
from benchmarks.common.files import write_bytes
from benchmarks.common.freedict import Pair

WORDFREQ = "3.1.1"


@cache
def real_pairs(language: str) -> list[Pair]:
    """Return the pairs from English of the largest dictionary of a language, with lower-case terms."""
    pairs = freedict.mueller_pairs() if language == "ru" else freedict.pairs(language)
    return list(dict.fromkeys((term.lower(), translation) for term, translation in pairs))


def word_pairs(language: str) -> list[Pair]:
    """Return the pairs of single words, as in the files of MUSE."""
    return [pair for pair in real_pairs(language) if len(f"{pair[0]} {pair[1]}".split()) == 2]


def sized(pairs: list[Pair], size: int) -> list[Pair]:
    """Return some number of pairs.

    If there are more pairs, terms are drawn at random, each with all its translations. If there are fewer, pairs are
    repeated with a number at both ends ("house2", "Haus2").
    """
    if size > len(pairs):
        numbered = ((f"{term}{turn}", f"{other}{turn}") for turn in itertools.count(2) for term, other in pairs)
        return pairs + list(itertools.islice(numbered, size - len(pairs)))
    positions: dict[str, list[int]] = {}
    for position, (term, _) in enumerate(pairs):
        positions.setdefault(term, []).append(position)
    drawn = random.Random(size).sample(list(positions), len(positions))
    chosen = itertools.islice(itertools.chain.from_iterable(positions[term] for term in drawn), size)
    return [pairs[position] for position in sorted(chosen)]


def write_file(path: Path, pairs: Iterable[Pair], separator: str = "\t") -> Path:
    """Write a MUSE file: one pair on each line."""
    write_bytes(path, "".join(f"{term}{separator}{translation}\n" for term, translation in pairs).encode())
    return path


def read_file(path: str | Path) -> list[Pair]:
    """Return the pairs of a tab-separated file."""
    with open(path, encoding="utf-8", newline="\n") as file:
        parts = (line.rstrip("\n").partition("\t") for line in file)
        return [(term, translation) for term, _, translation in parts]


def questions(pairs: list[Pair], count: int) -> tuple[list[str], list[str]]:
    """Return random terms of a lexicon (with repetitions), and as many terms that it does not have."""
    terms = list(dict.fromkeys(term for term, _ in pairs))
    rng = random.Random(0)
    known = rng.choices(terms, k=count)
    there = set(terms)
    unknown = [f"{term}x" for term in rng.choices(terms, k=2 * count) if f"{term}x" not in there]
    return known, unknown[:count]


@cache
def frequent_words(count: int) -> list[str]:
    """Return the most frequent English words with letters only, by wordfreq."""
    return list(itertools.islice(frequencies(), count))


@cache
def frequencies() -> dict[str, float]:
    """Return English words with letters only, and their frequencies, the most frequent first, by wordfreq."""
    return dict(_frequencies())


def _frequencies() -> Iterator[tuple[str, float]]:
    """Yield words and frequencies. The list has a header, then the words of each hundredth of a decade, descending."""
    import msgpack

    path = fetch.pypi("wordfreq", WORDFREQ) / "wordfreq/data/large_en.msgpack.gz"
    with gzip.open(path) as file:
        header, *bins = msgpack.load(file)
    if header != {"format": "cB", "version": 1}:
        raise FetchError(f"{path} has the header {header}; expected format cB, version 1")
    for position, words in enumerate(bins):
        yield from ((word, 10 ** (-position / 100)) for word in words if word.isalpha())
