"""Files as streams: unpacked by their first bytes, within a limit, and as UTF-8 text in blocks of whole lines."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from .errors import LexiconError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BLOCK = 1 << 20
_LONGEST_LINE = 1 << 26

# Text packs to a tenth or so; what unpacks to far more than that is made to fill the memory or the disk.
_FREE = 1 << 26
_RATIO = 200

# More bytes than this beyond ASCII in what is no UTF-8: an encoding with an alphabet of its own, not accents.
_MANY = 0.4


class Text(NamedTuple):
    """Some whole lines of a file."""

    line: int
    """Number of the first line, from 1."""
    text: str
    size: int
    """Number of bytes."""


def open_unpacked(path: Path, progress: Callable[[int], Any] | None = None) -> io.BufferedReader:
    """Open a file for reading bytes; gzip, bzip2, xz and Zstandard are unpacked, whatever its name is.

    `progress` is told how many bytes of the file were read each time.

    Raises
    ------
    LexiconError
        While reading: if the packed file is damaged, or unpacks to more than 64 MiB plus 200 times its size.
    ImportError
        If Zstandard is needed and not installed.
    """
    file = io.BufferedReader(_Counted(path, progress), _BLOCK)
    head = file.peek(6)
    for magic, unpack in _UNPACKERS.items():
        if head.startswith(magic):
            return io.BufferedReader(_Unpacked(unpack(file, path), file, path), _BLOCK)
    return file


def read_texts(stream: io.BufferedIOBase, name: str, size: int = _BLOCK) -> Iterator[Text]:
    r"""Yield UTF-8 text in blocks of whole lines of about `size` bytes, without a byte order mark at the beginning.

    A line ends at ``b"\n"``; a longer line than `size` stays whole. What has arrived in a pipe is not held back.

    Raises
    ------
    LexiconError
        If a line is not UTF-8, after the lines before it, or has more than 64 MiB; names line and byte offset.
    """
    number, offset = 1, 0
    for data in _whole_lines(stream, name, size):
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            valid = data.rfind(b"\n", 0, error.start) + 1
            if valid:
                yield Text(number, data[:valid].decode(), valid)
            line = number + data.count(b"\n", 0, valid)
            raise LexiconError(
                f"{name}:{line}: byte offset {offset + error.start}: no UTF-8 ({error.reason}); {_remedy(data)}"
            ) from None
        yield Text(number, text.removeprefix("\ufeff") if not offset else text, len(data))
        number, offset = number + data.count(b"\n"), offset + len(data)


def _whole_lines(stream: io.BufferedIOBase, name: str, size: int) -> Iterator[bytes]:
    pending: list[bytes] = []
    waiting, number = 0, 1
    while data := stream.read1(size):
        cut = data.rfind(b"\n") + 1
        if cut:
            block = b"".join([*pending, data[:cut]])
            number += block.count(b"\n")
            yield block
            pending.clear()
            waiting = 0
        pending.append(data[cut:])
        waiting += len(data) - cut
        if waiting > _LONGEST_LINE:
            raise LexiconError(f"{name}:{number}: a line of more than 64 MiB; this is no text file of lines")
    if rest := b"".join(pending):
        yield rest


def _remedy(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it begins with the mark of UTF-16: convert it with iconv -f UTF-16 -t UTF-8"
    if 4 * data.count(b"\0") > len(data):
        return "it has the zero bytes of UTF-16 or of binary data: convert it with iconv -f UTF-16 -t UTF-8"
    letters = [byte for byte in data[:_BLOCK] if byte > 127 or chr(byte).isalpha()]
    wide = sum(byte > 127 for byte in letters) > _MANY * len(letters)
    guess = "KOI8-R, WINDOWS-1251 or another of its alphabet" if wide else "WINDOWS-1252 perhaps"
    return f"convert it with iconv -f ENCODING -t UTF-8 ({guess})"


class _Counted(io.FileIO):
    """A file that tells how much of it was read."""

    def __init__(self, path: Path, progress: Callable[[int], Any] | None) -> None:
        super().__init__(path)
        self._progress = progress

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        count = super().readinto(buffer)
        if self._progress is not None and count:
            self._progress(count)
        return count


class _Unpacked(io.RawIOBase):
    """Counts what is unpacked, and tells of damage with the name of the file."""

    def __init__(self, stream: BinaryIO, file: io.BufferedReader, path: Path) -> None:
        self._stream = stream
        self._file = file
        self._path = path
        self._left = _FREE + _RATIO * path.stat().st_size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._stream.read(len(view))
        except Exception as error:  # the unpackers raise errors of many kinds, zlib.error and lzma.LZMAError too
            raise LexiconError(f"{self._path}: the packed file is damaged ({error}); get it again") from error
        self._left -= len(data)
        if self._left < 0:
            raise LexiconError(
                f"{self._path}: unpacks to more than {_FREE >> 20} MiB plus {_RATIO} times its size; if you trust it, "
                "unpack it yourself and read the result"
            )
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        self._file.close()
        super().close()


def _open_gzip(file: BinaryIO, path: Path) -> BinaryIO:
    import gzip

    return cast(BinaryIO, gzip.open(file))


def _open_bz2(file: BinaryIO, path: Path) -> BinaryIO:
    import bz2

    return cast(BinaryIO, bz2.open(file))


def _open_xz(file: BinaryIO, path: Path) -> BinaryIO:
    import lzma

    return cast(BinaryIO, lzma.open(file))


def _open_zstd(file: BinaryIO, path: Path) -> BinaryIO:
    try:
        import zstandard
    except ImportError:
        raise ImportError(f'{path} is packed with Zstandard; pip install "lexswitch[zstd]", or unpack it') from None
    stream: Any = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
    return cast(BinaryIO, stream)


_UNPACKERS: dict[bytes, Callable[[BinaryIO, Path], BinaryIO]] = {
    b"\x1f\x8b": _open_gzip,
    b"BZh": _open_bz2,
    b"\xfd7zXZ\0": _open_xz,
    b"\x28\xb5\x2f\xfd": _open_zstd,
}
