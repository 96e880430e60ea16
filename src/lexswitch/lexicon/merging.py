"""Merging lexicons: which pairs are kept, and which candidates come first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from ..checks import check_choice
from ..engine.characters import normalise_terms
from ..engine.packing import Floats, Ints, Mask, pack_lines
from ..errors import LexiconError
from .collecting import PairCollector
from .columns import LexiconContent, LexiconData
from .pairs import pairs_of
from .provenance import Record, is_curated, join_provenance
from .senses import count_votes, domain_weights
from .senses.general import Texts, describe_texts
from .sorting import COMBINE
from .spelling import equal_texts
from .target_languages import merge_remedy
from .validation import GREATEST_WEIGHT, LEAST_WEIGHT

_CURATED = 10.0
"""Factor of the weights of a curated lexicon: it outweighs so many others that agree."""


class Source(LexiconContent, Protocol):
    """A lexicon with records of where its pairs come from."""

    @property
    def provenance(self) -> tuple[Record, ...]: ...


def merge(lexicons: Sequence[Source], combine: str, texts: Texts | None) -> tuple[LexiconData, tuple[Record, ...]]:
    """Merge lexicons from the same language; the options are those of `Lexicon.merge`.

    Returns
    -------
    LexiconData
    tuple of dict
        The records of all sources. If pairs were dropped or `texts` was used, a last record says so.
    """
    check_choice("combine", combine, COMBINE)
    _check_lexicons(lexicons)
    by_votes = combine == "votes"
    curated = [by_votes and is_curated(lexicon.provenance) for lexicon in lexicons]
    is_mixed = any(curated) and not all(curated)
    copies = _unconfirmed_copies(lexicons, curated) if by_votes else [np.empty(0, dtype=np.int64)] * len(lexicons)
    collector = PairCollector(source=lexicons[0].source)
    for lexicon, is_first, dropped in zip(lexicons, curated, copies, strict=True):
        pairs, keep = pairs_of(lexicon.columns), np.ones(len(lexicon.columns.weights), dtype=np.bool_)
        keep[dropped] = False
        pairs = pairs._replace(weights=_scaled(pairs.weights, is_first)) if is_mixed else pairs
        collector.add_pairs(pairs.where(keep) if dropped.size else pairs, lexicon.languages)
    num_dropped = sum(map(len, copies))
    if num_dropped and not collector.num_pairs:
        raise LexiconError(
            f"all {num_dropped:,} pairs translate a term by itself, and no curated lexicon has them; keep them with "
            "combine='max'"
        )
    merged = collector.build(combine)
    if texts is not None:
        first = [lexicon for lexicon, is_first in zip(lexicons, curated, strict=True) if is_first and is_mixed]
        merged = _ranked(merged, first, texts)
    return merged, _records(lexicons, num_dropped, texts)


def _check_lexicons(lexicons: Sequence[Source]) -> None:
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


def _unconfirmed_copies(lexicons: Sequence[Source], curated: Sequence[bool]) -> list[Ints]:
    """Return, for each lexicon, the pairs that translate a term by itself; those of curated lexicons are confirmed."""
    copies = [_copies(lexicon) for lexicon in lexicons]
    keys = [_keys(lexicon, pairs) for lexicon, pairs in zip(lexicons, copies, strict=True)]
    confirmed = {key for of_lexicon, is_first in zip(keys, curated, strict=True) if is_first for key in of_lexicon}
    return [
        pairs[np.fromiter((key not in confirmed for key in of_lexicon), np.bool_, len(of_lexicon))]
        for pairs, of_lexicon in zip(copies, keys, strict=True)
    ]


def _copies(lexicon: LexiconContent) -> Ints:
    """Return the pairs whose translation equals their term after normalisation."""
    columns = lexicon.columns
    count = len(columns.weights)
    normal = pack_lines(normalise_terms(columns.translations.unpack(), lexicon.source), count)
    copies: Ints = equal_texts(columns.terms, columns.row_of, normal, np.arange(count)).nonzero()[0]
    return copies


def _keys(lexicon: LexiconContent, pairs: Ints) -> list[tuple[str, str]]:
    """Return the normalised term and the language of some pairs."""
    columns = lexicon.columns
    groups, rows = columns.group_of[pairs], columns.row_of[pairs]
    codes = columns.languages[groups].tolist()
    return [(columns.terms[row], lexicon.languages[code]) for row, code in zip(rows.tolist(), codes, strict=True)]


# -- order ------------------------------------------------------------------------------------------------------------


def _ranked(merged: LexiconData, curated: Iterable[LexiconContent], texts: Texts) -> LexiconData:
    """Weigh the pairs by text; those of curated lexicons keep their weights.

    The best other candidate of a term keeps its weight too, and the factors of the others are at most 1. So curated
    candidates stay first.
    """
    columns = merged.columns
    groups, factors = columns.group_of, domain_weights(merged, texts) / columns.weights
    others: Mask = count_votes(merged, list(curated)) == 0
    greatest = np.zeros(len(columns.languages))
    np.maximum.at(greatest, groups[others], factors[others])
    factors[others] /= greatest[groups[others]]
    weights = np.where(others, np.maximum(columns.weights * factors, LEAST_WEIGHT), columns.weights)
    collector = PairCollector(source=merged.source)
    collector.add_pairs(pairs_of(columns)._replace(weights=weights), merged.languages)
    return collector.build()


def _records(lexicons: Sequence[Source], num_dropped: int, texts: Texts | None) -> tuple[Record, ...]:
    records = join_provenance(lexicon.provenance for lexicon in lexicons)
    own: Record = {} if texts is None else {"texts": describe_texts(texts)}
    if num_dropped:
        own["dropped"] = {"identical": num_dropped}
    return (*records, {"name": "merge", **own}) if own else records
