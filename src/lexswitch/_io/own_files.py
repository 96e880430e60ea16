"""Files with fixed names that lexswitch makes for itself beside an output."""

from __future__ import annotations

import errno
import os
from stat import S_ISREG
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

# Not every system has these: without O_NOFOLLOW links are looked for, without O_NONBLOCK the open of a FIFO may wait.
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def open_own(path: Path) -> BinaryIO:
    """Open a file of our own for reading and writing, made if it is missing; no link is followed.

    Raises
    ------
    FileExistsError
        If it is a link (symbolic, or one of several names of a file) or not a file: someone else put it there.
    """
    remedy = f"{path} is a link or not a file, so lexswitch did not make it; remove it, or choose another output"
    if path.is_symlink():  # for systems without O_NOFOLLOW
        raise FileExistsError(remedy)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | NO_FOLLOW | _BINARY, 0o666)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EISDIR, errno.ENXIO}:
            raise FileExistsError(remedy) from None
        raise
    status = os.fstat(handle)
    if not S_ISREG(status.st_mode) or status.st_nlink > 1:
        os.close(handle)
        raise FileExistsError(remedy)
    return os.fdopen(handle, "r+b")


def is_at(file: BinaryIO, path: Path) -> bool:
    """Whether an open file is still the one at a path: it may have been renamed or removed meanwhile."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False
