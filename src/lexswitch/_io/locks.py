"""Locks of open files and folders, which end with the process; Windows has none.

Downloads are locked with the library filelock, which locks a file of its own. Outputs cannot use it:

- Its lock file stays on disk: litter beside an output, and a foreign file in the folder of a lexicon.
- A lock file can be removed safely only if the next owner checks that its descriptor is still the file at that path.
  filelock does not show the descriptor, and its versions differ in whether they remove the file.
- It cannot lock the output itself: its older versions truncate the file that they lock, and none locks a folder.

A lock on the descriptor of the temporary file, the journal or the folder leaves nothing behind after a kill.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # mypy knows it as a module

_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP}
"""Errors of a file system without locks."""


def lock_file(file: BinaryIO) -> bool:
    """Lock an open file until it is closed or the process ends; return False if another process has the lock.

    Without locks (on Windows, or on a file system that has none) every call succeeds.
    """
    return _lock(file.fileno(), wait=False)


@contextmanager
def locked_folder(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Keep other writers out of a folder; no file is made.

    Parameters
    ----------
    path : Path
    wait : bool, default True
        Wait for the writers before.

    Raises
    ------
    FileExistsError
        If another process has the lock, and this one does not wait.
    """
    if fcntl is None:  # Windows does not open folders
        yield
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if not _lock(descriptor, wait=wait):
            raise FileExistsError(f"{path}: another run is writing it; wait for it, or choose another output")
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, *, wait: bool) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True
