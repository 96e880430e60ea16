"""Folders that are written atomically."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

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

    After an error, nothing is left, and an old folder stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    temporary.mkdir()
    try:
        yield temporary
        if path.exists():
            old = path.with_name(f"{temporary.name}.old")
            path.replace(old)
            temporary.replace(path)
            shutil.rmtree(old)
        else:
            temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
