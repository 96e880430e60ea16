"""What an output path names: a file, a FIFO, a device or an open file of this process."""

from __future__ import annotations

import errno
import os
from stat import S_ISBLK, S_ISCHR, S_ISDIR, S_ISFIFO, S_ISREG
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

# The limit of Linux; a longer chain of links is a circle.
_MAX_LINKS = 40


def check_output(path: Path) -> None:
    """Raise the errors of `replace_file` for a path that cannot be written, before the work starts."""
    if not is_stream(path):
        output_file(path)


def is_stream(path: Path) -> bool:
    """Return whether `path` is written in place: a FIFO, a device, or an open file such as ``/dev/stdout``."""
    mode = _mode(path)
    return mode is not None and (_is_fifo_or_device(mode) or _open_descriptor(path) is not None)


def open_stream(path: Path) -> BinaryIO:
    """Open a path that `is_stream` accepts for writing; opening a FIFO waits for a reader."""
    descriptor = _open_descriptor(path)
    return path.open("wb") if descriptor is None else os.fdopen(os.dup(descriptor), "wb")


def output_file(path: Path) -> Path:
    """Return the file to write for `path`: the target if `path` is a symbolic link, else `path` itself.

    Raises
    ------
    IsADirectoryError, FileExistsError
        If `path` is not a file, or its links form a circle; names it.
    """
    mode = _mode(path)
    if mode is not None and S_ISDIR(mode):
        raise IsADirectoryError(f"{path} is a folder; name a file in it, such as {path.joinpath('output')}")
    if mode is not None and not S_ISREG(mode):
        kind = "a block device" if S_ISBLK(mode) else "a FIFO or a device" if _is_fifo_or_device(mode) else "a socket"
        raise FileExistsError(f"{path} is {kind}, not a file; name a file that is new or may be replaced")
    return type(path)(os.path.realpath(path)) if path.is_symlink() else path


def _mode(path: Path) -> int | None:
    """Return the file mode of a path, after links are followed; None if the path does not exist."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
    raise FileExistsError(f"{path} is a link that leads back to itself; remove it, or name another file")


def _is_fifo_or_device(mode: int) -> bool:
    return S_ISFIFO(mode) or S_ISCHR(mode)


def _open_descriptor(path: Path) -> int | None:
    """Return the open file descriptor that a path names: 1 for ``/dev/stdout``, 3 for ``/dev/fd/3``."""
    own = {"/dev/fd", f"/proc/{os.getpid()}/fd"}
    for _ in range(_MAX_LINKS):
        if path.name.isdecimal() and os.path.realpath(path.parent) in own:
            return int(path.name)
        if not path.is_symlink():
            break
        path = path.parent / path.readlink()
    return None
