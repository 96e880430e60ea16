"""Which translations of a term fit: by text of the domain, by agreement of dictionaries, by any score.

Every function returns new weights for the pairs of a lexicon, in their order; those of a term's candidates in one
language sum to 1. They are the same on every platform but for what a score gives: dot products are of small whole
numbers, and `_exp` consists of multiplications.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ..engine.characters import normalise_terms
from ..engine.hashing import word_keys
from ..engine.packing import Floats, Hashes, Ints, Packed, concatenate, pack, pack_lines
from ..engine.sorting import ranks
from ..engine.splicing import take
from ..errors import LexiconError
from ..text.tokenizers import WordTokenizer, words_of
from .columns import LEAST_WEIGHT

if TYPE_CHECKING:
    from .lexicon import Lexicon

_log = logging.getLogger(__name__)

Text: TypeAlias = "Iterable[str] | Mapping[str, float]"
Score: TypeAlias = "Callable[[list[str], str, list[str]], Sequence[float]]"
_Bytes: TypeAlias = npt.NDArray[np.uint8]
_Vectors: TypeAlias = npt.NDArray[np.float32]

_BATCH = 10_000
"""Texts, or candidates, that are handled at once."""

# How often a candidate occurs.
_KIN = 0.1
"""What an occurrence of a word counts that begins as the candidate does, beside 1 for the candidate itself: ..."""
_ENDING, _STEM = 2, 4
"""... all its letters but the last two must be there, and four at least."""
_UNSEEN = 0.01
"""What a word counts that never occurs."""
_FURTHER_WORD = 1 / 3
"""A phrase counts as its rarest word does, times this for each word but one."""

# What a candidate stands next to.
_LETTERS = 5
"""Words with the same first letters, so many, are taken for one (McNamee & Mayfield, Information Retrieval 7, 2004)."""
_WINDOW = 4
"""Words to either side that make up a context."""
_FEATURES = 1000
"""The commonest words, the neighbours that are counted."""
_LEAST_COUNT = 3
"""Rarer words have no context."""
_STEEPNESS = 20.0
"""A weight is multiplied by e to the power of this times the cosine of two contexts."""
_ROUNDS = 2
"""How often the weights translate contexts, and these give better weights."""
_STEPS = 16
"""Steps per unit to which associations and shares are rounded, ..."""
_LENGTH = 256
"""... and the length of a vector of whole numbers: sums of their products are exact in float32."""
_ROWS = 4096
"""Vectors that are handled at once."""


# -- text of the domain ------------------------------------------------------------------------------------------------


def domain_weights(lexicon: Lexicon, texts: Mapping[str, Text]) -> Floats:
    """Weigh candidates by how often they occur in text of the domain and, given source text too, by their contexts.

    A weight is multiplied by the square root of the candidate's frequency and, where there is text of the source
    language, by e^(20 c): c is the cosine between the words around the candidate and those around the term, translated
    by the lexicon itself (Rapp, ACL 1999; positive pointwise mutual information, contexts smoothed by the power .75).
    The texts need not be translations of each other.

    Parameters
    ----------
    lexicon : Lexicon
    texts : mapping of str to iterable of str, or to mapping of str to float
        For target languages texts, or words with their frequencies (of a general corpus, say). For the source language,
        if for that at all, texts. Words must stand apart, by blanks or punctuation. Texts are streamed; if contexts are
        compared, eight bytes are kept of each word. Languages that are missing here keep their weights, as shares.

    Returns
    -------
    float64 array, shape (num_pairs,)
        In the order of ``lexicon.pairs()``; the candidates of a term in one language sum to 1.

    Raises
    ------
    TypeError
        If `texts` or a part of it has another type.
    LexiconError
        If a language is not one of the lexicon's, there is no target language, or a frequency is no number from 0 on.
    """
    _check_texts(lexicon, texts)
    columns = lexicon.columns
    groups, rows = columns.group_of, columns.row_of
    codes = columns.languages[groups]
    weights = columns.weights.copy()
    source = _source_contexts(lexicon, texts)
    for language in lexicon.languages:
        if language in texts:
            pairs = (codes == lexicon.languages.index(language)).nonzero()[0]
            candidates = _Tokens(take(columns.translations, pairs))
            counter, stream = _Counter(candidates), _Stream()
            for tokens, counts in _read(language, texts[language]):
                counter.add(tokens, counts)
                if source:
                    stream.add(tokens)
            if not counter.has_any:
                _log.warning("texts[%r] has none of the candidates; is it text in %s?", language, language)
            weights[pairs] *= np.sqrt(counter.frequencies(candidates))
            if source:
                own = candidates.classes()
                terms = source.classes[rows[pairs]]
                weights[pairs] = _by_context(
                    source.contexts, _Contexts(stream, own), terms, own, groups[pairs], weights[pairs]
                )
    return _shares(weights, groups)


def _check_texts(lexicon: Lexicon, texts: Any) -> None:
    if not isinstance(texts, Mapping):
        raise TypeError(f"texts is {type(texts).__name__}; pass a mapping from language to texts: {{'de': [...]}}")
    unknown = [language for language in texts if language not in (*lexicon.languages, lexicon.source)]
    if unknown:
        raise LexiconError(f"texts has unknown languages {unknown}; allowed are {[*lexicon.languages, lexicon.source]}")
    if not any(language in texts for language in lexicon.languages):
        raise LexiconError(f"texts has no target language; choose among {list(lexicon.languages)}")
    for language, text in texts.items():
        if isinstance(text, (str, bytes)) or not isinstance(text, Iterable):
            raise TypeError(
                f"texts[{language!r}] is {type(text).__name__}; pass a list of texts, or {{word: frequency}}"
            )
        if language not in lexicon.languages and isinstance(text, Mapping):
            raise TypeError(f"texts[{language!r}] has frequencies; of the source language pass texts, or nothing")


class _Source(NamedTuple):
    classes: Hashes
    """The class of each term."""
    contexts: _Contexts


def _source_contexts(lexicon: Lexicon, texts: Mapping[str, Text]) -> _Source | None:
    if lexicon.source in lexicon.languages or lexicon.source not in texts:
        return None
    stream = _Stream()
    for tokens, _ in _read(lexicon.source, texts[lexicon.source]):
        stream.add(tokens)
    classes = _Tokens(lexicon.columns.terms).classes()
    return _Source(classes, _Contexts(stream, classes))


def _read(language: str, text: Text) -> Iterator[tuple[_Tokens, Floats | None]]:
    """Yield the words of texts, batch by batch; those of a list of frequencies with a frequency for each."""
    name = f"texts[{language!r}]"
    if isinstance(text, Mapping):
        yield from _read_frequencies(name, text)
        return
    from tqdm import tqdm

    rest, first = iter(tqdm(text, desc=f"reading {name}", unit=" texts", disable=None, delay=1)), 0
    while batch := list(islice(rest, _BATCH)):
        for row, each in enumerate(batch, first):
            if not isinstance(each, str):
                raise TypeError(f"{name}[{row}] is {type(each).__name__}, not str; pass a list of str")
        yield _Tokens(pack(batch, first, name)), None
        first += len(batch)


def _read_frequencies(name: str, text: Mapping[str, float]) -> Iterator[tuple[_Tokens, Floats]]:
    """Yield the words that have a frequency, and these in units of the smallest, as if they were counts."""
    for word, frequency in text.items():
        if not isinstance(word, str):
            raise TypeError(f"{name} has {word!r}; a word must be str")
        if not isinstance(frequency, Real) or not 0 <= float(frequency) < float("inf"):
            raise LexiconError(f"{name}[{word!r}] is {frequency!r}; a frequency is a number from 0 on")
    words = [word for word, frequency in text.items() if frequency > 0]
    if words:
        frequencies = np.array([float(text[word]) for word in words])
        tokens = _Tokens(pack(words, name=name))
        alone = np.diff(tokens.first)[tokens.rows] == 1  # what is no single word counts nothing
        yield tokens, (frequencies / frequencies.min())[tokens.rows] * alone


class _Tokens:
    """The words of a batch, their bytes as numbers, and those of their beginnings."""

    def __init__(self, packed: Packed) -> None:
        words = words_of(packed, WordTokenizer())
        self._buffer, self._offsets, self._lengths = words.buffer, words.offsets, words.lengths
        self._characters = ((words.buffer & 0xC0) != 0x80).nonzero()[0]
        self._at = np.searchsorted(self._characters, words.offsets)
        self.first = np.searchsorted(words.starts, packed.starts)
        """Shape (rows + 1,): where the words of each row begin."""
        self.rows = np.repeat(np.arange(len(packed)), np.diff(self.first))
        self.sizes = np.searchsorted(self._characters, words.offsets + words.lengths) - self._at
        """Characters of each word."""

    def keys(self, sizes: Ints | int, chosen: Ints | slice = slice(None)) -> Hashes:
        """Hashes of so many characters of each chosen word from its beginning; of all where it has no more."""
        places = self._offsets[chosen]
        behind = np.minimum(self._at[chosen] + sizes, len(self._characters) - 1)
        lengths = np.minimum(self._characters[behind] - places, self._lengths[chosen])
        return word_keys(self._buffer, places, lengths, int(lengths.max(initial=0)), 0).keys

    def classes(self) -> Hashes:
        """The class of each row that is a single word, 0 for others."""
        counts = np.diff(self.first)
        classes = np.zeros(len(counts), dtype=np.uint64)
        classes[counts == 1] = self.keys(_LETTERS)[self.first[:-1][counts == 1]]
        return classes


class _Counter:
    """Counts the words of some candidates in text, and the words that begin as they do."""

    def __init__(self, candidates: _Tokens) -> None:
        self._of_word = candidates.keys(candidates.sizes)
        self._of_stem = candidates.keys(np.maximum(candidates.sizes - _ENDING, _STEM))
        self._words, self._stems = _Tally(self._of_word), _Tally(self._of_stem)

    def add(self, tokens: _Tokens, counts: Floats | None) -> None:
        distinct, first, inverse = np.unique(tokens.keys(tokens.sizes), return_index=True, return_inverse=True)
        amounts = np.bincount(inverse, counts, len(distinct)).astype(np.float64)
        self._words.add(distinct, amounts)
        for size in range(_STEM, int(tokens.sizes.max(initial=0)) + 1):
            long = (tokens.sizes[first] >= size).nonzero()[0]
            self._stems.add(tokens.keys(size, first[long]), amounts[long])

    @property
    def has_any(self) -> bool:
        """Whether any of the words, or one that begins as it does, was counted."""
        return self._words.has_any or self._stems.has_any

    def frequencies(self, candidates: _Tokens) -> Floats:
        """How often each candidate occurs, smoothed."""
        exact, kin = self._words.of(self._of_word), self._stems.of(self._of_stem)
        words = _UNSEEN + exact + _KIN * np.maximum(kin - exact, 0)
        counts = np.diff(candidates.first)
        result = np.full(len(counts), _UNSEEN)
        some = (counts > 0).nonzero()[0]
        if some.size:
            result[some] = np.minimum.reduceat(words, candidates.first[some])
        factors = np.multiply.accumulate(np.append(1.0, np.full(counts.max(initial=1), _FURTHER_WORD)))
        frequencies: Floats = np.maximum(result * factors[np.maximum(counts - 1, 0)], LEAST_WEIGHT)
        return frequencies


class _Tally:
    """Sums amounts by key, for some keys."""

    def __init__(self, keys: Hashes) -> None:
        self._keys = np.unique(keys)
        self._sums = np.zeros(len(self._keys))

    def add(self, keys: Hashes, amounts: Floats) -> None:
        at = _find(self._keys, keys)
        known = at >= 0
        self._sums += np.bincount(at[known], amounts[known], len(self._keys))

    @property
    def has_any(self) -> bool:
        return bool(self._sums.any())

    def of(self, keys: Hashes) -> Floats:
        return self._sums[_find(self._keys, keys)]


def _find(values: Hashes, wanted: Hashes) -> Ints:
    """Where the wanted ones are among sorted, distinct values; -1 for those that are not."""
    if not len(values):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
    return np.where(values[at] == wanted, at, -1)


# -- contexts ----------------------------------------------------------------------------------------------------------


class _Stream:
    """The classes of all words of a text, those of different rows apart by zeros."""

    def __init__(self) -> None:
        self._parts = [np.zeros(_WINDOW, dtype=np.uint64)]

    def add(self, tokens: _Tokens) -> None:
        part = np.zeros(len(tokens.rows) + _WINDOW * (len(tokens.first) - 1), dtype=np.uint64)
        part[np.arange(len(tokens.rows)) + _WINDOW * tokens.rows] = tokens.keys(_LETTERS)
        self._parts.append(part)

    def classes(self) -> Hashes:
        return np.concatenate(self._parts)


class _Contexts:
    """Which words stand around the words of some classes, in a text."""

    def __init__(self, stream: _Stream, wanted: Hashes) -> None:
        classes, numbers, counts = np.unique(stream.classes(), return_inverse=True, return_counts=True)
        counts[0] = 0  # the zeros between rows
        commonest = np.lexsort((classes, -counts))[:_FEATURES]
        commonest = np.sort(commonest[counts[commonest] > 0])
        self.features = classes[commonest]
        self._prior = np.sqrt(counts[commonest]) * np.sqrt(np.sqrt(counts[commonest]))  # the power of 3/4
        self._prior /= math.fsum(self._prior) or 1.0
        self._feature_of = np.full(len(classes), -1)
        self._feature_of[commonest] = np.arange(len(commonest))
        self._numbers = numbers
        self._order = np.argsort(numbers, kind="stable")
        self._starts = np.append(0, np.cumsum(np.bincount(numbers)))
        self._rows = np.intersect1d((counts >= _LEAST_COUNT).nonzero()[0], _find(classes, wanted))
        self._classes = classes[self._rows]

    def find(self, classes: Hashes) -> Ints:
        """The row of each class, or -1."""
        return _find(self._classes, classes)

    def vectors(self, rows: Ints) -> _Bytes:
        """Positive pointwise mutual information with each feature, in whole steps, shape (rows, features)."""
        starts, ends = self._starts[self._rows[rows]], self._starts[self._rows[rows] + 1]
        places = np.concatenate([self._order[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])
        of_row = np.repeat(np.arange(len(rows)), ends - starts) * len(self.features)
        counts = np.zeros(len(rows) * len(self.features))
        for distance in (*range(-_WINDOW, 0), *range(1, _WINDOW + 1)):
            feature = self._feature_of[self._numbers[places + distance]]
            known = feature >= 0
            counts += np.bincount(of_row[known] + feature[known], minlength=len(counts))
        table = counts.reshape(len(rows), -1)
        chance = table.sum(axis=1, keepdims=True) * self._prior
        steps = np.zeros(table.shape, dtype=np.uint8)
        more = table > chance
        steps[more] = np.minimum(np.rint(_STEPS * np.log(table[more] / chance[more])), 255)
        return steps


def _by_context(
    source: _Contexts, target: _Contexts, terms: Hashes, candidates: Hashes, groups: Ints, weights: Floats
) -> Floats:
    """Multiply weights by what the contexts of the two sides of each pair say, given their classes."""
    if not len(source.features) or not len(target.features):
        return weights
    from_rows, to_rows = source.find(terms), target.find(candidates)
    both = ((from_rows >= 0) & (to_rows >= 0)).nonzero()[0]
    both = both[np.argsort(to_rows[both], kind="stable")]
    if not both.size:
        return weights
    used, from_rows = np.unique(from_rows[both], return_inverse=True)
    own = [source.vectors(used[at : at + _ROWS]) for at in range(0, len(used), _ROWS)]
    result = weights
    for _ in range(_ROUNDS):
        bridge = _bridge(source, target, terms, candidates, _shares(result, groups))
        translated = np.concatenate([_scaled(part.astype(np.float32) @ bridge) for part in own])
        result = weights.copy()
        result[both] *= _exp(_STEEPNESS * _cosines(translated, from_rows, target, to_rows[both], bridge.any(axis=0)))
    return result


def _bridge(source: _Contexts, target: _Contexts, terms: Hashes, candidates: Hashes, shares: Floats) -> _Vectors:
    """What each feature of the source language becomes: shares of the target language's features, in whole steps."""
    rows, places = _find(source.features, terms), _find(target.features, candidates)
    known = (rows >= 0) & (places >= 0)
    size = len(target.features)
    whole = np.rint(shares[known] * 2.0**20)  # sums of whole numbers are exact in any order
    bridge = np.bincount(rows[known] * size + places[known], whole, len(source.features) * size)
    bridge = bridge.reshape(-1, size)
    totals = bridge.sum(axis=1, keepdims=True)
    bridge = np.rint(_STEPS * bridge / np.where(totals > 0, totals, 1))
    same = _find(target.features, source.features)  # numbers, names
    alone = ((totals[:, 0] == 0) & (same >= 0)).nonzero()[0]
    bridge[alone, same[alone]] = _STEPS
    return bridge.astype(np.float32)


