"""Files as streams: unpacked by their first bytes, within a limit, and as UTF-8 text in blocks of whole lines."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from ..errors import LexiconError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BLOCK = 1 << 20
_LONGEST_LINE = 1 << 26

# Text packs to a tenth or so; what unpacks to far more than that is made to fill the memory or the disk.
_FREE = 1 << 26
_RATIO = 200
# Zstandard unpacks whole what it is given, and four bytes of it may hold 128 KiB.
_STEP = 1 << 10
# Bytes that show how a file is packed.
_MAGIC = 6

# Copies of attributes that macOS puts into zip archives.
_MACOS = "__MACOSX/"
_SHOWN = 9

# A greater share of letters beyond ASCII around what is no UTF-8: an encoding with an alphabet of its own, not accents.
_MANY = 0.4
_NEAR = 1 << 13


class TextBlock(NamedTuple):
    """Some whole lines of a file."""

    line: int
    """Number of the first line, from 1."""
    text: str
    size: int
    """Number of bytes."""


def open_unpacked(path: Path | int, progress: Callable[[int], Any] | None = None) -> io.BufferedReader:
    """Open a file for reading bytes; gzip, bzip2, xz, Zstandard and zip are unpacked, whatever its name is.

    It is read once, in order: `path` may name a pipe, or be the number of an open file, which stays open. `progress` is
    called with the number of bytes of the file that were read each time. A zip archive must be a file, not a pipe, and
    hold one file; folders, and the copies of attributes that macOS adds, do not count. It is never extracted to disk.

    Raises
    ------
    LexiconError
        If a zip archive is damaged or does not hold one file; the message names what it holds. While reading: if the
        packed file is damaged, or unpacks to more than 64 MiB plus 200 times what was read of it.
    ImportError
        If Zstandard is needed and not installed.
    """
    raw = _Counted(path, progress)
    file: io.BufferedReader = io.BufferedReader(raw, _BLOCK)
    try:
        head = file.peek(_MAGIC)
        for magic, unpack in _UNPACKERS.items():
            if head.startswith(magic):
                return io.BufferedReader(_Unpacked(unpack(file), file, raw), _BLOCK)
    except BaseException:
        file.close()
        raise
    return file


def read_texts(
    stream: io.BufferedIOBase,
    name: str,
    size: int = _BLOCK,
    longest: int | None = _LONGEST_LINE,
    keep_mark: bool = False,
) -> Iterator[TextBlock]:
    r"""Yield UTF-8 text in blocks of whole lines of about `size` bytes.

    A line ends at ``b"\n"``; a longer line than `size` stays whole. What has arrived in a pipe is not held back. A byte
    order mark at the beginning is left out, unless `keep_mark`.

    Raises
    ------
    LexiconError
        If a line is not UTF-8, after the lines before it, or has more than `longest` bytes (default 64 MiB; None for
        no limit); names line and byte offset.
    """
    number, offset = 1, 0
    for data in _whole_lines(stream, size, longest):
        if data is None:
            raise LexiconError(
                f"{name}:{number}: a line of more than {longest:,} bytes; this seems to be no text file of lines"
            )
        valid, error = len(data), None
        try:
            text = data.decode()
        except UnicodeDecodeError as fault:
            valid, error = data.rfind(b"\n", 0, fault.start) + 1, fault
            text = data[:valid].decode()
        if valid:
            yield TextBlock(number, text if offset or keep_mark else text.removeprefix("\ufeff"), valid)
        number += data.count(b"\n", 0, valid)
        if error:
            place = f"{name}:{number}: byte offset {offset + error.start}"
            raise LexiconError(f"{place}: no UTF-8 ({error.reason}); {_remedy(data, error.start)}")
        offset += valid


def _whole_lines(stream: io.BufferedIOBase, size: int, longest: int | None) -> Iterator[bytes | None]:
    """Yield blocks of whole lines, and None if the next line is too long."""
    pending: list[bytes] = []
    waiting = 0
    while data := stream.read1(size):
        end = data.find(b"\n")
        waiting += end if end >= 0 else len(data)
        if longest is not None and waiting > longest:
            yield None
            return
        if end < 0:
            pending.append(data)
            continue
        cut = data.rfind(b"\n") + 1
        yield b"".join([*pending, data[:cut]])
        pending, waiting = [data[cut:]], len(data) - cut
    if rest := b"".join(pending):
        yield rest


def _remedy(data: bytes, at: int) -> str:
    """What may help against bytes that are no UTF-8, the first of them at a place."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it begins with the mark of UTF-16: convert it with iconv -f UTF-16 -t UTF-8"
    if has_zeros(data.decode("latin-1")):
        return "it has the zero bytes of UTF-16 or of binary data: convert it with iconv -f UTF-16 -t UTF-8"
    letters = [byte for byte in data[max(0, at - _NEAR) : at + _NEAR] if byte > 127 or chr(byte).isalpha()]
    wide = sum(byte > 127 for byte in letters) > _MANY * len(letters)
    guess = "KOI8-R, WINDOWS-1251 or another of its alphabet" if wide else "WINDOWS-1252 perhaps"
    return f"convert it with iconv -f ENCODING -t UTF-8 ({guess})"


