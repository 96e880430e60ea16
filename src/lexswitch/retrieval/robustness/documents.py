"""Documents of a collection: ids in memory, texts in memory or in a file."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from ...engine.packing import Ints
from ...switching.switcher import CodeSwitcher


class Documents(Protocol):
    """What rankers need: ids, and the texts of some rows."""

    @property
    def ids(self) -> Sequence[str]: ...

    @property
    def fingerprint(self) -> str:
        """A digest that changes with the documents."""

    def texts(self, rows: Sequence[int]) -> list[str]:
        """Return the texts of some rows."""


@dataclass(frozen=True)
class ListedDocuments:
    """Documents in memory."""

    ids: Sequence[str]
    listed: Sequence[str] = field(repr=False)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of ids and texts."""
        return digest([*self.ids, *self.listed])

    def texts(self, rows: Sequence[int]) -> list[str]:
        """Return the texts of some rows."""
        return [self.listed[row] for row in rows]


class Stamp(NamedTuple):
    """Size of a file in bytes, and the time of its last change in nanoseconds."""

    size: int
    time: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Return the stamp of a file."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class FileDocuments:
    """Documents in a file of JSON lines, which may be larger than memory."""

    path: Path
    ids: Sequence[str] = field(repr=False)
    offsets: Ints = field(repr=False)
    """Where each line begins, in bytes."""
    stamp: Stamp
    """State of the file before it was read. In a file that changed, the offsets are wrong."""

    @cached_property
    def fingerprint(self) -> str:
        """A digest of path, size and time of the file, because it may be large."""
        return digest([str(self.path.resolve()), *map(str, self.stamp)])

    def texts(self, rows: Sequence[int]) -> list[str]:
        """Read the texts of some rows.

        Raises
        ------
        ValueError
            If the file changed after it was read.
        """
        self._check()
        with self.path.open("rb") as file:
            return [self._text(file, int(self.offsets[row])) for row in rows]

    def copy(self, path: Path) -> None:
        """Copy the file; raise ValueError if it changed after it was read."""
        shutil.copyfile(self.path, path)
        self._check()  # afterwards, so that a change during the copy is noticed

    def _check(self) -> None:
        if Stamp.of(self.path) != self.stamp:
            raise ValueError(f"{self.path} changed after it was read; read the folder again")

    def _text(self, file: Any, offset: int) -> str:
        if file.tell() != offset:  # a seek discards the buffer
            file.seek(offset)
        return text_of(json.loads(file.readline()))


@dataclass(frozen=True)
class SwitchedDocuments:
    """Documents with switched texts; the id of a document determines its random choices."""

    documents: Documents
    switcher: CodeSwitcher

    @cached_property
    def ids(self) -> Sequence[str]:
        """Ids of the documents."""
        return self.documents.ids

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the documents and of the switcher."""
        return digest([self.documents.fingerprint, self.switcher.signature])

    def texts(self, rows: Sequence[int]) -> list[str]:
        """Return the switched texts of some rows."""
        return self.switcher.apply(self.documents.texts(rows), keys=[self.ids[row] for row in rows])


def text_of(record: Mapping[str, Any]) -> str:
    """Return title and text of a document in the layout of BEIR, joined by a blank."""
    return f"{record.get('title') or ''} {record.get('text') or ''}".strip()


def digest(texts: Iterable[str]) -> str:
    """Return a short digest of texts."""
    found = hashlib.sha256()
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        found.update(b"%d:" % len(data) + data)
    return found.hexdigest()[:16]


def blocks(count: int, size: int) -> Iterator[range]:
    """Yield ranges of at most `size` numbers, up to `count`."""
    for start in range(0, count, size):
        yield range(start, min(start + size, count))


def order_of_ties(ids: Sequence[str]) -> Ints:
    """Return the place of each document among equal scores: descending ids, as in trec_eval."""
    order = np.empty(len(ids), dtype=np.int64)
    order[sorted(range(len(ids)), key=ids.__getitem__, reverse=True)] = np.arange(len(ids))
    return order
