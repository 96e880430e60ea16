"""Folders that are written atomically."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from .atomic import sync
from .locks import locked_folder

if TYPE_CHECKING:
    from pathlib import Path


def check_new_folder(path: Path, mark: str, force: bool) -> None:
    """Raise an error if a folder cannot be written: the path exists, and `force` or our mark is missing.

    Parameters
    ----------
    path : Path
    mark : str
        Name of a file that each folder of this kind has. Other folders are never replaced.
    force : bool
        Whether a folder of this kind may be replaced.
    """
    if not path.exists():
        return
    if not (path / mark).is_file():
        raise FileExistsError(f"{path} exists, and has no {mark}, so it is not replaced; choose another path")
    if not force:
        raise FileExistsError(f"{path} exists; pass force=True to replace it, or choose another path")


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `path`, and rename it to `path` afterwards; an old folder is removed.

    After an error, nothing is left, and an old folder stays. A symbolic link stays, and its target is replaced. An old
    folder is renamed first; if the process is killed just then, it is there as ``.NAME.<digits>.old``. What killed runs
    left is removed after the next one.
    """
    path = path.resolve() if path.is_symlink() else path
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    temporary.mkdir()
    try:
        with locked_folder(temporary, wait=False):  # so that other runs do not remove it
            yield temporary
            for file in temporary.rglob("*"):
                sync(file)
            _put(temporary, path)
        sync(path.parent)
        _remove_stale(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _put(new: Path, path: Path) -> None:
    """Rename a folder to `path`; an old folder there is removed, or comes back after an error."""
    if not path.exists():
        new.replace(path)
        return
    old = path.with_name(f"{new.name}.old")
    path.replace(old)
    try:
        new.replace(path)
    except OSError:
        old.replace(path)
        raise
    shutil.rmtree(old)


def _remove_stale(path: Path) -> None:
    """Remove the folders that killed runs left beside `path`. Windows cannot lock them, so they stay there."""
    pattern = re.compile(re.escape(f".{path.name}.") + r"[0-9a-f]{16}(\.old)?")
    for folder in path.parent.iterdir() if os.name != "nt" else ():
        if pattern.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
            with suppress(OSError), locked_folder(folder, wait=False):  # another run writes it, or has removed it
                shutil.rmtree(folder)
