"""What happened to each word of a text: it was switched, or it stayed for a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..engine.matching import Matches, TermIndex, covered_mask
from ..engine.packing import Floats, Ints, Mask
from ..engine.plan import Plan
from ..engine.switching import switch
from ..engine.words import Spans, Words, ranges
from ..lexicon import Candidate, Lexicon
from .batches import SwitchedBlock
from .labels import Inside, is_allowed
from .trace import Span, Switched, objects


class Reason(IntEnum):
    """What happened to a word: `SWITCHED`, or the reason why it stayed."""

    SWITCHED = 0
    """The word is in a unit that was switched."""
    NOT_DRAWN = 1
    """A unit begins with the word, but was not drawn."""
    INSIDE_UNIT = 2
    """The word is a later word of a unit that stayed; the unit's first word has the reason."""
    NO_TRANSLATION = 3
    """The term has no translation into the language that was drawn, or into any language of the switcher."""
    UNKNOWN = 4
    """The word is not in the lexicon."""
    SKIPPED = 5
    """The option `skip` has the word."""
    PROTECTED = 6
    """The option `protect` matches the word, or a part of it."""
    NAME = 7
    """The word looks like a name, and `keep_names` is set."""
    SOURCE_LANGUAGE = 8
    """The text drew the source language."""
    LABEL_BOUNDARY = 9
    """The unit crosses the boundary of a labelled span, or may not be switched inside it."""

    @property
    def text(self) -> str:
        """The reason in words."""
        return _TEXTS[self]


_TEXTS = {
    Reason.SWITCHED: "switched",
    Reason.NOT_DRAWN: "not drawn",
    Reason.INSIDE_UNIT: "part of a longer unit that stayed",
    Reason.NO_TRANSLATION: "no translation into the language",
    Reason.UNKNOWN: "not in the lexicon",
    Reason.SKIPPED: "skipped",
    Reason.PROTECTED: "protected",
    Reason.NAME: "kept as a name",
    Reason.SOURCE_LANGUAGE: "text drew the source language",
    Reason.LABEL_BOUNDARY: "label boundary",
}


@dataclass(frozen=True, eq=False)
class WordOutcomes:
    """The words of the texts in columns, sorted by row and offset.

    Attributes
    ----------
    row, start, end : int64 arrays
        Row of the batch, and characters [start, end) of the source text.
    reason : uint8 array
        Numbers of `Reason`.
    unit : int64 array
        Position in `UnitOutcomes` of the unit that has the word, or -1.
    """

    row: Ints
    start: Ints
    end: Ints
    reason: npt.NDArray[np.uint8]
    unit: Ints

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, eq=False)
class UnitOutcomes:
    """The units of the texts in columns, sorted by row and offset.

    Attributes
    ----------
    row, start, end : int64 arrays
        Row of the batch, and characters [start, end) of the source text.
    term : array of str (dtype object)
        Term as it is compared, in lower case.
    language : array of str (dtype object)
        Language of the switch; "" if the unit stayed.
    switch : int64 array
        Position in ``Switched.switches``, or -1 if the unit stayed.
    chance : float64 array
        Expected probability that the unit is switched, over all draws.
    """

    row: Ints
    start: Ints
    end: Ints
    term: npt.NDArray[np.object_]
    language: npt.NDArray[np.object_]
    switch: Ints
    chance: Floats

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, eq=False)
class Explained:
    """Texts with what happened to each of their words. `CodeSwitcher.explain` returns one.

    Attributes
    ----------
    source : list of str
        The texts before switching.
    switched : Switched
        The switched texts and the switches, as from `CodeSwitcher.trace`.
    words : WordOutcomes
    units : UnitOutcomes
    """

    source: list[str]
    switched: Switched
    words: WordOutcomes
    units: UnitOutcomes
    _lexicon: Lexicon
    _languages: tuple[str, ...]

    def candidates(self, unit: int) -> dict[str, list[Candidate]]:
        """Return the candidates of a unit with their weights, for each language of the switcher that has some."""
        found: Mapping[str, list[Candidate]] = self._lexicon[self.units.term[unit]]
        return {language: found[language] for language in self._languages if language in found}


class KnownTerms(NamedTuple):
    """Indexes of terms that a plan may lack, to explain why words match nothing."""

    all: TermIndex | None
    """All terms of the lexicon, without skipped words; None if the plan has them."""
    unskipped: TermIndex | None
    """All terms of the lexicon; None if no word is skipped."""


