"""From the words of a batch to its switched text: match, draw, splice."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from . import draws
from .characters import is_lower, is_upper, to_title
from .matching import Matches, covered_words
from .packing import Bytes, Floats, Hashes, Ints, Mask, Packed
from .plan import Plan
from .spacing import find_blanks
from .splicing import splice
from .words import Words, ranges


class Switches(NamedTuple):
    """Replaced spans of a batch, one element each, in text order."""

    starts: Ints
    """Byte offset in the source buffer ..."""
    ends: Ints
    """... and the end."""
    units: Ints
    """What `TermIndex.terms` knows the unit by."""
    groups: Ints
    candidates: Ints


class Outcome(NamedTuple):
    """A switched batch."""

    packed: Packed
    """The switched texts."""
    switches: Switches
    starts: Ints
    """Byte offset of each switch in the switched texts ..."""
    ends: Ints
    """... and its end; blanks that were inserted beside a translation are parts of its switch."""
    words: int
    covered: int
    """Number of words, and of those inside units."""


def draw_text_languages(streams: Hashes, weights: Floats) -> Ints:
    """Draw one language for each row, given running sums of the languages' weights."""
    return _draw_languages(draws.uniform(streams, draws.TEXT_LANGUAGE), weights)


def switch(plan: Plan, packed: Packed, words: Words, streams: Hashes) -> Outcome:
    """Switch a batch.

    Parameters
    ----------
    plan : Plan
    packed : Packed
    words : Words
        The words of `packed`.
    streams : uint64 array, shape (rows,)
        From `draws.streams`.
    """
    matches = plan.finder.match(words)
    switches = _choose(plan, packed, words, matches, streams)
    offsets, lengths = plan.offsets.bounds(switches.candidates)
    blanks = find_blanks(packed, switches.starts, switches.ends, plan.translations, offsets, lengths)
    if blanks is None:
        result, starts = splice(packed, switches.starts, switches.ends, plan.translations, offsets, lengths)
        first, ends = starts, starts + lengths
        last = ends
    else:  # each translation has a byte before it and one behind, which are copied too and become the blanks
        before, behind = blanks
        offsets, sizes = offsets - before, before + lengths + behind
        result, starts = splice(packed, switches.starts, switches.ends, plan.translations, offsets, sizes)
        first, ends = starts + before, starts + sizes
        last = first + lengths
        result.buffer[starts[before]] = ord(" ")
        result.buffer[last[behind]] = ord(" ")
    if plan.match_case:
        _match_case(packed.buffer, switches, result.buffer, first, last)
    return Outcome(result, switches, starts, ends, len(words.starts), covered_words(matches))


def _choose(plan: Plan, packed: Packed, words: Words, matches: Matches, streams: Hashes) -> Switches:
    """Draw which units are switched, into which language, by which candidate."""
    per_row = np.diff(np.searchsorted(words.starts, packed.starts))
    draw_states = draws.states(streams, per_row)
    drawn = (draws.below(draw_states, draws.SWITCH, plan.p.max()) & matches.is_unit).nonzero()[0]
    units, draw_states = matches.nodes[drawn], draw_states[drawn]
    groups = _draw_groups(plan, units, draw_states)
    if plan.language_weights is not None or plan.p.min() < plan.p.max():
        chances = plan.p[plan.group_languages[groups]]
        stay = ((groups >= 0) & (draws.uniform(draw_states, draws.SWITCH) < chances)).nonzero()[0]
        drawn, units, groups, draw_states = drawn[stay], units[stay], groups[stay], draw_states[stay]
    if plan.first_candidate:
        candidates = plan.candidates.first(groups)
    else:
        candidates = plan.candidates.draw(groups, draws.uniform(draw_states, draws.CANDIDATE))
    ends = words.ends[drawn + matches.extra_words[drawn]]
    return Switches(words.starts[drawn], ends, units, groups, candidates)


def _draw_groups(plan: Plan, units: Ints, draw_states: Hashes) -> Ints:
    """The group of candidates for each unit, or -1 where the drawn language does not know the term."""
    if len(plan.p) == 1:
        return plan.groups.first(units)
    uniform = draws.uniform(draw_states, draws.LANGUAGE)
    if plan.language_weights is None:
        return plan.groups.draw(units, uniform)
    languages = _draw_languages(uniform, plan.language_weights)
    groups = np.full(len(units), -1)
    first, size = plan.groups.bounds(units)
    for step in range(int(size.max(initial=0))):
        at = first + np.minimum(step, size - 1)
        groups = np.where(plan.group_languages[at] == languages, at, groups)
    return groups


def _draw_languages(uniform: Floats, weights: Floats) -> Ints:
    at = np.searchsorted(weights, uniform * weights[-1], side="right") - 1
    languages: Ints = np.minimum(at, len(weights) - 2)
    return languages


def _match_case(source: Bytes, switches: Switches, result: Bytes, starts: Ints, ends: Ints) -> None:
    """Capitalise translations of capitalised units, and all letters of those of units in capitals."""
    capital = is_upper(source, switches.starts).nonzero()[0]
    if not capital.size:
        return
    to_title(result, starts[capital])
    second = source[switches.starts[capital] + 1]
    capital = capital[((second < ord("a")) | (second > ord("z"))).nonzero()[0]]  # most are plain capitalised words
    if capital.size:
        shout = capital[_in_capitals(source, switches.starts[capital], switches.ends[capital]).nonzero()[0]]
        to_title(result, ranges(starts[shout], ends[shout])[0])


def _in_capitals(buffer: Bytes, starts: Ints, ends: Ints) -> Mask:
    """Whether spans have two upper-case letters or more and no lower-case one."""
    at, first = ranges(starts, ends)
    uppers = np.add.reduceat(is_upper(buffer, at).astype(np.int64), first)
    lowers = np.add.reduceat(is_lower(buffer, at).astype(np.int64), first)
    result: Mask = (uppers > 1) & (lowers == 0)
    return result
