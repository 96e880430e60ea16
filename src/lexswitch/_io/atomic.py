"""Writing files atomically: a killed run leaves the old file, or none."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from .locks import lock_file
from .outputs import is_stream, open_stream, output_file
from .own_files import NO_FOLLOW, is_at

if TYPE_CHECKING:
    from pathlib import Path


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield the name of a temporary file to write; afterwards sync it and rename it to `path`.

    A symbolic link stays, and its target is replaced. A FIFO or a character device gets the bytes. Temporary files that
    killed runs left for this path are removed first.

    Raises
    ------
    IsADirectoryError, FileExistsError
        If `path` is neither a file nor a FIFO nor a character device; names it.
    """
    if is_stream(path):
        with _copied(path) as temporary:
            yield temporary
        return
    path = output_file(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(path)
    temporary, locked = _new_file(path)
    try:
        with locked, _named(path):
            yield temporary
            sync(temporary)
            if os.name == "nt":
                locked.close()  # Windows does not rename open files
            _keep_mode(path, temporary)
            temporary.replace(path)
            sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def move_file(path: Path, to: Path) -> None:
    """Rename a synced file, replace what is at the new name, and sync the folder."""
    _keep_mode(to, path)
    path.replace(to)
    sync(to.parent)


def _keep_mode(path: Path, new: Path) -> None:
    """Copy the permissions of the replaced file to the new one, so that a private file stays private."""
    if path.exists():
        new.chmod(stat.S_IMODE(path.stat().st_mode))


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """Yield the name of a temporary file, and copy it to a stream afterwards."""
    import shutil
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        temporary = type(path)(folder, path.name)
        yield temporary
        with _named(path), temporary.open("rb") as file, open_stream(path) as stream:
            shutil.copyfileobj(file, stream, 1 << 20)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Add the file name to system errors without one: the error of a full disk does not name the file."""
    try:
        yield
    except OSError as error:
        if error.errno and not error.filename:
            error.filename = str(path)
        raise


def _new_file(path: Path) -> tuple[Path, BinaryIO]:
    """Create a temporary file beside `path`; it is locked while it is open, so that other runs do not remove it."""
    while True:
        temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
        file = temporary.open("xb")
        if lock_file(file) and is_at(file, temporary):
            return temporary, file
        file.close()  # another run removed it before it was locked


def _remove_stale(path: Path) -> None:
    """Remove the temporary files for `path` that no process writes any more."""
    pattern = re.compile(re.escape(f".{path.name}.") + "[0-9a-f]{16}")
    with os.scandir(path.parent) as entries:
        names = [entry.name for entry in entries if pattern.fullmatch(entry.name)]
    for name in names:
        with suppress(OSError):  # it belongs to another user, or another run has removed it
            _remove_unlocked(path.with_name(name))


def _remove_unlocked(path: Path) -> None:
    """Remove a file, unless a process has locked it."""
    with os.fdopen(os.open(path, os.O_RDONLY | NO_FOLLOW), "rb") as file:
        if not lock_file(file):
            return
        if os.name != "nt":
            path.unlink()  # under the lock, so that nobody can begin to write it
    path.unlink(missing_ok=True)  # Windows does not remove open files, so none that is in use


def sync(path: Path) -> None:
    """Write a file, or the list of a folder, through to the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot sync a folder
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)  # Windows syncs only writable files
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
