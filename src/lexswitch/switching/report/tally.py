"""Counts of a report: cheap ones of all texts, and detailed ones of a sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from ...engine.characters import normalise_word
from ...engine.hashing import word_keys
from ...engine.packing import Ints, Mask
from ...engine.splicing import take
from ...engine.words import Words, ranges
from ...lexicon import Lexicon
from ...lexicon.coverage import function_words
from ...text.tokenizers import Tokenizer, words_of
from ..batches import SwitchedBlock
from ..outcomes import BlockOutcomes, Reason
from .addition import Added
from .mixing import BILLION, Mixing

Key = TypeVar("Key")


@dataclass(frozen=True)
class Totals(Added):
    """Counts of all texts of a column.

    Attributes
    ----------
    texts, switched_texts : int
        Number of texts, and of texts with a switch.
    size : int
        Bytes of the source texts in UTF-8.
    words, covered : int
        Number of words, and of words in units.
    switches, switched_words : Counter of str
        By language: number of switches, and of source words that were replaced.
    """

    texts: int = 0
    switched_texts: int = 0
    size: int = 0
    words: int = 0
    covered: int = 0
    switches: Counter[str] = field(default_factory=Counter)
    switched_words: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, part: SwitchedBlock, kept: Mask | None = None) -> Totals:
        """Count a switched block; `kept` says which switches were kept, if some were undone beside labels."""
        packed, outcome = part.texts.packed, part.outcome
        starts, nodes, groups = outcome.replacements.starts, outcome.replacements.units, outcome.replacements.groups
        if kept is not None:
            starts, nodes, groups = starts[kept], nodes[kept], groups[kept]
        rows = np.searchsorted(packed.starts, starts, side="right")
        languages = part.plan.groups.languages_of(groups)
        sizes = part.plan.finder.count_words(nodes)
        return cls(
            len(packed),
            len(rows) and 1 + int(np.count_nonzero(rows[1:] != rows[:-1])),
            int(packed.starts[-1] - packed.starts[0]) - len(packed),
            outcome.words,
            outcome.covered,
            _counter(part.languages, np.bincount(languages, minlength=len(part.languages))),
            _counter(part.languages, np.bincount(languages, sizes, len(part.languages))),
        )


@dataclass(frozen=True)
class Tally(Added):
    """Detailed counts of the texts of a sample.

    Attributes
    ----------
    texts : int
    reasons : Counter of str
        Number of words by what happened to them: names of `Reason`.
    units, switched_units, expected : int
        Number of units, of switched units, and the expected number of switched units in billionths.
    runs : int
        Number of runs: switched units of a text without another unit between them.
    content_words, covered_content : int
        Number of words that have a letter and are not function words, and of those in units.
    identical : int
        Number of switches whose translation equals the term.
    switched : Counter of (str, str)
        Number of switches by term and language.
    missing : Counter of str
        Number of occurrences of content words that are not in the lexicon.
    mixing : Mixing
        The tokens of the switched texts.
    """

    texts: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    units: int = 0
    switched_units: int = 0
    expected: int = 0
    runs: int = 0
    content_words: int = 0
    covered_content: int = 0
    identical: int = 0
    switched: Counter[tuple[str, str]] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    mixing: Mixing = field(default_factory=Mixing)


class Details(NamedTuple):
    """What happened in some texts, in arrays from which the tallies of any of the texts are counted."""

    reasons: npt.NDArray[np.uint8]
    """Shape (words,)."""
    rows: Ints
    """Row of each word."""
    forms: _Forms
    codes: Ints
    """Position of the form of each word."""
    covered: Mask
    unit_rows: Ints
    unit_switched: Mask
    chances: Ints
    """In billionths, shape (units,)."""
    switch_rows: Ints
    pairs: _Pairs
    pair_codes: Ints
    """Position of the pair of each switch."""
    token_rows: Ints
    token_languages: Ints
    """Position in the languages of the report, shape (tokens,)."""

    def tally(self, chosen: Mask, languages: Sequence[str]) -> Tally:
        """Count the chosen rows."""
        words, units = chosen[self.rows], chosen[self.unit_rows]
        content = words & self.forms.is_content[self.codes]
        missing = np.bincount(self.codes[content & (self.reasons == Reason.UNKNOWN)], minlength=len(self.forms.forms))
        reasons = np.bincount(self.reasons[words], minlength=len(Reason))
        switched = self.unit_switched[units]
        follows = np.append(False, switched[:-1] & (np.diff(self.unit_rows[units]) == 0))[: len(switched)]
        pairs = np.bincount(self.pair_codes[chosen[self.switch_rows]], minlength=len(self.pairs.keys))
        tokens = chosen[self.token_rows]
        number = np.cumsum(chosen) - 1  # of each chosen row among the chosen
        return Tally(
            int(np.count_nonzero(chosen)),
            _counter([reason.name for reason in Reason], reasons),
            len(switched),
            int(np.count_nonzero(switched)),
            int(self.chances[units].sum()),
            int(np.count_nonzero(switched & ~follows)),
            int(np.count_nonzero(content)),
            int(np.count_nonzero(content & self.covered)),
            int(pairs[self.pairs.is_identical].sum()),
            _counter(self.pairs.keys, pairs),
            _counter(self.forms.forms, missing),
            Mixing.of(
                number[self.token_rows[tokens]], self.token_languages[tokens], int(np.count_nonzero(chosen)), languages
            ),
        )


def details(
    part: SwitchedBlock,
    outcomes: BlockOutcomes,
    kept: Mask | None,
    lexicon: Lexicon,
    tokenizer: Tokenizer,
    languages: Sequence[str],
) -> Details:
    """Return the details of a classified block; `languages` has the source language first.

    `kept` says which switches were kept, if some were undone beside labels.
    """
    packed, words, matches = part.texts.packed, outcomes.read.words, outcomes.matches
    replacements = part.outcome.replacements
    starts, candidates, groups = replacements.starts, replacements.candidates, replacements.groups
    if kept is not None:
        starts, candidates, groups = starts[kept], candidates[kept], groups[kept]
    rows = np.searchsorted(packed.starts, words.starts, side="right") - 1
    at = np.searchsorted(words.starts, starts)  # first word of each switch
    forms, codes = _read_forms(words, lexicon.source)
    own = np.array([languages.index(language) for language in part.languages])
    # A token per word that stays, and those of a translation at the first word of its unit.
    repeats = forms.has_letter[codes].astype(np.int64)
    repeats[ranges(at, at + matches.extra_words[at] + 1)[0]] = 0
    repeats[at] = _count_translations(candidates, lexicon, tokenizer)
    of_word = np.zeros(len(rows), dtype=np.int64)
    of_word[at] = own[part.plan.groups.languages_of(groups)]
    is_unit_switched = np.zeros(len(rows), dtype=np.bool_)
    is_unit_switched[at] = True
    first = outcomes.first
    covered = np.zeros(len(rows), dtype=np.bool_)
    covered[ranges(first, first + matches.extra_words[first] + 1)[0]] = True
    return Details(
        outcomes.reasons,
        rows,
        forms,
        codes,
        covered,
        rows[first],
        is_unit_switched[first],
        np.rint(BILLION * outcomes.chances).astype(np.int64),
        rows[at],
        *_read_pairs(candidates, lexicon),
        rows.repeat(repeats),
        of_word.repeat(repeats),
    )


class _Forms(NamedTuple):
    """The distinct normal forms of words."""

    forms: list[str]
    has_letter: Mask
    is_content: Mask
    """Whether they have a letter and are not function words."""


def _read_forms(words: Words, source: str) -> tuple[_Forms, Ints]:
    """Return the distinct normal forms of words, and the position of the form of each word."""
    # Equal keys are taken for equal words: for counts, a collision of 64 bits may be neglected.
    keys = word_keys(words.buffer, words.offsets, words.lengths, int(words.lengths.max(initial=0)), 0).keys
    _, first, codes = np.unique(keys, return_index=True, return_inverse=True)
    data, starts = words.buffer.tobytes(), words.offsets[first]
    spans = zip(starts.tolist(), (starts + words.lengths[first]).tolist(), strict=True)
    forms = [data[start:end].decode() for start, end in spans]
    functional = function_words(source)
    has_letter = np.array([form[:1].isalpha() or any(map(str.isalpha, form)) for form in forms], dtype=np.bool_)
    is_functional = np.array([form in functional for form in forms], dtype=np.bool_)
    return _Forms(forms, has_letter, has_letter & ~is_functional), codes


def _count_translations(candidates: Ints, lexicon: Lexicon, tokenizer: Tokenizer) -> Ints:
    """Return the number of words of each candidate, at least 1."""
    distinct, codes = np.unique(candidates, return_inverse=True)
    packed = take(lexicon.columns.translations, distinct)
    words = words_of(packed, tokenizer)
    counts: Ints = np.maximum(1, np.diff(np.searchsorted(words.starts, packed.starts)))[codes]
    return counts


class _Pairs(NamedTuple):
    """The distinct pairs of the lexicon that were chosen."""

    keys: list[tuple[str, str]]
    """Term and language."""
    is_identical: Mask
    """Whether the translation equals the term."""


def _read_pairs(candidates: Ints, lexicon: Lexicon) -> tuple[_Pairs, Ints]:
    """Return the distinct pairs of candidates, and the position of the pair of each candidate."""
    pairs, codes = np.unique(candidates, return_inverse=True)
    columns = lexicon.columns
    groups = np.searchsorted(columns.candidates, pairs, side="right") - 1
    rows = np.searchsorted(columns.groups, groups, side="right") - 1
    terms = take(columns.terms, rows).unpack()
    # Translations have no line feed, so many can be folded at once.
    folded = normalise_word("\n".join(take(columns.translations, pairs).unpack()), lexicon.source).split("\n")
    languages = [lexicon.languages[number] for number in columns.languages[groups].tolist()]
    same = [term == translation for term, translation in zip(terms, folded, strict=False)]
    return _Pairs(list(zip(terms, languages, strict=True)), np.array(same, dtype=np.bool_)), codes


def _counter(names: Sequence[Key], counts: npt.NDArray[Any]) -> Counter[Key]:
    found = counts.nonzero()[0].tolist()
    return Counter({names[at]: int(counts[at]) for at in found})
