"""Switches the words of a batch: match, draw, splice."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from . import draws
from .characters import is_lower, is_upper, to_title
from .dotted import write_dotted
from .matching import Matches, covered_words
from .packing import Bytes, Floats, Hashes, Ints, Mask, Packed
from .plan import CaseRule, Plan, TermGroups
from .spacing import find_missing_spaces
from .splicing import splice
from .stretches import draw_stretches
from .words import Words, ranges

#: Chooses a candidate for each unit. It takes the units' starts and ends in the buffer, their first candidates and
#: numbers of candidates. It returns candidates and margins: how far each is ahead of the next one, from 0 to 1.
Choose: TypeAlias = "Callable[[Ints, Ints, Ints, Ints], tuple[Ints, Floats]]"


class Replacements(NamedTuple):
    """Replaced spans of a batch in text order; each array has one element per switch."""

    starts: Ints
    """Byte offset in the source buffer."""
    ends: Ints
    """Byte offset of the end in the source buffer."""
    units: Ints
    """Node of the unit, an index into `TermIndex.terms`."""
    groups: Ints
    """Group of candidates, an index into `Plan.candidates`."""
    candidates: Ints
    """Candidate, an index into `Plan.offsets`."""
    margins: Floats | None
    """How far each candidate is ahead of the next one; None unless a `Choose` chose them."""


class Outcome(NamedTuple):
    """A switched batch."""

    packed: Packed
    """The switched texts."""
    replacements: Replacements
    starts: Ints
    """Byte offset of each switch in the switched texts."""
    ends: Ints
    """Byte offset of its end. A switch includes the spaces that were inserted around its translation."""
    words: int
    """Number of words of the batch."""
    covered: int
    """Number of words inside units."""


def draw_text_languages(streams: Hashes, weights: Floats) -> Ints:
    """Draw one language for each row, given the running sums of the languages' weights."""
    return _draw_languages(draws.uniform(streams, draws.TEXT_LANGUAGE), weights)


def switch(plan: Plan, packed: Packed, words: Words, streams: Hashes, choose: Choose | None = None) -> Outcome:
    """Switch a batch.

    Parameters
    ----------
    plan : Plan
    packed : Packed
    words : Words
        The words of `packed`.
    streams : uint64 array, shape (rows,)
        The start of each row's stream, from `draws.streams`.
    choose : callable, optional
        Chooses the candidates instead of the plan.
    """
    matches = plan.finder.match(words)
    replacements = _draw_switches(plan, packed, words, matches, streams, choose)
    offsets, lengths = plan.offsets.bounds(replacements.candidates)
    spaces = find_missing_spaces(packed, replacements.starts, replacements.ends, plan.translations, offsets, lengths)
    if spaces is None:
        result, starts = splice(packed, replacements.starts, replacements.ends, plan.translations, offsets, lengths)
        first, ends = starts, starts + lengths
        last = ends
    else:  # copy the byte before and after a translation too, and overwrite it with the space
        before, after = spaces
        offsets, sizes = offsets - before, before + lengths + after
        result, starts = splice(packed, replacements.starts, replacements.ends, plan.translations, offsets, sizes)
        first, ends = starts + before, starts + sizes
        last = first + lengths
        result.buffer[starts[before]] = ord(" ")
        result.buffer[last[after]] = ord(" ")
    if plan.match_case:
        says_nothing = (
            _are_pronouns(packed, words, replacements.starts) if plan.match_case == CaseRule.OF_UNIT_BUT_I else None
        )
        titled, shouted = _capitals(packed.buffer, replacements, says_nothing)
        if plan.dotless is not None:
            dotless = plan.dotless[plan.groups.languages[replacements.groups]]
            result, growth = write_dotted(result, first, last, titled[dotless[titled]], shouted[dotless[shouted]])
            moved = growth.cumsum() - growth
            first, starts, last, ends = first + moved, starts + moved, last + moved + growth, ends + moved + growth
        to_title(result.buffer, first[titled])
        to_title(result.buffer, ranges(first[shouted], last[shouted])[0])
    return Outcome(result, replacements, starts, ends, len(words.starts), covered_words(matches))


def _draw_switches(
    plan: Plan, packed: Packed, words: Words, matches: Matches, streams: Hashes, choose: Choose | None
) -> Replacements:
    """Draw the units to switch and their languages, and draw or choose their candidates."""
    per_row = np.diff(np.searchsorted(words.starts, packed.starts))
    draw_states = draws.states(streams, per_row)
    drawn, firsts = _draw_units(plan, packed, words, matches, draw_states)
    units, draw_states = matches.nodes[drawn], draw_states[drawn]
    groups = _draw_groups(plan, units, draw_states, firsts)
    if plan.language_weights is not None or plan.p.min() < plan.p.max():
        is_kept = groups >= 0
        if firsts is None:
            is_kept &= draws.uniform(draw_states, draws.SWITCH) < plan.p[plan.groups.languages_of(groups)]
        kept = is_kept.nonzero()[0]
        drawn, units, groups, draw_states = drawn[kept], units[kept], groups[kept], draw_states[kept]
    starts, ends = words.starts[drawn], words.ends[drawn + matches.extra_words[drawn]]
    margins = None
    if choose is not None:
        candidates, margins = choose(starts, ends, *plan.candidates.bounds(groups))
    elif plan.first_candidate:
        candidates = plan.candidates.first(groups)
    else:
        candidates = plan.candidates.draw(groups, draws.uniform(draw_states, draws.CANDIDATE))
    return Replacements(starts, ends, units, groups, candidates, margins)


