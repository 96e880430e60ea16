"""The folder of a saved lexicon: one ``.npy`` file per column and ``lexicon.json``, pinned by SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .errors import LexiconError
from .files import replace_folder

FORMAT_VERSION = 1

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]

_METADATA = "lexicon.json"


def column_hashes(arrays: Arrays) -> dict[str, str]:
    """SHA-256 of each column."""
    return {name: _sha256(array) for name, array in arrays.items()}


def content_hash(source: str, languages: tuple[str, ...], hashes: Mapping[str, str]) -> str:
    """SHA-256 of all that makes two lexicons the same."""
    identity = [FORMAT_VERSION, source, languages, sorted(hashes.items())]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()


def write(path: Path, metadata: Mapping[str, Any], arrays: Arrays) -> None:
    """Write a lexicon to a folder, which appears whole or not at all; one that is already there is replaced.

    Raises
    ------
    FileExistsError
        If `path` is something else than a lexicon.
    """
    if path.exists() and not (path / _METADATA).is_file():
        raise FileExistsError(f"{path} exists and is no lexicon; choose another path or remove it")
    text = json.dumps({"format_version": FORMAT_VERSION, **metadata}, indent=2, ensure_ascii=False) + "\n"
    with replace_folder(path) as folder:
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
        (folder / _METADATA).write_text(text, encoding="utf-8")


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
    arrays = {name: _map_column(path / f"{name}.npy") for name in hashes}
    for name in hashes if verify else ():
        if _sha256(arrays[name]) != hashes[name]:
            raise LexiconError(f"{path / name}.npy was changed: its SHA-256 does not fit; save the lexicon again")
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
