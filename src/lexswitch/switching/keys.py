"""Keys of rows. The draws of a text depend on its key, the seed and the epoch."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias

import numpy as np

from ..engine import draws
from ..engine.packing import Hashes, pack

Keys: TypeAlias = "Sequence[int] | Sequence[str] | np.ndarray[Any, Any]"

_KEYS = 2**64
"""Number of keys. Larger and negative numbers wrap around."""


def row_keys(keys: Keys, count: int) -> Hashes:
    """Return one 64-bit key per text, from strings, or from ints of any size modulo 2**64."""
    if isinstance(keys, (str, bytes, Mapping, AbstractSet)) or not isinstance(keys, Iterable):
        raise TypeError(f"keys is {type(keys).__name__}; pass a list of int or of str, one per text")
    if isinstance(keys, range):
        array = _numbers(keys)
    elif isinstance(keys, np.ndarray) and keys.dtype.kind in "iu" and keys.ndim == 1:
        array = keys.astype(np.uint64)
    else:
        keys = list(keys)
        kinds = set(map(type, keys))
        if all(issubclass(kind, str) for kind in kinds):
            array = draws.keys_of_texts(pack(keys, name="keys"))
        elif all(issubclass(kind, (int, np.integer)) and kind is not bool for kind in kinds):
            array = _whole_numbers(keys)
        else:
            raise TypeError(f"keys has elements of types {sorted(kind.__name__ for kind in kinds)}; all int or all str")
    if len(array) != count:
        raise ValueError(f"keys has {len(array)} elements, texts has {count}; pass one key per text")
    return array


def key_list(keys: Keys, count: int) -> list[int]:
    """Return the keys of `row_keys` as a list of int.

    A list of int is returned as it is, to be taken modulo 2**64 later: NumPy is slow for a few keys.
    """
    if type(keys) is list and len(keys) == count and set(map(type, keys)) == {int}:
        return keys
    listed: list[int] = row_keys(keys, count).tolist()
    return listed


def _whole_numbers(keys: list[Any]) -> Hashes:
    """Return ints modulo 2**64."""
    try:
        return np.array(keys, dtype=np.int64).view(np.uint64)
    except OverflowError:
        return np.array([int(key) % _KEYS for key in keys], dtype=np.uint64)


def _numbers(keys: range) -> Hashes:
    """Return the numbers of a range modulo 2**64: unsigned arithmetic of NumPy wraps around."""
    length = max(0, -((keys.start - keys.stop) // keys.step))  # len() fails above sys.maxsize
    if length > sys.maxsize:
        raise ValueError(f"keys is {keys!r}, which has {length} elements; pass one key per text")
    array = np.arange(length, dtype=np.uint64)
    array *= np.uint64(keys.step % _KEYS)
    array += np.uint64(keys.start % _KEYS)
    return array
