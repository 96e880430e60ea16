"""Comparison of the starter lexicon with a dictionary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from benchmarks.common import freedict
from benchmarks.starter import inflection
from benchmarks.starter.folding import fold

Pair = tuple[str, str]


class Dictionary(NamedTuple):
    """A dictionary, prepared for look-ups."""

    language: str
    entries: dict[str, set[str]]
    """Folded headword -> folded translations."""
    nouns: set[str]
    """Folded headwords whose translations all have the Arabic article, which marks nouns."""


class Verdicts(NamedTuple):
    """Pairs (English, translation) of the starter lexicon whose English term is a headword of the dictionary."""

    equal: list[Pair]
    """The dictionary has the translation itself."""
    inflected: list[Pair]
    """The dictionary has another inflection of it (checked in Arabic only)."""
    unconfirmed: list[Pair]


def dictionary(language: str) -> Dictionary:
    """Return the dictionary of a language; for Russian both dictionaries joined."""
    pairs = freedict.all_pairs(language)
    entries: dict[str, set[str]] = {}
    others = set()
    for english, translation in pairs:
        headword = fold(english, "en")
        entries.setdefault(headword, set()).add(fold(translation, language))
        if not translation.startswith("ال"):
            others.add(headword)
    return Dictionary(language, entries, entries.keys() - others)


def verdicts(pairs: Iterable[Pair], asked: Dictionary) -> Verdicts:
    """Sort pairs by whether the dictionary confirms them; pairs without a headword are skipped."""
    found = Verdicts([], [], [])
    for pair in pairs:
        english, translation = fold(pair[0], "en"), fold(pair[1], asked.language)
        known = asked.entries.get(english)
        if known is None:
            continue
        if translation in known:
            found.equal.append(pair)
        elif asked.language == "ar" and _inflected(english, translation, known, asked.entries):
            found.inflected.append(pair)
        else:
            found.unconfirmed.append(pair)
    return found


def _inflected(english: str, arabic: str, known: set[str], entries: dict[str, set[str]]) -> bool:
    """Return whether the dictionary relates an inflection of the English word to one of the Arabic word."""
    verb, noun = inflection.arabic_verb(arabic), inflection.arabic_noun(arabic)
    if known & (verb | noun):
        return True
    pasts, others = inflection.english(english)
    past: set[str] = set().union(*(entries.get(form, ()) for form in pasts))
    other: set[str] = set().union(*(entries.get(form, ()) for form in others))
    return arabic in past or bool(other & (verb | noun))