def _draw_units(
    plan: Plan, packed: Packed, words: Words, matches: Matches, draw_states: Hashes
) -> tuple[Ints, Ints | None]:
    """Return the first words of the units to switch, and with a chain the first unit of each one's stretch.

    Without a chain, units are drawn with the greatest p of all languages.
    """
    if plan.chain is None:
        return (draws.below(draw_states, draws.SWITCH, plan.p.max()) & matches.is_unit).nonzero()[0], None
    units = matches.is_unit.nonzero()[0]
    is_first = np.zeros(len(units) + 1, dtype=np.bool_)  # one more, for last rows without a unit
    is_first[np.searchsorted(words.starts[units], packed.starts[:-1])] = True
    uniform = draws.uniform(draw_states[units], draws.SWITCH)
    switched, firsts = draw_stretches(plan.chain, uniform, is_first[:-1])
    return units[switched], firsts


def _draw_groups(plan: Plan, units: Ints, draw_states: Hashes, firsts: Ints | None) -> Ints:
    """Return the group of candidates of each unit, or -1 if its language has no translation of the term.

    The language of a unit is drawn for it, or for the first unit of its stretch if `firsts` has the first units.
    """
    rows, groups = plan.finder.terms[units].astype(np.int64), plan.groups
    if len(plan.p) == 1:
        return groups.at(groups.ranges.first(rows))
    uniform = draws.uniform(draw_states, draws.LANGUAGE)
    if plan.language_weights is not None:
        of_stretch = uniform if firsts is None else uniform[firsts]
        return _groups_in(groups, rows, _draw_languages(of_stretch, plan.language_weights))
    drawn = groups.at(groups.ranges.draw(rows, uniform))
    if firsts is None:
        return drawn
    found = _groups_in(groups, rows, groups.languages_of(drawn[firsts]))
    return np.where(found >= 0, found, drawn)


def _groups_in(groups: TermGroups, rows: Ints, languages: Ints) -> Ints:
    """Return the group of each term in the language given for it, or -1 if the term has no translation into it."""
    found = np.full(len(rows), -1)
    first, size = groups.ranges.bounds(rows)
    for step in range(int(size.max(initial=0))):
        at = groups.at(first + np.minimum(step, size - 1))
        found = np.where(groups.languages_of(at) == languages, at, found)
    return found


def _draw_languages(uniform: Floats, weights: Floats) -> Ints:
    """Return the position of the language that each uniform draw selects, given the running sums of the weights."""
    at = np.searchsorted(weights, uniform * weights[-1], side="right") - 1
    languages: Ints = np.minimum(at, len(weights) - 2)
    return languages


def _are_pronouns(packed: Packed, words: Words, starts: Ints) -> Mask:
    """Return which units begin with the English word I (or I'm, I’ll), and not with the first word of a text."""
    source = packed.buffer
    found: Mask = source[starts] == ord("I")
    at = found.nonzero()[0]
    first, second, third = starts[at], source[starts[at] + 1], source[starts[at] + 2]
    ends = words.ends[np.searchsorted(words.starts, first)]
    row_starts = packed.starts[np.searchsorted(packed.starts, first, side="right") - 1]
    is_first = words.starts[np.searchsorted(words.starts, row_starts)] == first
    found[at] = ((ends == first + 1) | (second == ord("'")) | ((second == 0xE2) & (third == 0x80))) & ~is_first
    return found


def _capitals(source: Bytes, replacements: Replacements, says_nothing: Mask | None) -> tuple[Ints, Ints]:
    """Return the numbers of the switches of capitalised units, and of units in capitals.

    One capital letter of a unit does not count if `says_nothing`.
    """
    capital = is_upper(source, replacements.starts).nonzero()[0]
    titled = capital if says_nothing is None else capital[~says_nothing[capital]]
    second = source[replacements.starts[capital] + 1]
    capital = capital[((second < ord("a")) | (second > ord("z"))).nonzero()[0]]  # skips most: plain capitalised words
    if not capital.size:
        return titled, capital
    return titled, capital[_in_capitals(source, replacements.starts[capital], replacements.ends[capital]).nonzero()[0]]


def _in_capitals(buffer: Bytes, starts: Ints, ends: Ints) -> Mask:
    """Return whether spans have at least two upper-case letters and no lower-case letter."""
    at, first = ranges(starts, ends)
    uppers = np.add.reduceat(is_upper(buffer, at).astype(np.int64), first)
    lowers = np.add.reduceat(is_lower(buffer, at).astype(np.int64), first)
    result: Mask = (uppers > 1) & (lowers == 0)
    return result
