"""From the words of a batch to its switched text: match, draw, splice."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import draws
from .characters import is_lower, is_upper, to_title
from .matching import TermIndex, Units
from .packing import Bytes, Hashes, Ints, Mask, Packed
from .splicing import splice
from .words import Words

Floats = npt.NDArray[np.float64]


class Segments(NamedTuple):
    """Runs of numbered things (the groups of a term, the candidates of a group), from which one is drawn."""

    first: Ints
    last: Ints
    """One behind the last."""
    weights: Floats | None
    """Running sums of weights, one more than things; None draws uniformly."""

    def draw(self, chosen: Ints, uniform: Floats) -> Ints:
        """Draw one thing from each of the chosen runs, given uniform draws in [0, 1)."""
        first, last = self.first[chosen], self.last[chosen]
        if self.weights is None:
            return first + (uniform * (last - first)).astype(np.int64)
        low = self.weights[first]
        at = np.searchsorted(self.weights, low + uniform * (self.weights[last] - low), side="right") - 1
        return np.clip(at, first, last - 1)  # rounding may reach the neighbour


class Plan(NamedTuple):
    """All that a switcher needs of its lexicon and options, as arrays."""

    index: TermIndex
    groups: Segments
    """The groups of each term: its candidates in one enabled language."""
    group_languages: Ints
    """The language of each group, a number among the enabled ones."""
    candidates: Segments
    """The candidates of each group."""
    first_candidate: bool
    """Take the first candidate of a group instead of drawing."""
    language_weights: Floats | None
    """Running sums over the enabled languages: draw among all of them, and keep units that the language lacks."""
    p: Floats
    """Translation probability by language."""
    match_case: bool
    translations: Packed


class Switches(NamedTuple):
    """Replaced spans of a batch, one element each, in text order."""

    rows: Ints
    starts: Ints
    """Byte offset in the source buffer ..."""
    ends: Ints
    """... and the end."""
    terms: Ints
    languages: Ints
    candidates: Ints


class Outcome(NamedTuple):
    packed: Packed
    """The switched texts."""
    switches: Switches
    starts: Ints
    """Byte offset of each switch in the switched texts."""
    words: int
    covered: int
    """Number of words, and of those inside units."""


def draw_text_languages(streams: Hashes, weights: Floats) -> Ints:
    """Draw one language for each row, given running sums of the languages' weights."""
    return _draw_languages(draws.uniform(streams, np.uint64(draws.TEXT_LANGUAGE)), weights)


def switch(plan: Plan, packed: Packed, words: Words, streams: Hashes) -> Outcome:
    """Switch a batch.

    Parameters
    ----------
    plan : Plan
    packed : Packed
    words : Words
        The words of `packed`.
    streams : uint64 array, shape (rows,)
        From :func:`draws.streams`.
    """
    units = plan.index.match(words)
    switches = _choose(plan, packed, words, units, streams)
    places = plan.translations.starts[switches.candidates]
    lengths = plan.translations.starts[switches.candidates + 1] - 1 - places
    result, starts = splice(packed, switches.starts, switches.ends, plan.translations.buffer, places, lengths)
    if plan.match_case:
        _match_case(packed.buffer, switches, result.buffer, starts, starts + lengths)
    return Outcome(result, switches, starts, len(words.starts), int(units.sizes.sum()))


def _choose(plan: Plan, packed: Packed, words: Words, units: Units, streams: Hashes) -> Switches:
    """Draw which units are switched, into which language, by which candidate."""
    first_words = np.searchsorted(words.starts, packed.starts)
    rows = np.repeat(np.arange(len(packed)), np.diff(first_words))[units.words]
    numbers = units.words - first_words[rows]
    coins = draws.uniform(streams[rows], draws.counters(numbers, draws.SWITCH))
    drawn = np.flatnonzero(coins < plan.p.max())

    rows, numbers, terms = rows[drawn], numbers[drawn], units.terms[drawn]
    own = streams[rows]
    groups = _draw_groups(plan, terms, own, numbers)
    chances = np.append(plan.p[plan.group_languages], 0.0) if len(plan.p) > 1 else None
    stay = groups >= 0 if chances is None else coins[drawn] < chances[groups]
    if not stay.all():
        rows, numbers, terms, own, groups, drawn = (a[stay] for a in (rows, numbers, terms, own, groups, drawn))

    if plan.first_candidate:
        candidates = plan.candidates.first[groups]
    else:
        candidates = plan.candidates.draw(groups, draws.uniform(own, draws.counters(numbers, draws.CANDIDATE)))
    at, last = units.words[drawn], units.words[drawn] + units.sizes[drawn] - 1
    return Switches(rows, words.starts[at], words.ends[last], terms, plan.group_languages[groups], candidates)


def _draw_groups(plan: Plan, terms: Ints, streams: Hashes, numbers: Ints) -> Ints:
    """The group of candidates for each term, or -1 where the drawn language does not know the term."""
    if len(plan.p) == 1:
        return plan.groups.first[terms]
    uniform = draws.uniform(streams, draws.counters(numbers, draws.LANGUAGE))
    if plan.language_weights is None:
        return plan.groups.draw(terms, uniform)
    languages = _draw_languages(uniform, plan.language_weights)
    groups = np.full(len(terms), -1)
    first, last = plan.groups.first[terms], plan.groups.last[terms]
    for step in range(int((last - first).max(initial=0))):
        at = np.minimum(first + step, last - 1)
        groups = np.where(plan.group_languages[at] == languages, at, groups)
    return groups


def _draw_languages(uniform: Floats, weights: Floats) -> Ints:
    at = np.searchsorted(weights, uniform * weights[-1], side="right") - 1
    return np.minimum(at, len(weights) - 2)


def _match_case(source: Bytes, switches: Switches, result: Bytes, starts: Ints, ends: Ints) -> None:
    """Capitalise translations of capitalised units, and all letters of those of units in capitals."""
    capital = np.flatnonzero(is_upper(source, switches.starts))
    if not capital.size:
        return
    to_title(result, starts[capital])
    shout = capital[_in_capitals(source, switches.starts[capital], switches.ends[capital])]
    if shout.size:
        to_title(result, _ranges(starts[shout], ends[shout])[0])


def _in_capitals(buffer: Bytes, starts: Ints, ends: Ints) -> Mask:
    """Whether spans have two upper-case letters or more and no lower-case one."""
    at, first = _ranges(starts, ends)
    uppers = np.add.reduceat(is_upper(buffer, at).astype(np.int64), first)
    lowers = np.add.reduceat(is_lower(buffer, at).astype(np.int64), first)
    result: Mask = (uppers > 1) & (lowers == 0)
    return result


def _ranges(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """All positions of the spans, one behind the other, and where each span's begin."""
    sizes = ends - starts
    first = np.cumsum(sizes) - sizes
    return np.repeat(starts - first, sizes) + np.arange(sizes.sum()), first
