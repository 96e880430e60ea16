"""Blocks of a batch: texts are cut into blocks, switched, and put back in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..engine.packing import Hashes, Ints, Packed, concatenate, pack
from ..engine.plan import Plan
from ..engine.splicing import take
from ..engine.switching import Outcome

# Characters per block: small enough for the cache of a processor, large enough that the cost of calls is negligible.
_BLOCK = 1 << 19


class BatchBlock(NamedTuple):
    """Some texts of a batch."""

    rows: Sequence[int]
    """Their rows in the batch."""
    packed: Packed

    def take(self, chosen: Ints) -> BatchBlock:
        """Return the chosen texts, given by their positions in the block."""
        return BatchBlock([self.rows[row] for row in chosen.tolist()], take(self.packed, chosen))


class SwitchedBlock(NamedTuple):
    """Some texts of a batch that were switched by one plan."""

    texts: BatchBlock
    plan: Plan
    languages: list[str]
    """Languages of the plan."""
    outcome: Outcome
    streams: Hashes
    """The start of each text's stream of draws."""

    def put(self, result: list[str]) -> None:
        """Write the switched texts to their rows."""
        switched, rows = self.outcome.packed.unpack(), self.texts.rows
        if isinstance(rows, range):
            result[rows.start : rows.stop] = switched
            return
        for row, text in zip(rows, switched, strict=True):
            result[row] = text


def cut(batch: list[str], before: int = 0) -> Iterator[BatchBlock]:
    """Yield the texts of a batch in blocks of about `_BLOCK` characters.

    `before` is the number of texts before the batch: errors count it, the rows of the blocks do not.
    """
    sizes = np.cumsum(np.fromiter(map(len, batch), dtype=np.int64, count=len(batch)) + 1)
    last = 0
    while last < len(batch):
        first, done = last, int(sizes[last - 1]) if last else 0
        last = max(first + 1, int(np.searchsorted(sizes, done + _BLOCK)))
        yield BatchBlock(range(first, last), pack(batch[first:last], before + first))


def join(parts: list[SwitchedBlock]) -> Packed:
    """Return the switched texts of one block, in order."""
    if len(parts) == 1:
        return parts[0].outcome.packed
    rows = np.concatenate([np.asarray(part.texts.rows, dtype=np.int64) for part in parts])
    return take(concatenate([part.outcome.packed for part in parts]), rows.argsort())