def has_zeros(text: str) -> bool:
    """Whether so many characters are zero that this is UTF-16 taken for UTF-8, or no text at all."""
    return 4 * text.count("\0") > len(text)


class _Counted(io.FileIO):
    """A file that counts how much of it was read; the first read returns enough bytes to know what it is."""

    def __init__(self, path: Path | int, progress: Callable[[int], Any] | None) -> None:
        super().__init__(path, closefd=not isinstance(path, int))
        self.count = 0
        self._progress = progress

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        view = memoryview(buffer).cast("B")
        first = self.count
        while count := super().readinto(view[self.count - first :]) or 0:
            self.count += count
            if self.count >= min(_MAGIC, len(view)):  # a pipe may deliver its first bytes one by one
                break
        if self._progress is not None and self.count > first:
            self._progress(self.count - first)
        return self.count - first


class _Unpacked(io.RawIOBase):
    """Counts what is unpacked, and tells of damage with the name of the file."""

    def __init__(self, stream: BinaryIO, file: io.BufferedReader, raw: _Counted) -> None:
        self._stream = stream
        self._file = file
        self._raw = raw
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._stream.read(len(view))
        except Exception as error:  # the unpackers raise errors of many kinds, zlib.error and lzma.LZMAError too
            raise LexiconError(f"{self._name}: the packed file is damaged ({error}); get it again") from error
        self._count += len(data)
        if self._count > _FREE + _RATIO * self._raw.count:
            raise LexiconError(
                f"{self._name}: unpacks to more than {_FREE >> 20} MiB plus {_RATIO} times its size; if you trust it, "
                "unpack it yourself and read the result"
            )
        view[: len(data)] = data
        return len(data)

    @property
    def _name(self) -> object:
        return "standard input" if self._raw.name == 0 else self._raw.name

    def close(self) -> None:
        self._stream.close()
        self._file.close()
        super().close()


class _Zstandard:
    """Unpacks Zstandard frames one after the other; unlike the library's reader it notices a file that was cut."""

    def __init__(self, file: BinaryIO, decompressor: Any) -> None:
        self._file = file
        self._decompressor = decompressor
        self._frame = decompressor.decompressobj()
        self._begun = False
        self._ready = memoryview(b"")

    def read(self, size: int) -> memoryview:
        """At most so many bytes; none at the end."""
        while not self._ready:
            if self._frame.eof:
                left = self._frame.unused_data
                self._frame, self._begun = self._decompressor.decompressobj(), False
            else:
                left = b""
            data = left or self._file.read(_STEP)
            if not data and self._begun:
                raise EOFError("it ends within a frame")
            if not data:
                break
            self._begun = True
            self._ready = memoryview(self._frame.decompress(data))
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def close(self) -> None:
        """Nothing to do: the file is not ours."""


def _open_gzip(file: BinaryIO) -> BinaryIO:
    import gzip

    return cast(BinaryIO, gzip.open(file))


def _open_bz2(file: BinaryIO) -> BinaryIO:
    import bz2

    return cast(BinaryIO, bz2.open(file))


def _open_xz(file: BinaryIO) -> BinaryIO:
    import lzma

    return cast(BinaryIO, lzma.open(file))


def _open_zstandard(file: BinaryIO) -> BinaryIO:
    try:
        import zstandard
    except ImportError:
        raise ImportError(
            f'{file.name} is packed with Zstandard; pip install "lexswitch[zstd]", or unpack it yourself'
        ) from None
    return cast(BinaryIO, _Zstandard(file, zstandard.ZstdDecompressor()))


def _open_zip(file: BinaryIO) -> BinaryIO:
    import zipfile

    try:
        archive = zipfile.ZipFile(file)
        names = [
            member.filename
            for member in archive.infolist()
            if not member.is_dir() and not member.filename.startswith(_MACOS)
        ]
        if len(names) == 1:
            return cast(BinaryIO, archive.open(names[0]))
    except Exception as error:  # BadZipFile, RuntimeError for a password, NotImplementedError, struct.error and others
        raise LexiconError(
            f"{file.name} is a zip archive that cannot be read ({error}); get it again, or unpack it yourself"
        ) from error
    some = ", ".join(map(repr, names[:_SHOWN])) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    raise LexiconError(
        f"{file.name} is a zip archive that holds {len(names)} files{': ' if names else ''}{some}; only one is read: "
        "unpack it and pass the file that you want"
    )


_UNPACKERS: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": _open_gzip,
    b"BZh": _open_bz2,
    b"\xfd7zXZ\0": _open_xz,
    b"\x28\xb5\x2f\xfd": _open_zstandard,
    b"PK\x03\x04": _open_zip,
    b"PK\x05\x06": _open_zip,
}
