"""Real pairs in any number, files of them, and the commonest English words."""

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
    """Return the pairs from English of the largest dictionary of a language, terms in small letters."""
    pairs = freedict.mueller_pairs() if language == "ru" else freedict.pairs(language)
    return list(dict.fromkeys((term.lower(), translation) for term, translation in pairs))


def word_pairs(language: str) -> list[Pair]:
    """Return the pairs of which both sides are single words, as in the files of MUSE."""
    return [pair for pair in real_pairs(language) if len(f"{pair[0]} {pair[1]}".split()) == 2]


def sized(pairs: list[Pair], size: int) -> list[Pair]:
    """Return as many pairs as wanted.

    Fewer than there are: those of terms drawn at random, each with all its translations. More: the pairs with a number
    at both ends, again and again ("house2", "Haus2").
    """
    if size > len(pairs):
        numbered = ((f"{term}{turn}", f"{other}{turn}") for turn in itertools.count(2) for term, other in pairs)
        return pairs + list(itertools.islice(numbered, size - len(pairs)))
    places: dict[str, list[int]] = {}
    for place, (term, _) in enumerate(pairs):
        places.setdefault(term, []).append(place)
    drawn = random.Random(size).sample(list(places), len(places))
    chosen = itertools.islice(itertools.chain.from_iterable(places[term] for term in drawn), size)
    return [pairs[place] for place in sorted(chosen)]


def write_file(path: Path, pairs: Iterable[Pair], separator: str = "\t") -> Path:
    """Write a MUSE file: a pair on each line."""
    write_bytes(path, "".join(f"{term}{separator}{translation}\n" for term, translation in pairs).encode())
    return path


def read_file(path: str | Path) -> list[Pair]:
    """Return the pairs of a file with tabs."""
    with open(path, encoding="utf-8", newline="\n") as file:
        parts = (line.rstrip("\n").partition("\t") for line in file)
        return [(term, translation) for term, _, translation in parts]


def questions(pairs: list[Pair], count: int) -> tuple[list[str], list[str]]:
    """Return random terms of a lexicon (some several times), and as many that it does not have."""
    terms = list(dict.fromkeys(term for term, _ in pairs))
    rng = random.Random(0)
    known = rng.choices(terms, k=count)
    there = set(terms)
    unknown = [f"{term}x" for term in rng.choices(terms, k=2 * count) if f"{term}x" not in there]
    return known, unknown[:count]


@cache
def commonest_words(count: int) -> list[str]:
    """Return the commonest English words that have letters only, the commonest first, by wordfreq."""
    return list(itertools.islice(frequencies(), count))


@cache
def frequencies() -> dict[str, float]:
    """Return English words that have letters only and their frequencies, the commonest first, by wordfreq."""
    return dict(_frequencies())


def _frequencies() -> Iterator[tuple[str, float]]:
    """The list is a header and then one list of words for each hundredth of a decade, from the top down."""
    import msgpack

    path = fetch.pypi("wordfreq", WORDFREQ) / "wordfreq/data/large_en.msgpack.gz"
    with gzip.open(path) as file:
        header, *bins = msgpack.load(file)
    if header != {"format": "cB", "version": 1}:
        raise FetchError(f"{path} has the header {header}, another format than expected")
    for place, words in enumerate(bins):
        yield from ((word, 10 ** (-place / 100)) for word in words if word.isalpha())