class Labels(NamedTuple):
    """Labelled spans of all texts of a batch."""

    spans: Sequence[Sequence[Span]]
    inside: Inside


class ReadWords(NamedTuple):
    """The words of some texts, as a switcher reads them."""

    words: Words
    """Words that must not match have length 0."""
    is_protected: Mask
    is_name: Mask


class BlockOutcomes(NamedTuple):
    """What happened to the words of a block; offsets are those of its buffer."""

    read: ReadWords
    matches: Matches
    reasons: npt.NDArray[np.uint8]
    """Shape (words,)."""
    first: Ints
    """First word of each unit, shape (units,)."""
    chances: Floats
    """Expected probability that each unit is switched, shape (units,)."""


def overlaps(words: Words, spans: Spans) -> Mask:
    """Return whether each word overlaps one of the spans, which are sorted."""
    if not spans.starts.size:
        return np.zeros(len(words.starts), dtype=np.bool_)
    at = np.searchsorted(spans.ends, words.starts, side="right")
    begins = np.append(spans.starts, np.iinfo(np.int64).max)[at]
    overlapping: Mask = begins < words.ends
    return overlapping


def classify(part: SwitchedBlock, read: ReadWords, known: KnownTerms, source: str) -> BlockOutcomes:
    """Return what happened to the words of a block that was switched.

    The switches are those of the block; matches and draws come from the functions that switched it.
    """
    words, plan = read.words, part.plan
    matches = plan.finder.match(words)
    covered, first = covered_mask(matches), matches.is_unit.nonzero()[0]
    reasons = np.full(len(covered), Reason.UNKNOWN, dtype=np.uint8)
    for index, reason in ((known.unskipped, Reason.SKIPPED), (known.all, Reason.NO_TRANSLATION)):
        if index is not None:
            reasons[covered_mask(index.match(words))] = reason
    reasons[covered] = Reason.INSIDE_UNIT
    reasons[first] = Reason.NOT_DRAWN
    reasons[first[_lacks_translation(part, words, first)]] = Reason.NO_TRANSLATION
    at = np.searchsorted(words.starts, part.outcome.replacements.starts)  # first words of the switched units
    reasons[ranges(at, at + matches.extra_words[at] + 1)[0]] = Reason.SWITCHED
    reasons[read.is_name] = Reason.NAME
    reasons[read.is_protected] = Reason.PROTECTED
    if part.languages == [source]:
        reasons[~read.is_protected] = Reason.SOURCE_LANGUAGE
    return BlockOutcomes(read, matches, reasons, first, _chances(plan, matches.nodes[first]))


def allowed_switches(part: SwitchedBlock, labels: Labels) -> Mask:
    """Return whether each switch of a block is allowed beside labelled spans."""
    return _allowed(part, part.outcome.replacements.starts, part.outcome.replacements.ends, labels)


def mark_boundaries(part: SwitchedBlock, outcomes: BlockOutcomes, labels: Labels) -> None:
    """Give units that may not be switched beside labelled spans this reason, in place."""
    words, first = outcomes.read.words, outcomes.first
    last = first + outcomes.matches.extra_words[first]
    barred = ~_allowed(part, words.starts[first], words.ends[last], labels)
    outcomes.reasons[ranges(first[barred], last[barred] + 1)[0]] = Reason.INSIDE_UNIT
    outcomes.reasons[first[barred]] = Reason.LABEL_BOUNDARY


def _allowed(part: SwitchedBlock, starts: Ints, ends: Ints, labels: Labels) -> Mask:
    places = zip(*(column.tolist() for column in _spans(part, starts, ends)), strict=True)
    found = [is_allowed(start, end, labels.spans[row], labels.inside) for row, start, end in places]
    return np.array(found, dtype=np.bool_)


def _lacks_translation(part: SwitchedBlock, words: Words, first: Ints) -> Mask:
    """Return whether each unit was drawn, but its language has no translation of the term."""
    plan = part.plan
    if plan.language_weights is None:
        return np.zeros(len(first), dtype=np.bool_)
    greatest = plan._replace(p=np.full(len(plan.p), plan.p.max()))
    drawn, found = (
        np.isin(words.starts[first], switch(one, part.texts.packed, words, part.streams).replacements.starts)
        for one in (greatest._replace(language_weights=None), greatest)
    )
    lacking: Mask = drawn & ~found
    return lacking


