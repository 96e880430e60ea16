"""Where output goes: a file, a stream, a device or an open file of the process."""

from __future__ import annotations

import errno
import os
from stat import S_ISBLK, S_ISCHR, S_ISDIR, S_ISFIFO, S_ISREG
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

# What Linux allows; a longer chain of links is a circle.
_MOST_LINKS = 40


def check_output(path: Path) -> None:
    """Raise what `replace_file` raises for a path that cannot be written: before the work instead of after it."""
    if not is_stream(path):
        output_file(path)


def is_stream(path: Path) -> bool:
    """Whether `path` is written to as it is: a FIFO, a character device, or an open file such as ``/dev/stdout``."""
    mode = _mode(path)
    return mode is not None and (_is_written_to(mode) or _open_file(path) is not None)


def open_stream(path: Path) -> BinaryIO:
    """Open what `is_stream` accepts for writing; the open of a FIFO waits for a reader."""
    number = _open_file(path)
    return path.open("wb") if number is None else os.fdopen(os.dup(number), "wb")


def output_file(path: Path) -> Path:
    """The file that takes the output for `path`: the target of a symbolic link, else `path` itself.

    Raises
    ------
    IsADirectoryError, FileExistsError
        If there is something else than a file, or links lead in a circle; names it.
    """
    mode = _mode(path)
    if mode is not None and S_ISDIR(mode):
        raise IsADirectoryError(f"{path} is a folder; name a file in it, such as {path.joinpath('output')}")
    if mode is not None and not S_ISREG(mode):
        kind = "a block device" if S_ISBLK(mode) else "a FIFO or a device" if _is_written_to(mode) else "a socket"
        raise FileExistsError(f"{path} is {kind}, not a file; name a file that is new or may be replaced")
    return type(path)(os.path.realpath(path)) if path.is_symlink() else path


def _mode(path: Path) -> int | None:
    """What a path is, links followed; None if nothing is there."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
    raise FileExistsError(f"{path} is a link that leads back to itself; remove it, or name another file")


def _is_written_to(mode: int) -> bool:
    return S_ISFIFO(mode) or S_ISCHR(mode)


def _open_file(path: Path) -> int | None:
    """The number of the open file of this process that a path names: 1 for ``/dev/stdout``, 3 for ``/dev/fd/3``."""
    own = {"/dev/fd", f"/proc/{os.getpid()}/fd"}
    for _ in range(_MOST_LINKS):
        if path.name.isdecimal() and os.path.realpath(path.parent) in own:
            return int(path.name)
        if not path.is_symlink():
            break
        path = path.parent / path.readlink()
    return None
