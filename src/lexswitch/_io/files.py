"""The data of the package, and writing files so that a killed run leaves the old one or none."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from stat import S_ISBLK, S_ISCHR, S_ISDIR, S_ISFIFO, S_ISREG
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

# What Linux allows; a longer chain of links is a circle.
_MOST_LINKS = 40

# Not every system has these: without O_NOFOLLOW links are looked for, without O_NONBLOCK the open of a FIFO may wait.
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def read_data(package: str, name: str) -> str:
    """The text of a file in the folder ``data`` of one of our packages."""
    with open(
        os.path.join(os.path.dirname(os.path.dirname(__file__)), package, "data", name), encoding="utf-8"
    ) as file:
        return file.read()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    import hashlib

    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()


# -- where output goes -------------------------------------------------------------------------------------------------


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


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield the name of a temporary file to write; afterwards sync it and put it in the place of `path`.

    A symbolic link stays, and its target is replaced. A FIFO or a character device gets the bytes. Temporary files that
    killed runs left for this path are removed first.

    Raises
    ------
    IsADirectoryError, FileExistsError
        If there is something else than a file, a FIFO or a character device; names it.
    """
    if is_stream(path):
        with _copied(path) as temporary:
            yield temporary
        return
    path = output_file(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(path)
    temporary, held = _new_file(path)
    try:
        with held, _named(path):
            yield temporary
            _sync(temporary)
            if os.name == "nt":
                held.close()  # Windows renames no open file
            _keep_mode(path, temporary)
            temporary.replace(path)
            _sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def move_file(path: Path, to: Path) -> None:
    """Put a file that is synced in the place of another, and sync the folder."""
    _keep_mode(to, path)
    path.replace(to)
    _sync(to.parent)


def _keep_mode(path: Path, new: Path) -> None:
    """Give a new file the permissions of the one that it replaces, so that a private file stays private."""
    if path.exists():
        new.chmod(stat.S_IMODE(path.stat().st_mode))


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """Yield the name of a temporary file, which goes to a stream afterwards."""
    import shutil
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        temporary = type(path)(folder, path.name)
        yield temporary
        with _named(path), temporary.open("rb") as file, open_stream(path) as stream:
            shutil.copyfileobj(file, stream, 1 << 20)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Name the file in errors of the system that do not: a full disk does not say where."""
    try:
        yield
    except OSError as error:
        if error.errno and not error.filename:
            error.filename = str(path)
        raise


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


# -- files of our own --------------------------------------------------------------------------------------------------


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
        handle = os.open(path, os.O_RDWR | os.O_CREAT | _NO_FOLLOW | _BINARY, 0o666)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EISDIR, errno.ENXIO}:
            raise FileExistsError(remedy) from None
        raise
    status = os.fstat(handle)
    if not S_ISREG(status.st_mode) or status.st_nlink > 1:
        os.close(handle)
        raise FileExistsError(remedy)
    return os.fdopen(handle, "r+b")


def lock_file(file: BinaryIO) -> bool:
    """Lock an open file until it is closed or the process ends; False if another has the lock. Windows has none."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in {errno.ENOLCK, errno.ENOTSUP}:  # a file system without locks
            raise
    return True


def is_at(file: BinaryIO, path: Path) -> bool:
    """Whether an open file is still the one at a path: it may have been renamed or removed meanwhile."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False


@contextmanager
def locked_folder(path: Path) -> Iterator[None]:
    """Keep other writers out of a folder; the lock goes with the process, and leaves no file. None on Windows."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _new_file(path: Path) -> tuple[Path, BinaryIO]:
    """A new temporary file beside `path`, locked for as long as it is open: so others see that it is in use."""
    while True:
        temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
        file = temporary.open("xb")
        if lock_file(file) and is_at(file, temporary):
            return temporary, file
        file.close()  # another run took it for one of a killed run, and removed it


def _remove_stale(path: Path) -> None:
    """Remove the temporary files for `path` that no process writes any more."""
    pattern = re.compile(re.escape(f".{path.name}.") + "[0-9a-f]{16}")
    with os.scandir(path.parent) as entries:
        names = [entry.name for entry in entries if pattern.fullmatch(entry.name)]
    for name in names:
        with suppress(OSError):  # another user's, or another run was faster
            _remove_unlocked(path.with_name(name))


def _remove_unlocked(path: Path) -> None:
    with os.fdopen(os.open(path, os.O_RDONLY | _NO_FOLLOW), "rb") as file:
        if not lock_file(file):
            return
        if os.name != "nt":
            path.unlink()  # with the lock: nobody can have begun to write it
    path.unlink(missing_ok=True)  # Windows removes no open file, so none that is in use


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot sync a folder
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)  # Windows syncs what it may write
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