def _chances(plan: Plan, nodes: Ints) -> Floats:
    """Return the expected probability that units are switched, given their nodes."""
    if plan.p.min() == plan.p.max() and plan.language_weights is None:
        return np.full(len(nodes), plan.p[0])
    bounds, size = plan.groups.ranges.bounds(plan.finder.terms[nodes])
    positions, at = ranges(bounds, bounds + size)
    if not positions.size:
        return np.zeros(len(nodes))
    groups = plan.groups.at(positions)
    p = plan.p[plan.groups.languages_of(groups)]
    if plan.language_weights is not None:
        shares = np.diff(plan.language_weights) / plan.language_weights[-1]
        return np.add.reduceat(p * shares[plan.groups.languages_of(groups)], at)
    weights = plan.groups.ranges.weights(positions)
    return np.add.reduceat(p * weights, at) / np.add.reduceat(weights, at)


def join_outcomes(
    source: list[str],
    switched: Switched,
    parts: Sequence[tuple[SwitchedBlock, BlockOutcomes]],
    lexicon: Lexicon,
    languages: Sequence[str],
) -> Explained:
    """Return the outcomes of all blocks of a batch, with offsets in characters."""
    row, start, end, reason = _sorted(
        [np.empty(0, dtype=np.int64)] * 3 + [np.empty(0, dtype=np.uint8)],
        [
            (*_spans(part, outcomes.read.words.starts, outcomes.read.words.ends), outcomes.reasons)
            for part, outcomes in parts
        ],
    )
    unit_row, unit_start, unit_end, term, chance = _sorted(
        [np.empty(0, dtype=np.int64)] * 3 + [np.empty(0, dtype=object), np.empty(0)],
        [_units(part, outcomes, lexicon) for part, outcomes in parts],
    )
    unit = _within((unit_row, unit_start, unit_end), row, start)
    words = WordOutcomes(row, start, end, reason, unit)
    switches = switched.switches
    at = _within((switches.row, switches.source_start, switches.source_end), unit_row, unit_start)
    language = np.append(switches.language, "")[at]  # -1 takes the last
    units = UnitOutcomes(unit_row, unit_start, unit_end, term, language, at, chance)
    return Explained(source, switched, words, units, lexicon, (*languages,))


def _spans(part: SwitchedBlock, starts: Ints, ends: Ints) -> tuple[Ints, Ints, Ints]:
    """Return rows in the batch and character offsets, given byte offsets in a block."""
    packed = part.texts.packed
    rows = np.searchsorted(packed.starts, starts, side="right") - 1
    in_batch = np.asarray(part.texts.rows, dtype=np.int64)[rows]
    return in_batch, packed.to_characters(rows, starts), packed.to_characters(rows, ends)


def _units(part: SwitchedBlock, outcomes: BlockOutcomes, lexicon: Lexicon) -> tuple[npt.NDArray[Any], ...]:
    first, matches, words = outcomes.first, outcomes.matches, outcomes.read.words
    terms = part.plan.finder.terms[matches.nodes[first]].tolist()
    spans = _spans(part, words.starts[first], words.ends[first + matches.extra_words[first]])
    return (*spans, objects(lexicon.columns.terms[term] for term in terms), outcomes.chances)


def _sorted(
    empty: list[npt.NDArray[Any]], parts: Sequence[tuple[npt.NDArray[Any], ...]]
) -> tuple[npt.NDArray[Any], ...]:
    """Return the columns of all parts, sorted by the first two."""
    columns = [np.concatenate(column) for column in zip(empty, *parts, strict=True)]
    order = np.lexsort((columns[1], columns[0]))
    return tuple(column[order] for column in columns)


def _within(spans: tuple[Ints, Ints, Ints], row: Ints, start: Ints) -> Ints:
    """Return the position of the span (row, start, end) that has each offset, or -1; spans are sorted."""
    rows, starts, ends = spans
    if not rows.size:
        return np.full(len(row), -1)
    # One key per offset: the row in the high 32 bits, the character in the low 32 bits.
    at = np.searchsorted(rows << 32 | starts, row << 32 | start, side="right") - 1
    inside = (at >= 0) & (rows[at] == row) & (start < ends[at])
    return np.where(inside, at, -1)
