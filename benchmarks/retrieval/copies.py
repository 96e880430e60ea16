"""Near-duplicates: texts that are almost the same, by MinHash (Broder 1997)."""

from __future__ import annotations

import re
from collections.abc import Mapping

SIMILAR = 0.8
"""Jaccard similarity of the three-word sequences from which on two texts are taken for one."""
_PERMUTATIONS = 64


def without_copies(texts: Mapping[str, str]) -> set[str]:
    """Return the ids of the texts that are like no earlier one.

    Parameters
    ----------
    texts
        By id, the ones to be kept first.
    """
    from datasketch import MinHash, MinHashLSH

    index, kept = MinHashLSH(SIMILAR, num_perm=_PERMUTATIONS), set()
    for number, text in texts.items():
        words = re.findall(r"\w+", text.lower())
        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch({" ".join(words[at : at + 3]).encode() for at in range(max(1, len(words) - 2))})
        if not index.query(sketch):
            index.insert(number, sketch)
            kept.add(number)
    return kept
