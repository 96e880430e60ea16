"""Files that are written atomically: temporary names, locks, and texts that are cached by their sources."""

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
except ImportError:  # a system without POSIX locks; renames still keep every file complete
    fcntl = None  # type: ignore[assignment]

_JSON_WIDTH = 200


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # some systems do not open folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, sync it and rename it.

    Parameters
    ----------
    path
        The file; missing folders are created.
    content
        The content of the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp creates private files, but a cache may be shared
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(path.parent)


def write_json(path: Path, value: Any) -> None:
    """Write JSON values with `write_bytes`. A container that fits into a line takes one line."""
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
    """Write arrays with `write_bytes`; `numpy.load` reads them by name."""
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    write_bytes(path, content.getvalue())


def write_array(path: Path, array: np.ndarray) -> None:
    """Write an array with `write_bytes`."""
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    write_bytes(path, content.getvalue())


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file; a second process waits until the first one is done.

    Parameters
    ----------
    path
        The lock file. It is not removed, because two processes could then lock different files of the same name.
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
    """Return a digest of code files (by content) and fetched folders (their names contain the hash of their archive).

    Parameters
    ----------
    sources
        Files and folders on which something depends.
    """
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes() if source.is_file() else source.name.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:12]


def cached_text(
    folder: Path, name: str, suffix: str, sources: Iterable[Path], build: Callable[[], Iterable[str]]
) -> Path:
    """Return a file of lines. It is built again if its code or data has changed.

    Parameters
    ----------
    folder
        Folder of cached texts.
    name, suffix
        The file is called ``name-<digest of the sources><suffix>``.
    sources
        Code files and fetched folders on which the lines depend.
    build
        Returns the lines. A line must not contain a line feed.

    Returns
    -------
    Path
        A UTF-8 file with one line feed after each line.
    """
    path = folder / f"{name}-{origin(sources)}{suffix}"
    if path.exists():
        return path
    with locked(folder / f".{name}.lock"):
        if not path.exists():  # another process may have built it meanwhile
            write_bytes(path, "".join(f"{line}\n" for line in build()).encode())
    return path


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file of `cached_text`. Unlike `str.splitlines`, it splits at line feeds only."""
    return path.read_bytes().decode().split("\n")[:-1]
