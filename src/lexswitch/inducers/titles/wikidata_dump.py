"""The JSON dump of Wikidata as a source of titles."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from pathlib import Path
from typing import Any, NamedTuple

from ..._io.pool import in_order
from ..._io.progress import progress_bar
from ...checks import check_workers
from ...errors import LexiconError
from ...lexicon.pairs import Pairs
from .cleaning import Cleaner
from .compressed import DecompressedBlock, Span, beginning, spans
from .dump_kinds import check_kind
from .title_source import DAMAGED, DamageError, Part, TitlesWarning, describe_files
from .wikidata_entities import EntityReader

_SAMPLE = 1 << 10
_SPAN = 1 << 26
_STEP = 1 << 18
"""The size of a span is a multiple of this number of bytes."""
_REMEDY = (
    "use fewer workers, and in a script call induce under if __name__ == '__main__':; a run with a checkpoint resumes"
)


class WikidataDump:
    """The JSON dump of Wikidata, ``latest-all.json.gz`` (https://dumps.wikimedia.org/wikidatawiki/entities/).

    An item is an entity if it has an article in the Wikipedia of the source language. Its names in the target languages
    are the titles of its articles there, and its labels; in the source language, its aliases too.

    Parameters
    ----------
    path : str or Path
        File, compressed (gzip, bzip2, xz, Zstandard) or not.
    workers : int, default 1
        Number of processes. More than one helps if the file is uncompressed or has many compressed members, as the
        published .gz does.
    """

    def __init__(self, path: str | Path, workers: int = 1) -> None:
        self.path = Path(path)
        self.workers = check_workers("workers", workers)

    @property
    def record(self) -> dict[str, Any]:
        date = re.search(r"(?<!\d)20\d{6}(?!\d)", self.path.name)
        return {
            "name": "Wikidata JSON dump",
            "licence": "CC0-1.0",
            "date": date and date[0],
            "files": describe_files([self.path]),
        }

    def read(
        self, cleaner: Cleaner, position: Any = None, strict: bool = False, progress: bool = True
    ) -> Iterator[Part]:
        """See `TitleSource`."""
        check_kind(self.path, "JSON", "the JSON dump of Wikidata")
        reached = _DumpPosition(*position) if position else _DumpPosition(0, 0, 0)
        broken = _BrokenLines(self.path, strict)
        closed = True  # if no line is left to read, an earlier run has checked the end
        is_list = beginning(self.path, _SAMPLE).lstrip().startswith(b"[")
        with progress_bar(self.path.stat().st_size, self.path.name, "B", progress, reached.span) as bar:
            for block in _in_sequence(self._blocks(cleaner, reached)):
                bar.update(block.consumed)
                broken.add(block.broken, reached.lines)
                if block.damage:
                    _report_damage(block.damage, strict)
                reached = _DumpPosition(block.span.first, block.reached, reached.lines + block.lines)
                closed = block.closed or bool(block.damage) or not is_list
                yield Part(block.pairs, list(reached), block.skipped)
            if not closed:
                message = f"{self.path}:{reached.lines}: the file ends without the closing bracket of its list"
                _report_damage(f"{message}; get it again", strict)
                yield Part(cleaner.pairs([])[0], list(reached), {DAMAGED: 1})
        broken.warn()

    def _blocks(self, cleaner: Cleaner, reached: _DumpPosition) -> Iterator[Iterable[_SpanBlock]]:
        """Yield the blocks of each span of the file."""
        size = int(min(_SPAN, self.path.stat().st_size / (8 * self.workers)))  # enough spans for all workers
        file_spans = spans(self.path, max(1, size // _STEP) * _STEP, reached.span)
        jobs = [(span, 0 if number else reached.reached) for number, span in enumerate(file_spans)]
        reader = _Reader(cleaner)
        if self.workers == 1:
            return starmap(reader.read, jobs)
        return (blocks for _, blocks in in_order(reader.read_all, jobs, self.workers, remedy=_REMEDY))


class _DumpPosition(NamedTuple):
    """How far a file was read."""

    span: int
    """Offset of the span that was read last."""
    reached: int
    """Decompressed bytes of that span."""
    lines: int
    """Number of lines of the file."""


class _SpanBlock(NamedTuple):
    """The pairs of some lines of a span."""

    span: Span
    first_member: int
    """This and the next three are those of `DecompressedBlock`."""
    last_member: int
    reached: int
    consumed: int
    lines: int
    """Number of lines."""
    pairs: Pairs
    skipped: Counter[str]
    broken: list[tuple[int, str]]
    """Lines that are not entities: their numbers, from 1, and their first characters."""
    closed: bool
    """Whether the list ends here."""
    damage: str
    """Why the rest of the file cannot be read, or empty."""


class _BrokenLines:
    """Counts broken lines for one warning, or raises an error for the first if `strict`."""

    def __init__(self, path: Path, strict: bool) -> None:
        self._path = path
        self._strict = strict
        self._first = ""
        self._count = 0

    def add(self, broken: Sequence[tuple[int, str]], lines: int) -> None:
        """Count broken lines; their numbers are relative to the number of lines before."""
        if not broken:
            return
        number, text = broken[0]
        self._first = self._first or f"{self._path}:{lines + number}"
        self._count += len(broken)
        if self._strict:
            raise LexiconError(f"{self._first}: not an entity of Wikidata: {text!r}; correct it, or leave out strict")

    def warn(self) -> None:
        if self._count:
            message = f"{self._first}: not an entity of Wikidata; lines left out: {self._count:,}"
            warnings.warn(message, TitlesWarning, stacklevel=4)


def _report_damage(message: str, strict: bool) -> None:
    if strict:
        raise DamageError(message)
    warnings.warn(f"{message}; what comes before is kept", TitlesWarning, stacklevel=4)


class _Reader:
    """Reads spans for a cleaner. Picklable."""

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self._entities = EntityReader(cleaner)

    def read_all(self, job: tuple[Span, int]) -> list[_SpanBlock]:
        return list(self.read(*job))

    def read(self, span: Span, skip: int) -> Iterator[_SpanBlock]:
        """Yield the blocks of a span after the first `skip` bytes; the last one describes the damage, if any."""
        reached = skip
        try:
            for block in span.blocks(skip):
                yield self._pairs(span, block)
                reached = block.reached
        except DamageError as damage:
            empty = self._pairs(span, DecompressedBlock(b"", reached, 0, -1, -1))
            yield empty._replace(skipped=Counter({DAMAGED: 1}), damage=str(damage))

    def _pairs(self, span: Span, block: DecompressedBlock) -> _SpanBlock:
        entities = self._entities.read(block.lines)
        pairs, skipped = self._cleaner.pairs(entities.entities)
        skipped.update(entities.skipped)
        return _SpanBlock(
            span, block.first_member, block.last_member, block.reached, block.consumed, entities.lines, pairs, skipped,
            entities.broken, entities.closed, "",
        )  # fmt: skip


def _in_sequence(spans_of_blocks: Iterable[Iterable[_SpanBlock]]) -> Iterator[_SpanBlock]:
    """Yield the blocks of all spans, up to the first damage."""
    last: _SpanBlock | None = None
    for blocks in spans_of_blocks:
        for block in blocks:
            if last and not block.damage and last.span != block.span and last.last_member != block.first_member:
                # The first member of this span cannot be decompressed, so the search for members has missed it.
                damage = f"{block.span.path}: the compressed data is damaged near byte {last.last_member:,}"
                block = _SpanBlock(
                    block.span, block.first_member, block.last_member, 0, 0, 0, block.pairs.where(block.pairs.rows < 0),
                    Counter({DAMAGED: 1}), [], False, damage,
                )  # fmt: skip
            yield block
            if block.damage:
                return
            last = block
