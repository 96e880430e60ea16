"""Documents of a collection: ids in memory, texts in memory or in a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

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


@dataclass(frozen=True)
class FileDocuments:
    """Documents in a file of JSON lines, which may be larger than memory."""

    path: Path
    ids: Sequence[str] = field(repr=False)
    offsets: Ints = field(repr=False)
    """Where each line begins, in bytes."""

    @cached_property
    def fingerprint(self) -> str:
        """A digest of path, size and time of the file, because it may be large."""
        status = self.path.stat()
        return digest([str(self.path.resolve()), str(status.st_size), str(status.st_mtime_ns)])

    def texts(self, rows: Sequence[int]) -> list[str]:
        """Read the texts of some rows."""
        with self.path.open("rb") as file:
            return [self._text(file, int(self.offsets[row])) for row in rows]

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
