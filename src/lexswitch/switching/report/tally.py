"""Counts of a report: cheap ones of all texts, and detailed ones of a sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...engine.characters import normalise_word
from ...engine.packing import Ints, Mask
from ...engine.splicing import take
from ...engine.words import ranges
from ...lexicon import Lexicon
from ...lexicon.coverage import function_words
from ...text.tokenizers import Tokenizer, words_of
from ..batches import SwitchedBlock
from ..outcomes import BlockOutcomes, Reason
from .addition import Added
from .mixing import MILLION, Mixing


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
        languages = part.plan.group_languages[groups]
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
        Number of units, of switched units, and the expected number of switched units in millionths.
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
    is_content: Mask
    forms: npt.NDArray[np.object_]
    """Normal form of each word."""
    covered: Mask
    unit_rows: Ints
    unit_switched: Mask
    chances: Ints
    """In millionths, shape (units,)."""
    switch_rows: Ints
    candidates: Ints
    """Candidate of each switch: row of a pair of the lexicon."""
    token_rows: Ints
    token_languages: Ints
    """Position in the languages of the report, shape (tokens,)."""

    def tally(self, chosen: Mask, lexicon: Lexicon, languages: Sequence[str]) -> Tally:
        """Count the chosen rows."""
        words, units = chosen[self.rows], chosen[self.unit_rows]
        content = words & self.is_content
        reasons = np.bincount(self.reasons[words], minlength=len(Reason))
        switched = self.unit_switched[units]
        follows = np.append(False, switched[:-1] & (np.diff(self.unit_rows[units]) == 0))[: len(switched)]
        pairs, counts = np.unique(self.candidates[chosen[self.switch_rows]], return_counts=True)
        tokens = chosen[self.token_rows]
        number = np.cumsum(chosen) - 1  # of each chosen row among the chosen
        terms, identical = _describe_pairs(pairs, counts, lexicon)
        return Tally(
            int(np.count_nonzero(chosen)),
            _counter([reason.name for reason in Reason], reasons),
            len(switched),
            int(np.count_nonzero(switched)),
            int(self.chances[units].sum()),
            int(np.count_nonzero(switched & ~follows)),
            int(np.count_nonzero(content)),
            int(np.count_nonzero(content & self.covered)),
            identical,
            terms,
            Counter(self.forms[content & (self.reasons == Reason.UNKNOWN)].tolist()),
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
    forms, has_letter, is_content = _read_forms(outcomes, lexicon.source)
    own = np.array([languages.index(language) for language in part.languages])
    # A token per word that stays, and those of a translation at the first word of its unit.
    repeats = has_letter.astype(np.int64)
    repeats[ranges(at, at + matches.extra_words[at] + 1)[0]] = 0
    repeats[at] = _count_translations(candidates, lexicon, tokenizer)
    of_word = np.zeros(len(rows), dtype=np.int64)
    of_word[at] = own[part.plan.group_languages[groups]]
    is_unit_switched = np.zeros(len(rows), dtype=np.bool_)
    is_unit_switched[at] = True
    first = outcomes.first
    covered = np.zeros(len(rows), dtype=np.bool_)
    covered[ranges(first, first + matches.extra_words[first] + 1)[0]] = True
    return Details(
        outcomes.reasons,
        rows,
        is_content,
        forms,
        covered,
        rows[first],
        is_unit_switched[first],
        np.rint(MILLION * outcomes.chances).astype(np.int64),
        rows[at],
        candidates,
        rows.repeat(repeats),
        of_word.repeat(repeats),
    )


def _read_forms(outcomes: BlockOutcomes, source: str) -> tuple[npt.NDArray[np.object_], Mask, Mask]:
    """Return the normal forms of words, whether they have a letter, and whether they are content words."""
    words, functional = outcomes.read.words, function_words(source)
    data, known = words.buffer.tobytes(), {b"": ("", False, False)}
    found = []
    for start, length in zip(words.offsets.tolist(), words.lengths.tolist(), strict=True):
        word = data[start : start + length]
        if word not in known:
            form = word.decode()
            has_letter = any(map(str.isalpha, form))
            known[word] = form, has_letter, has_letter and form not in functional
        found.append(known[word])
    forms = np.empty(len(found), dtype=object)
    forms[:] = [form for form, _, _ in found]
    flags = np.array([flags for _, *flags in found], dtype=np.bool_).reshape(-1, 2)
    return forms, flags[:, 0], flags[:, 1]


def _count_translations(candidates: Ints, lexicon: Lexicon, tokenizer: Tokenizer) -> Ints:
    """Return the number of words of each candidate, at least 1."""
    packed = take(lexicon.columns.translations, candidates)
    words = words_of(packed, tokenizer)
    counts: Ints = np.maximum(1, np.diff(np.searchsorted(words.starts, packed.starts)))
    return counts


def _describe_pairs(pairs: Ints, counts: Ints, lexicon: Lexicon) -> tuple[Counter[tuple[str, str]], int]:
    """Count pairs of the lexicon by term and language, and those whose translation equals the term."""
    columns = lexicon.columns
    groups = np.searchsorted(columns.candidates, pairs, side="right") - 1
    rows = np.searchsorted(columns.groups, groups, side="right") - 1
    numbers = columns.languages[groups].tolist()
    terms: Counter[tuple[str, str]] = Counter()
    identical = 0
    for pair, row, number, count in zip(pairs.tolist(), rows.tolist(), numbers, counts.tolist(), strict=True):
        term = columns.terms[row]
        terms[term, lexicon.languages[number]] += count
        identical += count * (normalise_word(columns.translations[pair], lexicon.source) == term)
    return terms, identical


def _counter(names: Sequence[str], counts: npt.NDArray[Any]) -> Counter[str]:
    return Counter({name: int(count) for name, count in zip(names, counts.tolist(), strict=True) if count})
