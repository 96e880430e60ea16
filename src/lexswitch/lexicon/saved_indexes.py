"""Indexes of terms in the folder of a saved lexicon: one ``.npy`` file each, beside the columns.

``lexicon.json`` lists them under "indexes". They can be built from the columns again, so they are not a part of the
lexicon's content. If lexswitch cannot use an index, it builds one in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ..engine.hashing import HashTable
from ..engine.indexing import IndexArrays
from ..engine.packing import PADDING, Bytes
from ..errors import LexiconError
from .column_files import SHA256, map_columns, sha256
from .columns import SavedColumns

FILE = "index"
_DTYPES = {
    "words": "<u8",
    "records": "<u8",
    "edges": "<u8",
    "filter": "<u8",
    "further": "<u8",
    "places": "<u8",
    "bases": "<i4",
    "terms": "<i4",
    "forms": "|u1",
}
_NUMBERS = ("salt", "longest", "size", "level_starts")
_ALIGNMENT = 64
"""Arrays begin at multiples of this number of bytes, so that no item crosses a line of the processor's cache."""


class SavedIndex(NamedTuple):
    """An index for the folder of a lexicon."""

    entry: dict[str, Any]
    """What ``lexicon.json`` says of it."""
    data: Bytes
    """Its arrays."""

    @property
    def hashes(self) -> dict[str, str]:
        """Name and SHA-256 of its file."""
        return {FILE: self.entry["sha256"]}


def describe(signature: str, index: IndexArrays) -> SavedIndex:
    """Return an index for the folder of a lexicon."""
    given = index._asdict()
    lengths = {name: 0 if given[name] is None else len(given[name]) for name in _DTYPES}
    bounds = _bounds(lengths)
    data = np.zeros(bounds[-1], dtype=np.uint8)
    for (name, kind), start in zip(_DTYPES.items(), bounds, strict=False):
        if lengths[name]:
            own = given[name].astype(kind, copy=False).view(np.uint8)
            data[start : start + len(own)] = own
    numbers = {name: given[name] for name in _NUMBERS}
    return SavedIndex({"signature": signature, **numbers, "lengths": lengths, "sha256": sha256(data)}, data)


def _bounds(lengths: Mapping[str, int]) -> list[int]:
    """Return the offset of each array in the file, and the end."""
    bounds = [0]
    for name, kind in _DTYPES.items():
        size = lengths[name] * np.dtype(kind).itemsize
        bounds.append(bounds[-1] + -(-size // _ALIGNMENT) * _ALIGNMENT)
    return bounds


def entries(metadata: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the entries of a lexicon's indexes that are sound: they cannot point outside the folder."""
    found = metadata.get("indexes")
    for entry in found if isinstance(found, list) else []:
        if isinstance(entry, dict) and _is_sound(entry):
            yield entry


def _is_sound(entry: dict[str, Any]) -> bool:
    lengths, levels, hashed = (entry.get(name) for name in ("lengths", "level_starts", "sha256"))
    if not (isinstance(lengths, dict) and lengths.keys() == _DTYPES.keys() and isinstance(levels, list) and levels):
        return False
    numbers = [*lengths.values(), *levels, *(entry.get(name) for name in ("salt", "longest", "size"))]
    are_whole = all(type(number) is int and 0 <= number < 1 << 64 for number in numbers)
    is_named = isinstance(entry.get("signature"), str)
    return are_whole and is_named and isinstance(hashed, str) and SHA256.fullmatch(hashed) is not None


def read(saved: SavedColumns, signature: str) -> IndexArrays:
    """Return an index of a saved lexicon, mapped into memory.

    Raises
    ------
    LexiconError
        If there is none, or it is damaged.
    """
    for entry in saved.indexes:
        if entry["signature"] == signature:
            return _read(saved, entry)
    raise LexiconError(f"{saved.path} has no index {signature!r}; save the lexicon again")


def _read(saved: SavedColumns, entry: Mapping[str, Any]) -> IndexArrays:
    data = map_columns(saved.path, {FILE: entry["sha256"]}, saved.verify)[FILE]
    lengths, bounds = entry["lengths"], _bounds(entry["lengths"])
    if data.dtype.str != "|u1" or len(data) != bounds[-1]:
        raise _damaged(saved, "does not have the size of its arrays")
    given: dict[str, Any] = {name: entry[name] for name in _NUMBERS}
    for (name, kind), start in zip(_DTYPES.items(), bounds, strict=False):
        size = lengths[name] * np.dtype(kind).itemsize
        given[name] = data[start : start + size].view(kind)
    given["bases"] = given["bases"] if lengths["bases"] else None
    arrays = IndexArrays(**{**given, "level_starts": (*given["level_starts"],)})
    _check(saved, arrays)
    return arrays


def _check(saved: SavedColumns, arrays: IndexArrays) -> None:
    """Refuse arrays that do not fit together. Engines check the numbers in them when they use them as indices."""
    total, words = len(arrays.records) >> 1, len(arrays.filter)
    levels = (1, arrays.size, *arrays.level_starts)
    fits = (
        len(arrays.records) == 2 * total
        and total >= arrays.size
        and (arrays.bases is None or len(arrays.bases) == total)
        and len(arrays.forms) > PADDING
        and words > 0
        and not words & words - 1
        and len(arrays.terms) == levels[-1]
        and all(low <= high for low, high in pairwise(levels))
        and len(arrays.further) > 0
        and arrays.longest < 1 << 24
    )
    if not fits:
        raise _damaged(saved, "has arrays that do not fit together")
    for table in (arrays.words, arrays.edges):
        slots = len(table) >> 1
        if slots < 2 or len(table) != 2 * slots or slots & slots - 1 or not HashTable(table).is_sound:
            raise _damaged(saved, "has a table with a wrong number of free slots")


def _damaged(saved: SavedColumns, what: str) -> LexiconError:
    return LexiconError(f"{saved.path}: the index {what}; save the lexicon again")
