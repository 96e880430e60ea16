"""Measuring precision, recall and coverage of a lexicon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import fsum

import numpy as np

from ...checks import whole_number
from ...engine.packing import Ints
from ...errors import LexiconError
from .bands import bands_of, rank_words, sums_by_band
from .corpus import read_corpus, sum_corpus
from .gold import EvaluatedLexicon, find_rows, first_right, groups_of
from .result import Evaluation
from .scores import ALL, BANDS, MEAN, Score


def evaluate(
    lexicon: EvaluatedLexicon,
    gold: EvaluatedLexicon,
    k: Sequence[int] = (1, 5),
    texts: Iterable[str] | None = None,
    frequencies: Mapping[str, float] | None = None,
) -> Evaluation:
    """Compare a lexicon with gold translations, for each target language that both have.

    Precision@k is that of bilingual lexicon induction (Conneau et al., "Word translation without parallel data",
    ICLR 2018): over the gold terms that the lexicon knows. Terms and translations are compared in normalised spelling:
    case folding, NFC, single blanks between words (also for hyphens).

    Parameters
    ----------
    lexicon : Lexicon
    gold : Lexicon
        Right translations from the same source language. Their weights are ignored.
    k : sequence of int, default (1, 5)
        Numbers of best candidates that are considered.
    texts : iterable of str, optional
        A corpus in the source language, to measure the coverage of running and of distinct words. It is read once.
        Words and units are those of `Lexicon.coverage` with its defaults.
    frequencies : mapping of str to float, optional
        Frequencies or counts of words of the source language, at least 0. They define the bands. Spellings of a word
        are added up; equal frequencies are ranked in code point order. Default are the counts in `texts`; without
        `texts` there are no bands. A phrase is "unknown" unless it is listed.

    Raises
    ------
    LexiconError
        If the source languages differ, or the gold lexicon has no term in a language of the lexicon.
    TypeError, ValueError
        If an argument is not as described; the message names it.
    """
    cutoffs = _check_cutoffs(k)
    languages = _shared_languages(lexicon, gold)
    corpus = None if texts is None else read_corpus(lexicon, languages, texts)
    if frequencies is None and corpus is not None:
        frequencies = corpus.counts_by_word()
    bands = {} if frequencies is None else rank_words(frequencies, lexicon.source)
    sums = _compare(lexicon, gold, languages, cutoffs, bands)
    if corpus is not None:
        sums |= sum_corpus(lexicon, languages, corpus, bands)
    shown = (ALL, *BANDS) if bands else (ALL,)
    return Evaluation(lexicon.signature, gold.signature, cutoffs, tuple(_rows(languages, shown, cutoffs, sums)))


def _check_cutoffs(k: Sequence[int]) -> tuple[int, ...]:
    if isinstance(k, (str, bytes)) or not isinstance(k, Iterable):
        raise TypeError(f"k is {k!r}; pass a sequence of whole numbers such as (1, 5)")
    cutoffs = sorted({whole_number("k", value, 1, 2**31) for value in k})
    if not cutoffs:
        raise ValueError("k is empty; pass whole numbers such as (1, 5)")
    return tuple(cutoffs)


def _shared_languages(lexicon: EvaluatedLexicon, gold: EvaluatedLexicon) -> list[str]:
    """Return the languages of the lexicon that have gold terms."""
    if not isinstance(gold, type(lexicon)):
        raise TypeError(f"gold is {type(gold).__name__}; pass a Lexicon, for example of Lexicon.from_pairs")
    if gold.source != lexicon.source:
        raise LexiconError(
            f"gold translates from {gold.source!r}, the lexicon from {lexicon.source!r}; "
            "pass a gold lexicon from the same language, or invert one of them"
        )
    used = {gold.languages[code] for code in np.unique(gold.columns.languages).tolist()}
    shared = [language for language in lexicon.languages if language in used]
    if not shared:
        raise LexiconError(
            f"gold has no term in a language of the lexicon: gold has {sorted(used)}, the lexicon "
            f"{list(lexicon.languages)}; pass a gold lexicon with one of these"
        )
    return shared


def _compare(
    lexicon: EvaluatedLexicon,
    gold: EvaluatedLexicon,
    languages: Sequence[str],
    cutoffs: tuple[int, ...],
    bands: Mapping[str, int],
) -> dict[str, Ints]:
    """Return the numbers of gold terms, of known ones and of right ones, per language and band."""
    groups, wanted = groups_of(lexicon, languages), groups_of(gold, languages)
    terms = gold.columns.terms.unpack()
    rows = find_rows(lexicon, terms)[wanted.rows]
    keys = groups.rows * len(languages) + groups.codes  # ascending
    at = np.searchsorted(keys, rows * len(languages) + wanted.codes)
    known = (rows >= 0) & (np.append(keys, -1)[at] == rows * len(languages) + wanted.codes)
    first = np.full(len(rows), cutoffs[-1], dtype=np.int64)
    first[known] = first_right(lexicon, groups.groups[at[known]], gold, wanted.groups[known], cutoffs[-1])
    band = bands_of(terms, bands)[wanted.rows]

    chosen = {"terms": np.ones_like(known), "known": known} | {f"right@{k}": first < k for k in cutoffs}
    of_language = [wanted.codes == code for code in range(len(languages))]
    return {
        name: np.stack([sums_by_band(band[own], mask[own]) for own in of_language]) for name, mask in chosen.items()
    }


def _rows(
    languages: Sequence[str], bands: Sequence[str], cutoffs: Sequence[int], sums: Mapping[str, Ints]
) -> Iterator[Score]:
    rows = []
    for code, language in enumerate(languages):
        for column, band in enumerate(bands):
            numbers = {name: int(table[code, column]) for name, table in sums.items()}
            if band == ALL or numbers["terms"] or numbers.get("tokens"):
                rows.append(_score(language, band, cutoffs, numbers))
    yield from rows
    for band in bands:
        if alike := [row for row in rows if row.band == band]:
            yield _mean_score(band, cutoffs, alike)


def _score(language: str, band: str, cutoffs: Sequence[int], numbers: Mapping[str, int]) -> Score:
    def share(part: str, whole: str) -> float | None:
        return numbers[part] / numbers[whole] if numbers.get(whole) else None

    return Score(
        language,
        band,
        numbers["terms"],
        share("known", "terms"),
        {k: share(f"right@{k}", "known") for k in cutoffs},
        {k: share(f"right@{k}", "terms") for k in cutoffs},
        share("covered tokens", "tokens"),
        share("covered types", "types"),
    )


def _mean_score(band: str, cutoffs: Sequence[int], rows: Sequence[Score]) -> Score:
    return Score(
        MEAN,
        band,
        sum(row.terms for row in rows),
        _mean(row.coverage for row in rows),
        {k: _mean(row.precision[k] for row in rows) for k in cutoffs},
        {k: _mean(row.recall[k] for row in rows) for k in cutoffs},
        _mean(row.token_coverage for row in rows),
        _mean(row.type_coverage for row in rows),
    )


def _mean(shares: Iterable[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return fsum(known) / len(known) if known else None
