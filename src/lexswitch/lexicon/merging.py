"""Merging lexicons: which pairs are kept, and which candidates come first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Protocol

import numpy as np

from ..checks import check_choice
from ..engine.packing import Floats, Ints, Mask
from ..errors import LexiconError
from .collecting import PairCollector
from .columns import LexiconContent, LexiconData
from .pairs import pairs_of
from .provenance import Record, join_provenance, precedence
from .senses import count_votes, domain_weights
from .senses.general import Texts, describe_texts
from .sorting import COMBINE
from .spelling import equal_texts
from .starter import read_starter
from .target_languages import merge_remedy
from .validation import GREATEST_WEIGHT, LEAST_WEIGHT

_FACTOR = 10.0
"""Factor between the weights of lexicons of different precedence: a lexicon outweighs so many others that agree."""


class Mergeable(LexiconContent, Protocol):
    """A lexicon with records of where its pairs come from."""

    @property
    def provenance(self) -> tuple[Record, ...]: ...


def merge(lexicons: Sequence[Mergeable], combine: str, texts: Texts | None) -> tuple[LexiconData, tuple[Record, ...]]:
    """Merge lexicons from the same language; the options are those of `Lexicon.merge`.

    Returns
    -------
    LexiconData
    tuple of dict
        The records of all sources. If pairs were dropped or `texts` was used, a last record says so.
    """
    check_choice("combine", combine, COMBINE)
    ours = lexicons[0]
    _check_lexicons(lexicons)
    by_votes = combine == "votes"
    ranks = _ranks(lexicons) if by_votes else [0] * len(lexicons)
    copies = _unconfirmed_copies(lexicons) if by_votes else [np.empty(0, dtype=np.int64)] * len(lexicons)
    num_dropped = sum(map(len, copies))
    if len(lexicons) == 1 and not num_dropped:
        merged = LexiconData(ours.source, ours.languages, ours.columns)  # already sorted
    else:
        merged = _collected(lexicons, ranks, copies).build(combine)
    if texts is not None:
        merged = _ranked(merged, list(compress(lexicons, ranks)), texts)
    return merged, _records(lexicons, num_dropped, texts)


def _ranks(lexicons: Sequence[Mergeable]) -> list[int]:
    """Return the rank of each lexicon by its precedence, from 0 for those that come last."""
    levels = [precedence(lexicon.provenance) for lexicon in lexicons]
    return [sorted(set(levels)).index(level) for level in levels]


def _collected(lexicons: Sequence[Mergeable], ranks: Sequence[int], copies: Sequence[Ints]) -> PairCollector:
    """Collect the pairs of all lexicons except `copies`; weights of a higher rank outweigh those of a lower one."""
    collector = PairCollector(source=lexicons[0].source)
    for lexicon, rank, dropped in zip(lexicons, ranks, copies, strict=True):
        pairs = pairs_of(lexicon.columns)
        if any(ranks):
            pairs = pairs._replace(weights=_scaled(pairs.weights, rank, rank == max(ranks)))
        keep = np.ones(len(pairs.weights), dtype=np.bool_)
        keep[dropped] = False
        collector.add_pairs(pairs.where(keep) if dropped.size else pairs, lexicon.languages)
    if not collector.num_pairs:
        raise LexiconError(
            f"each of the {sum(map(len, copies)):,} pairs translates a term by itself, and no lexicon of your own has "
            "it; keep them with combine='max'"
        )
    return collector


def _check_lexicons(lexicons: Sequence[Mergeable]) -> None:
    ours = lexicons[0]
    for lexicon in lexicons:
        if not isinstance(lexicon, type(ours)):
            raise TypeError(f"cannot merge {type(lexicon).__name__}; pass lexicons")
        if lexicon.source != ours.source:
            remedy = merge_remedy(ours.source, ours.languages, lexicon.source, lexicon.languages)
            raise LexiconError(
                f"cannot merge a lexicon from {lexicon.source!r} into one from {ours.source!r}; {remedy}"
            )


def _scaled(weights: Floats, rank: int, is_highest: bool) -> Floats:
    """Return weights ten times as great for each rank; before that, those below the highest are at most 1."""
    if not is_highest:
        weights = weights / max(1.0, float(weights.max()))
    scaled: Floats = np.clip(weights * _FACTOR**rank, LEAST_WEIGHT, GREATEST_WEIGHT)
    return scaled


# -- copies -----------------------------------------------------------------------------------------------------------


def _unconfirmed_copies(lexicons: Sequence[Mergeable]) -> list[Ints]:
    """Return, for each lexicon, the pairs that translate a term by itself and are not confirmed.

    The caller's own lexicons, and the starter lexicon, keep them, and confirm those of others.
    """
    copies = [np.empty(0, dtype=np.int64) if precedence(of.provenance) else _copies(of) for of in lexicons]
    if not any(map(len, copies)):
        return copies
    trusted: list[LexiconContent] = [of for of in lexicons if precedence(of.provenance)]
    if lexicons[0].source == (starter := read_starter()).source:
        trusted.append(starter)
    confirmed = {key for lexicon in trusted for key in _keys(lexicon, _copies(lexicon))}
    return [
        pairs[np.array([key not in confirmed for key in _keys(lexicon, pairs)], dtype=np.bool_)]
        for lexicon, pairs in zip(lexicons, copies, strict=True)
    ]


def _copies(lexicon: LexiconContent) -> Ints:
    """Return the pairs whose translation is spelled as their term: "radio", not "Radio"."""
    pairs = pairs_of(lexicon.columns)
    rows = np.arange(len(pairs.weights))
    copies: Ints = equal_texts(pairs.spelled_terms(), rows, pairs.translations, rows).nonzero()[0]
    return copies


def _keys(lexicon: LexiconContent, pairs: Ints) -> list[tuple[str, str]]:
    """Return the normalised term and the language of some pairs."""
    columns = lexicon.columns
    groups, rows = columns.group_of[pairs], columns.row_of[pairs]
    codes = columns.languages[groups].tolist()
    return [(columns.terms[row], lexicon.languages[code]) for row, code in zip(rows.tolist(), codes, strict=True)]


# -- order ------------------------------------------------------------------------------------------------------------


def _ranked(merged: LexiconData, first: Sequence[LexiconContent], texts: Texts) -> LexiconData:
    """Weigh the pairs by text; those of the lexicons that come first keep their weights.

    The best other candidate of a term keeps its weight too, and the factors of the others are at most 1. So candidates
    of the first lexicons stay first.
    """
    columns = merged.columns
    groups, factors = columns.group_of, domain_weights(merged, texts) / columns.weights
    others: Mask = count_votes(merged, first) == 0
    greatest = np.zeros(len(columns.languages))
    np.maximum.at(greatest, groups[others], factors[others])
    factors[others] /= greatest[groups[others]]
    weights = np.where(others, np.maximum(columns.weights * factors, LEAST_WEIGHT), columns.weights)
    collector = PairCollector(source=merged.source)
    collector.add_pairs(pairs_of(columns)._replace(weights=weights), merged.languages)
    return collector.build()


def _records(lexicons: Sequence[Mergeable], num_dropped: int, texts: Texts | None) -> tuple[Record, ...]:
    records = join_provenance(lexicon.provenance for lexicon in lexicons)
    own: Record = {} if texts is None else {"texts": describe_texts(texts)}
    if num_dropped:
        own["dropped"] = {"identical": num_dropped}
    return (*records, {"name": "merge", **own}) if own else records
