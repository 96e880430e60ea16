"""Near-duplicates: texts that are almost the same, by MinHash (Broder 1997)."""

from __future__ import annotations

import re
from collections.abc import Mapping

SIMILAR = 0.8
"""Two texts are copies if the Jaccard similarity of their three-word sequences reaches this."""
_PERMUTATIONS = 64


def without_copies(texts: Mapping[str, str]) -> set[str]:
    """Return the ids of the texts that are not copies of an earlier one.

    Parameters
    ----------
    texts
        Texts by id; those to be kept come first.
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
