"""The JSON dump of Wikidata as a source of titles."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import starmap
from pathlib import Path
from typing import Any, NamedTuple

from ..._io.pool import in_order
from ..._io.progress import progress_bar
from ...errors import LexiconError
from ...lexicon.columns import Pairs
from ...switching.options import whole_number
from .base import DAMAGED, DamageError, Part, TitlesWarning
from .cleaning import Cleaner
from .compressed import DecompressedBlock, Span, beginning, spans
from .entities import EntityReader
from .kinds import check_kind

_SAMPLE = 1 << 10
_SPAN = 1 << 26
_STEP = 1 << 18
"""Spans are multiples of so many bytes."""
_REMEDY = (
    "use fewer workers, and in a script call induce under if __name__ == '__main__':; a run with a checkpoint resumes"
)


class WikidataDump:
    """The JSON dump of Wikidata, as ``latest-all.json.gz`` (https://dumps.wikimedia.org/wikidatawiki/entities/).

    An item is a thing if it has an article in the Wikipedia of the source language. Its names in other languages are
    the titles of its articles there, and its labels; in the source language its aliases too.

    Parameters
    ----------
    path : str or Path
        Packed (gzip, bzip2, xz, Zstandard) or not.
    workers : int, default 1
        Processes that read. They help with files that are packed in many parts, as the published .gz is, or not packed.
    """

    def __init__(self, path: str | Path, workers: int = 1) -> None:
        self.path = Path(path)
        self.workers = whole_number("workers", workers, 1, 1 << 10)

    @property
    def record(self) -> dict[str, Any]:
        date = re.search(r"(?<!\d)20\d{6}(?!\d)", self.path.name)
        return {
            "name": "Wikidata JSON dump",
            "licence": "CC0-1.0",
            "date": date and date[0],
            "files": [{"name": self.path.name, "bytes": self.path.stat().st_size}],
        }

    def read(
        self, cleaner: Cleaner, position: Any = None, strict: bool = False, progress: bool = True
    ) -> Iterator[Part]:
        """See `TitleSource`."""
        check_kind(self.path, "JSON", "the JSON dump of Wikidata")
        at = _Position(*position) if position else _Position(0, 0, 0)
        first, count, closed = "", 0, True  # when all has been read before, so it was told before
        is_list = beginning(self.path, _SAMPLE).lstrip().startswith(b"[")
        with progress_bar(self.path.stat().st_size, self.path.name, "B", progress, at.span) as bar:
            for found in _one_by_one(self._found(cleaner, at)):
                bar.update(found.packed)
                if found.broken:
                    line, text = found.broken[0]
                    first, count = first or f"{self.path}:{at.lines + line}", count + len(found.broken)
                    if strict:
                        raise LexiconError(f"{first}: no entity of Wikidata: {text!r}; mend it, or do without strict")
                if found.damage and strict:
                    raise DamageError(found.damage)
                if found.damage:
                    warnings.warn(f"{found.damage}; what comes before is kept", TitlesWarning, stacklevel=3)
                at = _Position(found.span.first, found.reached, at.lines + found.lines)
                closed = found.closed or bool(found.damage) or not is_list
                yield Part(found.pairs, list(at), found.skipped)
            if not closed:
                yield self._cut(cleaner, at, strict)
        if count:
            warnings.warn(f"{first}: no entity of Wikidata; so {count:,} lines", TitlesWarning, stacklevel=3)

    def _cut(self, cleaner: Cleaner, at: _Position, strict: bool) -> Part:
        """Tell that a list has no end."""
        message = f"{self.path}:{at.lines}: the file ends without the closing bracket of its list"
        if strict:
            raise DamageError(f"{message}; get it again")
        warnings.warn(f"{message}; get it again: what comes before is kept", TitlesWarning, stacklevel=4)
        pairs, _ = cleaner.pairs([])
        return Part(pairs, list(at), {DAMAGED: 1})

    def _found(self, cleaner: Cleaner, at: _Position) -> Iterator[Iterable[_Found]]:
        """What is found in each span of the file."""
        size = int(min(_SPAN, self.path.stat().st_size / (8 * self.workers)))  # so that there is work for all
        of_file = spans(self.path, max(1, size // _STEP) * _STEP, at.span)
        jobs = [(span, 0 if number else at.reached) for number, span in enumerate(of_file)]
        reader = _Reader(cleaner)
        if self.workers == 1:
            return starmap(reader.read, jobs)
        return (found for _, found in in_order(reader.read_all, jobs, self.workers, remedy=_REMEDY))


class _Position(NamedTuple):
    """How far a file has been read."""

    span: int
    """Where the span begins that was read last."""
    reached: int
    """Bytes of it, unpacked."""
    lines: int
    """Lines of the file."""


class _Found(NamedTuple):
    """What is found in some lines of a span."""

    span: Span
    first: int
    """This and the next two are those of `members.DecompressedBlock`."""
    member: int
    reached: int
    packed: int
    lines: int
    """Number of lines."""
    pairs: Pairs
    skipped: Counter[str]
    broken: list[tuple[int, str]]
    """Numbers of lines, from 1, that are no entities, and how they begin."""
    closed: bool
    """Whether the list ends with them."""
    damage: str
    """Why the file cannot be read on, or empty."""


class _Reader:
    """Reads spans for a cleaner. Picklable."""

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self._entities = EntityReader(cleaner)

    def read_all(self, job: tuple[Span, int]) -> list[_Found]:
        return list(self.read(*job))

    def read(self, span: Span, skip: int) -> Iterator[_Found]:
        """Yield what is found in a span behind the first bytes, block by block, and last what it is damaged by."""
        reached = skip
        try:
            for block in span.blocks(skip):
                yield self._of(span, block)
                reached = block.reached
        except DamageError as damage:
            nothing = self._of(span, DecompressedBlock(b"", reached, 0, -1, -1))
            yield nothing._replace(skipped=Counter({DAMAGED: 1}), damage=str(damage))

    def _of(self, span: Span, block: DecompressedBlock) -> _Found:
        entities = self._entities.read(block.lines)
        pairs, skipped = self._cleaner.pairs(entities.entities)
        skipped.update(entities.skipped)
        return _Found(
            span, block.first, block.member, block.reached, block.packed, entities.lines, pairs, skipped,
            entities.broken, entities.closed, "",
        )  # fmt: skip


def _one_by_one(of_spans: Iterable[Iterable[_Found]]) -> Iterator[_Found]:
    """Yield what is found, up to the first damage."""
    last: _Found | None = None
    for of_span in of_spans:
        for found in of_span:
            if last and not found.damage and last.span != found.span and last.member != found.first:
                # this span's first member could not be read, and was taken for none
                nothing = found.pairs.where(found.pairs.rows < 0)
                where = f"{found.span.path}: the packed data is damaged near byte {last.member:,}"
                found = _Found(*found[:3], 0, 0, 0, nothing, Counter({DAMAGED: 1}), [], False, where)
            yield found
            if found.damage:
                return
            last = found
