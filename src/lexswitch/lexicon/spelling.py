"""Spellings of terms: "Hund" beside the form "hund" in which terms are compared.

Most terms have only one spelling, which equals the compared form. Therefore the terms are stored in the compared form,
and a separate column has only the spellings that differ from it.
"""

from __future__ import annotations

import numpy as np

from ..engine.hashing import MASKS, chunk_view
from ..engine.packing import Ints, Mask, Packed, concatenate, pack_lines, small
from ..engine.splicing import take
from .compact import take_compact


def spell(terms: Packed, spellings: Packed) -> tuple[Ints, Packed]:
    """Return `Pairs.spelled` and `Pairs.spellings`, given the spelling of each term."""
    if spellings.starts is terms.starts:  # all texts have the same offsets, so one comparison of buffers is enough
        differ = np.logical_or.reduceat(terms.buffer != spellings.buffer, terms.starts[:-1]).nonzero()[0]
    else:
        rows = np.arange(len(terms))
        differ = (~equal_texts(terms, rows, spellings, rows)).nonzero()[0]
    spelled = np.full(len(terms), -1)
    spelled[differ] = np.arange(len(differ))
    return spelled, take(spellings, differ)


def spelling_runs(terms: Ints, spelled: Ints, spellings: Packed) -> tuple[Ints, Packed]:
    """Return `Columns.spelled` and `Columns.spellings`, given term and spelling (as in `Pairs`) of each pair."""
    changes = (spelled[1:] != spelled[:-1]).nonzero()[0] + 1
    # Different terms have different spellings, so only neighbours of one term are compared.
    alike = (terms[changes] == terms[changes - 1]) & (spelled[changes] >= 0) & (spelled[changes - 1] >= 0)
    at = changes[alike]
    alike[alike] = equal_texts(spellings, spelled[at - 1], spellings, spelled[at])
    begins = np.append(0, changes[~alike])
    rows = np.where(spelled[begins] < 0, len(spellings), spelled[begins])
    return small(begins), take_compact(concatenate([spellings, same_spelling()]), rows)


def same_spelling() -> Packed:
    """Return the spelling that stands for "as in the terms": one empty text."""
    return pack_lines("", 1)


def equal_texts(left: Packed, rows: Ints, right: Packed, other_rows: Ints) -> Mask:
    """Return whether rows of a batch equal rows of another batch, eight bytes at once (SWAR, see `hashing`)."""
    starts, other_starts = left.starts[rows], right.starts[other_rows]
    lengths = left.starts[rows + 1] - starts - 1
    chunks, others = chunk_view(left.buffer), chunk_view(right.buffer)
    differ = (chunks[starts] ^ others[other_starts]) & MASKS[np.minimum(lengths, 8)]
    equal: Mask = (differ == 0) & (lengths == right.starts[other_rows + 1] - other_starts - 1)
    longer, at = (equal & (lengths > 8)).nonzero()[0], 8
    while longer.size:
        masks = MASKS[np.minimum(lengths[longer] - at, 8)]
        differ = (chunks[starts[longer] + at] ^ others[other_starts[longer] + at]) & masks
        equal[longer] = differ == 0
        at += 8
        longer = longer[(differ == 0) & (lengths[longer] > at)]
    return equal
