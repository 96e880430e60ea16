"""The files of a saved lexicon's arrays: one ``.npy`` file each, named after its SHA-256."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._io.atomic import replace_file
from ..errors import LexiconError

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]

SHA256 = re.compile("[0-9a-f]{64}")
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00((?s:..))\{'descr': '([<>|][iuf][1248])', 'fortran_order': False, "
    rb"'shape': \(([0-9]{1,15}),\), \} *\n"
)
_LONGEST_HEADER = 256


def column_hashes(arrays: Arrays) -> dict[str, str]:
    """Return the SHA-256 of each column."""
    return {name: sha256(array) for name, array in arrays.items()}


def write_column(path: Path, name: str, hashes: Mapping[str, str], array: npt.NDArray[Any]) -> None:
    """Write an array to the folder of a lexicon, unless the folder has it already."""
    file = column_file(path, name, hashes)
    try:
        if sha256(_map_column(file)) == hashes[name]:
            return  # saved before; processes that map it keep their pages
    except LexiconError:
        pass  # missing or damaged
    with replace_file(file) as temporary, temporary.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, np.lib.format.header_data_from_array_1_0(array))
        stream.write(np.ascontiguousarray(array).data)  # np.save hides the reason of a failure


def column_file(path: Path, name: str, hashes: Mapping[str, str]) -> Path:
    """Return the file of an array in the folder of a lexicon."""
    return path / f"{name}-{hashes[name][:16]}.npy"


def map_columns(path: Path, hashes: Mapping[str, str], verify: bool) -> dict[str, npt.NDArray[Any]]:
    """Map columns by name; with `verify`, compare them with their SHA-256."""
    arrays = {name: _map_column(column_file(path, name, hashes)) for name in hashes}
    if verify:
        compare(path, hashes, arrays)
    return arrays


def compare(path: Path, hashes: Mapping[str, str], arrays: Arrays) -> None:
    """Raise LexiconError if an array does not match its SHA-256."""
    for name, array in arrays.items():
        if sha256(array) != hashes[name]:
            raise LexiconError(
                f"{column_file(path, name, hashes)} was changed: its SHA-256 does not match; save it again"
            )


def _map_column(path: Path) -> npt.NDArray[Any]:
    """Map a column. Only headers that `write` writes are accepted, so that nothing is evaluated."""
    try:
        opened = path.open("rb")
    except (FileNotFoundError, IsADirectoryError):
        raise LexiconError(f"{path} is missing; save the lexicon again") from None
    with opened as file:
        found = _HEADER.match(file.read(_LONGEST_HEADER))
        if found is None or 10 + int.from_bytes(found[1], "little") != found.end():
            raise LexiconError(f"{path} is damaged (not the header of an array); save the lexicon again")
        dtype, count = np.dtype(found[2].decode()), int(found[3])
        if os.fstat(file.fileno()).st_size != found.end() + count * dtype.itemsize or not count:
            raise LexiconError(f"{path} is damaged (it does not have the size of its array); save the lexicon again")
        return np.asarray(np.memmap(file, dtype, "r", found.end(), (count,)))


def sha256(array: npt.NDArray[Any]) -> str:
    """Return the SHA-256 of an array, its type and shape, whatever its byte order."""
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    digest = hashlib.sha256(f"{little.dtype.str}{little.shape}".encode())
    digest.update(np.ascontiguousarray(little).data)
    return digest.hexdigest()
