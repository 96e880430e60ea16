"""Names in text: capitalised words that do not begin a sentence."""

from __future__ import annotations

import numpy as np

from ..engine.characters import is_upper
from ..engine.packing import Mask, Packed
from ..engine.words import Words

# After these, a sentence or heading may begin.
_SENTENCE_ENDS = np.zeros(256, dtype=np.bool_)
_SENTENCE_ENDS[list(b".!?:\n\r")] = True
_TITLE_SHARE = 0.5
"""If a larger share of the words of a text is capitalised, the text is a title, and its capitals do not mark names."""


def without_names(packed: Packed, words: Words) -> Words:
    """Return the words with length 0 for those that look like names, so that they match nothing.

    A word is a name if it is capitalised and does not begin a sentence, or if it begins one and a name follows it.
    The pronoun "I" is not a name. Texts most of whose words are capitalised have no names.
    """
    is_name = _find_names(packed, words)
    return words._replace(lengths=np.where(is_name, 0, words.lengths))


def _find_names(packed: Packed, words: Words) -> Mask:
    count = len(words.starts)
    if not count:
        return np.zeros(0, dtype=np.bool_)
    capital = is_upper(packed.buffer, words.starts)
    is_pronoun = (words.lengths == 1) & (words.buffer[words.offsets] == ord("i"))
    rows = np.searchsorted(packed.starts, words.starts, side="right") - 1
    is_title = np.bincount(rows, capital, len(packed)) > _TITLE_SHARE * np.bincount(rows, minlength=len(packed))
    # Counts sentence ends before each byte, so that a difference shows whether one is between two words.
    ends_before = np.append(0, np.cumsum(_SENTENCE_ENDS[packed.buffer]))
    begins = np.ones(count, dtype=np.bool_)
    begins[1:] = (rows[1:] != rows[:-1]) | (ends_before[words.starts[1:]] > ends_before[words.ends[:-1]])
    inside = capital & ~is_pronoun & ~is_title[rows]
    names: Mask = inside & ~begins
    names[:-1] |= inside[:-1] & begins[:-1] & names[1:] & words.joined[:-1]
    return names
