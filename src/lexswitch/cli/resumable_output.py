"""An output that is written part by part, and that a later run can resume after a kill."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from .._io.locks import lock_file
from .._io.own_files import is_at, open_own
from ..errors import LexiconError
from .tables import TablePosition


class JournalEntry(NamedTuple):
    """The state of a run after a part of the output."""

    position: TablePosition
    """Position in the input."""
    size: int
    """Bytes of output."""
    checksum: str
    """Checksum of the output and of all entries so far."""


class ResumableOutput:
    """A partial output: a file beside the output, and a journal with an entry for each part in the file.

    The journal is locked while a run writes. It is removed last, so that the lock lasts to the end.

    Parameters
    ----------
    output : Path
    job : str
        Everything on which the output depends; a run resumes only the same job.
    """

    def __init__(self, output: Path, job: str) -> None:
        self.path = output.with_name(f".{output.name}.partial")
        self.journal = output.with_name(f".{output.name}.journal")
        self.entries: list[JournalEntry] = []
        self.data: BinaryIO
        self._journal_file: BinaryIO
        self._job = job

    @property
    def is_started(self) -> bool:
        """Whether there is a journal of a run that was stopped."""
        return self.journal.exists()

    @contextmanager
    def open(self, resume: bool) -> Iterator[ResumableOutput]:
        """Lock and open both files, and read the entries of a stopped run; remove the files after a success."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._locked_journal() as self._journal_file, open_own(self.path) as self.data:
            self.entries = self._valid_entries() if resume else []
            self.data.truncate(self.entries[-1].size if self.entries else 0)
            self.data.seek(0, os.SEEK_END)
            self._journal_file.seek(0)
            self._journal_file.truncate()
            for line in (self._job, *self.entries):
                self._write(line)
            yield self
            self.data.close()
            self.path.unlink(missing_ok=True)
            if os.name == "nt":
                self._journal_file.close()  # Windows does not remove open files
            self.journal.unlink(missing_ok=True)

    def append(self, part: bytes, position: TablePosition) -> None:
        """Append a part with its end in the input. A later run uses the part only if it is complete."""
        self.data.write(part)
        self.data.flush()
        os.fsync(self.data.fileno())
        self.entries.append(JournalEntry(position, self.data.tell(), self._checksum(self.entries, position, part)))
        self._write(self.entries[-1])

    @property
    def position(self) -> TablePosition:
        """The position in the input at which the run continues."""
        return self.entries[-1].position if self.entries else TablePosition()

    def parts(self) -> Iterator[bytes]:
        """Yield the parts that were appended."""
        self.data.seek(0)
        for start, end in pairwise([0, *(entry.size for entry in self.entries)]):
            yield self.data.read(end - start)

    def _write(self, line: object) -> None:
        self._journal_file.write(json.dumps(line).encode() + b"\n")
        self._journal_file.flush()

    @contextmanager
    def _locked_journal(self) -> Iterator[BinaryIO]:
        while True:
            with open_own(self.journal) as file:
                if not lock_file(file):
                    raise LexiconError(
                        f"{self.journal}: another run is writing it; wait for it, or choose another output"
                    )
                if is_at(file, self.journal):  # otherwise another run has just ended and removed it
                    yield file
                    return

    def _valid_entries(self) -> list[JournalEntry]:
        """Return the entries of a stopped run up to the first that does not match the output."""
        job, *lines = self._journal_file.read().split(b"\n")[:-1] or [b""]  # the last line may be incomplete
        found = _parsed(job)
        if found is None:
            return []
        if found != self._job:
            raise LexiconError(
                f"{self.path} was made from another input or with other options; use those, or run without --resume"
            )
        entries: list[JournalEntry] = []
        for line in lines:
            match _parsed(line):
                case [[int(row), int(number), int(offset)], int(size), str(checksum)]:
                    part = self.data.read(max(0, size - (entries[-1].size if entries else 0)))
                    entry = JournalEntry(TablePosition(row, number, offset), size, checksum)
                case _:
                    break
            if self.data.tell() != size or checksum != self._checksum(entries, entry.position, part):
                break
            entries.append(entry)
        return entries

    def _checksum(self, entries: Sequence[JournalEntry], position: TablePosition, part: bytes) -> str:
        before = entries[-1].checksum if entries else self._job
        return hashlib.sha256(f"{before}|{position!r}|".encode("utf-8", "backslashreplace") + part).hexdigest()


def _parsed(line: bytes) -> Any:
    """Return the value of a line of the journal, or None if it is damaged."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
