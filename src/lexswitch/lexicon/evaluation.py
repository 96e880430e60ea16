"""Evaluating lexicons: against gold translations, and by the share of a corpus that they know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, repeat
from math import fsum, isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..engine.characters import normalise_terms
from ..engine.matching import Matches
from ..engine.packing import Ints, Mask, Packed, pack
from ..engine.splicing import take
from ..engine.words import ranges
from ..errors import LexiconError
from ..switching.options import check_choice, whole_number
from ..text.tokenizers import WordTokenizer, words_of

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

    from .lexicon import Lexicon

ALL = "all"
"""In place of a band: the terms of all bands."""
MEAN = "mean"
"""In place of a language: the mean over the languages."""
BANDS = ("1-1,000", "1,001-5,000", "5,001-20,000", "above 20,000", "unknown")
"""Bands of terms by the rank of their frequency, from 1 for the commonest."""

_LAST_RANKS = (1_000, 5_000, 20_000)
_UNKNOWN = len(BANDS) - 1
_MAX_WORDS = 3
_BATCH = 1 << 21
"""Characters of text that are counted at once."""


class Score(NamedTuple):
    """How good a lexicon is for one target language and one band; all shares are from 0 to 1.

    A share of nothing is None. The mean over the languages is taken of the shares that are not None.
    """

    language: str
    """A target language, or "mean"."""
    band: str
    """One of `BANDS`, or "all"."""
    terms: int
    """Number of gold terms; with "mean", those of all languages together."""
    coverage: float | None
    """Share of the gold terms that the lexicon knows, that is, has a candidate for in this language."""
    precision: dict[int, float | None]
    """For each k: share of the known gold terms with a gold translation among the k best candidates."""
    recall: dict[int, float | None]
    """For each k: the same as a share of all gold terms."""
    token_coverage: float | None
    """Share of the running words of the corpus that are inside units."""
    type_coverage: float | None
    """Share of the distinct words of the corpus that are terms with a candidate in this language."""

    def as_dict(self) -> dict[str, str | int | float | None]:
        """The fields by name, with ``precision@1`` and so on each by itself."""
        fields = self._asdict().items()
        each = (value.items() if isinstance(value, dict) else [(None, value)] for _, value in fields)
        return {
            name if k is None else f"{name}@{k}": value
            for (name, _), values in zip(fields, each, strict=True)
            for k, value in values
        }


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found; ``print`` shows it as a table.

    Attributes
    ----------
    lexicon, gold : str
        Signatures of the two lexicons.
    k : tuple of int
        How many of the best candidates were looked at.
    rows : tuple of Score
        For each language, and then for the mean over them: all terms, and each band that has terms or words.
    """

    lexicon: str
    gold: str
    k: tuple[int, ...]
    rows: tuple[Score, ...]

    @property
    def languages(self) -> list[str]:
        """The target languages that were compared."""
        return list(dict.fromkeys(row.language for row in self.rows if row.language != MEAN))

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain dicts, lists, strings and numbers, as JSON has them."""
        rows = [row.as_dict() for row in self.rows]
        return {"lexicon": self.lexicon, "gold": self.gold, "k": list(self.k), "rows": rows}

    def __str__(self) -> str:
        return self.table()

    def table(self, format: str = "text") -> str:
        """The rows as a table, in aligned plain text or as "markdown"; shares of nothing are "-"."""
        from .evaluation_report import draw_table

        check_choice("format", format, ("text", "markdown"))
        return draw_table(self, markdown=format == "markdown")

    def plot(self, path: str | Path | None = None) -> Figure:
        """Draw precision at the smallest k, and coverage, as bars per language and band.

        Parameters
        ----------
        path : str or Path, optional
            Where to save the picture, in the format that the name's ending tells (.png, .svg, .pdf, ...; without one
            PNG). The file appears whole or not at all.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            If matplotlib is missing: ``pip install "lexswitch[plot]"``.
        ValueError
            If matplotlib does not know the format.
        """
        from .evaluation_report import draw_plot

        return draw_plot(self, (ALL, *BANDS), path)


def evaluate(
    lexicon: Lexicon,
    gold: Lexicon,
    k: Sequence[int] = (1, 5),
    texts: Iterable[str] | None = None,
    frequencies: Mapping[str, float] | None = None,
) -> Evaluation:
    """Compare a lexicon with a better one, per target language that both have.

    Precision@k is that of bilingual lexicon induction (Conneau et al., "Word translation without parallel data",
    ICLR 2018): over the gold terms that the lexicon knows. Terms and translations are compared by normalised spelling:
    case folding, NFC, words apart by single blanks (for hyphens too).

    Parameters
    ----------
    lexicon : Lexicon
    gold : Lexicon
        Translations that are right, from the same source language; their weights do not matter.
    k : sequence of int, default (1, 5)
        How many of the best candidates to look at.
    texts : iterable of str, optional
        A corpus in the source language, read once, to measure the coverage of running and of distinct words. Words and
        units are those of `Lexicon.coverage` with its defaults.
    frequencies : mapping of str to float, optional
        Frequencies or counts of words of the source language, at least 0, which give the bands; other spellings of a
        word add up, equal frequencies rank in code point order. By default the counts in `texts`; without these either
        there are no bands. A phrase is "unknown" unless it is listed itself.

    Raises
    ------
    LexiconError
        If the source languages differ, or the gold lexicon has no term in a language of the lexicon.
    TypeError, ValueError
        If an argument is not as described; the message names it.
    """
    cutoffs = _check_cutoffs(k)
    languages = _shared_languages(lexicon, gold)
    corpus = None if texts is None else _read_corpus(lexicon, languages, texts)
    if frequencies is None and corpus is not None:
        frequencies = corpus.counts_by_word()
    bands = {} if frequencies is None else _rank(frequencies)
    sums = _compare(lexicon, gold, languages, cutoffs, bands)
    if corpus is not None:
        sums |= _sum_corpus(lexicon, languages, corpus, bands)
    shown = (ALL, *BANDS) if bands else (ALL,)
    return Evaluation(lexicon.signature, gold.signature, cutoffs, tuple(_rows(languages, shown, cutoffs, sums)))


# -- arguments ---------------------------------------------------------------------------------------------------------


def _check_cutoffs(k: Sequence[int]) -> tuple[int, ...]:
    if isinstance(k, (str, bytes)) or not isinstance(k, Iterable):
        raise TypeError(f"k is {k!r}; pass a sequence of whole numbers such as (1, 5)")
    cutoffs = sorted({whole_number("k", value, 1, 2**31) for value in k})
    if not cutoffs:
        raise ValueError("k is empty; pass whole numbers such as (1, 5)")
    return tuple(cutoffs)


def _shared_languages(lexicon: Lexicon, gold: Lexicon) -> list[str]:
    """The languages of the lexicon that have gold terms."""
    if not isinstance(gold, type(lexicon)):
        raise TypeError(f"gold is {type(gold).__name__}; pass a Lexicon, for example of Lexicon.from_pairs")
    if gold.source != lexicon.source:
        raise LexiconError(
            f"gold translates from {gold.source!r}, the lexicon from {lexicon.source!r}; "
            "pass a gold lexicon from the same language, or invert one"
        )
    used = {gold.languages[code] for code in np.unique(gold.columns.languages).tolist()}
    shared = [language for language in lexicon.languages if language in used]
    if not shared:
        raise LexiconError(
            f"gold has no term in a language of the lexicon: gold has {sorted(used)}, the lexicon "
            f"{list(lexicon.languages)}; pass a gold lexicon with one of these"
        )
    return shared


def _rank(frequencies: Mapping[str, float]) -> dict[str, int]:
    """The band of each word, as a position in `BANDS`."""
    if not isinstance(frequencies, Mapping):
        raise TypeError(f"frequencies is {type(frequencies).__name__}; pass a mapping from word to frequency")
    for word, frequency in frequencies.items():
        if not isinstance(word, str):
            raise TypeError(f"frequencies has the key {word!r}; words must be str")
        if not isinstance(frequency, Real) or not isfinite(frequency) or frequency < 0:
            raise ValueError(f"frequencies[{word!r}] is {frequency!r}; it must be a finite number of at least 0")
    totals: defaultdict[str, float] = defaultdict(float)
    for word, frequency in zip(_normalised(list(frequencies)), frequencies.values(), strict=True):
        totals[word] += float(frequency)
    ranked = sorted(totals, key=lambda word: (-totals[word], word))
    bands = np.searchsorted(_LAST_RANKS, np.arange(1, len(ranked) + 1))
    return dict(zip(ranked, bands.tolist(), strict=True))


# -- gold translations -------------------------------------------------------------------------------------------------


class _Groups(NamedTuple):
    """The groups of a lexicon, that is, term and language, for some languages; in the order of the columns."""

    groups: Ints
    """Positions in the columns."""
    rows: Ints
    codes: Ints
    """Positions in the list of these languages."""


def _groups(lexicon: Lexicon, languages: Sequence[str]) -> _Groups:
    columns = lexicon.columns
    code_of = np.array([languages.index(name) if name in languages else -1 for name in lexicon.languages])
    codes = code_of[columns.languages]
    groups = (codes >= 0).nonzero()[0]
    rows = np.repeat(np.arange(len(lexicon)), np.diff(columns.groups))
    return _Groups(groups, rows[groups], codes[groups])


def _compare(
    lexicon: Lexicon, gold: Lexicon, languages: Sequence[str], cutoffs: tuple[int, ...], bands: Mapping[str, int]
) -> dict[str, Ints]:
    """Numbers of gold terms, of those that are known, and of those that are right, per language and band."""
    groups, wanted = _groups(lexicon, languages), _groups(gold, languages)
    terms = gold.columns.terms.unpack()
    rows = _find_rows(lexicon, terms)[wanted.rows]
    keys = groups.rows * len(languages) + groups.codes  # ascending
    at = np.searchsorted(keys, rows * len(languages) + wanted.codes)
    known = (rows >= 0) & (np.append(keys, -1)[at] == rows * len(languages) + wanted.codes)
    first = np.full(len(rows), cutoffs[-1], dtype=np.int64)
    first[known] = _first_right(lexicon, groups.groups[at[known]], gold, wanted.groups[known], cutoffs[-1])
    band = _bands_of(terms, bands)[wanted.rows]

    chosen = {"terms": np.ones_like(known), "known": known} | {f"right@{k}": first < k for k in cutoffs}
    of_language = [wanted.codes == code for code in range(len(languages))]
    return {name: np.stack([_sums(band[own], mask[own]) for own in of_language]) for name, mask in chosen.items()}


def _find_rows(lexicon: Lexicon, terms: Sequence[str]) -> Ints:
    """The row of each of some distinct normalised terms in the lexicon, or -1."""
    place_of = {term: place for place, term in enumerate(terms)}
    own = lexicon.columns.terms.unpack()
    places = np.fromiter(map(place_of.get, own, repeat(-1)), dtype=np.int64, count=len(own))
    found = (places >= 0).nonzero()[0]
    rows = np.full(len(terms), -1, dtype=np.int64)
    rows[places[found]] = found
    return rows


def _first_right(lexicon: Lexicon, groups: Ints, gold: Lexicon, gold_groups: Ints, most: int) -> Ints:
    """For each group, the place from 0 of the first of its `most` best candidates that is gold; `most` if none is."""
    own, candidates, places = _candidates(lexicon, groups, most)
    wanted, right, _ = _candidates(gold, gold_groups, 2**62)
    number: defaultdict[str, int] = defaultdict(count().__next__)
    right_numbers, numbers = (
        np.fromiter(map(number.__getitem__, texts), dtype=np.int64, count=len(texts)) for texts in (right, candidates)
    )
    hit = np.isin(own * len(number) + numbers, wanted * len(number) + right_numbers)
    first = np.full(len(groups), most, dtype=np.int64)
    np.minimum.at(first, own[hit], places[hit])
    return first


def _candidates(lexicon: Lexicon, groups: Ints, most: int) -> tuple[Ints, list[str], Ints]:
    """Of the `most` best candidates of each group: position of the group in `groups`, normalised spelling, place."""
    columns = lexicon.columns
    starts, ends = columns.candidates[groups].astype(np.int64), columns.candidates[groups + 1].astype(np.int64)
    ends = np.minimum(ends, starts + most)
    at, _ = ranges(starts, ends)
    own = np.repeat(np.arange(len(groups)), ends - starts)
    return own, _normalised(take(columns.translations, at).unpack()), at - starts[own]


def _normalised(texts: list[str]) -> list[str]:
    return normalise_terms(texts).split("\n") if texts else []


# -- corpora -----------------------------------------------------------------------------------------------------------


class _Corpus(NamedTuple):
    """The distinct words of a corpus."""

    words: list[str]
    counts: Ints
    """How often each occurs, shape (words,)."""
    covered: list[Ints]
    """For each language, how often each occurs inside a unit."""

    def counts_by_word(self) -> dict[str, int]:
        return dict(zip(self.words, self.counts.tolist(), strict=True))


def _read_corpus(lexicon: Lexicon, languages: Sequence[str], texts: Iterable[str]) -> _Corpus:
    tokenizer = WordTokenizer()
    index = lexicon.index(tokenizer, _MAX_WORDS)
    number: defaultdict[bytes, int] = defaultdict(count().__next__)
    counts, covered = np.zeros(0, dtype=np.int64), [np.zeros(0, dtype=np.int64) for _ in languages]
    for packed in _batches(texts):
        words = words_of(packed, tokenizer, language=lexicon.source)
        data, places = words.buffer.tobytes(), words.offsets.tolist()
        spans = zip(places, (words.offsets + words.lengths).tolist(), strict=True)
        numbers = np.fromiter((number[data[start:end]] for start, end in spans), dtype=np.int64, count=len(places))
        counts = _add(counts, numbers, len(number))
        for code, language in enumerate(languages):
            known = _knows(lexicon, language)  # one language at a time: an index of each would fill the memory
            covered[code] = _add(covered[code], numbers[_covered(index.select(known, known).match(words))], len(number))
    return _Corpus([word.decode() for word in number], counts, covered)


def _batches(texts: Iterable[str]) -> Iterator[Packed]:
    from tqdm import tqdm

    if isinstance(texts, (str, bytes, Mapping)) or not isinstance(texts, Iterable):
        raise TypeError(f"texts is {type(texts).__name__}, not an iterable of str; for one text pass [text]")
    batch: list[str] = []
    first = size = 0
    for row, text in enumerate(tqdm(texts, desc="reading texts", unit=" texts", disable=None, delay=1)):
        if not isinstance(text, str):
            raise TypeError(f"texts[{row}] is {type(text).__name__}, not str; pass an iterable of str")
        batch.append(text)
        size += len(text)
        if size >= _BATCH:
            yield pack(batch, first)
            batch, first, size = [], row + 1, 0
    if batch:
        yield pack(batch, first)


def _add(counts: Ints, numbers: Ints, size: int) -> Ints:
    """The counts of more numbers, which are below `size`, added up."""
    result = np.bincount(numbers, minlength=size)
    result[: len(counts)] += counts
    return result


def _knows(lexicon: Lexicon, language: str) -> Mask:
    """For each term, whether it has a candidate in a language."""
    known = np.zeros(len(lexicon), dtype=np.bool_)
    known[_groups(lexicon, [language]).rows] = True
    return known


def _covered(matches: Matches) -> Mask:
    """For each word, whether it is inside a unit."""
    covered = matches.is_unit.copy()
    first = matches.extra_words.nonzero()[0]
    covered[ranges(first, first + matches.extra_words[first] + 1)[0]] = True
    return covered


def _sum_corpus(
    lexicon: Lexicon, languages: Sequence[str], corpus: _Corpus, bands: Mapping[str, int]
) -> dict[str, Ints]:
    """Numbers of running and of distinct words, and of those that are covered, per language and band."""
    band, rows = _bands_of(corpus.words, bands), _find_rows(lexicon, corpus.words)
    ones = np.ones_like(rows)
    known = [np.append(_knows(lexicon, language), False)[rows] for language in languages]  # row -1 is the last
    return {
        "tokens": np.stack([_sums(band, corpus.counts)] * len(languages)),
        "covered tokens": np.stack([_sums(band, covered) for covered in corpus.covered]),
        "types": np.stack([_sums(band, ones)] * len(languages)),
        "covered types": np.stack([_sums(band, mask) for mask in known]),
    }


# -- sums and shares ---------------------------------------------------------------------------------------------------


def _bands_of(terms: Sequence[str], bands: Mapping[str, int]) -> Ints:
    return np.fromiter((bands.get(term, _UNKNOWN) for term in terms), dtype=np.int64, count=len(terms))


def _sums(bands: Ints, counts: Ints | Mask) -> Ints:
    """The sum of all counts, and then that of each band."""
    sums = np.bincount(bands, counts, len(BANDS)).astype(np.int64)
    return np.append(sums.sum(), sums)


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
