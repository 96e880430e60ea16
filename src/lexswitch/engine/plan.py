"""The plan of a switcher: the arrays that it needs from its lexicon and options."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from .matching import TermIndex, WordList
from .packing import Bytes, Floats, Ints, Packed
from .stretches import Chain, make_chain


class Ranges:
    """Ranges of numbered items, such as the candidates of a group. One item of a range is chosen or drawn.

    Parameters
    ----------
    first, last : integer arrays, shape (ranges,)
        First item of each range, and one past its last item. A range has fewer than 2**24 items.
    sums : float64 array, shape (items + 1,), or None
        Running sums of the weights of the items. Each range is scaled to the same sum. None draws uniformly.
    """

    _SIZE_BITS = 24

    def __init__(self, first: Ints, last: Ints, sums: Floats | None) -> None:
        # Bit field: the first item in the high 40 bits, the size in the low 24 bits, so that one gather reads both.
        self.packed = first.astype(np.int64) << self._SIZE_BITS | last - first
        self.sums = sums

    def bounds(self, chosen: Ints) -> tuple[Ints, Ints]:
        """Return the first item and the number of items of the chosen ranges."""
        packed = self.packed[chosen]
        return packed >> self._SIZE_BITS, packed & ((1 << self._SIZE_BITS) - 1)

    def first(self, chosen: Ints) -> Ints:
        """Return the first item of each of the chosen ranges."""
        return self.packed[chosen] >> self._SIZE_BITS

    def weights(self, items: Ints) -> Floats:
        """Return the weights of some items; the weights of each range have the same sum."""
        return np.ones(len(items)) if self.sums is None else self.sums[items + 1] - self.sums[items]

    def draw(self, chosen: Ints, uniform: Floats) -> Ints:
        """Draw one item from each of the chosen ranges, given uniform draws in [0, 1)."""
        first, size = self.bounds(chosen)
        if self.sums is None:
            return first + (uniform * size).astype(np.int64)
        low = self.sums[first]
        at = np.searchsorted(self.sums, low + uniform * (self.sums[first + size] - low), side="right") - 1
        drawn: Ints = np.clip(at, first, first + size - 1)  # rounding may reach an adjacent range
        return drawn


class Plan(NamedTuple):
    """The arrays that a switcher needs from its lexicon and options."""

    finder: TermIndex
    """Index of the terms with a candidate in an enabled language."""
    groups: Ranges
    """Groups of each node of the index. A group is the candidates of a term in one enabled language."""
    group_languages: Ints
    """Language of each group, as a position in the enabled languages, shape (groups,)."""
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
    match_case: bool
    """Whether translations get the case of their unit."""
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
    match_case: bool,
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
    match_case : bool
        Whether translations get the case of their unit.
    """
    of_group = numbers[columns.languages]
    enabled = np.flatnonzero(of_group >= 0)
    bounds = np.searchsorted(enabled, columns.groups)
    is_unit = np.ones(len(bounds) - 1, dtype=np.bool_)
    is_unit[skipped] = False
    finder = index.select(bounds[1:] > bounds[:-1], is_unit, skip)
    equal = len(set(weights.tolist())) == 1
    return Plan(
        finder=finder,
        groups=Ranges(
            bounds[finder.terms],
            bounds[finder.terms + 1],
            None if equal else running_shares(weights[of_group[enabled]], bounds),
        ),
        group_languages=of_group[enabled],
        candidates=Ranges(
            columns.candidates[enabled],
            columns.candidates[enabled + 1],
            running_shares(columns.weights, columns.candidates) if candidates == "weighted" else None,
        ),
        first_candidate=candidates == "best",
        language_weights=running_sums(weights) if keep_missing and len(weights) > 1 else None,
        p=p,
        chain=None if runs is None else make_chain(float(p[0]), runs),
        match_case=match_case,
        translations=columns.translations.buffer,
        offsets=Ranges(columns.translations.starts[:-1], columns.translations.starts[1:] - 1, None),
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
