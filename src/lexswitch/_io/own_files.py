"""Files with fixed names that lexswitch makes for itself beside an output."""

from __future__ import annotations

import errno
import os
from stat import S_ISREG
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

# Some systems lack these flags. Without O_NOFOLLOW, links are looked for; without O_NONBLOCK, opening a FIFO waits.
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def open_own(path: Path) -> BinaryIO:
    """Open one of our own files for reading and writing; create it if it is missing, and follow no link.

    Raises
    ------
    FileExistsError
        If it is a symbolic link, has a second name (a hard link) or is not a file: someone else put it there.
    """
    remedy = f"{path} is a link or not a file, so lexswitch did not make it; remove it, or choose another output"
    if path.is_symlink():  # for systems without O_NOFOLLOW
        raise FileExistsError(remedy)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | NO_FOLLOW | _BINARY, 0o666)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EISDIR, errno.ENXIO}:
            raise FileExistsError(remedy) from None
        raise
    status = os.fstat(descriptor)
    if not S_ISREG(status.st_mode) or status.st_nlink > 1:
        os.close(descriptor)
        raise FileExistsError(remedy)
    return os.fdopen(descriptor, "r+b")


def is_at(file: BinaryIO, path: Path) -> bool:
    """Return whether an open file is still the one at a path; it may have been renamed or removed."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False
