"""The folder of a saved lexicon: ``lexicon.json``, one ``.npy`` file per column, and those of indexes."""

from __future__ import annotations

import hashlib
import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .._io.atomic import replace_file
from .._io.locks import locked_folder
from ..engine.packing import PADDING
from ..errors import LexiconError
from ..text.languages import to_bcp47
from . import saved_indexes
from .column_files import SHA256, Arrays, column_file, compare, map_columns, write_column
from .validation import GREATEST_WEIGHT, LEAST_WEIGHT

#: Version 2 adds the spellings of terms. Lexicons of version 1, which have none, can be read.
FORMAT_VERSION = 2

_OFFSETS = ("i4", "i8")
_DTYPES = {
    "terms": ("u1",),
    "term_starts": _OFFSETS,
    "groups": _OFFSETS,
    "languages": ("u2",),
    "candidates": _OFFSETS,
    "translations": ("u1",),
    "translation_starts": _OFFSETS,
    "weights": ("f8",),
    "spelled": _OFFSETS,
    "spellings": ("u1",),
    "spelling_starts": _OFFSETS,
}
_SPELLINGS = {"spelled", "spellings", "spelling_starts"}
_LONGEST_TEXT = 1 << 24
_BLOCK = 1 << 16
_METADATA = "lexicon.json"
_IDENTITY = 1  # does not change with the format: without spellings, a lexicon has the same hash as in version 1
_OWN = re.compile(r"[a-z_]+-[0-9a-f]{16}\.npy|\.(?:[a-z_]+-[0-9a-f]{16}\.npy|lexicon\.json)\.[0-9a-f]{16}")


def content_hash(source: str, languages: tuple[str, ...], hashes: Mapping[str, str]) -> str:
    """Return the SHA-256 of everything that makes two lexicons equal."""
    identity = [_IDENTITY, source, languages, sorted(hashes.items())]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()


def write(
    path: Path, metadata: Mapping[str, Any], arrays: Arrays, indexes: Sequence[saved_indexes.SavedIndex] = ()
) -> None:
    """Write a lexicon to a folder; it replaces a lexicon that is already there.

    The file of a column is named after its content, and ``lexicon.json`` lists the columns. It is replaced last and
    atomically: before, the folder holds the old lexicon, and afterwards the new one. A killed run may leave columns
    that are not listed; the next run removes them.

    Raises
    ------
    FileExistsError
        If `path` is something else than a lexicon.
    """
    check_path(path)
    metadata = {"format_version": FORMAT_VERSION, **metadata, "indexes": [index.entry for index in indexes]}
    path.mkdir(parents=True, exist_ok=True)
    with locked_folder(path):
        try:
            for name, array in arrays.items():
                write_column(path, name, metadata["columns"], array)
            for index in indexes:
                write_column(path, saved_indexes.FILE, index.hashes, index.data)
            text = json.dumps(metadata, indent=2, ensure_ascii=False) + "\n"
            with replace_file(path / _METADATA) as temporary:
                temporary.write_text(text, encoding="utf-8")
        finally:
            _remove_unnamed(path)


def _remove_unnamed(path: Path) -> None:
    """Remove columns that the lexicon in a folder does not list, and temporary files of killed runs."""
    named = {_METADATA}
    if (path / _METADATA).exists():
        metadata = _read_metadata(path / _METADATA)
        named.update(column_file(path, name, metadata["columns"]).name for name in metadata["columns"])
        for entry in saved_indexes.entries(metadata):
            named.add(column_file(path, saved_indexes.FILE, {saved_indexes.FILE: entry["sha256"]}).name)
    for file in path.iterdir():
        if file.name not in named and _is_own(file):
            with suppress(PermissionError):  # Windows keeps a mapped file; the next save removes it
                file.unlink(missing_ok=True)
    if not any(path.iterdir()):
        path.rmdir()


