"""Weights by agreement with other dictionaries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...engine.packing import Floats, Ints, Packed, concatenate, pack_lines
from ...engine.sorting import ranks
from ...engine.splicing import take
from ...errors import LexiconError
from ..columns import LexiconContent
from ..normal_forms import normal_translations
from .weights import shares

_AGREEMENT = 10.0
"""Factor of a weight for each other dictionary that has the pair, ..."""
_MOST = 12
"""... at most for so many dictionaries."""


def agreement_weights(lexicon: LexiconContent, others: Sequence[LexiconContent]) -> Floats:
    """Weigh candidates by the number of other dictionaries that have the pair, in either direction.

    A weight is multiplied by 10 for each of the others (at most 12) that has the pair. Case and Unicode form are
    ignored. A dictionary from a target language into the source language is read backwards.

    Parameters
    ----------
    lexicon : LexiconContent
    others : sequence of Lexicon

    Returns
    -------
    float64 array, shape (num_pairs,)
        In the order of ``lexicon.pairs()``; the candidates of a term in one language sum to 1.

    Raises
    ------
    TypeError
        If one of the others is not a lexicon.
    LexiconError
        If there are no others, or one has no languages in common with the lexicon.
    """
    if not others:
        raise LexiconError("others is empty; pass at least one lexicon to agree with")
    for position, other in enumerate(others):
        if not isinstance(other, type(lexicon)):
            raise TypeError(f"others[{position}] is {type(other).__name__}; pass lexicons")
    votes = count_votes(lexicon, others)
    factors = np.append(1.0, np.multiply.accumulate(np.full(_MOST, _AGREEMENT)))
    return shares(lexicon.columns.weights * factors[np.minimum(votes, _MOST)], lexicon.columns.group_of)


def count_votes(lexicon: LexiconContent, others: Sequence[LexiconContent]) -> Ints:
    """Return, for each pair of the lexicon, the number of other dictionaries that have it, in either direction.

    Raises
    ------
    LexiconError
        If one of the others has no languages in common with the lexicon.
    """
    columns = lexicon.columns
    groups = columns.group_of
    codes = columns.languages[groups]
    votes = np.zeros(len(groups), dtype=np.int64)
    if not others:
        return votes
    terms, translations = take(columns.terms, columns.row_of), _packed_translations(lexicon)
    for position, other in enumerate(others):
        left, right, languages = _in_our_direction(lexicon, other, position)
        ranked_terms = ranks(concatenate([terms, left]))
        ranked = ranks(concatenate([translations, right]))
        pairs = ranked_terms * (int(ranked.max()) + 1) + ranked
        theirs = other.columns.languages[other.columns.group_of]
        for own, code in languages:
            listed = pairs[len(groups) :][theirs == code]
            votes += (codes == own) & np.isin(pairs[: len(groups)], listed)
    return votes


def _in_our_direction(
    lexicon: LexiconContent, other: LexiconContent, position: int
) -> tuple[Packed, Packed, list[tuple[int, int]]]:
    """Return the two sides of the other's pairs, and the languages in common: our code, its code."""
    columns, ours = other.columns, list(lexicon.languages)
    terms, translations = take(columns.terms, columns.row_of), _packed_translations(other)
    if other.source == lexicon.source:
        shared = [(ours.index(name), code) for code, name in enumerate(other.languages) if name in ours]
        if shared:
            return terms, translations, shared
    elif other.source in ours and lexicon.source in other.languages:
        return translations, terms, [(ours.index(other.source), other.languages.index(lexicon.source))]
    raise LexiconError(
        f"others[{position}] translates from {other.source} into {list(other.languages)}; pass one from "
        f"{lexicon.source} into one of {ours}, or the other way"
    )


def _packed_translations(lexicon: LexiconContent) -> Packed:
    found = normal_translations(lexicon, np.arange(len(lexicon.columns.translations)))
    return pack_lines("\n".join(found), len(found))
