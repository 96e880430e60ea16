"""Long work on blocks: several workers, one order, and an output that appears whole, resumed where it was stopped."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from .._io.atomic import move_file, replace_file
from .._io.locks import lock_file
from .._io.outputs import is_stream, open_stream, output_file
from .._io.own_files import is_at, open_own
from ..errors import LexiconError
from ..integrations.sharing import for_workers
from ..switching.columns import ColumnSwitcher
from ..switching.language_check import LowCoverageWarning
from .lines import STDIN, standard_input, standard_output, total_size
from .tables import Position, Table, TableBlock, is_pipe, open_table, packer

_REMEDY = "use fewer --workers; if the output is a file, add --resume"


def switch_table(
    path: Path,
    column_switcher: ColumnSwitcher,
    output: Path,
    *,
    kind: str | None,
    header: bool | None,
    workers: int,
    resume: bool,
    quiet: bool,
) -> None:
    """Switch columns of a table into another file, which is replaced when the new one is whole.

    A FIFO, a character device or "-" for standard output gets each part when it is done.

    Raises
    ------
    LexiconError
        If the table is not as it must be, or a stopped run to resume was made with other options.
    OSError
        If the output cannot be written; names it.
    """
    is_streamed = str(output) == STDIN or is_stream(output)
    if resume and (is_streamed or is_pipe(path)):
        which, place = (output, "output") if is_streamed else (path, "input")
        raise LexiconError(f"--resume needs files, but the {place} {which} is a pipe or a device; leave --resume out")
    with (
        _progress(path, quiet) as progress,
        closing(open_table(path, kind, list(column_switcher.switchers), header, progress.update)) as table,
        _shared(column_switcher, workers) as shared,
    ):
        work = _Work(table, shared, output)
        if is_streamed:
            with _opened(output) as stream, table.writer(stream) as write:
                _run(work, lambda part, _: (write(part), stream.flush()), Position(), workers)
        else:
            output = output_file(output)
            with Partial(output, _job(path, table, column_switcher, output)).open(resume) as partial:
                _run(work, partial.append, partial.place, workers)
                _finish(table, partial, output)


def _run(work: _Work, append: Callable[[bytes, Position], Any], start: Position, workers: int) -> None:
    """Do what is left from a position on."""
    from .._io.pool import in_order  # multiprocessing takes its time to import

    table = work.table
    if start == Position() and (head := table.head()):
        append(work.pack(head), Position(0, 1 + head.count(b"\n"), len(head)))
    for block, (part, notes) in in_order(work, table.blocks(start), workers, fork=True, remedy=_REMEDY):
        append(part, block.end)
        for note in notes:
            warnings.warn(note, LowCoverageWarning, stacklevel=2)


def _finish(table: Table, partial: Partial, output: Path) -> None:
    """Put the output in its place."""
    if table.is_text:
        partial.data.close()  # Windows renames no open file
        move_file(partial.path, output)
        return
    with replace_file(output) as temporary, temporary.open("wb") as stream, table.writer(stream) as write:
        for part in partial.parts():
            write(part)


def _opened(output: Path) -> AbstractContextManager[BinaryIO]:
    return nullcontext(standard_output()) if str(output) == STDIN else open_stream(output)


@dataclass(frozen=True)
class _Work:
    """What is done to each block, by whatever process."""

    table: Table
    column_switcher: ColumnSwitcher
    output: Path

    def __call__(self, block: TableBlock) -> tuple[bytes, list[str]]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", LowCoverageWarning)
            part = self.pack(self.table.switch(block, self.column_switcher))
        return part, [str(one.message) for one in caught]

    def pack(self, part: bytes) -> bytes:
        """Compress a part, if the name of the output says so."""
        return packer(self.output)(part) if self.table.is_text else part


def _shared(column_switcher: ColumnSwitcher, workers: int) -> AbstractContextManager[ColumnSwitcher]:
    return for_workers(column_switcher) if workers > 1 else nullcontext(column_switcher)


def _job(path: Path, table: Table, column_switcher: ColumnSwitcher, output: Path) -> str:
    """What must be the same for a stopped run to be resumed."""
    if is_pipe(path):
        return ""
    status = os.fstat(standard_input().fileno()) if str(path) == STDIN else path.stat()
    return (
        f"{path.absolute()}|{status.st_size}|{status.st_mtime_ns}|{type(table).__name__}|{len(table.head())}|"
        f"{output.name}|{column_switcher.signature}"
    )


def _progress(path: Path, quiet: bool) -> Any:
    from tqdm import tqdm

    hidden = quiet or not sys.stderr.isatty()
    return tqdm(total=total_size([str(path)]), unit="B", unit_scale=True, unit_divisor=1024, disable=hidden)


class Mark(NamedTuple):
    """What a run has done at some moment."""

    place: Position
    """Where it was in the input."""
    size: int
    """Bytes of output by then."""
    checksum: str
    """Of the output, and of all marks, by then."""


class Partial:
    """An output in the making: a file beside it, and a journal of what is in there, a line for each part.

    The journal is locked while a run writes: it is removed last, so that the lock holds to the end.
    """

    def __init__(self, output: Path, job: str) -> None:
        self.path = output.with_name(f".{output.name}.partial")
        self.journal = output.with_name(f".{output.name}.journal")
        self.marks: list[Mark] = []
        self.data: BinaryIO
        self._lines: BinaryIO
        self._job = job

    @contextmanager
    def open(self, resume: bool) -> Iterator[Partial]:
        """Lock and open both files, and find what a stopped run has done; remove them if all goes well."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._locked_journal() as self._lines, open_own(self.path) as self.data:
            self.marks = self._sound_marks() if resume else []
            self.data.truncate(self.marks[-1].size if self.marks else 0)
            self.data.seek(0, os.SEEK_END)
            self._lines.seek(0)
            self._lines.truncate()
            for line in (self._job, *self.marks):
                self._write(line)
            yield self
            self.data.close()
            self.path.unlink(missing_ok=True)
            if os.name == "nt":
                self._lines.close()  # Windows removes no open file
            self.journal.unlink(missing_ok=True)

    def append(self, part: bytes, place: Position) -> None:
        """Add a part, whole or not at all, with its end in the input."""
        self.data.write(part)
        self.data.flush()
        os.fsync(self.data.fileno())
        self.marks.append(Mark(place, self.data.tell(), self._checksum(self.marks, place, part)))
        self._write(self.marks[-1])

    @property
    def place(self) -> Position:
        """Where to go on in the input."""
        return self.marks[-1].place if self.marks else Position()

    def parts(self) -> Iterator[bytes]:
        """What was appended."""
        self.data.seek(0)
        for start, end in pairwise([0, *(mark.size for mark in self.marks)]):
            yield self.data.read(end - start)

    def _write(self, line: object) -> None:
        self._lines.write(json.dumps(line).encode() + b"\n")
        self._lines.flush()

    @contextmanager
    def _locked_journal(self) -> Iterator[BinaryIO]:
        while True:
            with open_own(self.journal) as file:
                if not lock_file(file):
                    raise LexiconError(
                        f"{self.journal}: another run is writing it; wait for it, or choose another output"
                    )
                if is_at(file, self.journal):  # else another run has just ended, and removed it
                    yield file
                    return

    def _sound_marks(self) -> list[Mark]:
        """The marks of a stopped run, up to the first that does not fit the output; none if there was no run."""
        job, *lines = self._lines.read().split(b"\n")[:-1] or [b""]  # the last line may be cut
        found = _parsed(job)
        if found is None:
            return []
        if found != self._job:
            raise LexiconError(
                f"{self.path} was made from another input or with other options; use those, or run without --resume"
            )
        marks: list[Mark] = []
        for line in lines:
            match _parsed(line):
                case [[int(row), int(number), int(offset)], int(size), str(checksum)]:
                    part = self.data.read(max(0, size - (marks[-1].size if marks else 0)))
                    mark = Mark(Position(row, number, offset), size, checksum)
                case _:
                    break
            if self.data.tell() != size or checksum != self._checksum(marks, mark.place, part):
                break
            marks.append(mark)
        return marks

    def _checksum(self, marks: Sequence[Mark], place: Position, part: bytes) -> str:
        before = marks[-1].checksum if marks else self._job
        return hashlib.sha256(f"{before}|{place!r}|".encode("utf-8", "backslashreplace") + part).hexdigest()


def _parsed(line: bytes) -> Any:
    """What a line of the journal holds, or None if it is damaged."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
