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
from .provenance import Record, is_curated, join_provenance
from .senses import count_votes, domain_weights
from .senses.general import Texts, describe_texts
from .sorting import COMBINE
from .spelling import equal_texts
from .starter import read_starter
from .target_languages import merge_remedy
from .validation import GREATEST_WEIGHT, LEAST_WEIGHT

_CURATED = 10.0
"""Factor of the weights of a curated lexicon: it outweighs so many others that agree."""


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
    curated = [by_votes and is_curated(lexicon.provenance) for lexicon in lexicons]
    copies = _unconfirmed_copies(lexicons, curated) if by_votes else [np.empty(0, dtype=np.int64)] * len(lexicons)
    num_dropped = sum(map(len, copies))
    if len(lexicons) == 1 and not num_dropped:
        merged = LexiconData(ours.source, ours.languages, ours.columns)  # already sorted
    else:
        merged = _collected(lexicons, curated, copies).build(combine)
    if texts is not None:
        first = list(compress(lexicons, curated)) if not all(curated) else []
        merged = _ranked(merged, first, texts)
    return merged, _records(lexicons, num_dropped, texts)


def _collected(lexicons: Sequence[Mergeable], curated: Sequence[bool], copies: Sequence[Ints]) -> PairCollector:
    """Collect the pairs of all lexicons except `copies`; weights of curated lexicons outweigh those of others."""
    collector = PairCollector(source=lexicons[0].source)
    for lexicon, is_first, dropped in zip(lexicons, curated, copies, strict=True):
        pairs = pairs_of(lexicon.columns)
        if any(curated) and not all(curated):
            pairs = pairs._replace(weights=_scaled(pairs.weights, is_first))
        keep = np.ones(len(pairs.weights), dtype=np.bool_)
        keep[dropped] = False
        collector.add_pairs(pairs.where(keep) if dropped.size else pairs, lexicon.languages)
    if not collector.num_pairs:
        raise LexiconError(
            f"each of the {sum(map(len, copies)):,} pairs translates a term by itself, and no curated lexicon has it; "
            "keep them with combine='max'"
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


def _scaled(weights: Floats, is_curated: bool) -> Floats:
    """Return weights ten times as great for a curated lexicon, and of at most 1 for another one."""
    if is_curated:
        return np.minimum(weights * _CURATED, GREATEST_WEIGHT)
    return np.maximum(weights / max(1.0, float(weights.max())), LEAST_WEIGHT)


# -- copies -----------------------------------------------------------------------------------------------------------


def _unconfirmed_copies(lexicons: Sequence[Mergeable], curated: Sequence[bool]) -> list[Ints]:
    """Return, for each lexicon, the pairs that translate a term by itself and are not confirmed.

    Curated lexicons, and the starter lexicon, confirm them. Pairs without provenance are the caller's own and stay.
    """
    are_checked = [bool(of.provenance) and not is_first for of, is_first in zip(lexicons, curated, strict=True)]
    copies = [
        _copies(of) if check else np.empty(0, dtype=np.int64) for of, check in zip(lexicons, are_checked, strict=True)
    ]
    if not any(map(len, copies)):
        return copies
    trusted: list[LexiconContent] = [of for of, is_first in zip(lexicons, curated, strict=True) if is_first]
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


def _ranked(merged: LexiconData, curated: Sequence[LexiconContent], texts: Texts) -> LexiconData:
    """Weigh the pairs by text; those of curated lexicons keep their weights.

    The best other candidate of a term keeps its weight too, and the factors of the others are at most 1. So curated
    candidates stay first.
    """
    columns = merged.columns
    groups, factors = columns.group_of, domain_weights(merged, texts) / columns.weights
    others: Mask = count_votes(merged, curated) == 0
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