def check_path(path: Path) -> None:
    """Raise an error if something else than a lexicon is at a path, so that `write` would refuse it.

    Raises
    ------
    FileExistsError
        Names the path.
    """
    if path.exists() and not _may_replace(path):
        raise FileExistsError(f"{path} exists and is not a lexicon; choose another path or remove it")


def _may_replace(path: Path) -> bool:
    """Return whether there is a lexicon, or what a killed run may have left of one."""
    return path.is_dir() and ((path / _METADATA).is_file() or all(map(_is_own, path.iterdir())))


def _is_own(file: Path) -> bool:
    """Return whether a file is named like a column, or like a temporary file of this module."""
    return _OWN.fullmatch(file.name) is not None and file.is_file()


def read(path: Path, verify: bool) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return the metadata of a saved lexicon, and its columns mapped into memory.

    Raises
    ------
    FileNotFoundError
        If there is no lexicon at `path`.
    LexiconError
        If the lexicon has a newer format or is damaged; with `verify` also if a column does not match its hash.
    """
    metadata = _read_metadata(path / _METADATA)
    hashes = metadata["columns"]
    if content_hash(metadata["source"], metadata["languages"], hashes) != metadata["content_hash"]:
        raise LexiconError(f"{path / _METADATA} was changed: its content hash does not match; save the lexicon again")
    try:
        arrays = map_columns(path, hashes, verify=False)
    except LexiconError:
        if _read_metadata(path / _METADATA)["columns"] == hashes:
            raise
        return read(path, verify)  # another process has just saved a new lexicon
    if verify:
        compare(path, hashes, arrays)
    _check_structure(path, len(metadata["languages"]), arrays, verify)
    return metadata, arrays


def _read_metadata(path: Path) -> dict[str, Any]:
    if path.parent.is_file():
        raise FileNotFoundError(
            f"{path.parent} is a file, not the folder of a saved lexicon; read a dictionary file with "
            f"Lexicon.read({str(path.parent)!r}, ...)"
        )
    if not path.parent.exists():
        raise FileNotFoundError(f"{path.parent} does not exist; pass a saved lexicon: Lexicon.save writes one")
    if not path.is_file():
        raise FileNotFoundError(f"{path.parent} is not a lexicon: it has no {path.name}; Lexicon.save writes one")
    try:
        metadata: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = metadata["format_version"]
        sound = type(version) is int and version >= 1 and (version > FORMAT_VERSION or _is_sound(metadata))
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise LexiconError(f"{path} is damaged; save the lexicon again")
    if version > FORMAT_VERSION:
        raise LexiconError(
            f"{path} has format version {version}, this lexswitch reads up to {FORMAT_VERSION}; upgrade lexswitch"
        )
    return metadata


def _is_sound(metadata: dict[str, Any]) -> bool:
    """Return whether metadata is what `write` writes; then file names cannot point outside the folder."""
    source, languages, columns = metadata["source"], metadata["languages"], metadata["columns"]
    codes = [source, *languages] if isinstance(languages, list) and languages else [None]
    return (
        all(isinstance(code, str) and to_bcp47(code) == code for code in codes)
        and languages == sorted(set(languages))
        and isinstance(columns, dict)
        and columns.keys() in (_DTYPES.keys(), _DTYPES.keys() - _SPELLINGS)
        and all(isinstance(value, str) and SHA256.fullmatch(value) for value in columns.values())
        and isinstance(metadata["content_hash"], str)
        and isinstance(metadata["provenance"], list)
        and all(isinstance(entry, dict) for entry in metadata["provenance"])
        and bool(json.dumps(metadata, ensure_ascii=False).encode())  # a lone surrogate raises a ValueError
    )


def _check_structure(path: Path, languages: int, arrays: Arrays, verify: bool) -> None:
    """Refuse columns that do not fit together and, with `verify`, texts that are not valid UTF-8.

    Raises
    ------
    LexiconError
        Names the column.
    """
    for name, array in arrays.items():
        if array.dtype.newbyteorder("=").str[1:] not in _DTYPES[name]:
            raise _damaged(path, name, f"has elements of type {array.dtype}; it must be one of {_DTYPES[name]}")
    texts = [
        ("terms", "term_starts", 2),
        ("translations", "translation_starts", 2),
        ("spellings", "spelling_starts", 1),
    ]
    for text, starts, least in texts:
        if text in arrays:
            _check_texts(path, text, arrays[text], arrays[starts], least, verify)
    pairs = len(arrays["weights"])
    _check_bounds(path, "groups", arrays["groups"], len(arrays["term_starts"]), len(arrays["languages"]))
    _check_bounds(path, "candidates", arrays["candidates"], len(arrays["languages"]) + 1, pairs)
    if len(arrays["translation_starts"]) != pairs + 1:
        raise _damaged(path, "translation_starts", f"does not have one element more than the {pairs} pairs")
    if arrays["languages"].max() >= languages:
        raise _damaged(path, "languages", f"has a number above those of the {languages} languages")
    if not (arrays["weights"].min() >= LEAST_WEIGHT and arrays["weights"].max() <= GREATEST_WEIGHT):  # NaN fails both
        raise _damaged(path, "weights", f"has a value that is not from {LEAST_WEIGHT} to {GREATEST_WEIGHT}")
    if "spelled" in arrays:
        spelled = arrays["spelled"]
        if len(spelled) != len(arrays["spelling_starts"]) - 1:
            raise _damaged(path, "spelled", "does not have as many elements as there are spellings")
        _check_bounds(path, "spelled", np.append(spelled, pairs), len(spelled) + 1, pairs)


def _check_texts(
    path: Path, name: str, buffer: npt.NDArray[Any], starts: npt.NDArray[Any], least: int, verify: bool
) -> None:
    """Refuse offsets that do not match a buffer. A text with its NUL has at least `least` bytes."""
    if len(starts) < 2 or starts[0] != 1 or starts[-1] != len(buffer) - PADDING:
        raise _damaged(path, name, "does not have the length that its starts require")
    for block in _blocks(starts):
        sizes = np.diff(block)
        if not least <= sizes.min() <= sizes.max() < _LONGEST_TEXT:
            raise _damaged(path, name, f"has starts that do not ascend, or a text of {_LONGEST_TEXT} bytes or more")
    if buffer[0] or any(buffer[block[1:] - 1].any() for block in _blocks(starts)):
        raise _damaged(path, name, "has texts that do not end in NUL")
    if verify:
        if len(buffer) - np.count_nonzero(buffer) != len(starts) + PADDING:
            raise _damaged(path, name, "has a text with NUL")
        try:
            _decode(buffer)
        except UnicodeDecodeError as error:
            raise _damaged(path, name, f"is not valid UTF-8: {error}") from None


def _decode(buffer: npt.NDArray[Any]) -> None:
    decoder = getincrementaldecoder("utf-8")()
    for at in range(0, len(buffer), _BLOCK):
        decoder.decode(buffer[at : at + _BLOCK].data, at + _BLOCK >= len(buffer))


def _blocks(values: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    """Yield the values in blocks, each with the first one of the next, so that a check needs little memory."""
    for at in range(0, len(values) - 1, _BLOCK):
        yield values[at : at + _BLOCK + 1]


def _check_bounds(path: Path, name: str, bounds: npt.NDArray[Any], length: int, last: int) -> None:
    """Refuse bounds of runs that are not ascending numbers from 0 to `last`."""
    is_right = len(bounds) == length and bounds[0] == 0 and bounds[-1] == last
    if not is_right or any((block[1:] <= block[:-1]).any() for block in _blocks(bounds)):
        raise _damaged(path, name, f"is not {length} ascending numbers from 0 to {last}")


def _damaged(path: Path, column: str, what: str) -> LexiconError:
    return LexiconError(f"{path}: column {column!r} {what}; save the lexicon again")
