"""Files that are whole or absent: writing through a temporary name, locks, and texts cached by what they came from."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

try:
    import fcntl
except ImportError:  # a system without POSIX locks: the renames still keep every file whole
    fcntl = None  # type: ignore[assignment]

_JSON_WIDTH = 200


def sync_folder(folder: Path) -> None:
    """Make the names in a folder (a rename, a new file) survive a power cut."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # some systems do not open folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file under a temporary name beside it, sync it and rename it.

    Parameters
    ----------
    path
        Where the file will be; missing folders are made.
    content
        All of its bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp makes private files, but a cache may be shared
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(path.parent)


def write_json(path: Path, value: Any) -> None:
    """Write JSON values as `write_bytes` writes bytes: containers that fit take one line each."""
    write_bytes(path, f"{_json(value, '')}\n".encode())


def _json(value: Any, indent: str) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or len(indent) + len(line) <= _JSON_WIDTH:
        return line
    inner = f"{indent} "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {_json(of_key, inner)}" for key, of_key in value.items()]
    else:
        parts = [_json(each, inner) for each in value]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{last}"


def read_json(path: Path) -> Any:
    """Return the JSON values of a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays as `write_bytes` writes bytes; `numpy.load` reads them by their names."""
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    write_bytes(path, content.getvalue())


def write_array(path: Path, array: np.ndarray) -> None:
    """Write an array as `write_bytes` writes bytes."""
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    write_bytes(path, content.getvalue())


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file; a second process waits until the first is done.

    Parameters
    ----------
    path
        The lock file. It stays behind empty: removing it would let two processes lock different files of one name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file releases the lock


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def origin(sources: Iterable[Path]) -> str:
    """Return a digest of code files (by content) and fetched folders (their names hold the hash of their archive).

    Parameters
    ----------
    sources
        What some derived file depends on.
    """
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes() if source.is_file() else source.name.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:12]


def cached_text(
    folder: Path, name: str, suffix: str, sources: Iterable[Path], build: Callable[[], Iterable[str]]
) -> Path:
    """Return the file that holds built lines; it is built anew when the code or the data behind it changed.

    Parameters
    ----------
    folder
        Where cached texts live.
    name, suffix
        The file will be called ``name-<digest of the sources><suffix>``.
    sources
        Code files and fetched folders on which the lines depend.
    build
        Returns the lines. No line may hold a line feed.

    Returns
    -------
    Path
        A UTF-8 file with one line feed after each line.
    """
    path = folder / f"{name}-{origin(sources)}{suffix}"
    if path.exists():
        return path
    with locked(folder / f".{name}.lock"):
        if not path.exists():  # another process may have built it while this one waited
            write_bytes(path, "".join(f"{line}\n" for line in build()).encode())
    return path


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file written by `cached_text` (split at line feeds only, unlike `str.splitlines`)."""
    return path.read_bytes().decode().split("\n")[:-1]
