"""Checks whether terms and translations are in the stated languages, by letters and by common words.

If source and target language have different scripts, letters decide. Otherwise common words decide: those of the
starter lexicon, except words that both languages share. If neither decides, the languages are accepted.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import numpy as np

from ..engine.characters import normalise_term
from ..engine.splicing import take
from ..lexicon.pairs import Pairs
from ..lexicon.starter import read_starter
from ..text.languages import letters_of, primary_language

_SAMPLE = 4000
_MIN_SHARE, _MAX_OTHER_SHARE = 0.8, 0.2  # shares of letters
_MIN_WORDS = 20
# Measured on 1,200 entries each of 203 FreeDict dictionaries: none is reported as swapped (the ratio is at most 2, for
# translations mixed with explanations). After swapping, 167 are reported as swapped and 5 as one language.
_MIN_RATIO = 3

LanguageProblem = Literal["swapped", "one language"]


def find_language_problem(pairs: Pairs, source: str, target: str) -> LanguageProblem | None:
    """Return the likely problem with the languages of pairs, from a sample of 4,000.

    Returns
    -------
    "swapped", "one language" or None
        "swapped" means that terms are in the target language and translations in the source language; "one language"
        means that both are in the source language.
    """
    rows = np.linspace(0, len(pairs.rows) - 1, min(_SAMPLE, len(pairs.rows))).astype(np.int64)
    terms = " ".join(take(pairs.terms, pairs.rows[rows]).unpack())
    translations = normalise_term(" ".join(take(pairs.translations, rows).unpack()))
    return _by_letters(terms, translations, source, target) or _by_words(terms, translations, source, target)


def _by_letters(terms: str, translations: str, source: str, target: str) -> LanguageProblem | None:
    if _share(translations, source) > _MIN_SHARE and _share(translations, target) < _MAX_OTHER_SHARE:
        if _share(terms, target) > _MIN_SHARE and _share(terms, source) < _MAX_OTHER_SHARE:
            return "swapped"
        if _share(terms, source) > _MIN_SHARE:
            return "one language"
    return None


def _share(text: str, language: str) -> float:
    """The share of letters in a script of the language; NaN, which fails every comparison, if it is unknown."""
    letters, count = letters_of(language), sum(map(str.isalpha, text))
    return len(letters.findall(text)) / count if letters and count else math.nan


def _by_words(terms: str, translations: str, source: str, target: str) -> LanguageProblem | None:
    ours, theirs = _words_of(source), _words_of(target)
    ours, theirs = ours - theirs, theirs - ours
    left, right = set(terms.split()), set(translations.split())
    found = len(ours & right) + len(theirs & left)
    swapped = len(ours & right) / len(right) + len(theirs & left) / len(left)
    as_stated = len(ours & left) / len(left) + len(theirs & right) / len(right)
    if found >= _MIN_WORDS and swapped >= _MIN_RATIO * as_stated:
        return "swapped"
    if theirs and len(ours & right) >= max(_MIN_WORDS, _MIN_RATIO * len(theirs & right)):
        return "one language"
    return None


@lru_cache(maxsize=16)
def _words_of(language: str) -> frozenset[str]:
    """Return common words of a language; none if the starter lexicon does not have it."""
    data, wanted = read_starter(), primary_language(language)
    columns = data.columns
    if wanted == data.source:
        texts = columns.terms
    elif wanted in data.languages:
        of_language = columns.languages[columns.group_of] == data.languages.index(wanted)
        texts = take(columns.translations, of_language.nonzero()[0])
    else:
        return frozenset()
    return frozenset(normalise_term(" ".join(texts.unpack())).split())
