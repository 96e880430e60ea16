"""The data of the package, and writing folders so that a killed run leaves the old state or none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def read_data(name: str) -> str:
    """The text of a file that ships with the package."""
    with open(os.path.join(os.path.dirname(__file__), "data", name), encoding="utf-8") as file:
        return file.read()


@contextmanager
def replace_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder to write to; afterwards sync its files and put it in the place of `path`."""
    import shutil

    path.parent.mkdir(parents=True, exist_ok=True)
    folder = _new_name(path)
    folder.mkdir()
    try:
        yield folder
        for file in folder.iterdir():
            _sync(file)
        _sync(folder)
        _swap(folder, path)
        _sync(path.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _swap(folder: Path, path: Path) -> None:
    """Rename `folder` to `path`; drop what was there before."""
    import shutil

    old = _new_name(path)
    if path.exists():
        path.rename(old)
    folder.rename(path)
    shutil.rmtree(old, ignore_errors=True)


def _new_name(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.urandom(8).hex()}")


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot sync a folder
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)  # Windows syncs what it may write
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
