"""Whether terms and translations are in the languages that they should be in, by letters and by common words.

Letters decide if source and target language have no script in common. Otherwise words decide: those of the languages of
the starter lexicon, without the words that both languages have. What cannot be decided is taken for right.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from .._io.data import read_data
from ..engine.characters import normalise_term
from ..engine.splicing import take
from ..lexicon.columns import Pairs
from ..text.languages import letters_of, primary_language

_SAMPLE = 4000
_MOST, _HARDLY = 0.8, 0.2  # shares of letters
_FEW_WORDS = 20
# Measured on 1,200 entries each of 203 dictionaries of FreeDict: none seems to be swapped (2 times at most, if
# explanations in the source language are among the translations); 167 do if swapped, and 5 to be in one language.
_MANY_TIMES = 3

LanguageProblem = Literal["swapped", "one language"]


def find_language_problem(pairs: Pairs, source: str, target: str) -> LanguageProblem | None:
    """What seems to be wrong with the languages of pairs, by a sample of 4,000.

    Returns
    -------
    "swapped", "one language" or None
        Terms are in the target language and translations in the source language; or both are in the source language.
    """
    rows = np.linspace(0, len(pairs.rows) - 1, min(_SAMPLE, len(pairs.rows))).astype(np.int64)
    terms = " ".join(take(pairs.terms, pairs.rows[rows]).unpack())
    translations = normalise_term(" ".join(take(pairs.translations, rows).unpack()))
    return _by_letters(terms, translations, source, target) or _by_words(terms, translations, source, target)


def _by_letters(terms: str, translations: str, source: str, target: str) -> LanguageProblem | None:
    if _share(translations, source) > _MOST and _share(translations, target) < _HARDLY:
        if _share(terms, target) > _MOST and _share(terms, source) < _HARDLY:
            return "swapped"
        if _share(terms, source) > _MOST:
            return "one language"
    return None


def _share(text: str, language: str) -> float:
    """The share of letters that are in a script of a language; NaN, which passes no test, if it is not known."""
    letters, count = letters_of(language), sum(map(str.isalpha, text))
    return len(letters.findall(text)) / count if letters and count else math.nan


def _by_words(terms: str, translations: str, source: str, target: str) -> LanguageProblem | None:
    ours, theirs = _words_of(source), _words_of(target)
    ours, theirs = ours - theirs, theirs - ours
    left, right = set(terms.split()), set(translations.split())
    found = len(ours & right) + len(theirs & left)
    swapped = len(ours & right) / len(right) + len(theirs & left) / len(left)
    as_said = len(ours & left) / len(left) + len(theirs & right) / len(right)
    if found >= _FEW_WORDS and swapped >= _MANY_TIMES * as_said:
        return "swapped"
    if theirs and len(ours & right) >= max(_FEW_WORDS, _MANY_TIMES * len(theirs & right)):
        return "one language"
    return None


def _words_of(language: str) -> frozenset[str]:
    """Common words of a language; empty if the starter lexicon has none."""
    header, *lines = read_data("lexicon", "starter.tsv").splitlines()
    languages = header.split("\t")
    if primary_language(language) not in languages:
        return frozenset()
    place = languages.index(primary_language(language))
    return frozenset(normalise_term(" ".join(line.split("\t")[place] for line in lines)).split())