def _cosines(translated: _Vectors, from_rows: Ints, target: _Contexts, to_rows: Ints, reached: Any) -> Floats:
    """The cosine of the contexts of each pair; `to_rows` are in ascending order."""
    result = np.empty(len(to_rows))
    distinct, first, inverse = np.unique(to_rows, return_index=True, return_inverse=True)
    first = np.append(first, len(to_rows))
    for at in range(0, len(distinct), _ROWS):
        vectors = _scaled(target.vectors(distinct[at : at + _ROWS]) * reached)
        end = first[min(at + _ROWS, len(distinct))]
        for begin in range(first[at], end, _ROWS):
            some = slice(begin, min(begin + _ROWS, end))
            result[some] = np.einsum("ij,ij->i", translated[from_rows[some]], vectors[inverse[some] - at])
    return result / _LENGTH**2


def _scaled(vectors: npt.NDArray[Any]) -> _Vectors:
    """The same directions, as whole numbers."""
    vectors = vectors.astype(np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    vectors *= (_LENGTH / np.where(lengths > 0, lengths, 1))[:, np.newaxis]
    whole: _Vectors = np.rint(vectors).astype(np.float32)
    return whole


# -- agreement of dictionaries -----------------------------------------------------------------------------------------

_AGREEMENT = 10.0
"""What a weight is multiplied by for each other dictionary that has the pair, ..."""
_MOST = 12
"""... for so many at most."""


def agreement_weights(lexicon: Lexicon, others: Sequence[Lexicon]) -> Floats:
    """Weigh candidates by the number of other dictionaries that have the pair, in either direction.

    A weight is multiplied by 10 for each of the others (12 at most) that has the pair, case and Unicode form aside: one
    with the same source language as it is, one from a target language into the source language read backwards.

    Parameters
    ----------
    lexicon : Lexicon
    others : sequence of Lexicon

    Returns
    -------
    float64 array, shape (num_pairs,)
        In the order of ``lexicon.pairs()``; the candidates of a term in one language sum to 1.

    Raises
    ------
    TypeError
        If one of the others is no lexicon.
    LexiconError
        If there are no others, or one has no languages in common with the lexicon.
    """
    if not others:
        raise LexiconError("others is empty; pass at least one lexicon to agree with")
    for position, other in enumerate(others):
        if not isinstance(other, type(lexicon)):
            raise TypeError(f"others[{position}] is {type(other).__name__}; pass lexicons")
    columns = lexicon.columns
    groups = columns.group_of
    codes = columns.languages[groups]
    terms, translations = take(columns.terms, columns.row_of), _normalised(columns.translations)
    votes = np.zeros(len(groups), dtype=np.int64)
    for position, other in enumerate(others):
        left, right, languages = _in_our_direction(lexicon, other, position)
        ranked_terms = ranks(concatenate([terms, left]))
        ranked = ranks(concatenate([translations, right]))
        pairs = ranked_terms * (int(ranked.max()) + 1) + ranked
        theirs = other.columns.languages[other.columns.group_of]
        for own, code in languages:
            listed = pairs[len(groups) :][theirs == code]
            votes += (codes == own) & np.isin(pairs[: len(groups)], listed)
    factors = np.append(1.0, np.multiply.accumulate(np.full(_MOST, _AGREEMENT)))
    return _shares(columns.weights * factors[np.minimum(votes, _MOST)], groups)


def _in_our_direction(lexicon: Lexicon, other: Lexicon, position: int) -> tuple[Packed, Packed, list[tuple[int, int]]]:
    """The two sides of the other's pairs, and which of our languages is which of its languages."""
    columns, ours = other.columns, list(lexicon.languages)
    terms, translations = take(columns.terms, columns.row_of), _normalised(columns.translations)
    if other.source == lexicon.source:
        shared = [(ours.index(name), code) for code, name in enumerate(other.languages) if name in ours]
        if shared:
            return terms, translations, shared
    elif other.source in ours and lexicon.source in other.languages:
        return translations, terms, [(ours.index(other.source), other.languages.index(lexicon.source))]
    raise LexiconError(
        f"others[{position}] leads from {other.source} to {list(other.languages)}; it must lead from "
        f"{lexicon.source} to one of {ours}, or back"
    )


def _normalised(packed: Packed) -> Packed:
    return pack_lines(normalise_terms(packed.unpack()), len(packed))


# -- any score ---------------------------------------------------------------------------------------------------------


def scored_weights(lexicon: Lexicon, score: Score) -> Floats:
    """Weigh candidates by a score of one's own: an encoder's similarity, a language model's log-probability.

    Parameters
    ----------
    lexicon : Lexicon
    score : callable
        Takes up to 10,000 terms, their target language and as many translations; returns a number for each pair. The
        weights are the softmax of the scores over the candidates of a term in one language, so a score is in units of
        log-probability: divide a similarity by a temperature.

    Returns
    -------
    float64 array, shape (num_pairs,)
        In the order of ``lexicon.pairs()``.

    Raises
    ------
    TypeError
        If `score` cannot be called, or returns something other than numbers.
    LexiconError
        If it returns another number of scores, or one that is not finite.
    """
    if not callable(score):
        raise TypeError(f"score is {type(score).__name__}; pass a function of (terms, language, translations)")
    columns = lexicon.columns
    groups = columns.group_of
    codes = columns.languages[groups]
    scores = np.empty(len(groups))
    for code, language in enumerate(lexicon.languages):
        pairs = (codes == code).nonzero()[0]
        for at in range(0, len(pairs), _BATCH):
            some = pairs[at : at + _BATCH]
            terms, translations = columns.terms_of(some), take(columns.translations, some).unpack()
            scores[some] = _checked_scores(score(terms, language, translations), terms, language, translations)
    greatest = np.maximum.reduceat(scores, columns.candidates[:-1])
    return _shares(_exp(scores - greatest[groups]), groups)


def _checked_scores(scores: Any, terms: list[str], language: str, translations: list[str]) -> Floats:
    try:
        values = np.asarray(scores, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(
            f"score returned {type(scores).__name__} that is no sequence of numbers; return a list"
        ) from None
    if values.shape != (len(terms),):
        raise LexiconError(
            f"score returned {type(scores).__name__} of shape {values.shape} for {len(terms)} pairs; return a list of "
            "numbers, one for each"
        )
    wrong = (~np.isfinite(values)).nonzero()[0]
    if wrong.size:
        at = int(wrong[0])
        raise LexiconError(
            f"score of {terms[at]!r} -> {translations[at]!r} ({language}) is {values[at]}; scores must be finite"
        )
    return values


# -- weights -----------------------------------------------------------------------------------------------------------


def _shares(weights: Floats, groups: Ints) -> Floats:
    """Weights that sum to 1 in each group."""
    greatest = np.zeros(int(groups[-1]) + 1)
    np.maximum.at(greatest, groups, weights)
    weights = weights / greatest[groups]  # sums cannot overflow
    shares: Floats = np.maximum(weights / np.bincount(groups, weights)[groups], LEAST_WEIGHT)
    return shares


_FRACTION = 20
"""Bits behind the point of the exponents of `_exp`."""


def _exp(values: Floats) -> Floats:
    """e to the power of each value, right to six digits, and the same bits on every platform, unlike `numpy.exp`."""
    steps = np.rint(np.clip(values, -500.0, 500.0) * (2**_FRACTION / math.log(2))).astype(np.int64)
    result: Floats = np.ldexp(1.0, steps >> _FRACTION)
    root = 2.0
    for bit in range(1, _FRACTION + 1):
        root = math.sqrt(root)
        result *= np.where(steps >> _FRACTION - bit & 1, root, 1.0)
    return result
