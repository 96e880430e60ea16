"""Recording of switched blocks for a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from ...engine.hashing import mix
from ...engine.packing import Hashes, Ints, Mask, concatenate
from ...lexicon import Lexicon
from ...text.tokenizers import Tokenizer
from ..batches import BatchBlock, SwitchedBlock
from ..outcomes import BlockOutcomes, Labels, allowed_switches
from .report import HIGHEST_LEVEL, Report, level_of
from .tally import Tally, Totals, details

#: Switches a block, given the streams of its texts.
SwitchBlock: TypeAlias = Callable[[BatchBlock, Hashes], Iterator[SwitchedBlock]]

_SALT = np.uint64(0x5851F42D4C957F2D)
"""Makes the choice of the sample independent of the draws. Any odd number."""
_PENDING = 1 << 21
"""Bytes of sampled texts that are collected before they are counted: later, fewer of them are still in the sample."""


class Recorder:
    """Counts the blocks that a switcher yields, and makes a report.

    The first counts are those of all texts. The details are those of a sample, chosen by a hash of the key, seed and
    epoch of each text: all texts while they are small, later a half of them, a quarter, and so on. So the sample does
    not depend on blocks or their order, and merged reports have the sample of the whole.

    Parameters
    ----------
    lexicon : Lexicon
    tokenizer : Tokenizer
    switch, classify : callable
        Switch a block, and classify the words of a switched block.
    column : str
        Name of the column of the texts.
    before : int, default 0
        Number of texts that come before, in other reports, so that the sample of a part is not larger than needed.
    details : bool, default True
        Whether there is a sample. Without one, a report has only the counts of all texts.

    Attributes
    ----------
    labels : Labels or None
        Spans of the batch that comes next, beside which switches are undone.
    language_advice : str or None
        What to do, if the recorded texts do not seem to be in the source language.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        tokenizer: Tokenizer,
        switch: SwitchBlock,
        classify: Callable[[SwitchedBlock, Labels | None], BlockOutcomes],
        column: str,
        before: int = 0,
        details: bool = True,
    ) -> None:
        self._lexicon, self._tokenizer = lexicon, tokenizer
        self._switch, self._classify = switch, classify
        self._column, self._before = column, before
        self.labels: Labels | None = None
        self.language_advice: str | None = None
        self._languages = [lexicon.source, *(one for one in lexicon.languages if one != lexicon.source)]
        self._totals = Totals()
        self._level = 0 if details else HIGHEST_LEVEL
        self._tallies: dict[int, Tally] = {}
        self._pending: list[tuple[BatchBlock, Hashes]] = []
        self._pending_size = 0

    def add(self, parts: Sequence[SwitchedBlock]) -> None:
        """Count the parts of a block."""
        for part in parts:
            self._totals += Totals.of(part, self._kept(part))
        self._raise_level()
        for part in parts:
            rows = (_levels(part.streams) >= self._level).nonzero()[0]
            if rows.size:
                self._pending.append((part.texts.take(rows), part.streams[rows]))
                self._pending_size += len(self._pending[-1][0].packed.buffer)
        if self._pending_size > _PENDING:
            self._count_pending()

    def report(self) -> Report:
        """Return the report of all blocks."""
        self._count_pending()
        advice = self.language_advice
        return Report(
            self._lexicon.source,
            {self._column: self._totals},
            self._tallies,
            self._level,
            notes=() if advice is None else (advice,),
            is_other_language=advice is not None,
        )

    def _raise_level(self) -> None:
        """Set the level to that of all texts so far.

        Texts in other reports are taken to be half as long as those counted here, so that the level is not higher than
        that of the whole.
        """
        before = self._totals.size * self._before // (2 * max(1, self._totals.texts))
        self._level = max(self._level, level_of(before + self._totals.size))

    def _count_pending(self) -> None:
        """Count the details of the texts that are still in the sample."""
        if not self._pending:
            return
        blocks, streams = zip(*self._pending, strict=True)
        self._pending, self._pending_size = [], 0
        rows = [row for block in blocks for row in block.rows]
        own = np.concatenate(streams)
        chosen: Ints = (_levels(own) >= self._level).nonzero()[0]
        if not chosen.size:
            return
        block = BatchBlock(rows, concatenate([block.packed for block in blocks])).take(chosen)
        for part in self._switch(block, own[chosen]):
            self._count(part)

    def _count(self, part: SwitchedBlock) -> None:
        outcomes = self._classify(part, self.labels)
        found = details(part, outcomes, self._kept(part), self._lexicon, self._tokenizer, self._languages)
        levels = _levels(part.streams)
        for level in np.bincount(levels).nonzero()[0].tolist():  # np.unique would import numpy.ma, which takes 40 ms
            tally = found.tally(levels == level, self._languages)
            self._tallies[level] = self._tallies.get(level, Tally()) + tally

    def _kept(self, part: SwitchedBlock) -> Mask | None:
        return None if self.labels is None else allowed_switches(part, self.labels)


def _levels(streams: Hashes) -> Ints:
    """Return the highest level of the sample that has each text: level n has 1 of 2**n texts."""
    # Leading zeros of a hash: 53 bits minus the exponent of a float with 53 bits.
    bits = np.frexp((mix(streams ^ _SALT) >> np.uint64(11)).astype(np.float64))[1]
    return 53 - bits.astype(np.int64)
