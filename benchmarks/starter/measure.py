"""Counts of pairs of the starter lexicon that a dictionary confirms."""

from __future__ import annotations

import functools

from benchmarks.common.processes import Row
from benchmarks.starter.confirm import Dictionary, Pair, dictionary, verdicts
from benchmarks.starter.folding import fold
from lexswitch import Lexicon


@functools.cache
def _starter() -> dict[str, list[Pair]]:
    """Return language -> pairs."""
    pairs: dict[str, list[Pair]] = {}
    for english, language, translation, _ in Lexicon.starter().pairs():
        pairs.setdefault(language, []).append((english, translation))
    return pairs


def measure(language: str) -> Row:
    """Return counts and shares of one language."""
    pairs, asked = _starter()[language], dictionary(language)
    nouns = {fold(english, "en") for english, german in _starter()["de"] if german.split()[-1][0].isupper()}
    only_as_noun = asked.nouns - nouns  # the dictionary has the noun, the lexicon the verb or adjective
    parts = {
        "all": pairs,
        "words": [pair for pair in pairs if " " not in pair[0]],
        "phrases": [pair for pair in pairs if " " in pair[0]],
        "same_part_of_speech": [pair for pair in pairs if fold(pair[0], "en") not in only_as_noun],
    }
    return {"language": language, **{name: _counts(part, asked) for name, part in parts.items()}}


def unconfirmed(language: str) -> list[Pair]:
    """Return the pairs whose term the dictionary has with other translations only."""
    return verdicts(_starter()[language], dictionary(language)).unconfirmed


def _counts(pairs: list[Pair], asked: Dictionary) -> dict[str, float]:
    found = verdicts(pairs, asked)
    count = sum(map(len, found))
    equal, inflected = len(found.equal), len(found.inflected)
    return {
        "pairs": count,
        "confirmed": equal,
        "inflected": inflected,
        "share": round(equal / max(1, count), 4),
        "share_with_inflections": round((equal + inflected) / max(1, count), 4),
    }
