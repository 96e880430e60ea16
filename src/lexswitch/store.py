"""The folder of a saved lexicon: ``lexicon.json`` and one ``.npy`` file per column, named and pinned by its SHA-256."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .errors import LexiconError
from .files import locked_folder, replace_file

#: Version 2 adds the spellings of terms; a lexicon of version 1 has none, and is read as well.
FORMAT_VERSION = 2

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]

_METADATA = "lexicon.json"
_IDENTITY = 1  # unlike the format, unchanged: without spellings, a lexicon keeps the hash that it had in version 1
_OWN = re.compile(r"[a-z_]+-[0-9a-f]{16}\.npy|\.(?:[a-z_]+-[0-9a-f]{16}\.npy|lexicon\.json)\.[0-9a-f]{16}")


def column_hashes(arrays: Arrays) -> dict[str, str]:
    """SHA-256 of each column."""
    return {name: _sha256(array) for name, array in arrays.items()}


def content_hash(source: str, languages: tuple[str, ...], hashes: Mapping[str, str]) -> str:
    """SHA-256 of all that makes two lexicons the same."""
    identity = [_IDENTITY, source, languages, sorted(hashes.items())]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()


def write(path: Path, metadata: Mapping[str, Any], arrays: Arrays) -> None:
    """Write a lexicon to a folder, in the place of one that is already there.

    A column's file is named by its content, and ``lexicon.json`` names the columns. It is replaced last, in one step:
    until then the folder holds the old lexicon, from then on the new one. A killed run may leave columns that nothing
    names; the next one takes them away.

    Raises
    ------
    FileExistsError
        If `path` is something else than a lexicon.
    """
    if path.exists() and not _may_replace(path):
        raise FileExistsError(f"{path} exists and is no lexicon; choose another path or remove it")
    hashes = metadata["columns"]
    path.mkdir(parents=True, exist_ok=True)
    with locked_folder(path):
        try:
            for name, array in arrays.items():
                _write_column(_column(path, name, hashes), array, hashes[name])
            text = json.dumps({"format_version": FORMAT_VERSION, **metadata}, indent=2, ensure_ascii=False) + "\n"
            with replace_file(path / _METADATA) as temporary:
                temporary.write_text(text, encoding="utf-8")
        finally:
            _remove_unnamed(path)


def _write_column(file: Path, array: npt.NDArray[Any], sha256: str) -> None:
    try:
        if _sha256(_map_column(file)) == sha256:
            return  # saved before; whoever maps it goes on with the same pages
    except LexiconError:
        pass  # missing or damaged
    with replace_file(file) as temporary, temporary.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, np.lib.format.header_data_from_array_1_0(array))
        stream.write(np.ascontiguousarray(array).data)  # np.save would not tell why it failed


def _column(path: Path, name: str, hashes: Mapping[str, str]) -> Path:
    return path / f"{name}-{hashes[name][:16]}.npy"


def _remove_unnamed(path: Path) -> None:
    """Remove the columns, and the temporary files of killed runs, that the lexicon in a folder does not name."""
    named = {_METADATA}
    if (path / _METADATA).exists():
        hashes = _read_metadata(path / _METADATA)["columns"]
        named.update(_column(path, name, hashes).name for name in hashes)
    for file in path.iterdir():
        if file.name not in named and _is_own(file):
            file.unlink(missing_ok=True)
    if not any(path.iterdir()):
        path.rmdir()


def _may_replace(path: Path) -> bool:
    """Whether there is a lexicon, or what a killed run may have left of one."""
    return path.is_dir() and ((path / _METADATA).is_file() or all(map(_is_own, path.iterdir())))


def _is_own(file: Path) -> bool:
    """Whether a file is named as a column, or as a temporary file of ours."""
    return _OWN.fullmatch(file.name) is not None and file.is_file()


def read(path: Path, verify: bool) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """The metadata of a saved lexicon and its columns, mapped into memory.

    Raises
    ------
    FileNotFoundError
        If there is no lexicon at `path`.
    LexiconError
        If the lexicon has a newer format or is damaged; with `verify` also if a column does not fit its hash.
    """
    metadata = _read_metadata(path / _METADATA)
    hashes = metadata["columns"]
    if content_hash(metadata["source"], metadata["languages"], hashes) != metadata["content_hash"]:
        raise LexiconError(f"{path / _METADATA} was changed: its content hash does not fit; save the lexicon again")
    try:
        arrays = {name: _map_column(_column(path, name, hashes)) for name in hashes}
    except LexiconError:
        if _read_metadata(path / _METADATA)["columns"] == hashes:
            raise
        return read(path, verify)  # another process has just saved a new lexicon here
    for name in hashes if verify else ():
        if _sha256(arrays[name]) != hashes[name]:
            raise LexiconError(f"{_column(path, name, hashes)} was changed: its SHA-256 does not fit; save it again")
    return metadata, arrays


def _read_metadata(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FileNotFoundError(f"{path.parent} is no lexicon: it has no {path.name}; Lexicon.save writes one")
    needed = {"source": str, "languages": list, "columns": dict, "content_hash": str, "provenance": list}
    try:
        metadata: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = metadata["format_version"]
        sound = isinstance(version, int) and version >= 1
        sound = sound and (
            version > FORMAT_VERSION or all(isinstance(metadata[name], kind) for name, kind in needed.items())
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise LexiconError(f"{path} is damaged; save the lexicon again")
    if version > FORMAT_VERSION:
        raise LexiconError(
            f"{path} has format version {version}, this lexswitch reads up to {FORMAT_VERSION}; upgrade lexswitch"
        )
    return metadata


def _map_column(path: Path) -> npt.NDArray[Any]:
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except FileNotFoundError:
        raise LexiconError(f"{path} is missing; save the lexicon again") from None
    except (ValueError, EOFError) as error:
        raise LexiconError(f"{path} is damaged ({error}); save the lexicon again") from None


def _sha256(array: npt.NDArray[Any]) -> str:
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    digest = hashlib.sha256(f"{little.dtype.str}{little.shape}".encode())
    digest.update(np.ascontiguousarray(little).data)
    return digest.hexdigest()
