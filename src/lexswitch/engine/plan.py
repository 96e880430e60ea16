"""The plan of a switcher: the arrays that it needs from its lexicon and options."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from .matching import TermIndex
from .packing import Bytes, Floats, Ints, Mask, Packed, small
from .stretches import Chain, make_chain
from .vocabulary import WordList


class Ranges:
    """Ranges of numbered items, such as the candidates of a group. One item of a range is chosen or drawn.

    Parameters
    ----------
    starts : integer array, shape (ranges + 1,)
        First item of each range, and one past the last item of all. It may be mapped from a file.
    gap : int, default 0
        Number of items before the next range that belong to none.
    sums : float64 array, shape (items + 1,), or None
        Running sums of the weights of the items. Each range is scaled to the same sum. None draws uniformly.
    """

    def __init__(self, starts: npt.NDArray[Any], gap: int = 0, sums: Floats | None = None) -> None:
        self.starts = starts
        self.gap = gap
        self.sums = sums

    def bounds(self, chosen: npt.NDArray[Any]) -> tuple[Ints, Ints]:
        """Return the first item and the number of items of the chosen ranges."""
        first = self.first(chosen)
        return first, self.starts[chosen + 1] - first - self.gap

    def first(self, chosen: npt.NDArray[Any]) -> Ints:
        """Return the first item of each of the chosen ranges."""
        first: Ints = self.starts[chosen].astype(np.int64)
        return first

    def weights(self, items: Ints) -> Floats:
        """Return the weights of some items; the weights of each range have the same sum."""
        return np.ones(len(items)) if self.sums is None else self.sums[items + 1] - self.sums[items]

    def draw(self, chosen: npt.NDArray[Any], uniform: Floats) -> Ints:
        """Draw one item from each of the chosen ranges, given uniform draws in [0, 1)."""
        first, size = self.bounds(chosen)
        if self.sums is None:
            return first + (uniform * size).astype(np.int64)
        low = self.sums[first]
        at = np.searchsorted(self.sums, low + uniform * (self.sums[first + size] - low), side="right") - 1
        drawn: Ints = np.clip(at, first, first + size - 1)  # rounding may reach an adjacent range
        return drawn


class TermGroups(NamedTuple):
    """The groups of terms. A group is the candidates of a term in one language.

    A term has a range of positions, one for each group in an enabled language.
    """

    ranges: Ranges
    """Positions of each term."""
    numbers: npt.NDArray[Any] | None
    """Shape (positions,): group at each position; None if all groups are enabled, each at its own number."""
    languages: npt.NDArray[np.uint16]
    """Shape (groups,): language of each group, as a position in the languages of the lexicon."""
    enabled: Ints
    """Position of each language of the lexicon in the enabled languages, or -1."""

    def at(self, positions: Ints) -> Ints:
        """Return the groups at some positions."""
        return positions if self.numbers is None else self.numbers[positions].astype(np.int64)

    def languages_of(self, groups: Ints) -> Ints:
        """Return the languages of some groups, as positions in the enabled languages."""
        return self.enabled[self.languages[groups]]


class CaseRule(IntEnum):
    """Which case translations get."""

    OF_LEXICON = 0
    OF_UNIT = 1
    """Capitals if the unit has them."""
    OF_UNIT_BUT_I = 2
    """The same, but the English word I, which is always a capital, says nothing unless it is the first of its text."""


class Plan(NamedTuple):
    """The arrays that a switcher needs from its lexicon and options."""

    finder: TermIndex
    """Index of the terms with a candidate in an enabled language."""
    groups: TermGroups
    candidates: Ranges
    """Candidates of each group."""
    first_candidate: bool
    """Whether the first candidate of a group is chosen instead of drawn."""
    language_weights: Floats | None
    """Running sums of the weights of the enabled languages, if a unit without a translation keeps its text."""
    p: Floats
    """Translation probability of each enabled language."""
    chain: Chain | None
    """Transitions between neighbouring units of a text; None draws each unit independently."""
    match_case: CaseRule
    """Which case translations get."""
    dotless: Mask | None
    """Shape (languages of the lexicon,): whether the capital of "i" is "İ" in a language. None if no translation needs
    such a capital."""
    translations: Bytes
    """Buffer of all translations."""
    offsets: Ranges
    """Byte range of each candidate in `translations`."""


class CandidateColumns(Protocol):
    """The columns of a lexicon that a plan reads; see `lexswitch.lexicon.columns.Columns`."""

    @property
    def groups(self) -> Ints: ...
    @property
    def languages(self) -> npt.NDArray[np.uint16]: ...
    @property
    def candidates(self) -> Ints: ...
    @property
    def translations(self) -> Packed: ...
    @property
    def weights(self) -> Floats: ...


def make_plan(
    columns: CandidateColumns,
    index: TermIndex,
    numbers: Ints,
    *,
    weights: Floats,
    p: Floats,
    runs: float | None,
    skip: WordList,
    skipped: Ints,
    candidates: Literal["best", "uniform", "weighted"],
    keep_missing: bool,
    match_case: CaseRule,
    dotless: Mask,
) -> Plan:
    """Make the plan for a set of enabled languages.

    Parameters
    ----------
    columns : CandidateColumns
    index : TermIndex
        Index of all terms of the lexicon.
    numbers : int64 array, shape (languages of the lexicon,)
        Position of each language in the enabled languages, or -1.
    weights, p : float64 arrays, shape (enabled languages,)
        Weight and translation probability of each enabled language.
    runs : float or None
        Average number of units of a stretch; then all languages have the same `p`. None draws each unit independently.
    skip : WordList
        Words that are not units of one word.
    skipped : int64 array
        Rows of the terms of one word that are not units.
    candidates : {"best", "uniform", "weighted"}
        How a candidate is chosen.
    keep_missing : bool
        Whether a unit keeps its text if the drawn language has no translation of it.
    match_case : CaseRule
        Which case translations get.
    dotless : bool array, shape (languages of the lexicon,)
        Whether the capital of "i" is "İ" in a language.
    """
    groups = TermGroups(Ranges(columns.groups), None, columns.languages, numbers)
    if (numbers < 0).any():
        chosen = (numbers[columns.languages] >= 0).nonzero()[0]
        positions = Ranges(small(np.searchsorted(chosen, columns.groups)))
        groups = groups._replace(ranges=positions, numbers=small(chosen))
    is_enabled = groups.ranges.starts[1:] > groups.ranges.starts[:-1]
    is_unit = np.ones(len(is_enabled), dtype=np.bool_)
    is_unit[skipped] = False
    if len(set(weights.tolist())) > 1:
        of_group = weights[groups.languages_of(groups.at(np.arange(int(groups.ranges.starts[-1]))))]
        groups.ranges.sums = running_shares(of_group, groups.ranges.starts)
    return Plan(
        finder=index.select(is_enabled, is_unit, skip),
        groups=groups,
        candidates=Ranges(
            columns.candidates,
            sums=running_shares(columns.weights, columns.candidates) if candidates == "weighted" else None,
        ),
        first_candidate=candidates == "best",
        language_weights=running_sums(weights) if keep_missing and len(weights) > 1 else None,
        p=p,
        chain=None if runs is None else make_chain(float(p[0]), runs),
        match_case=match_case,
        dotless=dotless if match_case and (dotless & (numbers >= 0)).any() else None,
        translations=columns.translations.buffer,
        offsets=Ranges(columns.translations.starts, gap=1),
    )


def running_sums(weights: Floats) -> Floats:
    """Return the running sums of weights, shape (weights + 1,), from 0 on."""
    return np.append(0.0, np.cumsum(_scaled(weights, np.max(weights)), dtype=np.float64))


def running_shares(weights: Floats, bounds: Ints) -> Floats:
    """Return the running sums of each weight's share of its range, shape (weights + 1,), from 0 on.

    All ranges sum to 1, so rounding does not lose a range of small weights after ranges of large weights.
    """
    starts = bounds[:-1][bounds[1:] > bounds[:-1]]
    sizes = np.diff(starts, append=len(weights))
    scaled = _scaled(weights, np.maximum.reduceat(weights, starts).repeat(sizes))
    totals = np.add.reduceat(scaled, starts, dtype=np.float64)
    return np.append(0.0, np.cumsum(scaled / totals.repeat(sizes)))


def _scaled(weights: Floats, greatest: Floats | np.float64) -> Floats:
    """Return weights divided by the power of two above the greatest, which is exact and prevents overflow of sums."""
    scaled: Floats = np.ldexp(weights, -np.frexp(greatest)[1])
    return scaled
