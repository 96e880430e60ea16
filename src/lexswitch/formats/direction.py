"""Whether the two columns of a lexicon file are swapped: terms where translations should be, and the other way round.

If source and target language have no script in common, letters decide. Otherwise words decide: those of the languages
of the starter lexicon, without the words that both languages have.
"""

from __future__ import annotations

import math

import numpy as np

from ..columns import Pairs
from ..engine.characters import normalise_term
from ..engine.splicing import take
from ..files import read_data
from ..languages import letters_of, primary_language

_SAMPLE = 4000
_MOST, _HARDLY = 0.8, 0.2  # shares of letters
_FEW_WORDS = 20
# In FreeDict's dictionaries the side of a language has 1 to 400 times as many of its words as the other side. 1 to 10
# are those whose translations are mixed with explanations in the source language.
_MANY_TIMES = 4


def is_swapped(pairs: Pairs, source: str, target: str) -> bool:
    """Whether terms seem to be in the target language, and translations in the source language.

    False if neither letters nor words can decide.
    """
    rows = np.linspace(0, len(pairs.rows) - 1, min(_SAMPLE, len(pairs.rows))).astype(np.int64)
    terms = " ".join(take(pairs.terms, pairs.rows[rows]).unpack())
    translations = " ".join(take(pairs.translations, rows).unpack())
    own = _share(terms, source), _share(translations, target)
    other = _share(terms, target), _share(translations, source)
    if all(share < _HARDLY for share in own) and all(share > _MOST for share in other):
        return True
    return _by_words(set(terms.split()), set(normalise_term(translations).split()), source, target)


def _share(text: str, language: str) -> float:
    """The share of letters that are in a script of a language; NaN, which passes no test, if it is not known."""
    letters, count = letters_of(language), sum(map(str.isalpha, text))
    return len(letters.findall(text)) / count if letters and count else math.nan


def _by_words(terms: set[str], translations: set[str], source: str, target: str) -> bool:
    ours, theirs = _words_of(source), _words_of(target)
    ours, theirs = ours - theirs, theirs - ours
    right = len(ours & terms) + len(theirs & translations)
    wrong = len(ours & translations) + len(theirs & terms)
    return wrong >= _FEW_WORDS and wrong >= _MANY_TIMES * right


def _words_of(language: str) -> frozenset[str]:
    """Common words of a language; empty if the starter lexicon has none."""
    header, *lines = read_data("starter.tsv").splitlines()
    languages = header.split("\t")
    if primary_language(language) not in languages:
        return frozenset()
    place = languages.index(primary_language(language))
    return frozenset(normalise_term(" ".join(line.split("\t")[place] for line in lines)).split())
